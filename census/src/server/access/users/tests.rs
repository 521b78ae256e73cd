use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::time::Duration;

use super::*;

/// Made by `htpasswd -nbBC 4`.
const SESAME: &str = "$2y$04$XTESt7FhVP3GBDEOJn9dhujKhp2y9Qx8X0jnGMzwcR6.EXZ3ACxCe";
const UMLAUTS: &str = "$2y$04$jhyPR9kzcQp7igV5rU9P1e8uGa1Y0ZXwhD2MWxVYQH/9Wi3dxJ9SG";

fn new(users: &[(&str, &str)]) -> Result<Users, ServeError> {
    let owned = |(name, hash): &(&str, &str)| ((*name).to_owned(), Secret((*hash).to_owned()));
    let users: Vec<_> = users.iter().map(owned).collect();
    Ok(Users::new(&users)?.expect("there are users"))
}

fn login(name: &str, password: &str) -> Login {
    Login {
        name: name.into(),
        password: password.into(),
    }
}

/// Whether a login is right: remembered, or checked.
async fn admits(users: &Users, name: &str, password: &str) -> Result<bool, Busy> {
    let login = users.digest(&login(name, password));
    Ok(users.remember(&login) || users.check(login, None).await?)
}

fn block_on<R>(future: impl Future<Output = R>) -> R {
    let runtime = tokio::runtime::Builder::new_current_thread();
    { runtime }.build().unwrap().block_on(future)
}

/// The users, with a count of the comparisons of passwords and hashes.
fn counted(mut users: Users) -> (Users, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let (counter, verify) = (Arc::clone(&count), users.verify);
    users.verify = Arc::new(move |password, hash| {
        counter.fetch_add(1, Ordering::Relaxed);
        verify(password, hash)
    });
    (users, count)
}

#[test]
fn passwords_that_htpasswd_has_hashed() {
    let users = new(&[("prometheus", SESAME), ("ümlaut", UMLAUTS)]).unwrap();
    block_on(async {
        for (name, password, expected) in [
            ("prometheus", "open sesame", true),
            ("ümlaut", "pässwörd", true),
            ("prometheus", "pässwörd", false),
            ("prometheus", "", false),
            ("Prometheus", "open sesame", false),
            ("", "open sesame", false),
        ] {
            for _ in 0..2 {
                assert_eq!(admits(&users, name, password).await, Ok(expected), "{name}");
            }
        }
    });
}

#[test]
fn hashes_of_all_three_versions() {
    for version in ["$2a$", "$2b$", "$2y$"] {
        let hash = SESAME.replace("$2y$", version);
        let users = new(&[("a", &hash)]).unwrap();
        assert_eq!(block_on(admits(&users, "a", "open sesame")), Ok(true));
    }
}

#[test]
fn only_right_passwords_are_remembered() {
    let (users, compared) = counted(new(&[("a", SESAME), ("b", UMLAUTS)]).unwrap());
    let compared = || compared.swap(0, Ordering::Relaxed);
    block_on(async {
        for _ in 0..3 {
            assert_eq!(admits(&users, "a", "wrong").await, Ok(false));
            assert_eq!(compared(), 1);
        }
        assert_eq!(admits(&users, "a", "open sesame").await, Ok(true));
        assert_eq!(compared(), 1);
        for _ in 0..3 {
            assert_eq!(admits(&users, "a", "open sesame").await, Ok(true));
            assert_eq!(compared(), 0);
        }
        // Neither another user's name nor another division of the same bytes is remembered.
        for (name, password) in [
            ("b", "open sesame"),
            ("aopen", " sesame"),
            ("", "aopen sesame"),
        ] {
            assert_eq!(admits(&users, name, password).await, Ok(false));
            assert_eq!(compared(), 1);
        }
    });
}

#[test]
fn a_password_that_comes_twice_at_once_is_checked_once() {
    let (users, compared) = counted(new(&[("a", SESAME)]).unwrap());
    block_on(async {
        let twice = (
            admits(&users, "a", "open sesame"),
            admits(&users, "a", "open sesame"),
        );
        assert_eq!(tokio::join!(twice.0, twice.1), (Ok(true), Ok(true)));
    });
    assert_eq!(compared.load(Ordering::Relaxed), 1);
}

