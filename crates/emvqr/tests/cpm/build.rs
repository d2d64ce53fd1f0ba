//! Codes that are written: the published samples to the letter, and what is refused.

use emvqr::cpm::ber::{DEPTH_MAX, Tag};
use emvqr::cpm::{
    self, Account, ApplicationData, BuildError, CommonData, Content, DigitsError, EmvCode,
    JpqrCode, Pan, Track2, tags,
};
use emvqr::finding::Finding;

use crate::emv;
use crate::tree::{text, unhex};
use crate::vectors::payload;

fn tag(number: u16) -> Tag {
    Tag::new(number).unwrap()
}

fn track2(pan: &str, expiry: &str, service_code: &str, discretionary: &str) -> Account {
    let pan = Pan::new(pan).unwrap();
    Account::Track2(Track2::new(&pan, expiry, service_code, discretionary).unwrap())
}

#[test]
fn samples_of_one_application() {
    let application = ApplicationData {
        aid: &unhex("A0000000555555"),
        data: CommonData {
            account: Some(track2("1234567890123458", "1912", "201", "12345")),
            ..CommonData::default()
        },
        ..ApplicationData::default()
    };
    assert_eq!(EmvCode::One(&application).build().unwrap(), payload("emv-cpm-001"));

    let application = ApplicationData {
        aid: &unhex("A000000065039202"),
        data: CommonData {
            account: Some(track2("3158990079242943", "4912", "121", "0000051200000")),
            ..CommonData::default()
        },
        ..ApplicationData::default()
    };
    assert_eq!(EmvCode::One(&application).build().unwrap(), payload("emv-cpm-003"));

    let application = ApplicationData {
        aid: &unhex("A000000333010102"),
        data: CommonData {
            account: Some(track2("6263600100713672", "2312", "201", "0000018801")),
            others: &[(tag(0x5F34), &[0])],
            transparent: &[
                (tag(0x9F26), &unhex("568AD7BCE66B718B")),
                (tag(0x9F27), &[0x80]),
                (tag(0x9F10), &unhex("07000103A0000001083030303030303031")),
                (tag(0x9F36), &[0x11, 0x22]),
                (tag(0x82), &[0, 0]),
                (tag(0x9F37), &unhex("2260488E")),
            ],
            ..CommonData::default()
        },
        ..ApplicationData::default()
    };
    assert_eq!(EmvCode::One(&application).build().unwrap(), payload("emv-cpm-004"));
}

#[test]
fn sample_of_two_applications() {
    let (one, two) = (unhex("A0000000555555"), unhex("A0000000666666"));
    let application = |aid, label| ApplicationData { aid, label, data: CommonData::default() };
    let common = CommonData {
        account: Some(Account::Pan(Pan::new("1234567890123458").unwrap())),
        cardholder: "CARDHOLDER/EMV",
        languages: &["ru", "es", "de", "en"],
        others: &[],
        transparent: &[
            (tag(0x9F10), &unhex("06010A03000000")),
            (tag(0x9F26), &unhex("584FD385FA234BCC")),
            (tag(0x9F36), &unhex("0001")),
            (tag(0x9F37), &unhex("6D58EF13")),
        ],
    };
    let applications = [application(&one, "Product1"), application(&two, "Product2")];
    let text = EmvCode::Two(&applications, Some(&common)).build().unwrap();
    assert_eq!(text, payload("emv-cpm-002"));
}

#[test]
fn samples_of_jpqr() {
    let code =
        JpqrCode { operator: "12345678", payment_id: "87654321", free: "{\"key\":\"value\"}" };
    assert_eq!(code.build().unwrap(), payload("jpqr-cpm-001"));
    let code = JpqrCode { operator: "90000002", payment_id: "9000000212345678901234", free: "" };
    assert_eq!(code.build().unwrap(), payload("jpqr-cpm-002"));
}

#[test]
fn each_fault_has_its_finding() {
    let good = || ApplicationData {
        aid: &[0xA0, 0, 0, 0, 0x55],
        label: "Product1",
        data: CommonData {
            account: Some(Account::Pan(Pan::new("1234567890123458").unwrap())),
            ..CommonData::default()
        },
    };
    assert!(EmvCode::One(&good()).build().is_ok());
    let with = |change: fn(&mut ApplicationData<'_>)| {
        let mut application = good();
        change(&mut application);
        EmvCode::One(&application).build()
    };
    let jpqr = |operator, payment_id, free| JpqrCode { operator, payment_id, free }.build();
    let long = "x".repeat(4000);
    for (expected, built) in [
        ("cpm:aid_length", with(|code| code.aid = &[1, 2, 3, 4])),
        ("cpm:aid_length", with(|code| code.aid = &[0; 17])),
        ("cpm:account_missing", with(|code| code.data.account = None)),
        ("cpm:length:50", with(|code| code.label = "ABCDEFGHIJKLMNOPQ")),
        ("cpm:format:50", with(|code| code.label = "カード")),
        ("cpm:length:5F20", with(|code| code.data.cardholder = "A")),
        ("cpm:format:5F2D", with(|code| code.data.languages = &["jap", "a"][..1])),
        ("cpm:duplicate:50", with(|code| code.data.others = &[(tags::LABEL, b"x")])),
        ("cpm:over_512", with(|code| code.data.transparent = &[(tags::FREE, &[0; 400])])),
        ("cpm:duplicate:5A", EmvCode::Two(&[good(), good()], Some(&good().data)).build()),
        ("jpqr_cpm:operator_format", jpqr("1234567x", "1", "")),
        ("jpqr_cpm:operator_format", jpqr("12345", "1", "")),
        ("jpqr_cpm:payment_id_missing", jpqr("12345678", "", "")),
        ("jpqr_cpm:payment_id_format", jpqr("12345678", "１", "")),
        ("too_large", jpqr("12345678", &long, "")),
    ] {
        let Err(BuildError::Faulty(findings)) = built else {
            panic!("{expected}: {built:?}");
        };
        let codes: Vec<String> = findings.iter().map(Finding::code).collect();
        assert!(codes.contains(&expected.to_owned()), "{expected} not in {codes:?}");
    }
    // Not to be smuggled in: a second 63, an application.
    for tag in [tags::TRANSPARENT, tags::APPLICATION] {
        let others: &[(Tag, &[u8])] = &[(tag, b"")];
        let application = ApplicationData { data: CommonData { others, ..good().data }, ..good() };
        assert_eq!(EmvCode::One(&application).build(), Err(BuildError::NotPrimitive { tag }));
    }
    let endless = "x".repeat(0x1_0000);
    let tag = tags::TRACK2;
    assert_eq!(jpqr("12345678", &endless, ""), Err(BuildError::TooLong { tag }));
}

