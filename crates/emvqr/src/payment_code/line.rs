//! One line of a table: `prefix[-last prefix] length[-longest] wallet [position=digit]`.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{FixedDigit, PREFIX_DIGITS_MAX, Rule, RuleFault};

/// Most prefixes that one line may stand for.
const RANGE_MAX: u64 = 100;

/// The rules that a line stands for; none for an empty line or a comment.
pub(super) fn rules(line: &str) -> Result<Vec<Rule>, RuleFault> {
    let content = line.split_once('#').map_or(line, |(before, _)| before);
    let words: Vec<&str> = content.split_whitespace().collect();
    let (prefix, length, wallet, digit) = match words[..] {
        [] => return Ok(Vec::new()),
        [prefix, length, wallet] => (prefix, length, wallet, None),
        [prefix, length, wallet, digit] => (prefix, length, wallet, Some(fixed_digit(digit)?)),
        _ => return Err(RuleFault::Form),
    };
    let (first, last) = ends(length);
    let length_min = number(first).ok_or(RuleFault::Length)?;
    let length_max = number(last).ok_or(RuleFault::Length)?;
    let rule = |prefix| Rule { prefix, length_min, length_max, digit, wallet: wallet.to_owned() };
    Ok(prefixes(prefix)?.into_iter().map(rule).collect())
}

/// Both ends of `a-b`, or `a` twice.
fn ends(text: &str) -> (&str, &str) {
    text.split_once('-').unwrap_or((text, text))
}

fn prefixes(text: &str) -> Result<Vec<String>, RuleFault> {
    let (first, last) = ends(text);
    let width = first.len();
    if width != last.len() || width > PREFIX_DIGITS_MAX {
        return Err(RuleFault::Prefix);
    }
    let from: u64 = number(first).ok_or(RuleFault::Prefix)?;
    let to: u64 = number(last).ok_or(RuleFault::Prefix)?;
    if from > to || to - from >= RANGE_MAX {
        return Err(RuleFault::Prefix);
    }
    Ok((from..=to).map(|prefix| format!("{prefix:0width$}")).collect())
}

fn fixed_digit(text: &str) -> Result<FixedDigit, RuleFault> {
    let (position, digit) = text.split_once('=').ok_or(RuleFault::Form)?;
    Ok(FixedDigit {
        position: number(position).ok_or(RuleFault::Digit)?,
        digit: number(digit).ok_or(RuleFault::Digit)?,
    })
}

/// Digits only: `parse` alone would take a sign.
fn number<T: core::str::FromStr>(text: &str) -> Option<T> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}
