//! Merchant-presented codes: plain, and under every profile.

use emvqr::crc::crc16;
use emvqr::finding::{Finding, Place};
use emvqr::mpm::{self, Mpm, Network, Profile, Rejected, jpqr};
use emvqr::tlv::{self, LengthUnit, Object, Tag};

use super::{
    assert_within, check_rejected, check_warnings, is_part_of, national, show_debug, trimmed,
};

/// Reads bytes as a merchant-presented code, in every way there is.
pub fn mpm(bytes: &[u8]) -> bool {
    let read = mpm::read_bytes(bytes);
    if let Err(rejected) = &read {
        check_rejected(rejected);
        assert!(rejected.findings().iter().all(|found| found.position() <= bytes.len()));
    }
    let Ok(text) = core::str::from_utf8(bytes) else {
        assert!(read.is_err());
        return false;
    };
    assert_eq!(read, mpm::read(text), "bytes and text read alike");
    check_split(text);
    let raw = trimmed(text);
    let findings = match &read {
        Ok(code) => code.findings(),
        Err(rejected) => rejected.findings(),
    };
    // What the limits promise: an object takes four characters, and each breaks a few rules.
    assert!(findings.len() <= raw.len() + 32, "{} findings", findings.len());
    for finding in findings {
        check_place(raw, finding);
    }
    for profile in Profile::ALL {
        check_profile(&read, *profile, mpm::read_as(text, *profile));
    }
    check_jpqr(text);
    let Ok(code) = &read else {
        return false;
    };
    assert_eq!(code.raw(), raw);
    check_code(code);
    national::walk(code);
    true
}

/// A finding points into the payload, and at the object that it names or the one around it.
fn check_place(raw: &str, finding: &Finding) {
    let position = finding.position();
    assert!(raw.is_char_boundary(position), "{finding:?} in {} bytes", raw.len());
    let object = |tag: Tag| raw[position..].starts_with(&tag.to_string());
    match finding.place() {
        Place::Payload => {}
        Place::Object(path) => {
            let found = position == 0 || object(path.tag) || path.sub.is_some_and(object);
            assert!(found, "{finding:?} points at another object");
        }
        Place::Ber(_) | Place::Part(_) => panic!("{finding:?} is not about this kind of code"),
    }
}

/// The grammar alone: objects fill the text, in every unit of length.
fn check_split(text: &str) {
    // The reader refuses longer texts before it splits them.
    if text.len() > mpm::PAYLOAD_CHARACTERS_MAX * 4 {
        return;
    }
    for unit in LengthUnit::ALL {
        match tlv::split(text, unit) {
            Ok(template) => {
                assert_eq!(template.is_empty(), text.is_empty());
                let end = tile(text, 0, unit, template.objects(), 0);
                assert_eq!(end, text.len(), "objects leave a rest");
            }
            Err(error) => assert!(text.is_char_boundary(error.position)),
        }
    }
}

/// Follows objects that should lie side by side from `start` on. Gives where they end.
fn tile<'a>(
    payload: &'a str,
    start: usize,
    unit: LengthUnit,
    objects: impl Iterator<Item = Object<'a>>,
    depth: usize,
) -> usize {
    let mut next = start;
    for object in objects {
        assert_eq!(object.position, next, "a gap or an overlap");
        let size = unit.measure(object.value);
        assert!(payload[next..].starts_with(&format!("{}{size:02}", object.tag)));
        let end = object.value_position() + object.value.len();
        assert_eq!(&payload[object.value_position()..end], object.value);
        assert_within(payload, object.value);
        // Each level takes four characters from at most 99.
        assert!(depth <= 25);
        if let Ok(template) = object.template() {
            let inside =
                tile(payload, object.value_position(), unit, template.objects(), depth + 1);
            assert_eq!(inside, end, "objects inside leave a rest");
        }
        next = end;
    }
    next
}

