fn main() {
    let _ = census::exemplars_from(|| Some(("ratio", 0.5)));
}
