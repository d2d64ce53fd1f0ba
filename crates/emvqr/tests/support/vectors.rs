//! The open vectors, checked: every verdict, split, field and broken rule.

use std::collections::BTreeSet;

use emvqr::mpm::{Finding, Initiation, Mpm, Rejected, tags};
use emvqr::tlv::Object;
use serde_json::Value;

/// The items of one file.
pub fn vectors(json: &str) -> Vec<Value> {
    serde_json::from_str(json).expect("the vectors are a JSON array")
}

/// A text member of an item; empty when it is not there.
pub fn text<'v>(vector: &'v Value, key: &str) -> &'v str {
    vector[key].as_str().unwrap_or_default()
}

/// How a file is to be read: with its profile, or without any.
pub type Read = for<'t> fn(&'t str) -> Result<Mpm<'t>, Rejected>;

/// Checks the merchant-presented codes of a file, which has so many.
pub fn check_all(json: &str, count: usize, read: Read) {
    let mut vectors = vectors(json);
    vectors.retain(|vector| vector["kind"] == "mpm");
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
            let named =
                |code: &String| code == reason || (reason == "tlv:" && code.starts_with("tlv:"));
            assert!(errors.iter().any(named), "{id}: {reason} not in {errors:?}");
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
    // Only for JPQR do the vectors list what breaks the profile.
    let listed = |code: &String| !NATIONAL.iter().any(|prefix| code.starts_with(prefix));
    let found: BTreeSet<String> = found.into_iter().filter(listed).collect();
    assert_eq!(found, expected, "{}", text(vector, "id"));
}

const NATIONAL: [&str; 12] = [
    "qris:",
    "khqr:",
    "sgqr:",
    "paynow:",
    "duitnow:",
    "promptpay:",
    "bharatqr:",
    "vietqr:",
    "vnpay:",
    "qrph:",
    "hkfps:",
    "upi:",
];

fn check_split(id: &str, expected: &Value, code: &Mpm<'_>) {
    assert_eq!(code.encode(), code.raw(), "{id}");
    if let Some(expected) = expected.as_array() {
        check_objects(id, expected, code.objects());
    }
}

fn check_objects<'a>(id: &str, expected: &[Value], found: impl Iterator<Item = Object<'a>>) {
    let found: Vec<_> = found.collect();
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
        assert_eq!(account.network.label(), text(expected, "network"), "{id}");
        assert_eq!(account.guid(), expected["guid"].as_str(), "{id}");
    }
}
