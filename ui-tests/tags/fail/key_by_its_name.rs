use census::tags;



fn main() {
    let _ = tags!("frontend" = "ios");
}
