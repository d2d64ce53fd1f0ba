//! Consumer-presented codes.

use emvqr::cpm::ber::{DEPTH_MAX, Object, Objects};
use emvqr::cpm::{self, Application, Content, Cpm, Format};
use emvqr::finding::{Finding, Place};

use super::{check_rejected, check_warnings, show_debug};

/// Reads bytes as a consumer-presented code.
pub fn cpm(bytes: &[u8]) -> bool {
    let read = cpm::read_bytes(bytes);
    if let Err(rejected) = &read {
        check_rejected(rejected);
        // Findings name a tag once; there are 767 tags, and a few findings without one.
        assert!(rejected.findings().len() < 1600, "{} findings", rejected.findings().len());
        assert!(rejected.findings().iter().all(|found| found.position() <= bytes.len()));
    }
    let Ok(text) = core::str::from_utf8(bytes) else {
        assert!(read.is_err());
        return false;
    };
    assert_eq!(read, cpm::read(text), "bytes and text read alike");
    match &read {
        Err(rejected) => {
            let alone = |finding: &Finding| match finding.place() {
                Place::Payload | Place::Ber(_) => true,
                Place::Object(_) | Place::Part(_) => false,
            };
            assert!(rejected.findings().iter().all(alone), "of another kind: {rejected:?}");
            false
        }
        Ok(code) => {
            assert!(cpm::looks_like(text), "a code that does not look like one");
            check_code(code);
            true
        }
    }
}

fn check_code(code: &Cpm<'_>) {
    check_warnings(code.findings());
    assert_eq!(code.encode(), code.raw());
    assert_eq!(cpm::read(code.raw()).as_ref(), Ok(code), "reads twice alike");
    let bytes = code.bytes();
    assert!(bytes.starts_with(b"\x85\x05"));
    let end = tile(bytes, 0, code.objects(), 0);
    assert_eq!(end, bytes.len(), "objects leave a rest");
    for finding in code.findings() {
        check_place(code, finding);
    }
    let shown = format!("{code:?}");
    match code.content() {
        Content::Emv(emv) => {
            assert_eq!(code.format(), Format::Emv);
            assert!((1..=2).contains(&emv.applications().count()));
            emv.applications().for_each(|found| check_application(code, &found, &shown));
            emv.common().into_iter().flatten().for_each(show_debug);
        }
        Content::Jpqr(jpqr) => {
            assert_eq!(code.format(), Format::Jpqr);
            assert!((6..=10).contains(&jpqr.operator.len()));
            assert!(jpqr.operator.bytes().all(|byte| byte.is_ascii_digit()));
            assert!(!jpqr.payment_id.is_empty() && jpqr.payment_id.is_ascii());
            // A short one may be in the output by chance.
            let secret = jpqr.payment_id.len() >= 12;
            assert!(!secret || !shown.contains(jpqr.payment_id), "the payment ID is shown");
            show_debug(jpqr);
        }
    }
}

/// Follows objects that should lie side by side from `start` on. Gives where they end.
fn tile(bytes: &[u8], start: usize, objects: Objects<'_>, depth: u8) -> usize {
    assert!(depth <= DEPTH_MAX);
    let mut next = start;
    for object in objects {
        assert_eq!(object.position, next, "a gap or an overlap");
        assert!(begins_with_tag(&bytes[next..], object.tag.number()));
        let value = value_position(bytes, &object);
        let end = value + object.value.len();
        assert_eq!(&bytes[value..end], object.value);
        if let Some(inner) = object.objects() {
            assert!(object.tag.is_constructed());
            assert_eq!(tile(bytes, value, inner, depth + 1), end, "objects inside leave a rest");
        }
        next = end;
    }
    next
}

/// Where the value begins, by the bytes and not by what the reader says.
fn value_position(bytes: &[u8], object: &Object<'_>) -> usize {
    let length = object.position + if object.tag.number() > 0xFF { 2 } else { 1 };
    match bytes[length] {
        0x81 => length + 2,
        0x82 => length + 3,
        _ => length + 1,
    }
}

fn begins_with_tag(bytes: &[u8], tag: u16) -> bool {
    match tag.to_be_bytes() {
        [0, only] => bytes.first() == Some(&only),
        both => bytes.starts_with(&both),
    }
}

/// A finding points at its object, or at the template around it. Those on base64 are about
/// the text.
fn check_place(code: &Cpm<'_>, finding: &Finding) {
    let position = finding.position();
    if finding.code().starts_with("base64:") {
        assert!(position <= code.raw().len());
        return;
    }
    let bytes = code.bytes().get(position..).expect("a position in the decoded bytes");
    match finding.place() {
        Place::Payload => {}
        Place::Ber(tag) => {
            let template = matches!(bytes.first(), Some(0x61 | 0x62));
            let found = position == 0 || template || begins_with_tag(bytes, tag);
            assert!(found, "{finding:?} points at another object");
        }
        Place::Object(_) | Place::Part(_) => panic!("{finding:?} is not about this kind of code"),
    }
}

fn check_application(code: &Cpm<'_>, application: &Application<'_>, shown: &str) {
    assert!(code.bytes()[application.position()..].starts_with(&[0x61]));
    assert!(application.matches(application.aid()));
    assert!((5..=16).contains(&application.aid().len()));
    // Without an account only if there is something to say about it.
    assert!(application.pan().is_some() || !code.findings().is_empty());
    if let Some(pan) = application.pan() {
        let digits = pan.digits();
        assert!(!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()));
        assert!(digits.len() < 12 || !shown.contains(digits), "the card number is shown");
        show_debug(pan);
    }
    if let Some(track2) = application.track2() {
        assert_eq!((track2.expiry().len(), track2.service_code().len()), (4, 3));
        assert!(track2.discretionary().bytes().all(|byte| byte.is_ascii_digit()));
        show_debug(track2.pan());
    }
    for object in application.objects().chain(application.common().into_iter().flatten()) {
        assert!(application.get(object.tag).is_some());
    }
    show_debug((application.label(), application.cardholder(), application.issuer_url()));
    show_debug((application.account_reference(), application.version(), application));
    show_debug((application.transparent(), application.transparent_common()));
    application.languages().for_each(|language| assert_eq!(language.len(), 2));
}
