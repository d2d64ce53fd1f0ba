//! EMVCo's rules for a code of the form CPV01 (`qr` facts, section 2).

use super::ber::{Object, Objects, Tag, TagSet};
use super::{Application, Emv, TEXT_CHARACTERS_EVERYWHERE, application, fields, tags};
use crate::finding::{Findings, Place, Rule};

const APPLICATION_TEMPLATE_MISSING: Rule = Rule::error(
    "cpm:application_template_missing",
    "No template 61 is there, so there is nothing to pay by. Ask the payer for a new code.",
);
const APPLICATION_UNUSABLE: Rule = Rule::error(
    "cpm:application_unusable",
    "Every template 61 had to be passed over, so there is nothing to pay by. Ask the payer for a new code.",
);
const APPLICATION_TEMPLATES_OVER_TWO: Rule = Rule::warning(
    "cpm:application_templates_over_two",
    "More than two templates 61 are there; those from the third on are passed over. Tell the wallet to write two.",
);
const TEMPLATE_MALFORMED: Rule = Rule::error(
    "cpm:template_malformed",
    "The objects inside of this template cannot be told apart. Scan again; if it stays so, ask the payer for a new code.",
)
.of_object();
const TEMPLATE_REPEATED: Rule = Rule::warning(
    "cpm:template_repeated",
    "This template is there twice; only the first is used. Tell the wallet to write one.",
)
.of_object();
const AID_MISSING: Rule = Rule::warning(
    "cpm:aid_missing",
    "A template 61 names no application in 4F and is passed over. Tell the wallet.",
);
const AID_LENGTH: Rule = Rule::warning(
    "cpm:aid_length",
    "The application's name in 4F is not 5 to 16 bytes long; its template 61 is passed over. Tell the wallet.",
);
const ACCOUNT_MISSING: Rule = Rule::error(
    "cpm:account_missing",
    "No application has 57 or 5A, so nobody knows whom to charge. Ask the payer for a new code.",
);
const ACCOUNT_MISSING_HERE: Rule = Rule::warning(
    "cpm:account_missing",
    "This application has neither 57 nor 5A and cannot be charged. Use the other one, and tell the wallet.",
);
const DUPLICATE: Rule = Rule::error(
    "cpm:duplicate",
    "This object is there twice for one application, so it is open which one holds. Ask the payer for a new code.",
)
.of_object();
const ORDER: Rule = Rule::warning(
    "cpm:order",
    "This object comes too late: after 85 come the templates 61, then 62, then all else. Tell the wallet.",
);
const COMMON_ALONE: Rule = Rule::warning(
    "cpm:common_alone",
    "Template 62 is for two applications to share, and there is one. Tell the wallet to put its objects into 61.",
);
const MISPLACED: Rule = Rule::warning(
    "cpm:misplaced",
    "This template does not belong here and is passed over: 63 goes into 61, 64 into 62. Tell the wallet.",
)
.of_object();
const OVER_512: Rule = Rule::warning(
    "cpm:over_512",
    "The text is longer than 512 characters, and some readers take no more. Tell the wallet to shorten it.",
);

/// Applies all of them to the objects at the root, 85 being the first.
pub(super) fn check(root: Objects<'_>, text_length: usize, findings: &mut Findings) {
    if text_length > TEXT_CHARACTERS_EVERYWHERE {
        findings.add(&OVER_512, 0);
    }
    check_order(root, findings);
    check_place(root, &[tags::TRANSPARENT, tags::TRANSPARENT_COMMON], findings);
    // Of templates that do not split, nothing more can be said.
    if check_templates(root, findings) {
        check_common(root, findings);
        check_applications(root, findings);
    }
}

fn check_order(root: Objects<'_>, findings: &mut Findings) {
    let rank = |object: &Object<'_>| match object.tag {
        tags::FORMAT => 0,
        tags::APPLICATION => 1,
        tags::COMMON => 2,
        _ => 3,
    };
    let late = root.zip(root.skip(1)).find(|(before, after)| rank(before) > rank(after));
    if let Some((_, object)) = late {
        // A second 85 has a finding of its own.
        if object.tag != tags::FORMAT {
            findings.push(&ORDER, Place::Ber(object.tag.number()), object.position);
        }
    }
}

