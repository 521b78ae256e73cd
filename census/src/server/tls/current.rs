//! The configuration that new connections have.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

use super::pem;
use super::settings::{ServerTls, Settings};
use super::sources::{Sources, Texts};
use crate::server::ServeError;
use crate::server::counts::{Counts, Event};
use crate::sync::RwLock;

/// The configuration that new connections have, and the thread that replaces it when files change. The thread ends with
/// this value.
#[derive(Debug)]
pub(in crate::server) struct Current {
    config: Arc<RwLock<Arc<ServerConfig>>>,
    /// Dropped, it wakes and ends the thread. `None` if there is no file.
    _reading: Option<Sender<()>>,
}

impl Current {
    /// The configuration of the settings, whose files are read again after each `interval`.
    ///
    /// # Errors
    /// If the settings cannot be used, or if the system does not start the thread.
    pub(in crate::server) fn new(
        settings: &ServerTls,
        interval: Duration,
        counts: Arc<Counts>,
    ) -> Result<Self, ServeError> {
        let sources = match &settings.0 {
            Settings::Sources(sources) => sources.clone(),
            #[cfg(feature = "rustls")]
            Settings::Config(config) => {
                let mut config = ServerConfig::clone(config);
                config.alpn_protocols = pem::PROTOCOLS.iter().map(|it| it.to_vec()).collect();
                return Ok(Self {
                    config: Arc::new(RwLock::new(Arc::new(config))),
                    _reading: None,
                });
            }
        };
        let texts = sources.read()?;
        let config = Arc::new(RwLock::new(Arc::new(pem::config(&texts)?)));
        let mut reading = None;
        if sources.have_files() {
            let (sender, stopped) = channel();
            let reader = Reader {
                sources,
                config: Arc::clone(&config),
                counts,
                settled: Found::Texts(texts),
                doubtful: None,
            };
            thread::Builder::new()
                .name("census-tls".to_owned())
                .spawn(move || reader.run(interval, &stopped))
                .map_err(|source| ServeError::Start { source })?;
            reading = Some(sender);
        }
        Ok(Self {
            config,
            _reading: reading,
        })
    }

    /// The acceptor of a connection that begins now.
    pub(in crate::server) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.config.read()))
    }
}

/// Reads files again. It is a thread of its own, because a file may be on a disk that does not answer.
///
/// The contents are compared, and no times and no events of the system: Kubernetes replaces a link to a directory, which
/// a watch of the files does not see.
struct Reader {
    sources: Sources,
    config: Arc<RwLock<Arc<ServerConfig>>>,
    counts: Arc<Counts>,
    /// What was used or rejected last.
    settled: Found,
    /// What could not be used when it was read the first time. The two files are not replaced at one moment, so it is
    /// rejected only if it is still the same the next time.
    doubtful: Option<Found>,
}

/// What was found in the files.
#[derive(PartialEq, Eq)]
enum Found {
    Texts(Texts),
    /// A file could not be read.
    Unreadable,
}

impl Reader {
    fn run(mut self, interval: Duration, stopped: &Receiver<()>) {
        while stopped.recv_timeout(interval) == Err(RecvTimeoutError::Timeout) {
            self.read();
        }
    }

