use std::ops::Index;

use census::measure;

struct Numbers(Vec<u8>);

#[measure]
impl Index<usize> for Numbers {
    type Output = u8;

    #[track_caller]
    fn index(&self, index: usize) -> &u8 {
        &self.0[index]
    }
}

trait Get {
    type Output;
    fn get(&self) -> Self::Output;
}

#[measure]
impl Get for Numbers {
    type Output = u8;

    #[track_caller]
    fn get(&self) -> Self::Output {
        self.0[0]
    }
}

impl Get for u8 {
    type Output = u8;

    #[measure]
    #[track_caller]
    fn get(&self) -> Self::Output {
        *self
    }
}

fn main() {
    Numbers(vec![1]).get();
    5_u8.get();
}