/// Transparent templates that are not where they belong.
fn check_place(objects: Objects<'_>, foreign: &[Tag], findings: &mut Findings) {
    for tag in foreign {
        if let Some(object) = objects.find_tag(*tag) {
            findings.push(&MISPLACED, Place::Ber(tag.number()), object.position);
        }
    }
}

/// Whether the templates 61 and 62 that count do split.
fn check_templates(root: Objects<'_>, findings: &mut Findings) -> bool {
    let mut split = true;
    for template in application::templates(root).chain(root.find_tag(tags::COMMON)) {
        if let Err(fault) = template.split() {
            let place = Place::Ber(template.tag.number());
            findings.push(&TEMPLATE_MALFORMED, place, fault.position);
            split = false;
        }
    }
    split
}

fn check_common(root: Objects<'_>, findings: &mut Findings) {
    let place = Place::Ber(tags::COMMON.number());
    let mut all = root.filter(|object| object.tag == tags::COMMON);
    let Some(common) = all.next() else {
        return;
    };
    if let Some(second) = all.next() {
        findings.push(&TEMPLATE_REPEATED, place, second.position);
    }
    if application::templates(root).count() == 1 {
        findings.push(&COMMON_ALONE, place, common.position);
    }
    let Some(objects) = common.objects() else {
        return;
    };
    fields::check(objects, findings);
    check_place(objects, &[tags::TRANSPARENT], findings);
}

fn check_applications(root: Objects<'_>, findings: &mut Findings) {
    let place = Place::Ber(tags::APPLICATION.number());
    let mut all = root.filter(|object| object.tag == tags::APPLICATION);
    let Some(first) = all.next() else {
        return findings.push(&APPLICATION_TEMPLATE_MISSING, place, 0);
    };
    if let Some(third) = all.nth(1) {
        findings.push(&APPLICATION_TEMPLATES_OVER_TWO, place, third.position);
    }
    for template in application::templates(root) {
        check_aid(&template, findings);
    }
    let emv = Emv::new(root);
    if emv.applications().next().is_none() {
        findings.push(&APPLICATION_UNUSABLE, place, first.position);
    }
    let has_account = |application: &Application<'_>| {
        let has = |tag| application.get(tag).is_some_and(|value| !value.is_empty());
        has(tags::TRACK2) || has(tags::PAN)
    };
    // A till may choose; one application that can be charged is enough.
    let chargeable = emv.applications().any(|application| has_account(&application));
    let rule = if chargeable { &ACCOUNT_MISSING_HERE } else { &ACCOUNT_MISSING };
    let mut reported = TagSet::default();
    for application in emv.applications() {
        fields::check(application.objects(), findings);
        check_place(application.objects(), &[tags::TRANSPARENT_COMMON], findings);
        check_duplicates(&application, &mut reported, findings);
        if !has_account(&application) {
            let place = Place::Ber(tags::TRACK2.number());
            findings.push(rule, place, application.position());
        }
    }
}

/// Says why a template is passed over.
fn check_aid(template: &Object<'_>, findings: &mut Findings) {
    let place = Place::Ber(tags::AID.number());
    let Some(objects) = template.objects() else {
        return;
    };
    match objects.find_tag(tags::AID) {
        None => findings.push(&AID_MISSING, place, template.position),
        Some(aid) if !application::is_aid(aid.value) => {
            findings.push(&AID_LENGTH, place, aid.position);
        }
        Some(_) => {}
    }
}

/// A primitive object may be there once for an application, be it in 61 or in 62. A template
/// that is repeated leaves no such doubt, as nobody looks into it.
fn check_duplicates(application: &Application<'_>, reported: &mut TagSet, findings: &mut Findings) {
    let mut seen = TagSet::default();
    for object in application.objects().chain(application.common().into_iter().flatten()) {
        if seen.insert(object.tag) || !reported.insert(object.tag) {
            continue;
        }
        let rule = if object.tag.is_constructed() { &TEMPLATE_REPEATED } else { &DUPLICATE };
        findings.push(rule, Place::Ber(object.tag.number()), object.position);
    }
}
