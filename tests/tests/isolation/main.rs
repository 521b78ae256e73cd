//! Isolations: each test of this program uses the same measures and views, and sees its own rows.

mod assertions;
mod follows;
mod own;
mod thousand;
