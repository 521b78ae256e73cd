fn main() {
    let _ = census::exemplars_from(|| 7);
}
