//! The rules of UPI links. [`super`] says which are ours.

use super::{Key, Param, get, params};
use crate::finding::{Findings, Rule};
use crate::link::part;
use crate::link::percent::Fault;
use crate::link::uri::Uri;

const ACTION: Rule = Rule::error(
    "upi:action",
    "This UPI link asks for something else than a payment, such as a mandate. Ask for one that begins upi://pay?.",
);
const PA_MISSING: Rule = Rule::error(
    "upi:pa_missing",
    "The link does not say who is paid. Its issuer has to add pa, the payee's address.",
);
const PN_MISSING: Rule = Rule::warning(
    "upi:pn_missing",
    "The link does not name who is paid. Its issuer should add pn; compare the name that the wallet shows.",
);
const TR_MISSING: Rule = Rule::warning(
    "upi:tr_missing",
    "A link made for one order needs a reference. Its issuer should add tr.",
);
const CURRENCY: Rule = Rule::error(
    "upi:currency",
    "UPI links carry rupees only. The issuer has to write cu=INR and the amount in rupees.",
);
const ZERO: Rule = Rule::error(
    "upi:zero_amount",
    "The amount is zero. Leave am out when the payer is to type the amount.",
)
.of_object();
const MINIMUM: Rule = Rule::error(
    "upi:minimum",
    "The least amount is over the amount. The issuer has to correct am or mam.",
);
const FORMAT: Rule = Rule::error(
    "upi:format",
    "The value has not the form that the wallet needs: pa is name@handle, am and mam are rupees with two decimals at most. The issuer has to correct it.",
)
.of_object();
const FORMAT_ODD: Rule = Rule::warning(
    "upi:format",
    "The value has not the usual form: mc is four digits, mode and purpose are two. The issuer should correct it.",
)
.of_object();
const DUP: Rule = Rule::error(
    "upi:dup",
    "The parameter is given twice, so that two wallets could pay differently. The issuer has to give it once.",
)
.of_object();
const REPEATED: Rule = Rule::warning(
    "upi:repeated",
    "The parameter is given twice; the first counts. The issuer should give it once.",
)
.of_object();
const EMPTY: Rule = Rule::warning(
    "upi:empty",
    "The parameter has no value and is read as if it were not there. The issuer should leave it out.",
)
.of_object();
const CASE: Rule = Rule::warning(
    "upi:case",
    "Names of parameters are in lower case, the currency in upper case; some wallets will not see this one. The issuer should write it so.",
)
.of_object();
const HIDDEN: Rule = Rule::error(
    "upi:hidden",
    "The parameter's name is disguised by encoding or spaces, so that some wallets see it and others do not. Do not pay.",
)
.of_object();
const PERCENT: Rule = Rule::warning(
    "upi:percent",
    "A percent sign here begins no encoded character. The issuer should write it as %25.",
)
.of_object();
const UTF8: Rule = Rule::warning(
    "upi:utf8",
    "The encoded bytes are not UTF-8 text. The issuer should encode the text as UTF-8.",
)
.of_object();
const UNENCODED: Rule = Rule::warning(
    "upi:unencoded",
    "The value has characters that links carry encoded only. The issuer should percent-encode it.",
)
.of_object();
const CHARSET: Rule = Rule::warning(
    "upi:charset",
    "The text has characters that are not seen, or that turn the direction of others. Compare what the wallet shows.",
)
.of_object();
const FRAGMENT: Rule = Rule::error(
    "upi:fragment",
    "Behind a # some wallets read on and others stop. The issuer has to write it as %23.",
);
const CONTROL: Rule = Rule::error(
    "upi:control",
    "The link has a line end or another control character inside, which wallets treat differently. Do not pay.",
);

/// Longest address that is taken. Bharat QR has 50 characters; the limit is ours.
const ADDRESS_CHARACTERS_MAX: usize = 255;

/// Digits before the point that are taken. The limit is ours; it keeps the paise well within a `u64`.
const RUPEE_DIGITS_MAX: usize = 15;

pub(super) fn all(raw: &str, uri: &Uri<'_>, findings: &mut Findings) {
    let pay = uri.authority.is_some_and(|action| action.eq_ignore_ascii_case("pay"));
    if !pay || !uri.path.is_empty() {
        // Parameters of another action are others, so there is no use in judging them.
        return findings.push(&ACTION, part("path"), uri.authority_position());
    }
    if let Some(position) = raw.find(char::is_control) {
        findings.push(&CONTROL, part("query"), position);
    }
    if uri.fragment.is_some() {
        findings.push(&FRAGMENT, part("query"), raw.find('#').unwrap_or_default());
    }
    let query = uri.query.unwrap_or_default();
    each_param(query, uri.query_position(), findings);
    Values { query, start: uri.query_position(), findings }.check();
}

