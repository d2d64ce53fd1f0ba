//! The open vectors: every verdict, split, field and broken rule.

mod support;

use emvqr::mpm::{self, Profile, jpqr};
use emvqr::payment_code::{RouteError, Table};
use emvqr::tlv::LengthUnit;

use support::vectors::{check_all, text, vectors};

#[test]
fn jpqr() {
    let json = include_str!("vectors/jpqr.json");
    check_all(json, 23, |payload| mpm::read_as(payload, Profile::Jpqr));
    check_all(json, 23, |payload| jpqr::read(payload).map(|code| code.mpm));
}

#[test]
fn emv_mpm() {
    check_all(include_str!("vectors/emv-mpm.json"), 25, mpm::read);
}

#[test]
fn typed_jpqr_says_what_the_vectors_say() {
    let mut read = 0;
    for vector in vectors(include_str!("vectors/jpqr.json")) {
        let Ok(code) = jpqr::read(text(&vector, "payload")) else {
            continue;
        };
        read += 1;
        let fields = &vector["fields"];
        if !fields.is_object() {
            continue;
        }
        assert_eq!(code.id.to_string(), "0000000000001-0001-000001-000001");
        assert_eq!(code.mcc, text(fields, "mcc"));
        assert_eq!(code.name_latin, text(fields, "merchant_name"));
        assert_eq!(code.city, text(fields, "merchant_city"));
        assert_eq!(code.postal_code, text(fields, "postal_code"));
        let yen = fields["amount"].as_str().map(|yen| yen.parse().unwrap());
        assert_eq!(code.amount_yen, yen);
    }
    assert_eq!(read, 8);
}

#[test]
fn labels_of_a_static_code() {
    let vectors = vectors(include_str!("vectors/jpqr.json"));
    let vector = vectors.iter().find(|vector| text(vector, "id") == "jpqr-009");
    let code = jpqr::read(text(vector.unwrap(), "payload")).unwrap();
    assert_eq!(code.store, Some("SHOP01"));
    assert_eq!(code.terminal, Some("T0012"));
    assert_eq!(code.reference, None);
    assert_eq!(code.name_ja, "さくら食堂");
}

#[test]
fn other_length_units_are_read_and_named() {
    let vectors = vectors(include_str!("vectors/jpqr.json"));
    for (id, unit, name) in [
        ("jpqr-007", LengthUnit::CodePoint, "大衆酒場 𠮷田"),
        ("jpqr-022", LengthUnit::Utf8Byte, "さくら食堂"),
        ("jpqr-023", LengthUnit::Utf16Unit, "𠮷野家"),
    ] {
        let vector = vectors.iter().find(|vector| text(vector, "id") == id);
        let code = jpqr::read(text(vector.unwrap(), "payload")).unwrap();
        assert_eq!(code.mpm.length_unit(), unit, "{id}");
        assert_eq!(code.name_ja, name, "{id}");
    }
}

#[test]
fn payment_codes() {
    let table = Table::builtin();
    let vectors = vectors(include_str!("vectors/payment-code.json"));
    assert_eq!(vectors.len(), 18);
    for vector in &vectors {
        let id = text(vector, "id");
        let routed = table.route(text(vector, "payload"));
        match text(vector, "verdict") {
            "accept" => assert_eq!(routed, Ok(text(&vector["expect"], "wallet")), "{id}"),
            "reject" => {
                let reason = match routed.unwrap_err() {
                    RouteError::Empty | RouteError::NotDigits => "format",
                    RouteError::UnknownPrefix => "unknown_prefix",
                    RouteError::Length { .. } => "length",
                    RouteError::FixedDigit => "digit",
                };
                assert_eq!(reason, text(vector, "reason"), "{id}");
            }
            verdict => panic!("{id}: verdict {verdict}"),
        }
    }
}
