//! What is shown while a walk is under way.

use indicatif::{ProgressBar, ProgressStyle};
use walkdir::DirEntry;

/// A line on stderr, if that is a terminal: how many files there were, and where we are. It is gone
/// when this is dropped.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    pub(crate) fn start() -> Self {
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {human_pos} files  {wide_msg}") {
            bar.set_style(style);
        }
        Self { bar }
    }

    pub(crate) fn show(&self, entry: &DirEntry) {
        let file_type = entry.file_type();
        if file_type.is_file() {
            self.bar.inc(1);
        } else if file_type.is_dir() && !self.bar.is_hidden() {
            // A name may have line breaks in it, or commands to the terminal.
            let path = entry
                .path()
                .to_string_lossy()
                .replace(char::is_control, "\u{fffd}");
            self.bar.set_message(path);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
