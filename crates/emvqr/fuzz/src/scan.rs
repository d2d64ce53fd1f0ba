//! Any scanned text, and what it is.

use emvqr::cpm;
use emvqr::finding::{Finding, Place};
use emvqr::link;
use emvqr::mpm::{self, Profile};
use emvqr::scan::{self, Code, Hint, Kind, Scanned};

use super::digits::BUILTIN;
use super::{check_finding, check_rejected, show_debug, trimmed};

/// Asks of bytes what they are, with every hint. Bytes that are no text are not looked at.
pub fn scan(bytes: &[u8]) -> bool {
    let Ok(text) = core::str::from_utf8(bytes) else {
        return false;
    };
    let raw = trimmed(text);
    let hints = Hint::NAMES.into_iter().map(|(_, hint)| hint);
    for hint in hints.chain(Profile::ALL.iter().copied().map(Hint::Profile)) {
        check(raw, &scan::read_as(text, &BUILTIN, hint));
    }
    let scanned = scan::read(text, &BUILTIN);
    // Beyond so many, line ends are part of a text that nothing reads.
    if trimmed(raw) == raw {
        assert_eq!(scanned, scan::read(raw, &BUILTIN), "line ends do not matter");
    }
    assert_eq!(scanned, scan::read_as(text, &BUILTIN, Hint::Any));
    assert!(scanned.kind() != Kind::Unknown || !scanned.is_accepted());
    check_against_readers(raw, &scanned);
    show_debug(&scanned);
    scanned.is_accepted()
}

/// What holds whatever the text and the hint.
fn check(raw: &str, scanned: &Scanned<'_>) {
    scanned.findings().iter().for_each(check_finding);
    assert_eq!(scanned.is_accepted(), !scanned.findings().iter().any(Finding::is_error));
    assert!(!scanned.scheme().is_empty() && !scanned.kind().label().is_empty());
    for finding in scanned.findings() {
        let position = finding.position();
        match finding.place() {
            // In a payer's code positions are those of decoded bytes.
            Place::Ber(_) => assert!(position <= raw.len()),
            Place::Payload if scanned.kind() == Kind::CpmBer => assert!(position <= raw.len()),
            // Of a missing query, where it would begin: one behind the end.
            Place::Part(_) => {
                assert!(raw.is_char_boundary(position) || position == raw.len() + 1);
            }
            Place::Payload | Place::Object(_) => {
                assert!(raw.is_char_boundary(position), "{finding:?}");
            }
        }
    }
    match scanned.code() {
        Err(rejected) => check_rejected(rejected),
        Ok(Code::Mpm(code)) => assert_eq!((scanned.kind(), code.raw()), (Kind::Mpm, raw)),
        Ok(Code::Cpm(code)) => assert_eq!((scanned.kind(), code.raw()), (Kind::CpmBer, raw)),
        Ok(Code::Link(link)) => assert_eq!((scanned.kind(), link.raw()), (Kind::Uri, raw)),
        Ok(Code::Digits(code)) => {
            assert_eq!((scanned.kind(), code.digits), (Kind::CpmDigits, raw));
            assert_eq!(scanned.wallet(), Some(code.wallet));
            assert!(raw.bytes().all(|byte| byte.is_ascii_digit()));
            assert!(!format!("{code:?}").contains(raw), "the code is shown");
        }
    }
}

/// What one reader takes, the one entry takes too, and gives the same.
fn check_against_readers(raw: &str, scanned: &Scanned<'_>) {
    let code = scanned.code().ok();
    let mpm = code.and_then(|code| if let Code::Mpm(code) = code { Some(code) } else { None });
    assert_eq!(mpm::read(raw).ok().as_ref(), mpm);
    let cpm = code.and_then(|code| if let Code::Cpm(code) = code { Some(code) } else { None });
    assert_eq!(cpm::read(raw).ok().as_ref(), cpm);
    let link = code.and_then(|code| if let Code::Link(code) = code { Some(code) } else { None });
    assert_eq!(link::read(raw).ok().as_ref(), link);
    let wallet = match code {
        Some(Code::Digits(code)) => Some(code.wallet),
        Some(Code::Mpm(_) | Code::Cpm(_) | Code::Link(_)) | None => None,
    };
    assert_eq!(BUILTIN.route(raw).ok(), wallet);
}
