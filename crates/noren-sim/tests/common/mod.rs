//! What the tests share.

/// `println!` past the test harness, which keeps what a passing test prints: these lines are for whoever
/// reads the run.
macro_rules! say {
    ($($words:tt)*) => {{
        use std::io::Write;
        let _ = writeln!(std::io::stdout(), $($words)*);
    }};
}
pub(crate) use say;
