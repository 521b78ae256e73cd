use census::{TagKey, tag};

#[tag(nmae = "frontend", global, local = true)]
static FRONTEND: TagKey;

#[tag("codec")]
static CODEC: TagKey;

#[tag(name("tenant"), local, local)]
static TENANT: TagKey;

#[tag(name = "a" local)]
static A: TagKey;

#[tag(name)]
static B: TagKey;

#[tag(crate = "census")]
static C: TagKey;

fn main() {
    let _ = (FRONTEND.name(), CODEC.name(), TENANT.name(), A.name(), B.name(), C.name());
}
