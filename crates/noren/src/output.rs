//! What goes to stdout. A reader that has had enough (`| head`) ends the program quietly, as every
//! other program of a pipe does.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write};

/// Prints one line.
pub fn out(line: Arguments<'_>) {
    match writeln!(std::io::stdout().lock(), "{line}") {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
        Err(error) => {
            eprintln!("error: cannot write to stdout: {error}");
            std::process::exit(1);
        }
    }
}

/// `println!` for [`out`].
macro_rules! say {
    ($($text:tt)*) => { $crate::output::out(format_args!($($text)*)) };
}
pub(crate) use say;
