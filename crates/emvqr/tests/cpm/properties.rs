//! Whatever the input: nothing panics, what is read prints back, and what is written reads
//! without a remark.

use emvqr::cpm::ber::{DEPTH_MAX, Object, Tag};
use emvqr::cpm::{
    self, Account, ApplicationData, CommonData, Content, EmvCode, Format, JpqrCode, Pan, Track2,
};
use emvqr::finding::Finding;
use proptest::prelude::*;

use crate::tree::{base64, object};
use crate::vectors::payload;
use crate::{emv, jpqr};

const READ: [&str; 6] =
    ["emv-cpm-001", "emv-cpm-002", "emv-cpm-003", "emv-cpm-004", "jpqr-cpm-001", "jpqr-cpm-002"];

/// Walks a tree. Gives how many objects it has.
fn walk(object: Object<'_>, depth: u8, bytes: &[u8]) -> usize {
    assert!(depth <= DEPTH_MAX);
    let start = (object.tag.number() & 0xFF) as u8;
    let first = bytes[object.position];
    assert!(first == start || u16::from(first) == object.tag.number() >> 8);
    let inner = object.objects().into_iter().flatten();
    1 + inner.map(|object| walk(object, depth + 1, bytes)).sum::<usize>()
}

/// Reads a text and looks at whatever came out.
fn look(text: &str) -> Result<(), TestCaseError> {
    prop_assert_eq!(cpm::read_bytes(text.as_bytes()), cpm::read(text));
    let code = match cpm::read(text) {
        Err(rejected) => {
            prop_assert!(rejected.errors().count() > 0);
            prop_assert!(rejected.findings().len() < 1600);
            return Ok(());
        }
        Ok(code) => code,
    };
    prop_assert!(cpm::looks_like(text));
    prop_assert_eq!(code.encode(), code.raw());
    prop_assert!(!code.findings().iter().any(Finding::is_error));
    let count: usize = code.objects().map(|object| walk(object, 0, code.bytes())).sum();
    prop_assert!(count <= code.bytes().len() / 2);
    match code.content() {
        Content::Jpqr(jpqr) => {
            prop_assert_eq!(code.format(), Format::Jpqr);
            prop_assert!((6..=10).contains(&jpqr.operator.len()));
            prop_assert!(!jpqr.payment_id.is_empty());
        }
        Content::Emv(emv) => {
            prop_assert_eq!(code.format(), Format::Emv);
            prop_assert!((1..=2).contains(&emv.applications().count()));
            for application in emv.applications() {
                prop_assert!(application.matches(application.aid()));
                // Without an account only if there is something to say about it.
                prop_assert!(application.pan().is_some() || !code.findings().is_empty());
                prop_assert!(application.languages().count() <= 4 || !code.findings().is_empty());
                let _ = (application.label(), application.cardholder(), application.version());
                let _ = (application.issuer_url(), application.account_reference());
                let _ = (application.transparent(), application.transparent_common());
            }
        }
    }
    Ok(())
}

/// Objects with the tags that matter, with values that may fit them.
fn objects() -> impl Strategy<Value = Vec<u8>> {
    let value = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..20),
        "[ -~]{0,20}".prop_map(String::into_bytes),
        Just(vec![0x12, 0x34, 0xD3, 0x01, 0x22, 0x01]),
        Just(b"12345678".to_vec()),
    ];
    let tags = ["4F", "50", "57", "5A", "5F20", "5F2D", "9F08", "9F25", "99", "85", "C0"];
    let leaf =
        (prop::sample::select(tags.to_vec()), value).prop_map(|(tag, value)| object(tag, &value));
    let templates = ["61", "62", "63", "64", "E1"];
    let tree = leaf.prop_recursive(4, 30, 6, move |inner| {
        let inside = prop::collection::vec(inner, 0..6).prop_map(|parts| parts.concat());
        (prop::sample::select(templates.to_vec()), inside)
            .prop_map(|(tag, value)| object(tag, &value))
    });
    prop::collection::vec(tree, 0..6).prop_map(|parts| parts.concat())
}

fn account() -> impl Strategy<Value = Account> {
    let track2 = ("[0-9]{1,19}", "[0-9]{2}(0[1-9]|1[0-2])", "[0-9]{3}", "[0-9]{0,11}");
    prop_oneof![
        "[0-9]{1,19}".prop_map(|digits| Account::Pan(Pan::new(&digits).unwrap())),
        track2.prop_map(|(pan, expiry, service, rest)| {
            let pan = Pan::new(&pan).unwrap();
            Account::Track2(Track2::new(&pan, &expiry, &service, &rest).unwrap())
        }),
    ]
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[ -~]{2,16}"]
}

fn aid() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 5..=16)
}