/// What holds for any parameter that is known.
fn each_param(query: &str, start: usize, findings: &mut Findings) {
    let mut seen: u16 = 0;
    for param in params(query) {
        let Some(key) = param.key() else {
            continue;
        };
        let mut add = |rule| findings.push(rule, key.place(), start + param.offset);
        let bit = 1 << key as u16;
        if seen & bit != 0 {
            add(if key.decides() { &DUP } else { &REPEATED });
        }
        seen |= bit;
        if !param.name.raw().eq_ignore_ascii_case(key.name()) {
            add(&HIDDEN);
        } else if param.name.raw() != key.name() {
            add(&CASE);
        }
        check_text(&param, add);
    }
}

fn check_text(param: &Param<'_>, mut add: impl FnMut(&'static Rule)) {
    let raw = param.value.raw();
    if raw.is_empty() {
        return add(&EMPTY);
    }
    match param.value.fault() {
        Some(Fault::Sequence) => add(&PERCENT),
        Some(Fault::Utf8) => add(&UTF8),
        None => {}
    }
    if raw.contains(|found: char| !found.is_ascii() || " \"<>\\^`{|}".contains(found)) {
        add(&UNENCODED);
    }
    if !param.value.is_printable_ascii() && param.value.text().contains(is_unseen) {
        add(&CHARSET);
    }
}

/// Controls, and marks that turn the direction of text. Not the joiners, which the scripts
/// of India need.
fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// What holds for one parameter each.
struct Values<'a, 'f> {
    query: &'a str,
    start: usize,
    findings: &'f mut Findings,
}

impl Values<'_, '_> {
    fn check(&mut self) {
        self.check_payee();
        self.check_amounts();
        if let Some(currency) = get(self.query, Key::Cu) {
            let currency = currency.text();
            if !currency.eq_ignore_ascii_case("INR") {
                self.add(&CURRENCY, Key::Cu);
            } else if currency != "INR" {
                self.add(&CASE, Key::Cu);
            }
        }
        for (key, digits) in [(Key::Mc, 4), (Key::Mode, 2), (Key::Purpose, 2)] {
            let value = get(self.query, key).map(|value| value.text());
            if value.is_some_and(|text| text.len() != digits || !are_digits(&text)) {
                self.add(&FORMAT_ODD, key);
            }
        }
        let mode = get(self.query, Key::Mode).map(|value| value.text());
        let dynamic = mode.is_some_and(|mode| mode == "15" || mode == "16");
        if dynamic && get(self.query, Key::Tr).is_none() {
            self.add(&TR_MISSING, Key::Tr);
        }
    }

    fn check_payee(&mut self) {
        match get(self.query, Key::Pa) {
            None => self.add(&PA_MISSING, Key::Pa),
            Some(address) if !is_address(&address.text()) => self.add(&FORMAT, Key::Pa),
            Some(_) => {}
        }
        if get(self.query, Key::Pn).is_none() {
            self.add(&PN_MISSING, Key::Pn);
        }
    }

    fn check_amounts(&mut self) {
        let amount = self.paise(Key::Am);
        let minimum = self.paise(Key::Mam);
        if amount == Some(0) {
            self.add(&ZERO, Key::Am);
        } else if let (Some(amount), Some(minimum)) = (amount, minimum)
            && minimum > amount
        {
            self.add(&MINIMUM, Key::Mam);
        }
    }

    fn paise(&mut self, key: Key) -> Option<u64> {
        let amount = paise(&get(self.query, key)?.text());
        if amount.is_none() {
            self.add(&FORMAT, key);
        }
        amount
    }

    /// Of a parameter that is missing, the position is where the query begins.
    fn add(&mut self, rule: &'static Rule, key: Key) {
        let param = params(self.query).find(|param| param.key() == Some(key));
        let offset = param.map_or(0, |param| param.offset);
        self.findings.push(rule, key.place(), self.start + offset);
    }
}

/// Rupees as paise: digits, and a point with one or two more.
pub(super) fn paise(text: &str) -> Option<u64> {
    let (rupees, fraction) = match text.split_once('.') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (text, ""),
    };
    let fits = (1..=RUPEE_DIGITS_MAX).contains(&rupees.len())
        && fraction.len() <= 2
        && are_digits(rupees)
        && are_digits(fraction);
    if !fits {
        return None;
    }
    let paise: u64 = match fraction.len() {
        0 => 0,
        1 => fraction.parse::<u64>().ok()? * 10,
        _ => fraction.parse().ok()?,
    };
    Some(rupees.parse::<u64>().ok()? * 100 + paise)
}

fn are_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `name@handle`. Which characters either may have was not found; letters, digits and the
/// marks of published samples are taken [?].
fn is_address(text: &str) -> bool {
    let of = |text: &str, marks: &str| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || marks.as_bytes().contains(&byte);
        text.starts_with(|first: char| first.is_ascii_alphanumeric()) && text.bytes().all(allowed)
    };
    text.len() <= ADDRESS_CHARACTERS_MAX
        && text.split_once('@').is_some_and(|(name, handle)| of(name, "._-") && of(handle, ".-"))
}
