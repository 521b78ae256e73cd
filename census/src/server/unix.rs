//! Unix sockets.

use std::fs::{self, Metadata, Permissions, TryLockError};
use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::task::{Context, Poll};
use std::thread;
use std::time::Duration;

use socket2::{Domain, SockAddr, Socket, Type};
use tokio::net::UnixStream;

use super::ServeError;
use super::accept::Listener;
use super::listen::BACKLOG;

/// The mode of a socket's file, unless the program sets another one: only the program's own user can connect.
pub(super) const MODE: u32 = 0o600;

/// How often a server tries to lock the directory of its socket. Another server holds the lock for less than a millisecond.
const LOCK_ATTEMPTS: usize = 100;
const LOCK_PAUSE: Duration = Duration::from_millis(2);

/// A Unix socket that accepts connections.
#[derive(Debug)]
pub(super) struct UnixSocket {
    // Dropped before the listener: an inode that is in use is not given to another file, so the file that is removed is
    // the server's own.
    _file: Option<SocketFile>,
    listener: tokio::net::UnixListener,
}

impl UnixSocket {
    pub(super) fn new(listener: tokio::net::UnixListener, file: Option<SocketFile>) -> Self {
        Self {
            _file: file,
            listener,
        }
    }
}

impl Listener for UnixSocket {
    type Stream = UnixStream;

    fn poll_accept(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<(UnixStream, Option<SocketAddr>)>> {
        let accepted = self.listener.poll_accept(cx);
        accepted.map_ok(|(stream, _)| (stream, None))
    }
}

/// The file of a socket. It is removed when this is dropped, if it is still the same file.
#[derive(Debug)]
pub(super) struct SocketFile {
    path: PathBuf,
    identity: (u64, u64),
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        let found = fs::symlink_metadata(&self.path);
        if found.is_ok_and(|found| identity(&found) == self.identity) {
            // It fails if the program has lost the right to change the directory. The next server replaces the file.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The device and the inode of a file.
fn identity(file: &Metadata) -> (u64, u64) {
    (file.dev(), file.ino())
}

/// Listens on a path. A socket there that no program listens on is replaced.
///
/// # Errors
/// If the file there is no socket, or a program listens on it; or if the system does not let the program listen there.
pub(super) fn listen(path: &Path, mode: u32) -> Result<(UnixListener, SocketFile), ServeError> {
    open(path, mode).map_err(|source| ServeError::UnixSocket {
        path: path.to_owned(),
        source,
    })
}

fn open(path: &Path, mode: u32) -> io::Result<(UnixListener, SocketFile)> {
    let address = SockAddr::unix(path)?;
    // Until this one listens: another server that starts at the same time would take its file for a stale one.
    let _lock = lock_directory(path);
    remove_stale(path, &address)?;
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    let socket = set_mode(socket, mode)?;
    socket.bind(&address)?;
    // From here on, an error removes the file.
    let file = SocketFile {
        // The program may change its directory.
        path: std::path::absolute(path)?,
        identity: identity(&fs::symlink_metadata(path)?),
    };
    // The process's umask may have taken permissions away. No client can connect before `listen`, so none connects
    // before the mode is the right one.
    fs::set_permissions(path, Permissions::from_mode(mode))?;
    socket.listen(BACKLOG)?;
    Ok((UnixListener::from(OwnedFd::from(socket)), file))
}

/// Sets the mode that the file of a socket will have at most. Linux makes the file with the mode of the socket. Other
/// systems ignore it or refuse it.
fn set_mode(socket: Socket, mode: u32) -> io::Result<Socket> {
    let file = fs::File::from(OwnedFd::from(socket));
    let set = file.set_permissions(Permissions::from_mode(mode));
    if cfg!(target_os = "linux") {
        set?;
    }
    Ok(Socket::from(OwnedFd::from(file)))
}

/// Locks the directory of a path, so that servers start there one after the other. `None` if the directory cannot be locked, or
/// if somebody else keeps it locked: a server starts all the same.
fn lock_directory(path: &Path) -> Option<fs::File> {
    let parent = path.parent()?;
    let directory = if parent.as_os_str().is_empty() {
        Path::new(".")
    } else {
        parent
    };
    let directory = fs::File::open(directory).ok()?;
    for _ in 0..LOCK_ATTEMPTS {
        match directory.try_lock() {
            Ok(()) => return Some(directory),
            Err(TryLockError::WouldBlock) => thread::sleep(LOCK_PAUSE),
            Err(TryLockError::Error(_)) => break,
        }
    }
    None
}

/// Removes a socket that no program listens on.
fn remove_stale(path: &Path, address: &SockAddr) -> io::Result<()> {
    let found = match fs::symlink_metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    if !found.file_type().is_socket() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let client = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    // A program that listens, but does not accept, would let a blocking client wait.
    client.set_nonblocking(true)?;
    match client.connect(address) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Err(error),
        _ => return Err(io::ErrorKind::AddrInUse.into()),
    }
    let now = fs::symlink_metadata(path)?;
    if identity(&now) == identity(&found) {
        fs::remove_file(path)
    } else {
        // Another server has replaced it in the meantime.
        Err(io::ErrorKind::AddrInUse.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::symlink_metadata(path).unwrap().mode() & 0o7777
    }

    #[test]
    fn the_mode_is_exact_and_the_file_is_removed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("socket");
        for wanted in [0o600, 0o660, 0o666, 0o777] {
            let (listener, file) = listen(&path, wanted).unwrap();
            assert_eq!(mode(&path), wanted);
            drop(file);
            assert!(!path.exists());
            drop(listener);
        }
    }

    #[test]
    fn a_file_of_another_server_is_kept() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("socket");
        let (_listener, file) = listen(&path, MODE).unwrap();
        fs::remove_file(&path).unwrap();
        let _other = UnixListener::bind(&path).unwrap();
        drop(file);
        assert!(path.exists());
    }

