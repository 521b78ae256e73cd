//! The kind of a file, derived from its name.

use std::path::Path;

use census::TagValue;

/// The kind of a file. The variants are all possible values of the tag key `kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, TagValue)]
pub(crate) enum Kind {
    /// Source code.
    Source,
    /// Prose, data and settings as text.
    Text,
    /// Pictures.
    Image,
    /// Sound and video.
    #[tag_value("audio/video")]
    AudioVideo,
    /// Packed and compressed files.
    Archive,
    /// Compiled programs and libraries.
    Binary,
    /// All other files.
    Other,
}

impl Kind {
    /// All kinds. The walk records each of them, with 0 for a kind without files.
    pub(crate) const ALL: [Self; 7] = [
        Self::Source,
        Self::Text,
        Self::Image,
        Self::AudioVideo,
        Self::Archive,
        Self::Binary,
        Self::Other,
    ];

    /// The kind of files with this extension, which must be in lower case.
    pub(crate) fn of(extension: &str) -> Self {
        match extension {
            "c" | "cc" | "cpp" | "cs" | "css" | "go" | "h" | "hpp" | "hs" | "java" | "js"
            | "kt" | "lua" | "ml" | "php" | "pl" | "py" | "rb" | "rs" | "scala" | "sh" | "sql"
            | "swift" | "ts" | "zig" => Self::Source,
            "adoc" | "cfg" | "conf" | "csv" | "htm" | "html" | "ini" | "json" | "lock" | "log"
            | "md" | "rst" | "tex" | "toml" | "txt" | "xml" | "yaml" | "yml" => Self::Text,
            "avif" | "bmp" | "gif" | "heic" | "ico" | "jpeg" | "jpg" | "png" | "svg" | "tif"
            | "tiff" | "webp" => Self::Image,
            "aac" | "avi" | "flac" | "m4a" | "mkv" | "mov" | "mp3" | "mp4" | "ogg" | "opus"
            | "wav" | "webm" => Self::AudioVideo,
            "7z" | "bz2" | "crate" | "gz" | "jar" | "rar" | "tar" | "tgz" | "whl" | "xz"
            | "zip" | "zst" => Self::Archive,
            "a" | "bin" | "class" | "dll" | "dylib" | "exe" | "lib" | "o" | "pyc" | "rlib"
            | "rmeta" | "so" | "wasm" => Self::Binary,
            _ => Self::Other,
        }
    }
}

/// The extension of a file's name, in lower case; empty if the name has none. Bytes that are not UTF-8 become U+FFFD,
/// because a tag value is UTF-8.
pub(crate) fn extension(path: &Path) -> String {
    path.extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(name: &str) -> Kind {
        Kind::of(&extension(Path::new(name)))
    }

    #[test]
    fn the_extension_determines_the_kind() {
        assert_eq!(kind("src/main.rs"), Kind::Source);
        assert_eq!(kind("README.MD"), Kind::Text);
        assert_eq!(kind("a.b/photo.JpEg"), Kind::Image);
        assert_eq!(kind("film.mkv"), Kind::AudioVideo);
        assert_eq!(kind("backup.tar.gz"), Kind::Archive);
        assert_eq!(kind("libc.so"), Kind::Binary);
        assert_eq!(kind("libc.so.6"), Kind::Other);
        assert_eq!(kind("Makefile"), Kind::Other);
    }

    #[test]
    fn a_name_without_an_extension_has_an_empty_one() {
        for name in ["Makefile", ".bashrc", "dir.d/file", "ends."] {
            assert_eq!(extension(Path::new(name)), "", "{name}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn invalid_utf_8_in_an_extension_is_replaced() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;

        let name = OsStr::from_bytes(b"caf\xe9.r\xe9s");
        assert_eq!(extension(Path::new(name)), "r\u{fffd}s");
    }

    #[test]
    fn all_kinds_are_listed_once() {
        assert!(Kind::ALL.is_sorted_by(|a, b| a < b));
        assert_eq!(Kind::ALL.last(), Some(&Kind::Other));
    }
}