#[test]
fn track_2_takes_38_digits_at_most() {
    let pan = Pan::new("1234567890123456789").unwrap();
    assert!(Track2::new(&pan, "3012", "201", "12345678901").is_ok());
    let long = Track2::new(&pan, "3012", "201", "123456789012");
    assert_eq!(long, Err(DigitsError::TooLong));
}

#[test]
fn an_application_is_found_by_the_beginning_of_its_name() {
    let text = payload("emv-cpm-003");
    let code = cpm::read(&text).unwrap();
    let application = emv(&code).applications().next().unwrap();
    for (aid, expected) in [
        ("A000000065039202", true),
        ("A00000006503", true),
        ("A000000065", true),
        ("A0000000", false),
        ("", false),
        ("A00000006503920200", false),
        ("A000000066", false),
    ] {
        assert_eq!(application.matches(&unhex(aid)), expected, "{aid}");
    }
}

#[test]
fn values_of_an_application() {
    let tree = "85'CPV01' 61[ 4F:A0000000555555 57:1234D3012201 5F50'tel:+81312345678' 9F08:0123 63:AABB ] \
                61[ 4F:A0000000666666 5A:98765F 50'Two' ] 62[ 9F24'ABCDEFGHIJKLMNOPQRSTUVWXYZ012' 64:CC ]";
    let text = text(tree);
    let code = cpm::read(&text).unwrap();
    assert_eq!(code.findings(), []);
    let [one, two] = emv(&code).applications().collect::<Vec<_>>()[..] else { panic!("not two") };
    assert_eq!(one.pan().unwrap().digits(), "1234");
    assert_eq!(two.pan().unwrap().digits(), "98765");
    assert_eq!((one.label(), two.label()), (None, Some("Two")));
    assert_eq!((one.version(), two.version()), ([0x01, 0x23], [0x00, 0x10]));
    assert_eq!(one.issuer_url(), Some("tel:+81312345678"));
    assert_eq!((one.transparent(), two.transparent()), (Some(&[0xAA, 0xBB][..]), None));
    for application in [one, two] {
        assert_eq!(application.account_reference(), Some("ABCDEFGHIJKLMNOPQRSTUVWXYZ012"));
        assert_eq!(application.transparent_common(), Some(&[0xCC][..]));
        assert_eq!(application.languages().count(), 0);
        assert_eq!(application.get(tags::AID), Some(application.aid()));
    }
    assert_eq!(two.track2(), None);
}

#[test]
fn debug_output_has_no_account() {
    for (id, secrets) in [
        ("emv-cpm-001", ["123456789", "12345F", "18, 52, 86"]),
        ("emv-cpm-002", ["123456789", "CARDHOLDER", "18, 52, 86"]),
        ("emv-cpm-004", ["626360", "188", "98, 99, 96"]),
        ("jpqr-cpm-001", ["87654321", "value", "56, 55, 54"]),
        ("jpqr-cpm-002", ["9000000212", "567890", "57, 48, 48"]),
    ] {
        let text = payload(id);
        let code = cpm::read(&text).unwrap();
        let mut shown = format!("{code:?} {:?} {:?}", code.content(), code.objects());
        if let Content::Emv(emv) = code.content() {
            let application = emv.applications().next().unwrap();
            let account = (application.pan(), application.track2());
            shown += &format!("{application:?} {:?} {account:?}", application.objects());
        }
        assert!(shown.contains("bytes)"), "{shown}");
        for secret in secrets.iter().chain([&&text[8..]]) {
            assert!(!shown.contains(*secret), "{id}: {shown}");
        }
    }
}

#[test]
fn the_tree_is_open_to_a_depth() {
    let deep = format!("{} {}", "E1[ ".repeat(20), "] ".repeat(20));
    let text = text(&format!("85'CPV01' 61[ 4F:A0000000555555 5A:98765F ] {deep}"));
    let code = cpm::read(&text).unwrap();
    let mut object = code.objects().last().unwrap();
    let mut opened = 0;
    while let Some(inner) = object.objects() {
        opened += 1;
        object = inner.last().unwrap();
    }
    assert_eq!(opened, usize::from(DEPTH_MAX));
    assert_eq!(code.encode(), text);
}