#[test]
fn an_unknown_user_costs_a_comparison_of_the_same_cost() {
    let costly = SESAME.replace("$04$", "$05$");
    let mut users = new(&[("a", SESAME), ("b", &costly)]).unwrap();
    let (compared, hashes) = channel();
    users.verify = Arc::new(move |_, hash| {
        compared.send(hash.to_owned()).unwrap();
        // Even if it fitted.
        true
    });
    assert_eq!(block_on(admits(&users, "unknown", "x")), Ok(false));
    let decoy: HashParts = hashes.try_recv().unwrap().parse().unwrap();
    assert_eq!(decoy.get_cost(), 5);
    // It takes the time: it is no error of the hash.
    assert!(!bcrypt::verify("x", &users.decoy).unwrap());
}

/// A flood of wrong passwords: one comparison at a time, and none for what does not fit into the queue.
#[test]
fn a_thousand_wrong_passwords_at_once() {
    let mut users = new(&[("a", SESAME)]).unwrap();
    let verify = Arc::clone(&users.verify);
    let (at_once, most, all) = (
        AtomicUsize::new(0),
        AtomicUsize::new(0),
        AtomicUsize::new(0),
    );
    let counts = Arc::new((at_once, most, all));
    let counted = Arc::clone(&counts);
    users.verify = Arc::new(move |password, hash| {
        let (at_once, most, all) = &*counted;
        most.fetch_max(at_once.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        all.fetch_add(1, Ordering::SeqCst);
        // Long enough that another one would begin meanwhile.
        std::thread::sleep(Duration::from_millis(5));
        let fits = verify(password, hash);
        at_once.fetch_sub(1, Ordering::SeqCst);
        fits
    });
    let runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = { runtime }.worker_threads(2).build().unwrap();
    let outcomes: Vec<_> = runtime.block_on(async {
        // A client that has been admitted before.
        assert_eq!(admits(&users, "a", "open sesame").await, Ok(true));
        let tasks: Vec<_> = (0..1000)
            .map(|index| {
                let users = users.clone();
                tokio::spawn(async move { admits(&users, "a", &format!("wrong {index}")).await })
            })
            .collect();
        let mut outcomes = Vec::new();
        for task in tasks {
            assert_eq!(admits(&users, "a", "open sesame").await, Ok(true));
            outcomes.push(task.await.unwrap());
        }
        outcomes
    });
    let (_, most, all) = &*counts;
    assert_eq!(most.load(Ordering::SeqCst), 1);
    let count = |outcome| outcomes.iter().filter(|it| **it == outcome).count();
    // One of the comparisons was the right password's.
    assert_eq!(count(Ok(false)) + 1, all.load(Ordering::SeqCst));
    assert!(count(Err(Busy)) > 0 && count(Ok(true)) == 0, "{outcomes:?}");
    assert_eq!(count(Ok(false)) + count(Err(Busy)), 1000);
}

#[test]
fn what_cannot_be_right_is_an_error_that_shows_no_hash() {
    let costly = SESAME.replace("$04$", "$17$");
    let cheap = SESAME.replace("$04$", "$03$");
    let cut = &SESAME[..59];
    let old = SESAME.replace("$2y$", "$2x$");
    for (name, hash, expected) in [
        ("", SESAME, "empty"),
        ("a:b", SESAME, "a colon"),
        ("a\n", SESAME, "a control character"),
        ("a", "", "no bcrypt hash"),
        ("a", "open sesame", "htpasswd -nB a"),
        ("a", cut, "no bcrypt hash"),
        ("a", &old, "no bcrypt hash"),
        (
            "a",
            "$apr1$6hXyn5F0$m4KRcTlIoqcbYr.KWTvl4/",
            "no bcrypt hash",
        ),
        ("a", "{SHA}VBPuJHI7uixaa6LQGWx4s+5GKNE=", "no bcrypt hash"),
        ("a", &costly, "the cost 17"),
        ("a", &cheap, "the cost 3"),
    ] {
        let error = new(&[(name, hash)]).unwrap_err().to_string();
        assert!(
            error.contains("`basic_auth`") && error.contains(expected),
            "{error}"
        );
        assert!(hash.is_empty() || !error.contains(hash), "{error}");
    }
    let error = new(&[("a", SESAME), ("a", UMLAUTS)])
        .unwrap_err()
        .to_string();
    assert!(error.contains("twice"), "{error}");
}
