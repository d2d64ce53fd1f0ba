//! What a reader has to say about a code: one list, each entry with a stable code, a place
//! and a sentence that tells what to do.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use core::fmt;

use crate::short::Short;
use crate::tlv::Path;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The code breaks a rule that real codes break too. It is read all the same.
    Warning,
    /// The code must not be paid.
    Error,
}

/// What a rule's code ends in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Suffix {
    Nothing,
    /// The place: `dup:53`, `too_long:62.05`, `cpm:duplicate:5F20`.
    Place,
    /// Only the object inside of the template: `jpqr:id_sub_length:01`.
    Sub,
}

/// One rule that a code can break. Each profile keeps its own next to its checks.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Rule {
    level: Level,
    code: &'static str,
    suffix: Suffix,
    sentence: &'static str,
}

impl Rule {
    pub(crate) const fn error(code: &'static str, sentence: &'static str) -> Self {
        Self { level: Level::Error, code, suffix: Suffix::Nothing, sentence }
    }

    pub(crate) const fn warning(code: &'static str, sentence: &'static str) -> Self {
        Self { level: Level::Warning, ..Self::error(code, sentence) }
    }

    /// The code names the object.
    pub(crate) const fn of_object(self) -> Self {
        Self { suffix: Suffix::Place, ..self }
    }

    /// The code names the object inside of a template whose own tag may vary.
    pub(crate) const fn of_sub(self) -> Self {
        Self { suffix: Suffix::Sub, ..self }
    }
}

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// The payload as a whole.
    Payload,
    /// An object of a merchant-presented code.
    Object(Path),
    /// A data object of a consumer-presented code, by its BER tag: `0x57`, `0x5F20`.
    Ber(u16),
    /// A part of a link, such as its `host` or the parameter `am`.
    Part(Part),
}

/// A part of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Part(u8);

/// Names of [`Part`]s. What a rule of links can be about.
const PARTS: [&str; 18] = [
    "scheme", "host", "path", "query", "pa", "pn", "mc", "tid", "tr", "tn", "am", "mam", "cu",
    "url", "mode", "purpose", "orgid", "sign",
];

impl Part {
    /// The part with this name, which has to be one of the table's.
    pub(crate) const fn literal(name: &str) -> Self {
        let mut index = 0;
        while index < PARTS.len() {
            if equal(PARTS[index].as_bytes(), name.as_bytes()) {
                return Self(index as u8);
            }
            index += 1;
        }
        panic!("not the name of a part")
    }

    /// `host`, `am` and so on.
    #[must_use]
    pub const fn name(self) -> &'static str {
        PARTS[self.0 as usize]
    }
}

const fn equal(one: &[u8], two: &[u8]) -> bool {
    let mut index = 0;
    while index < one.len() && index < two.len() && one[index] == two[index] {
        index += 1;
    }
    index == one.len() && index == two.len()
}

impl fmt::Display for Place {
    /// The tag as `62.05` or `5F20`, the part's name, nothing for the whole.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Payload => Ok(()),
            Self::Object(path) => path.fmt(f),
            Self::Ber(tag) => write!(f, "{tag:02X}"),
            Self::Part(part) => f.write_str(part.name()),
        }
    }
}

/// One rule that a code breaks, and where.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Finding {
    rule: &'static Rule,
    /// No payload that is looked at is longer than 65,535 bytes.
    position: u16,
    place: Place,
    level: Level,
}

impl Finding {
    /// Whether the code may be used all the same.
    #[must_use]
    pub const fn level(&self) -> Level {
        self.level
    }

    /// What it is about.
    #[must_use]
    pub const fn place(&self) -> Place {
        self.place
    }

    /// Byte index in the payload of that object. Of something that is missing: where its
    /// template begins, 0 for the root. In a consumer-presented code: in its decoded bytes.
    #[must_use]
    pub fn position(&self) -> usize {
        self.position.into()
    }

