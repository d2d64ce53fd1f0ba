//! What the rules of the profiles have in common.

use core::ops::RangeInclusive;

use crate::finding::{Findings, Place, Rule};
use crate::mpm::{Account, Mpm, Network, emv};
use crate::tlv::{Object, Path, Tag, Template};

/// A code under a profile's rules, and the list in which they complain.
pub(super) struct Checker<'c, 'a> {
    pub(super) code: &'c Mpm<'a>,
    pub(super) findings: &'c mut Findings,
}

impl<'c, 'a> Checker<'c, 'a> {
    /// Accounts of one network, under whatever tags.
    pub(super) fn accounts(
        &self,
        network: Network,
    ) -> impl Iterator<Item = Account<'a>> + use<'c, 'a> {
        self.code.accounts_of(network)
    }

    /// None of the code's accounts is one of `networks`.
    pub(super) fn account_of(&mut self, networks: &[Network], rule: &'static Rule) {
        if !self.code.accounts().any(|account| networks.contains(&account.network)) {
            self.findings.add(rule, 0);
        }
    }

    /// An object at the root that has to be there.
    pub(super) fn required(&mut self, tag: Tag, rule: &'static Rule) {
        if self.code.object(tag).is_none() {
            self.findings.add_at(rule, Path::root(tag), 0);
        }
    }

    /// An object at the root that, if there, has to fit.
    pub(super) fn value(&mut self, tag: Tag, fits: impl Fn(&str) -> bool, rule: &'static Rule) {
        if let Some(object) = self.code.object(tag)
            && !fits(object.value)
        {
            self.findings.add_at(rule, Path::root(tag), object.position);
        }
    }

    /// An object of a template that has to be there. `position` is the template's.
    pub(super) fn sub_required(&mut self, within: &Inside<'a>, sub: Tag, rule: &'static Rule) {
        if within.template.get(sub).is_none() {
            self.findings.add_at(rule, Path::inside(within.tag, sub), within.position);
        }
    }

    /// An object of a template that, if there, has to fit.
    pub(super) fn sub_value(
        &mut self,
        within: &Inside<'a>,
        sub: Tag,
        fits: impl Fn(&str) -> bool,
        rule: &'static Rule,
    ) {
        if let Some(object) = within.template.object(sub)
            && !fits(object.value)
        {
            self.findings.add_at(rule, Path::inside(within.tag, sub), object.position);
        }
    }
}

/// A template at the root, and where it is.
#[derive(Clone, Copy)]
pub(super) struct Inside<'a> {
    pub(super) tag: Tag,
    pub(super) position: usize,
    pub(super) template: Template<'a>,
}

impl<'a> Inside<'a> {
    /// Of an account whose value is a template.
    pub(super) fn account(account: &Account<'a>) -> Option<Self> {
        let template = account.template?;
        Some(Self { tag: account.tag, position: account.position, template })
    }

    /// Of any object at the root whose value is a template.
    pub(super) fn object(object: &Object<'a>) -> Option<Self> {
        let template = object.template().ok()?;
        Some(Self { tag: object.tag, position: object.position, template })
    }
}

/// Whether a text is ASCII digits, so many of them.
pub(super) fn digits(count: RangeInclusive<usize>) -> impl Fn(&str) -> bool {
    move |text| count.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text has so many characters, whatever they are.
pub(super) fn characters(count: RangeInclusive<usize>) -> impl Fn(&str) -> bool {
    move |text| count.contains(&text.chars().count())
}

/// Whether a text is one of a few.
pub(super) fn one_of(allowed: &[&str]) -> impl Fn(&str) -> bool {
    move |text| allowed.contains(&text)
}

/// Makes errors of the findings that break `rule` at one of these objects of the root.
pub(super) fn harden(findings: &mut Findings, rule: &Rule, tags: &[Tag]) {
    findings.harden(|finding| match finding.place() {
        Place::Object(Path { tag, sub: None }) => finding.breaks(rule) && tags.contains(&tag),
        Place::Object(_) | Place::Payload | Place::Ber(_) | Place::Part(_) => false,
    });
}

/// Whether an amount has so many decimals at most. What is no decimal text at all is
/// EMVCo's to complain about.
pub(super) fn decimals(most: usize) -> impl Fn(&str) -> bool {
    move |amount| emv::decimal(amount).is_none_or(|(_, fraction)| fraction.len() <= most)
}
