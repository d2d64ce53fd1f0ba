//! The open vectors: every verdict, split, field and broken rule.

use std::collections::BTreeSet;

use emvqr::mpm::{self, Finding, Initiation, Mpm, Profile, Rejected, jpqr, tags};
use emvqr::payment_code::{RouteError, Table};
use emvqr::tlv::{LengthUnit, Object};
use serde_json::Value;

fn vectors(json: &str) -> Vec<Value> {
    serde_json::from_str(json).expect("the vectors are a JSON array")
}

fn text<'v>(vector: &'v Value, key: &str) -> &'v str {
    vector[key].as_str().unwrap_or_default()
}

type Read = for<'t> fn(&'t str) -> Result<Mpm<'t>, Rejected>;

fn check_all(json: &str, count: usize, read: Read) {
    let vectors = vectors(json);
    assert_eq!(vectors.len(), count);
    for vector in &vectors {
        check_verdict(vector, read(text(vector, "payload")));
    }
}

fn check_verdict(vector: &Value, read: Result<Mpm<'_>, Rejected>) {
    let id = text(vector, "id");
    match (text(vector, "verdict"), &read) {
        ("accept" | "either", Ok(code)) => {
            check_split(id, &vector["objects"], code);
            check_fields(id, &vector["fields"], code);
        }
        ("either", Err(_)) => {}
        ("reject", Err(rejected)) => {
            let errors: BTreeSet<String> = rejected.errors().map(Finding::code).collect();
            let reason = text(vector, "reason");
            assert!(errors.contains(reason), "{id}: {reason} not in {errors:?}");
        }
        (verdict, read) => panic!("{id} is {verdict}, reader says {read:?}"),
    }
    let findings = match &read {
        Ok(code) => code.findings(),
        Err(rejected) => rejected.findings(),
    };
    check_rules(vector, findings);
}

/// Every broken rule is found and no other. Of a text that splits only by another length
/// unit, or not at all, the vectors do not list the rest.
fn check_rules(vector: &Value, findings: &[Finding]) {
    let expected: BTreeSet<String> = ["emv_violations", "profile_violations"]
        .iter()
        .filter_map(|key| vector[key].as_array())
        .flatten()
        .map(|code| code.as_str().unwrap().to_owned())
        .collect();
    let found: BTreeSet<String> = findings.iter().map(Finding::code).collect();
    if expected.iter().any(|code| code.starts_with("tlv:")) {
        return;
    }
    assert_eq!(found, expected, "{}", text(vector, "id"));
}

fn check_split(id: &str, expected: &Value, code: &Mpm<'_>) {
    assert_eq!(code.encode(), code.raw(), "{id}");
    if let Some(expected) = expected.as_array() {
        check_objects(id, expected, code.objects());
    }
}

fn check_objects(id: &str, expected: &[Value], found: &[Object<'_>]) {
    assert_eq!(found.len(), expected.len(), "{id}");
    for (object, expected) in found.iter().zip(expected) {
        assert_eq!(object.tag.to_string(), text(expected, "t"), "{id}");
        assert_eq!(object.value, text(expected, "v"), "{id}");
        if let Some(inner) = expected["sub"].as_array() {
            check_objects(id, inner, object.template().unwrap().objects());
        }
    }
}

fn check_fields(id: &str, expected: &Value, code: &Mpm<'_>) {
    let Some(expected) = expected.as_object() else {
        return;
    };
    for (field, value) in expected {
        if field == "accounts" {
            check_accounts(id, value.as_array().unwrap(), code);
            continue;
        }
        let found = match field.as_str() {
            "point_of_initiation" => {
                let dynamic = code.point_of_initiation() == Initiation::Dynamic;
                Some(if dynamic { "12" } else { "11" })
            }
            "mcc" => code.category(),
            "currency" => code.currency(),
            "amount" => code.amount(),
            "tip_indicator" => code.get(tags::TIP),
            "fee_fixed" => code.get(tags::FEE_FIXED),
            "fee_percent" => code.get(tags::FEE_PERCENT),
            "country" => code.country(),
            "merchant_name" => code.merchant_name(),
            "merchant_city" => code.city(),
            "postal_code" => code.postal_code(),
            "crc" => code.get(tags::CHECKSUM),
            unknown => panic!("{id}: field {unknown} has no check"),
        };
        assert_eq!(found, value.as_str(), "{id}: {field}");
    }
}

fn check_accounts(id: &str, expected: &[Value], code: &Mpm<'_>) {
    let found: Vec<_> = code.accounts().collect();
    assert_eq!(found.len(), expected.len(), "{id}");
    for (account, expected) in found.iter().zip(expected) {
        assert_eq!(account.tag.to_string(), text(expected, "tag"), "{id}");
        assert_eq!(account.network().label(), text(expected, "network"), "{id}");
        assert_eq!(account.guid(), expected["guid"].as_str(), "{id}");
    }
}

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