    /// Stable name of the rule alone, to compare with: `dup`, `too_long`, `jpqr:currency`.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        self.rule.code
    }

    /// Stable name of the rule, with the object where the rule is about many:
    /// `crc_mismatch`, `dup:53`, `too_long:62.05`, `jpqr:currency`.
    #[must_use]
    pub fn code(&self) -> String {
        let suffix = match (self.rule.suffix, self.place) {
            (Suffix::Nothing, _) | (_, Place::Payload) => None,
            (Suffix::Sub, Place::Object(Path { sub: Some(sub), .. })) => Some(sub.to_string()),
            (Suffix::Place | Suffix::Sub, place) => Some(place.to_string()),
        };
        match suffix {
            Some(suffix) => alloc::format!("{}:{suffix}", self.rule.code),
            None => self.rule.code.to_string(),
        }
    }

    /// What is wrong and what to do, for the person at the till or its programmer.
    #[must_use]
    pub const fn sentence(&self) -> &'static str {
        self.rule.sentence
    }

    /// Whether it is about this rule, whatever the place.
    pub(crate) fn breaks(&self, rule: &Rule) -> bool {
        self.rule == rule
    }

    /// Whether it keeps the code from being used.
    #[must_use]
    pub const fn is_error(&self) -> bool {
        matches!(self.level, Level::Error)
    }
}

impl fmt::Debug for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {} at byte {}", self.level, self.code(), self.position)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (", self.code())?;
        match self.place {
            Place::Payload => {}
            Place::Object(_) | Place::Ber(_) => write!(f, "tag {}, ", self.place)?,
            Place::Part(part) => write!(f, "{}, ", part.name())?,
        }
        write!(f, "byte {}): {}", self.position, self.sentence())
    }
}

/// A list of findings while it is being made. Most stay empty and cost nothing; more than
/// eight are rare.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Findings(
    /// Nothing, not an empty list, when there are none.
    Option<Short<Finding, 8>>,
);

impl Findings {
    /// Something about the payload as a whole.
    pub(crate) fn add(&mut self, rule: &'static Rule, position: usize) {
        self.push(rule, Place::Payload, position);
    }

    /// Something about one object.
    pub(crate) fn add_at(&mut self, rule: &'static Rule, path: Path, position: usize) {
        self.push(rule, Place::Object(path), position);
    }

    /// Something about one place.
    #[cold]
    pub(crate) fn push(&mut self, rule: &'static Rule, place: Place, position: usize) {
        let position = u16::try_from(position).unwrap_or(u16::MAX);
        self.keep(Finding { rule, position, place, level: rule.level });
    }

    fn keep(&mut self, finding: Finding) {
        self.0.get_or_insert_with(|| Short::new(finding)).push(finding);
    }

    /// Adds findings that were made elsewhere.
    pub(crate) fn append(&mut self, findings: &[Finding]) {
        findings.iter().for_each(|finding| self.keep(*finding));
    }

    pub(crate) fn len(&self) -> usize {
        self.as_slice().len()
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Forgets all but the first `count`.
    pub(crate) fn truncate(&mut self, count: usize) {
        if count == 0 {
            self.0 = None;
        } else if let Some(list) = &mut self.0 {
            list.truncate(count);
        }
    }

    /// Makes errors of the warnings that a profile is strict about.
    #[inline]
    pub(crate) fn harden(&mut self, strict: impl Fn(&Finding) -> bool) {
        for finding in self.0.iter_mut().flat_map(Short::as_mut_slice) {
            if strict(finding) {
                finding.level = Level::Error;
            }
        }
    }

    /// All of them, in the order in which they were found.
    #[inline]
    pub(crate) fn as_slice(&self) -> &[Finding] {
        self.0.as_ref().map_or(&[], Short::as_slice)
    }

    /// Whether the code must not be paid.
    pub(crate) fn has_error(&self) -> bool {
        self.as_slice().iter().any(Finding::is_error)
    }

    /// The list when nothing in it is an error; otherwise the refusal.
    pub(crate) fn verdict(self) -> Result<Self, Rejected> {
        if self.has_error() { Err(self.reject()) } else { Ok(self) }
    }

    /// The refusal, for a list that is known to hold an error.
    pub(crate) fn reject(self) -> Rejected {
        debug_assert!(self.has_error());
        Rejected { findings: Box::new(self) }
    }
}

/// A code that must not be paid, and everything that was found in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// Boxed, so that a result is no larger than what was read.
    findings: Box<Findings>,
}

impl Rejected {
    /// Errors and warnings, in the order in which they were found. At least one error.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        self.findings.as_slice()
    }

    /// Only what keeps the code from being used.
    pub fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.findings().iter().filter(|finding| finding.is_error())
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the code must not be paid")?;
        for error in self.errors() {
            write!(f, "; {error}")?;
        }
        Ok(())
    }
}

impl core::error::Error for Rejected {}
