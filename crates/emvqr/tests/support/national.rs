//! Helpers for the tests of national profiles whose codes have warnings by custom: tables
//! name only what an edit adds.

use emvqr::mpm::{self, BuildError, Finding, Profile};

use crate::support::Draft;
use crate::support::vectors::{text, vectors};

/// Codes of all findings, errors with a `!` in front.
pub fn findings(payload: &str, profile: Profile) -> Vec<String> {
    let read = mpm::read_as(payload, profile);
    let findings = match &read {
        Ok(code) => code.findings(),
        Err(rejected) => rejected.findings(),
    };
    let mark = |finding: &Finding| if finding.is_error() { "!" } else { "" };
    findings.iter().map(|finding| format!("{}{}", mark(finding), finding.code())).collect()
}

/// `base` with some edits.
pub fn edited(base: &Draft, edits: &str) -> Draft {
    let mut draft = base.clone();
    edits.trim().split("; ").for_each(|edit| draft.edit(edit));
    draft
}

/// Each line: what the edits add to the findings of `base`, `|`, and the edits.
pub fn check_added(base: &Draft, profile: Profile, customs: &[&str], table: &str) {
    assert_eq!(findings(&base.text(), profile), customs, "the code to begin with");
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (expected, edits) = line.split_once('|').expect("a table line has a bar");
        let mut added = findings(&edited(base, edits).text(), profile);
        added.retain(|code| !customs.contains(&&**code));
        added.sort();
        let mut expected: Vec<&str> = expected.split_whitespace().collect();
        expected.sort_unstable();
        assert_eq!(added, expected, "{line}");
    }
}

/// The payload of an open vector.
pub fn payload(json: &str, id: &str) -> String {
    let vectors = vectors(json);
    let vector = vectors.iter().find(|vector| text(vector, "id") == id);
    text(vector.expect("a vector has this id"), "payload").to_owned()
}

/// The profile's own findings on every open vector that can be read: only those listed.
pub fn check_own(json: &str, profile: Profile, expected: &[(&str, &[&str])]) {
    let prefix = format!("{}:", profile.label());
    let mut read = 0;
    for vector in vectors(json) {
        let (id, payload) = (text(&vector, "id"), text(&vector, "payload"));
        if mpm::read_as(payload, profile).is_err() {
            continue;
        }
        read += 1;
        let mut own = findings(payload, profile);
        own.retain(|code| code.starts_with(&prefix));
        let expected = expected.iter().find(|(known, _)| *known == id);
        assert_eq!(own, expected.map_or(&[][..], |(_, codes)| codes), "{id}");
    }
    assert!(read > expected.len(), "most vectors have no finding of the profile's");
}

/// The builder refused, and its sentence has this finding.
pub fn refused_for(built: Result<String, BuildError>, expected: &str) {
    let Err(BuildError::Faulty(findings)) = &built else {
        panic!("{expected}: {built:?}");
    };
    let codes: Vec<String> = findings.iter().map(Finding::code).collect();
    assert!(codes.iter().any(|code| code == expected), "{expected} not in {codes:?}");
}
