//! The one entry, with everything that people hold under a scanner.

mod support;

use emvqr::payment_code::Table;
use emvqr::scan::{self, Code, Hint, Kind};
use proptest::prelude::*;
use serde_json::Value;
use support::sealed;
use support::vectors::{text, vectors};

const FILES: [&str; 16] = [
    include_str!("vectors/bharatqr.json"),
    include_str!("vectors/duitnow.json"),
    include_str!("vectors/emv-cpm.json"),
    include_str!("vectors/emv-mpm.json"),
    include_str!("vectors/hkfps.json"),
    include_str!("vectors/jpqr-cpm.json"),
    include_str!("vectors/jpqr.json"),
    include_str!("vectors/khqr.json"),
    include_str!("vectors/other.json"),
    include_str!("vectors/payment-code.json"),
    include_str!("vectors/promptpay.json"),
    include_str!("vectors/qris.json"),
    include_str!("vectors/qrph.json"),
    include_str!("vectors/sgqr.json"),
    include_str!("vectors/url.json"),
    include_str!("vectors/vietqr.json"),
];

fn every_vector(check: impl Fn(&Value, &Table)) {
    let table = Table::builtin();
    let all: Vec<Value> = FILES.iter().flat_map(|json| vectors(json)).collect();
    assert_eq!(all.len(), 192);
    all.iter().for_each(|vector| check(vector, &table));
}

/// As the vectors' own text says: files of schemes that are no profile are read without one.
fn hint(scheme: &str) -> Hint {
    match scheme {
        "emv-mpm" | "emv-cpm" | "jpqr-cpm" | "payment-code" | "url" | "other" => Hint::Any,
        profile => Hint::named(profile).unwrap(),
    }
}

#[test]
fn each_vector_is_what_it_is_said_to_be() {
    every_vector(|vector, table| {
        let (id, scheme) = (text(vector, "id"), text(vector, "scheme"));
        let scanned = scan::read_as(text(vector, "payload"), table, hint(scheme));
        let reason = text(vector, "reason");
        match text(vector, "verdict") {
            "accept" => {
                assert!(scanned.is_accepted(), "{id}: {:?}", scanned.findings());
                assert_eq!(scanned.kind().label(), text(vector, "kind"), "{id}");
                // What is foreign to all profiles has no name of its own.
                let named = if scheme == "other" { "emv-mpm" } else { scheme };
                assert_eq!(scanned.scheme(), named, "{id}");
            }
            "reject" => {
                assert!(!scanned.is_accepted(), "{id}");
                let codes: Vec<String> = scanned.findings().iter().map(|it| it.code()).collect();
                assert!(codes.iter().any(|code| code.starts_with(reason)), "{id}: {codes:?}");
            }
            _ => {}
        }
        if let Some(wallet) = vector["expect"]["wallet"].as_str() {
            assert_eq!(scanned.wallet(), Some(wallet), "{id}");
        }
    });
}

/// As a program passes them on: the name of the file as the hint, whatever it is.
#[test]
fn the_name_of_a_scheme_is_a_hint_that_changes_no_verdict() {
    every_vector(|vector, table| {
        let (id, payload) = (text(vector, "id"), text(vector, "payload"));
        let scanned = scan::read_as(payload, table, Hint::named(text(vector, "scheme")).unwrap());
        match text(vector, "verdict") {
            "accept" => assert!(scanned.is_accepted(), "{id}: {:?}", scanned.findings()),
            "reject" => {
                let reason = text(vector, "reason");
                let codes: Vec<String> = scanned.findings().iter().map(|it| it.code()).collect();
                assert!(!scanned.is_accepted(), "{id}");
                assert!(codes.iter().any(|code| code.starts_with(reason)), "{id}: {codes:?}");
            }
            _ => {}
        }
    });
}

#[test]
fn no_hint_is_needed_to_recognise_a_code() {
    every_vector(|vector, table| {
        let scanned = scan::read(text(vector, "payload"), table);
        if text(vector, "verdict") == "accept" {
            assert!(scanned.is_accepted(), "{}", text(vector, "id"));
            assert_eq!(scanned.kind().label(), text(vector, "kind"), "{}", text(vector, "id"));
        }
    });
}

#[test]
fn a_hint_of_a_kind_is_kept_to() {
    let table = Table::builtin();
    for (name, kind) in [
        ("emv-mpm", Kind::Mpm),
        ("emv-cpm", Kind::CpmBer),
        ("jpqr-cpm", Kind::CpmBer),
        ("payment-code", Kind::CpmDigits),
        ("url", Kind::Uri),
        ("khqr", Kind::Mpm),
    ] {
        let scanned = scan::read_as("no code", &table, Hint::named(name).unwrap());
        assert_eq!((scanned.kind(), scanned.is_accepted()), (kind, false), "{name}");
    }
    assert_eq!(Hint::named("paypal"), None);
}

#[test]
fn a_link_stays_a_link_whatever_profile_is_hoped_for() {
    let table = Table::builtin();
    let upi = "upi://pay?pa=a@b&pn=X&cu=INR";
    let scanned = scan::read_as(upi, &table, Hint::named("bharatqr").unwrap());
    assert!(matches!(scanned.code(), Ok(Code::Link(_))));
}

