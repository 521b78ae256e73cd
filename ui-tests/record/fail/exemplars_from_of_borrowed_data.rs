fn main() {
    let id = String::from("id");
    let _ = census::exemplars_from(|| Some(("trace_id", id.as_str())));
}
