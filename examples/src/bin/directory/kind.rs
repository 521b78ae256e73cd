//! What a file is, as far as its name tells.

use std::path::Path;

use census::TagValue;

/// What a file is. The variants are all the values that the tag `kind` can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, TagValue)]
pub(crate) enum Kind {
    /// Programs, as people write them.
    Source,
    /// Prose, data and settings that an editor opens.
    Text,
    /// Pictures.
    Image,
    /// Sound and film.
    #[tag_value("audio/video")]
    AudioVideo,
    /// Packed and compressed files.
    Archive,
    /// Programs, as machines read them.
    Binary,
    /// All else.
    Other,
}

impl Kind {
    /// Every kind: what was not found is told too, as 0.
    pub(crate) const ALL: [Self; 7] = [
        Self::Source,
        Self::Text,
        Self::Image,
        Self::AudioVideo,
        Self::Archive,
        Self::Binary,
        Self::Other,
    ];

    /// The kind that goes with an extension in lower case.
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

/// The extension of a file's name, in lower case; empty if it has none. What is not UTF-8 in it
/// becomes U+FFFD, because a tag value is text.
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
    fn the_extension_tells_the_kind() {
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
    fn an_extension_that_is_no_utf_8_is_text_all_the_same() {
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
