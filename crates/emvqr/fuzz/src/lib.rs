//! One entry function for each reader of `emvqr`: bytes in, and every promise checked that
//! holds for any bytes. Ordinary tests call them (`tests/fuzz`), and so does libFuzzer
//! (`targets`).
//!
//! Each gives back whether the bytes were read as a code, so that a caller can see that its
//! inputs get past the first check.

mod cpm;
mod digits;
mod link;
mod mpm;
mod national;
mod scan;

use std::fmt::{self, Debug, Display, Write};

use emvqr::crc::crc16;
use emvqr::finding::{Finding, Rejected};

pub use self::cpm::cpm;
pub use self::digits::digits;
pub use self::link::link;
pub use self::mpm::mpm;
pub use self::scan::scan;

/// An entry function.
pub type Entry = fn(&[u8]) -> bool;

/// All of them by name.
pub const ENTRIES: [(&str, Entry); 5] =
    [("mpm", mpm), ("cpm", cpm), ("link", link), ("digits", digits), ("scan", scan)];

/// The text without the line ends that a scanner adds, of which readers drop sixteen on a side.
fn trimmed(text: &str) -> &str {
    let ends = |bytes: &mut dyn Iterator<Item = u8>| {
        bytes.take(16).take_while(|byte| matches!(byte, b'\r' | b'\n')).count()
    };
    let text = &text[ends(&mut text.bytes())..];
    &text[..text.len() - ends(&mut text.bytes().rev())]
}

/// The text with a checksum that fits, in place of the one that it may end in. No fuzzer hits
/// one by chance, and a wrong one hides what else a code could do.
pub fn sealed(text: &str) -> String {
    let at = text.len().checked_sub(8).filter(|at| text.is_char_boundary(*at));
    let body = at.filter(|at| text[*at..].starts_with("6304")).map_or(text, |at| &text[..at]);
    let body = format!("{body}6304");
    format!("{body}{:04X}", crc16(body.as_bytes()))
}

/// What holds for any finding, of whatever code: it can be shown, and it says something.
fn check_finding(finding: &Finding) {
    let code = finding.code();
    assert!(!code.is_empty() && code.is_ascii() && !code.contains(' '), "code {code:?}");
    assert!(!code.ends_with(':'), "code {code:?} has lost its place");
    assert!(finding.sentence().len() > 20 && finding.sentence().ends_with('.'), "{code}");
    show(finding);
    show_debug(finding);
}

/// What holds for the findings of a code that was read.
fn check_warnings(findings: &[Finding]) {
    findings.iter().for_each(check_finding);
    let error = findings.iter().find(|finding| finding.is_error());
    assert_eq!(error, None, "read in spite of an error");
}

/// What holds for a refusal: at least one error, and a sentence for the till.
fn check_rejected(rejected: &Rejected) {
    rejected.findings().iter().for_each(check_finding);
    assert!(rejected.errors().count() > 0, "refused without an error: {rejected:?}");
    show(rejected);
}

/// Whether every finding of `some` is in `all`, as often. Both are in the order of one walk.
fn is_part_of<'f>(
    some: impl Iterator<Item = &'f Finding>,
    all: impl Iterator<Item = &'f Finding>,
) -> bool {
    let key = |finding: &Finding| (finding.code(), finding.position());
    let mut all: Vec<_> = all.map(key).collect();
    some.map(key).all(|wanted| match all.iter().position(|found| *found == wanted) {
        Some(index) => {
            all.swap_remove(index);
            true
        }
        None => false,
    })
}

/// Panics unless `part` is borrowed from `whole`. An empty part may be from anywhere.
fn assert_within(whole: &str, part: &str) {
    let (whole, part) = (whole.as_bytes().as_ptr_range(), part.as_bytes().as_ptr_range());
    let inside = whole.start <= part.start && part.end <= whole.end;
    assert!(part.is_empty() || inside, "a value is not of the payload");
}

/// Where text ends up that nobody reads.
struct Nowhere;

impl Write for Nowhere {
    fn write_str(&mut self, _: &str) -> fmt::Result {
        Ok(())
    }
}

fn show(value: impl Display) {
    write!(Nowhere, "{value}").expect("a value shows itself");
}

fn show_debug(value: impl Debug) {
    write!(Nowhere, "{value:?}").expect("a value shows itself to programmers");
}