#[test]
fn near_misses_have_names() {
    let table = Table::builtin();
    // Laid out as a public terminal reads it: a template of the payee's, and five decimal digits.
    let el_qr = format!("0002010102122658{}630512345", "4".repeat(58));
    for (expected, text) in [
        (
            "not_payment:thai_slip",
            "00450006000001010301402242026010100000000000000015102TH9104E177",
        ),
        (
            "not_payment:truemoney_slip",
            "00470002010102010203P2P0312TX00000000010408010120269104a9c9",
        ),
        ("not_payment:el_qr", &el_qr),
        ("not_payment:web", "https://example.com/menu"),
        ("not_payment:web", "https://qr.alipay.com.evil.example/bax0"),
        ("not_payment:wifi", "WIFI:T:WPA;S=shop;P=secret;;"),
        ("not_payment:contact", "BEGIN:VCARD\nVERSION:3.0\nEND:VCARD"),
        ("not_payment:contact", "MECARD:N:Sato;;"),
        ("not_payment:contact", "tel:+81312345678"),
        ("not_payment:thai_bill", "|099400016550100\rREF0001\rREF0002\r25000"),
        ("not_payment:unknown", "00450006000001010301402242026010100000000000000015102VN9104E177"),
        ("not_payment:unknown", "javascript:alert(1)"),
        ("not_payment:unknown", "foo"),
        ("not_payment:unknown", "2894-1869-3627-1464"),
        ("not_payment:empty", ""),
        ("not_payment:empty", "\r\n"),
    ] {
        let scanned = scan::read(text, &table);
        let codes: Vec<String> = scanned.findings().iter().map(|it| it.code()).collect();
        assert_eq!(scanned.kind(), Kind::Unknown, "{text}");
        assert_eq!(codes[0], expected, "{text}");
        assert_eq!(scanned.scheme(), "unknown", "{text}");
    }
}

#[test]
fn near_misses_have_names_also_where_a_profile_is_hoped_for() {
    let table = Table::builtin();
    let slip = "00450006000001010301402242026010100000000000000015102TH9104E177";
    let scanned = scan::read_as(slip, &table, Hint::named("promptpay").unwrap());
    let codes: Vec<String> = scanned.findings().iter().map(|it| it.code()).collect();
    assert_eq!(scanned.kind(), Kind::Mpm);
    assert_eq!(codes[0], "not_payment:thai_slip");
    assert!(codes.contains(&"crc_missing".to_owned()));
}

#[test]
fn a_products_bar_code_is_named_and_a_payment_code_is_not_mistaken_for_one() {
    let table = Table::builtin();
    let codes = |text| -> Vec<String> {
        scan::read(text, &table).findings().iter().map(|it| it.code()).collect()
    };
    assert_eq!(codes("4901777018686"), ["unknown_prefix", "not_payment:product"]);
    assert_eq!(codes("4901777018687"), ["unknown_prefix"]);
    assert_eq!(codes("135112298638468293"), [""; 0]);
}

#[test]
fn a_damaged_merchants_code_is_still_named_as_one() {
    let table = Table::builtin();
    let good =
        sealed("00020101021126240015com.example.pay0101A5204581253033925802JP5904SHOP6005TOKYO");
    for (text, error) in [
        (good.replace("SHOP", "SHIP"), "crc_mismatch"),
        (format!("0102{}", &good[10..]), "pfi_missing"),
        (good[..good.len() - 4].to_owned(), "tlv:truncated"),
    ] {
        let scanned = scan::read(&text, &table);
        assert_eq!(scanned.kind(), Kind::Mpm, "{text}");
        assert!(scanned.findings().iter().any(|it| it.code() == error), "{text}");
    }
}

#[test]
fn a_refused_code_is_still_called_by_its_country() {
    let table = Table::builtin();
    for (text, scheme, error) in [
        // Without a category, a name and a city, which KHQR insists on.
        (sealed("00020101021129180014vandoeurn@devb53031165802KH"), "khqr", "missing:52"),
        (
            sealed(
                "00020101021126680019jp.or.paymentsjapan01130000000000001020400010306000001\
                 0406000001520458125303156\
                 5802JP5904SHOP6005TOKYO6107100000164100002JA0100",
            ),
            "jpqr",
            "jpqr:currency",
        ),
    ] {
        let scanned = scan::read(&text, &table);
        assert_eq!((scanned.kind(), scanned.scheme()), (Kind::Mpm, scheme), "{text}");
        let codes: Vec<String> = scanned.findings().iter().map(|it| it.code()).collect();
        assert!(codes.iter().any(|code| code == error), "{codes:?}");
    }
}

#[test]
fn a_known_host_is_named_though_the_token_is_wrong() {
    let table = Table::builtin();
    let scanned = scan::read("https://qr.alipay.com/", &table);
    assert_eq!((scanned.kind(), scanned.wallet()), (Kind::Uri, Some("alipay")));
    assert!(!scanned.is_accepted());
}

#[test]
fn debug_output_keeps_the_digits_to_itself() {
    let table = Table::builtin();
    let scanned = scan::read("135112298638468293", &table);
    assert!(!format!("{scanned:?}").contains("135112298638468293"));
}

#[test]
fn megabytes_are_refused() {
    let table = Table::builtin();
    for start in ["", "0002", "hQVDUFYw", "https://qr.alipay.com/", "9000"] {
        let text = format!("{start}{}", "1".repeat(8 << 20));
        assert!(!scan::read(&text, &table).is_accepted(), "{start}");
    }
}

proptest! {
    #[test]
    fn any_text_has_one_answer(text in ".{0,300}") {
        let table = Table::builtin();
        let scanned = scan::read(&text, &table);
        let errors = scanned.findings().iter().any(|finding| finding.is_error());
        prop_assert_eq!(errors, !scanned.is_accepted());
        prop_assert!(scanned.is_accepted() || !scanned.findings().is_empty());
        prop_assert!(scanned.kind() != Kind::Unknown || !scanned.is_accepted());
    }
}
