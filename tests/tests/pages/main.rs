//! The pages that an exporter makes, read by a parser of HTML that others wrote.

#![expect(clippy::panic, reason = "a helper fails the test")]

mod catalogue;
mod home;
mod hostile;
mod html;
mod many_rows;
mod rows;
mod shop;
mod statsz;
