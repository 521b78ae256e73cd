//! Where certificates and keys come from.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::server::ServeError;

/// The error of settings that cannot be used.
pub(super) fn misset(problem: impl Into<String>) -> ServeError {
    ServeError::Setting {
        setting: "tls",
        problem: problem.into(),
    }
}

/// A text in PEM.
#[derive(Clone)]
pub(super) enum Source {
    Text(Arc<[u8]>),
    File(PathBuf),
}

/// All that a configuration is made of.
#[derive(Clone, Debug)]
pub(super) struct Sources {
    pub(super) certificates: Source,
    pub(super) key: Source,
    pub(super) client_ca: Option<Source>,
}

/// The texts that were read at one time.
#[derive(PartialEq, Eq)]
pub(super) struct Texts {
    pub(super) certificates: Vec<u8>,
    pub(super) key: Vec<u8>,
    pub(super) client_ca: Option<Vec<u8>>,
}

impl Source {
    pub(super) fn text(pem: impl AsRef<[u8]>) -> Self {
        Self::Text(pem.as_ref().into())
    }

    pub(super) fn file(path: impl AsRef<Path>) -> Self {
        Self::File(path.as_ref().to_owned())
    }

    fn read(&self) -> Result<Vec<u8>, Unreadable> {
        match self {
            Self::Text(text) => Ok(text.to_vec()),
            Self::File(path) => std::fs::read(path).map_err(|source| Unreadable {
                path: path.clone(),
                source,
            }),
        }
    }
}

/// It does not show the text, which may be a key.
impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(_) => f.write_str("…"),
            Self::File(path) => fmt::Debug::fmt(path, f),
        }
    }
}

impl Sources {
    /// Whether one of the texts is in a file.
    pub(super) fn have_files(&self) -> bool {
        let all = [
            Some(&self.certificates),
            Some(&self.key),
            self.client_ca.as_ref(),
        ];
        let mut all = all.into_iter().flatten();
        all.any(|it| matches!(it, Source::File(_)))
    }

    pub(super) fn read(&self) -> Result<Texts, Unreadable> {
        Ok(Texts {
            certificates: self.certificates.read()?,
            key: self.key.read()?,
            client_ca: self.client_ca.as_ref().map(Source::read).transpose()?,
        })
    }
}

/// A file that cannot be read.
pub(super) struct Unreadable {
    path: PathBuf,
    source: io::Error,
}

impl From<Unreadable> for ServeError {
    fn from(Unreadable { path, source }: Unreadable) -> Self {
        misset(format!(
            "the file {} cannot be read ({source}); write the path of a file that this program's user may read",
            path.display()
        ))
    }
}