    #[test]
    fn a_stale_socket_is_replaced_and_a_live_one_is_not() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("socket");
        drop(UnixListener::bind(&path).unwrap());
        assert!(path.exists());
        let (_listener, _file) = listen(&path, MODE).unwrap();
        let error = listen(&path, MODE).unwrap_err();
        assert!(
            error.to_string().contains("already listens there"),
            "{error}"
        );
        assert!(path.exists());
    }

    #[test]
    fn of_servers_that_start_together_one_listens() {
        const SERVERS: usize = 4;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("socket");
        for _ in 0..200 {
            // A stale socket.
            drop(UnixListener::bind(&path).unwrap());
            let begin = std::sync::Barrier::new(SERVERS);
            let started: Vec<_> = thread::scope(|scope| {
                let start = || {
                    begin.wait();
                    listen(&path, MODE)
                };
                let threads: Vec<_> = (0..SERVERS).map(|_| scope.spawn(start)).collect();
                let ended = threads.into_iter().map(|it| it.join().unwrap());
                ended.filter_map(Result::ok).collect()
            });
            assert_eq!(started.len(), 1);
            std::os::unix::net::UnixStream::connect(&path).unwrap();
            drop(started);
            let _ = fs::remove_file(&path);
        }
    }

    #[test]
    fn a_live_socket_with_a_full_backlog_is_kept() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("socket");
        let socket = Socket::new(Domain::UNIX, Type::STREAM, None).unwrap();
        let address = SockAddr::unix(&path).unwrap();
        socket.bind(&address).unwrap();
        socket.listen(0).unwrap();
        let client = Socket::new(Domain::UNIX, Type::STREAM, None).unwrap();
        client.connect(&address).unwrap();
        assert!(listen(&path, MODE).is_err());
        assert!(path.exists());
    }

    #[test]
    fn a_file_that_is_no_socket_stays() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        fs::write(&path, "text").unwrap();
        let link = directory.path().join("link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        for path in [&path, &link] {
            let error = listen(path, MODE).unwrap_err();
            assert!(error.to_string().contains("is no socket"), "{error}");
            assert_eq!(fs::read_to_string(path).unwrap(), "text");
        }
    }

    #[test]
    fn errors_name_the_path_and_a_remedy() {
        let directory = tempfile::tempdir().unwrap();
        let error = listen(&directory.path().join("x".repeat(200)), MODE).unwrap_err();
        assert!(error.to_string().contains("shorter path"), "{error}");
        let error = listen(&directory.path().join("none/socket"), MODE).unwrap_err();
        assert!(error.to_string().contains("none/socket"), "{error}");
        assert!(error.to_string().contains("make the directory"), "{error}");
    }
}
