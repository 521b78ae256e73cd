use census::measure;

trait Get {
    type Output;
    fn get(&self) -> Self::Output;
}

#[measure]
impl Get for u8 {
    type Output = u8;

    #[track_caller]
    fn get(&self) -> Self::Output {
        *self
    }
}

fn main() {
    5_u8.get();
}
