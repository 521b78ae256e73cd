use census::{CatalogueError, Measure, View};

fn main() -> Result<(), CatalogueError> {
    let size = Measure::<u64>::builder("size").register()?;
    let _ = View::distribution("sizes", &size, 5);
    Ok(())
}