    fn read(&mut self) {
        let found = self.sources.read().map_or(Found::Unreadable, Found::Texts);
        let doubtful = self.doubtful.take();
        if found == self.settled {
            return;
        }
        let config = match &found {
            Found::Texts(texts) => pem::config(texts).ok(),
            Found::Unreadable => None,
        };
        if let Some(config) = config {
            *self.config.write() = Arc::new(config);
        } else if doubtful.as_ref() == Some(&found) {
            self.counts.count(Event::CertificateRefused);
        } else {
            self.doubtful = Some(found);
            return;
        }
        self.settled = found;
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::server::counts::Family;

    /// A certificate and its key.
    fn pair() -> (String, String) {
        let rcgen::CertifiedKey { cert, signing_key } =
            rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        (cert.pem(), signing_key.serialize_pem())
    }

    fn sources(tls: ServerTls) -> Sources {
        match tls.0 {
            Settings::Sources(sources) => sources,
            #[cfg(feature = "rustls")]
            Settings::Config(_) => panic!("not from files"),
        }
    }

    fn reader(directory: &Path, (certificate, key): &(String, String)) -> Reader {
        let paths = (directory.join("crt"), directory.join("key"));
        fs::write(&paths.0, certificate).unwrap();
        fs::write(&paths.1, key).unwrap();
        let tls = ServerTls::from_files(&paths.0, &paths.1).unwrap();
        let sources = sources(tls);
        let texts = sources.read().ok().unwrap();
        Reader {
            config: Arc::new(RwLock::new(Arc::new(pem::config(&texts).unwrap()))),
            sources,
            counts: Arc::default(),
            settled: Found::Texts(texts),
            doubtful: None,
        }
    }

    /// What happens when the files are read: whether there is a new configuration, and how often one was refused so far.
    fn read(reader: &mut Reader) -> (bool, u64) {
        let before = Arc::clone(&reader.config.read());
        reader.read();
        let is_new = !Arc::ptr_eq(&before, &reader.config.read());
        let mut counts = reader.counts.iter(Family::RefusedCertificates);
        (is_new, counts.next().unwrap().1)
    }

    #[test]
    fn new_contents_are_used_once() {
        let directory = tempfile::tempdir().unwrap();
        let (old, new) = (pair(), pair());
        let mut reader = reader(directory.path(), &old);
        let crt = directory.path().join("crt");
        assert_eq!(read(&mut reader), (false, 0));
        // The same contents in a new file.
        fs::remove_file(&crt).unwrap();
        fs::write(&crt, &old.0).unwrap();
        assert_eq!(read(&mut reader), (false, 0));
        // One of the two files has not arrived yet.
        fs::write(&crt, &new.0).unwrap();
        assert_eq!(read(&mut reader), (false, 0));
        fs::write(directory.path().join("key"), &new.1).unwrap();
        assert_eq!(read(&mut reader), (true, 0));
        assert_eq!(read(&mut reader), (false, 0));
    }

    #[test]
    fn contents_that_cannot_be_used_are_counted_once_and_the_old_ones_stay() {
        let directory = tempfile::tempdir().unwrap();
        let (old, new) = (pair(), pair());
        let mut reader = reader(directory.path(), &old);
        let crt = directory.path().join("crt");
        for (index, broken) in [Some(&*new.0), Some("no certificate"), None]
            .iter()
            .enumerate()
        {
            match broken {
                Some(text) => fs::write(&crt, text).unwrap(),
                None => fs::remove_file(&crt).unwrap(),
            }
            let (before, after) = (index as u64, index as u64 + 1);
            assert_eq!(read(&mut reader), (false, before), "{broken:?}");
            for _ in 0..3 {
                assert_eq!(read(&mut reader), (false, after), "{broken:?}");
            }
        }
        fs::write(&crt, &new.0).unwrap();
        fs::write(directory.path().join("key"), &new.1).unwrap();
        assert_eq!(read(&mut reader), (true, 3));
    }

    #[test]
    fn the_authority_of_clients_is_read_again() {
        let directory = tempfile::tempdir().unwrap();
        let ca = directory.path().join("ca");
        fs::write(&ca, pair().0).unwrap();
        let mut reader = reader(directory.path(), &pair());
        let tls = ServerTls(Settings::Sources(reader.sources.clone()));
        reader.sources = sources(tls.client_ca_file(&ca).unwrap());
        assert_eq!(read(&mut reader), (true, 0));
        assert_eq!(read(&mut reader), (false, 0));
        fs::write(&ca, pair().0).unwrap();
        assert_eq!(read(&mut reader), (true, 0));
    }

    #[test]
    fn the_thread_reads_again_and_ends_with_the_server() {
        let directory = tempfile::tempdir().unwrap();
        let (old, new) = (pair(), pair());
        let sources = reader(directory.path(), &old).sources;
        let tls = ServerTls(Settings::Sources(sources));
        let counts = Arc::<Counts>::default();
        let current = Current::new(&tls, Duration::from_millis(1), Arc::clone(&counts)).unwrap();
        let first = Arc::clone(&current.config.read());
        fs::write(directory.path().join("crt"), &new.0).unwrap();
        fs::write(directory.path().join("key"), &new.1).unwrap();
        while Arc::ptr_eq(&first, &current.config.read()) {
            thread::yield_now();
        }
        drop(current);
        // The thread has a share of the counts.
        while Arc::strong_count(&counts) > 1 {
            thread::yield_now();
        }
    }
}