/// What holds for a code that was read.
fn check_code(code: &Mpm<'_>) {
    let raw = code.raw();
    check_warnings(code.findings());
    assert_eq!(code.encode(), raw);
    assert_eq!(mpm::read(raw).as_ref(), Ok(code), "reads twice alike");
    show_debug(code);

    let end = tile(raw, 0, code.length_unit(), code.objects(), 0);
    assert_eq!(end, raw.len(), "objects leave a rest");
    let last = code.objects().next_back().expect("a code has objects");
    assert_eq!((last.tag.number(), last.position + 8), (63, raw.len()));
    let (summed, printed) = raw.as_bytes().split_at(raw.len() - 4);
    let sum = format!("{:04X}", crc16(summed));
    assert!(printed.eq_ignore_ascii_case(sum.as_bytes()), "a wrong checksum was taken");

    for tag in (0..=99).filter_map(Tag::new) {
        let mut of_tag = code.objects().filter(|object| object.tag == tag);
        assert_eq!(code.object(tag), of_tag.next());
        assert_eq!(of_tag.next(), None, "a repeated object was taken");
        assert_eq!(code.get(tag), code.object(tag).map(|object| object.value));
    }
    check_accounts(code);
    show_debug((code.point_of_initiation(), code.category(), code.currency(), code.amount()));
    show_debug((code.country(), code.merchant_name(), code.city(), code.postal_code()));
    for template in [code.additional(), code.language()].into_iter().flatten() {
        template.objects().for_each(|object| {
            assert_eq!(template.object(object.tag).map(|first| first.tag), Some(object.tag))
        });
    }
    if let Some(amount) = code.amount() {
        let digits = amount.bytes().filter(u8::is_ascii_digit).count();
        assert!(digits > 0 && amount.matches('.').count() + digits == amount.len());
        assert!(amount.matches('.').count() <= 1);
    }
}

fn check_accounts(code: &Mpm<'_>) {
    assert!(code.accounts().count() > 0, "nobody to pay");
    for account in code.accounts() {
        assert!((2..=51).contains(&account.tag.number()));
        let object = code.object(account.tag).expect("an account is an object of the root");
        assert_eq!((object.value, object.position), (account.value, account.position));
        assert!(code.accounts_of(account.network).any(|found| found == account));
        if let Some(profile) = account.network.profile() {
            assert!(code.claims().contains(profile));
        }
        if let Some(guid) = account.guid() {
            assert_within(account.value, guid);
        }
    }
    let by_network: usize =
        Network::ALL.iter().map(|network| code.accounts_of(*network).count()).sum();
    assert_eq!(by_network, code.accounts().count(), "each account has one network");
    for profile in code.claims().iter() {
        let claims = |network: Network| network.profile() == Some(profile);
        assert!(code.accounts().any(|account| claims(account.network)));
    }
}

/// A profile adds rules and takes none away.
fn check_profile(
    plain: &Result<Mpm<'_>, Rejected>,
    profile: Profile,
    under: Result<Mpm<'_>, Rejected>,
) {
    match (plain, &under) {
        (Ok(plain), Ok(code)) => {
            check_warnings(code.findings());
            assert_eq!((code.raw(), code.claims()), (plain.raw(), plain.claims()));
            assert!(code.objects().eq(plain.objects()));
            assert!(is_part_of(plain.findings().iter(), code.findings().iter()), "{profile:?}");
        }
        (Ok(plain), Err(rejected)) => {
            check_rejected(rejected);
            let claimed = plain.claims().contains(profile);
            assert!(!claimed, "{profile:?} is claimed, so its rules were kept: {rejected:?}");
            assert!(is_part_of(plain.findings().iter(), rejected.findings().iter()), "{profile:?}");
            rejected.findings().iter().for_each(|finding| check_place(plain.raw(), finding));
        }
        (Err(plain), Err(rejected)) => {
            check_rejected(rejected);
            assert!(is_part_of(plain.errors(), rejected.errors()), "{profile:?}");
        }
        (Err(plain), Ok(_)) => panic!("{profile:?} takes what is refused plainly: {plain:?}"),
    }
    if let Ok(plain) = plain
        && plain.claims().contains(profile)
    {
        assert_eq!(under.as_ref(), Ok(plain), "{profile:?} is claimed and named: the same");
    }
}

/// The typed view of JPQR exists just when the profile is kept.
fn check_jpqr(text: &str) {
    let under = mpm::read_as(text, Profile::Jpqr);
    match (jpqr::read(text), under) {
        (Ok(view), Ok(code)) => {
            assert_eq!(view.mpm, code);
            assert_eq!(view.amount_yen.is_some(), code.amount().is_some());
            assert!(view.amount_yen != Some(0));
            assert_eq!(view.id.to_string().parse(), Ok(view.id));
            assert_eq!((code.currency(), code.country()), (Some("392"), Some("JP")));
            show_debug(&view);
        }
        (Err(view), Err(code)) => assert_eq!(view, code),
        (view, code) => panic!("the view says {view:?}, the reader {code:?}"),
    }
}
