//! What a reader has to say about a code: one list, each entry with a stable code, a place
//! and a sentence that tells what to do.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

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
    /// The object: `dup:53`, `too_long:62.05`.
    Path,
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
        Self { suffix: Suffix::Path, ..self }
    }

    /// The code names the object inside of a template whose own tag may vary.
    pub(crate) const fn of_sub(self) -> Self {
        Self { suffix: Suffix::Sub, ..self }
    }
}

/// One rule that a code breaks, and where.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Finding {
    /// Whether the code may be used all the same.
    pub level: Level,
    /// The object that it is about, when it is about one.
    pub path: Option<Path>,
    /// Byte index in the payload of that object. Of something that is missing: where its
    /// template begins, 0 for the root.
    pub position: usize,
    rule: &'static Rule,
}

impl Finding {
    /// Stable name of the rule, with the object where the rule is about many:
    /// `crc_mismatch`, `dup:53`, `too_long:62.05`, `jpqr:currency`.
    #[must_use]
    pub fn code(&self) -> String {
        let suffix = match (self.rule.suffix, self.path) {
            (Suffix::Path, Some(path)) => Some(path.to_string()),
            (Suffix::Sub, Some(Path { sub: Some(sub), .. })) => Some(sub.to_string()),
            _ => None,
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

    /// Whether it keeps the code from being used.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.level == Level::Error
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (", self.code())?;
        if let Some(path) = self.path {
            write!(f, "tag {path}, ")?;
        }
        write!(f, "byte {}): {}", self.position, self.sentence())
    }
}

/// A list of findings while it is being made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Findings(Vec<Finding>);

impl Findings {
    /// Something about the payload as a whole.
    pub(crate) fn add(&mut self, rule: &'static Rule, position: usize) {
        self.push(rule, None, position);
    }

    /// Something about one object.
    pub(crate) fn add_at(&mut self, rule: &'static Rule, path: Path, position: usize) {
        self.push(rule, Some(path), position);
    }

    fn push(&mut self, rule: &'static Rule, path: Option<Path>, position: usize) {
        self.0.push(Finding { level: rule.level, path, position, rule });
    }

    /// Makes errors of the warnings about objects that a profile is strict about.
    pub(crate) fn harden(&mut self, strict: impl Fn(Path) -> bool) {
        for finding in &mut self.0 {
            if finding.path.is_some_and(&strict) {
                finding.level = Level::Error;
            }
        }
    }

    /// The list when nothing in it is an error; otherwise the refusal.
    pub(crate) fn verdict(self) -> Result<Vec<Finding>, Rejected> {
        if self.0.iter().any(Finding::is_error) { Err(self.reject()) } else { Ok(self.0) }
    }

    /// The refusal, for a list that is known to hold an error.
    pub(crate) fn reject(self) -> Rejected {
        debug_assert!(self.0.iter().any(Finding::is_error));
        Rejected { findings: self.0 }
    }
}

/// A code that must not be paid, and everything that was found in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    findings: Vec<Finding>,
}

impl Rejected {
    /// Errors and warnings, in the order in which they were found. At least one error.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Only what keeps the code from being used.
    pub fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.is_error())
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
