//! Directory trees for the program to count.

#![expect(clippy::unwrap_used, reason = "a helper fails the test")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A temporary directory. It is removed when this is dropped.
pub(crate) struct Tree(TempDir);

impl Tree {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Writes a file of zeros, and creates its parent directories.
    pub(crate) fn file(&self, name: &str, size: usize) {
        let path = self.at(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, vec![0; size]).unwrap();
    }
}

/// A directory without permission to read it. The permission is restored when this is dropped, so that the directory
/// can be removed.
pub(crate) struct Locked(PathBuf);

impl Locked {
    pub(crate) fn new(directory: PathBuf) -> Self {
        fs::set_permissions(&directory, fs::Permissions::from_mode(0o000)).unwrap();
        Self(directory)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        let _ = fs::set_permissions(&self.0, fs::Permissions::from_mode(0o700));
    }
}
