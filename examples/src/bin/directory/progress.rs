//! The progress line of a walk.

use indicatif::{ProgressBar, ProgressStyle};
use walkdir::DirEntry;

/// A line on stderr with the number of files so far and the current directory. It is shown only on a terminal, and
/// disappears when this value is dropped.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    pub(crate) fn start() -> Self {
        let bar = ProgressBar::new_spinner();
        // With the `\r`, the cursor waits at the start of the line. At its end, the `^C` that a terminal shows would begin
        // another line, and this one would stay.
        let template = "{spinner} {human_pos} files  {wide_msg}\r";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self { bar }
    }

    pub(crate) fn show(&self, entry: &DirEntry) {
        let file_type = entry.file_type();
        if file_type.is_file() {
            self.bar.inc(1);
        } else if file_type.is_dir() && !self.bar.is_hidden() {
            // A name may contain line breaks or the terminal's control sequences.
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