proptest! {
    #[test]
    fn any_text(text in any::<String>()) {
        look(&text)?;
    }

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = cpm::read_bytes(&bytes);
        look(&base64(&bytes))?;
    }

    #[test]
    fn bytes_after_an_indicator(
        bytes in prop::collection::vec(any::<u8>(), 0..400),
        indicator in prop::sample::select(vec!["CPV01", "JPQR1"]),
    ) {
        look(&base64(&[object("85", indicator.as_bytes()), bytes].concat()))?;
    }

    #[test]
    fn trees(objects in objects(), indicator in prop::sample::select(vec!["CPV01", "JPQR1"])) {
        look(&base64(&[object("85", indicator.as_bytes()), objects].concat()))?;
    }

    /// Objects put into a code that is well formed, so that more of them are accepted.
    #[test]
    fn additions(inside in objects(), beside in objects()) {
        for (indicator, own) in [
            ("CPV01", [object("4F", &[0xA0; 7]), object("57", &[0x12, 0xD3, 0x01, 0x22, 0x01])]),
            ("JPQR1", [object("4F", b"12345678"), object("57", b"1234")]),
        ] {
            let template = object("61", &[own.concat(), inside.clone()].concat());
            look(&base64(&[object("85", indicator.as_bytes()), template, beside.clone()].concat()))?;
        }
    }

    #[test]
    fn damaged_bytes(place in any::<prop::sample::Index>(), length in 0..4_usize, put in prop::collection::vec(any::<u8>(), 0..4)) {
        for id in READ {
            let mut bytes = cpm::read(&payload(id)).unwrap().bytes().to_vec();
            let from = place.index(bytes.len());
            let to = (from + length).min(bytes.len());
            bytes.splice(from..to, put.clone());
            look(&base64(&bytes))?;
        }
    }

    #[test]
    fn damaged_texts(place in any::<prop::sample::Index>(), length in 0..4_usize, put in "([A-Za-z0-9+/=]{0,4}|\\PC)") {
        for id in READ {
            let mut text = payload(id);
            let from = place.index(text.len());
            let to = (from + length).min(text.len());
            text.replace_range(from..to, &put);
            look(&text)?;
        }
    }

    #[test]
    fn one_application_reads_back(
        aid in aid(),
        label in name(),
        account in account(),
        cardholder in name(),
        languages in prop::collection::vec("[a-z]{2}", 0..=4),
        transparent in prop::collection::vec(any::<u8>(), 0..=200),
    ) {
        let languages: Vec<&str> = languages.iter().map(String::as_str).collect();
        let tag = Tag::new(0x9F10).unwrap();
        let application = ApplicationData {
            aid: &aid,
            label: &label,
            data: CommonData {
                account: Some(account),
                cardholder: &cardholder,
                languages: &languages,
                others: &[],
                transparent: &[(tag, &transparent)],
            },
        };
        let text = EmvCode::One(&application).build().unwrap();
        look(&text)?;
        let code = cpm::read(&text).unwrap();
        prop_assert_eq!(code.findings(), &[]);
        let found = emv(&code).applications().next().unwrap();
        prop_assert_eq!(found.aid(), &aid);
        prop_assert_eq!(found.label().unwrap_or_default(), label);
        prop_assert_eq!(found.cardholder().unwrap_or_default(), cardholder);
        prop_assert_eq!(found.languages().collect::<Vec<_>>(), languages);
        prop_assert_eq!(found.transparent().unwrap(), object("9F10", &transparent));
        match account {
            Account::Pan(pan) => prop_assert_eq!((found.pan(), found.track2()), (Some(pan), None)),
            Account::Track2(track2) => {
                prop_assert_eq!(found.track2(), Some(track2));
                prop_assert_eq!(found.pan(), Some(track2.pan()));
            }
        }
    }

    #[test]
    fn two_applications_read_back(aids in (aid(), aid()), accounts in (account(), account()), shared in any::<bool>()) {
        let data = |account| CommonData { account, ..CommonData::default() };
        let own = |account| if shared { data(None) } else { data(Some(account)) };
        let application = |aid, account| ApplicationData { aid, label: "", data: own(account) };
        let applications = [application(&aids.0, accounts.0), application(&aids.1, accounts.1)];
        let common = shared.then(|| data(Some(accounts.0)));
        let text = EmvCode::Two(&applications, common.as_ref()).build().unwrap();
        look(&text)?;
        let code = cpm::read(&text).unwrap();
        prop_assert_eq!(code.findings(), &[]);
        let expected = [(&aids.0, accounts.0), (&aids.1, if shared { accounts.0 } else { accounts.1 })];
        prop_assert_eq!(emv(&code).applications().count(), 2);
        for (found, (aid, account)) in emv(&code).applications().zip(expected) {
            prop_assert_eq!(found.aid(), aid);
            let pan = match account {
                Account::Pan(pan) => pan,
                Account::Track2(track2) => track2.pan(),
            };
            prop_assert_eq!(found.pan(), Some(pan));
        }
    }

    #[test]
    fn jpqr_reads_back(operator in "[0-9]{8}", payment_id in "[ -~]{1,99}", free in "\\PC{0,40}") {
        let code = JpqrCode { operator: &operator, payment_id: &payment_id, free: &free };
        let text = code.build().unwrap();
        look(&text)?;
        let code = cpm::read(&text).unwrap();
        prop_assert_eq!(code.findings(), &[]);
        let found = jpqr(&code);
        prop_assert_eq!(found.operator, operator);
        prop_assert_eq!(found.payment_id, payment_id);
        prop_assert_eq!(found.free.unwrap_or_default(), free);
    }

    /// With any text at all: a code that is read without remark, or a reason.
    #[test]
    fn what_is_built_is_valid(texts in prop::array::uniform4("\\PC{0,30}"), aid in prop::collection::vec(any::<u8>(), 0..20)) {
        let [label, cardholder, language, free] = &texts;
        let data = CommonData { cardholder, languages: &[language], ..CommonData::default() };
        let emv = EmvCode::One(&ApplicationData { aid: &aid, label, data }).build();
        let jpqr = JpqrCode { operator: label, payment_id: cardholder, free }.build();
        for built in [emv, jpqr] {
            match built {
                Ok(text) => prop_assert!(cpm::read(&text).unwrap().findings().is_empty()),
                Err(error) => prop_assert!(error.to_string().len() > 20),
            }
        }
    }
}

#[test]
fn a_code_cut_short_is_refused() {
    for id in READ {
        let text = payload(id);
        let digits = text.trim_end_matches('=');
        assert!(cpm::read(digits).is_ok(), "{id} without padding");
        for end in 0..digits.len() {
            assert!(cpm::read(&text[..end]).is_err(), "{id} up to {end}");
        }
    }
}
