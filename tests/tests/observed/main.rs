//! Measures that are read: what their views show, when they are read, and what a reading that fails costs.

mod forms;
