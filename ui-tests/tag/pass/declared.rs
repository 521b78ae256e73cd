//! All arguments of `#[tag]`.

use census::{TagKey, tag};

const NAME: &str = "myorg/keys/computed";

/// Which client the video came from.
#[tag]
pub static FRONTEND: TagKey;

#[tag(name = "myorg/keys/tenant", local)]
static TENANT: TagKey;

#[tag(name = NAME)]
pub(crate) static COMPUTED: census::TagKey;

#[tag(local)]
static r#TYPE: TagKey;

#[tag(crate = ::census)]
#[cfg(any())]
static ABSENT: NoSuchType;

fn main() {
    assert_eq!(FRONTEND.name(), "frontend");
    assert_eq!(FRONTEND.description(), "Which client the video came from.");
    assert!(!FRONTEND.is_local());
    assert_eq!(FRONTEND.origin().line(), 9);
    assert_eq!(TENANT.name(), "myorg/keys/tenant");
    assert!(TENANT.is_local());
    assert_eq!(COMPUTED.name(), NAME);
    assert_eq!(TYPE.name(), "type");
}
