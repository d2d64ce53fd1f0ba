//! What a reader says of a text, in words.

use std::fmt::{self, Write};

use emvqr::cpm::{Content, Cpm};
use emvqr::link::{Link, Upi};
use emvqr::mpm::{Account, Initiation, Mpm, tags};
use emvqr::scan::{Code, Kind, Scanned};
use emvqr::tlv::Template;
use noren_core::iso4217::Currency;

use super::record::{hexadecimal, level};

/// Text of a code, fit for a terminal: characters that move the cursor or turn the direction of
/// writing are written out, so that a code cannot draw what is not there.
pub struct Shown<'t>(pub &'t str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|character| {
            if unfit(character) {
                write!(f, "{}", character.escape_unicode())
            } else {
                f.write_char(character)
            }
        })
    }
}

/// Control characters, and marks of no width that order or hide what stands beside them.
fn unfit(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{61C}')
}

/// Several lines: the verdict, what the code says, and the findings.
pub fn explain(scanned: &Scanned<'_>) -> String {
    let mut rows = Rows(String::new());
    let verdict = if scanned.is_accepted() { "accept" } else { "reject" };
    rows.0 += &format!("{verdict}: {}{}\n", sort(scanned.kind()), scheme(scanned.scheme()));
    match scanned.code() {
        Ok(Code::Mpm(code)) => mpm(&mut rows, code),
        Ok(Code::Cpm(code)) => cpm(&mut rows, code),
        Ok(Code::Digits(digits)) => {
            rows.row("wallet", digits.wallet);
            rows.row("digits", format_args!("{}, good once and not shown", digits.digits.len()));
        }
        Ok(Code::Link(Link::Wallet(link))) => {
            rows.row("wallet", link.wallet().name());
            rows.row("for", link.kind().label());
            rows.row("token", Shown(link.token()));
        }
        Ok(Code::Link(Link::Upi(link))) => upi(&mut rows, link),
        Err(_) => {
            if let Some(wallet) = scanned.wallet() {
                rows.row("wallet", wallet);
            }
        }
    }
    for finding in scanned.findings() {
        rows.0 += &format!("  {}: {finding}\n", level(finding.level()));
    }
    rows.0
}

struct Rows(String);

impl Rows {
    fn row(&mut self, name: &str, value: impl fmt::Display) {
        self.0 += &format!("  {name:<11} {value}\n");
    }

    fn optional(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.row(name, Shown(value));
        }
    }
}

const fn sort(kind: Kind) -> &'static str {
    match kind {
        Kind::Mpm => "a code that a merchant shows",
        Kind::CpmBer => "a code that a payer shows",
        Kind::CpmDigits => "digits that a payer shows",
        Kind::Uri => "a link",
        Kind::Unknown => "no payment code",
    }
}

/// The scheme's name as people say it, where it says more than the sort.
fn scheme(label: &str) -> &'static str {
    match label {
        "jpqr" => ", JPQR (Japan)",
        "qris" => ", QRIS (Indonesia)",
        "khqr" => ", KHQR (Cambodia)",
        "sgqr" => ", SGQR or PayNow (Singapore)",
        "duitnow" => ", DuitNow (Malaysia)",
        "promptpay" => ", PromptPay (Thailand)",
        "bharatqr" => ", BharatQR or UPI (India)",
        "vietqr" => ", VietQR (Vietnam)",
        "qrph" => ", QR Ph (Philippines)",
        "hkfps" => ", FPS (Hong Kong)",
        "jpqr-cpm" => ", JPQR (Japan)",
        "emv-mpm" | "emv-cpm" => ", EMV",
        _ => "",
    }
}

fn mpm(rows: &mut Rows, code: &Mpm<'_>) {
    rows.optional("merchant", code.merchant_name());
    if let Some(language) = code.language() {
        rows.optional("", language.get(tags::language::NAME));
    }
    let place = [code.city(), code.postal_code(), code.country()];
    let place: Vec<&str> = place.into_iter().flatten().collect();
    if !place.is_empty() {
        rows.row("place", Shown(&place.join(", ")));
    }
    rows.optional("category", code.category());
    let currency = code.currency().unwrap_or_default();
    let named = currency.parse().ok().and_then(Currency::from_numeric);
    let currency = named.map_or(currency, |currency| currency.alpha());
    match code.amount() {
        Some(amount) => rows.row("amount", Shown(&format!("{amount} {currency}"))),
        None => rows.row("amount", Shown(&format!("typed by the payer, in {currency}"))),
    }
    match (code.get(tags::TIP), code.get(tags::FEE_FIXED), code.get(tags::FEE_PERCENT)) {
        (_, Some(fee), _) => rows.row("fee", Shown(&format!("{fee} {currency} on top"))),
        (_, _, Some(percent)) => rows.row("fee", Shown(&format!("{percent} % on top"))),
        (Some("01"), ..) => rows.row("fee", "the payer is asked for a tip"),
        _ => {}
    }
    rows.row(
        "use",
        match code.point_of_initiation() {
            Initiation::Static => "static: printed once, paid by many",
            Initiation::Dynamic => "dynamic: made for one order",
        },
    );
    code.accounts().for_each(|account| row_of(rows, &account));
    if let Some(additional) = code.additional() {
        rows.row("data", Shown(&parts(additional)));
    }
}

fn row_of(rows: &mut Rows, account: &Account<'_>) {
    let value = account.template.map_or_else(|| account.value.to_owned(), parts);
    let text = format!("{} {}: {value}", account.tag, account.network.label());
    rows.row("account", Shown(&text));
}

/// `00 jp.or.paymentsjapan, 01 0000000000001`.
fn parts(template: Template<'_>) -> String {
    let parts: Vec<String> =
        template.objects().map(|object| format!("{} {}", object.tag, object.value)).collect();
    parts.join(", ")
}

fn cpm(rows: &mut Rows, code: &Cpm<'_>) {
    match code.content() {
        Content::Emv(emv) => {
            for application in emv.applications() {
                rows.row("application", hexadecimal(application.aid()));
                rows.optional("label", application.label());
                if let Some(pan) = application.pan() {
                    let digits = pan.digits();
                    let last = digits.get(digits.len().saturating_sub(4)..).unwrap_or_default();
                    rows.row("card", format_args!("{} digits, the last {last}", digits.len()));
                }
                if let Some(track2) = application.track2() {
                    let expiry = track2.expiry();
                    rows.row("expiry", format_args!("20{}-{}", &expiry[..2], &expiry[2..]));
                }
            }
        }
        Content::Jpqr(jpqr) => {
            rows.row("operator", Shown(jpqr.operator));
            rows.row(
                "payment id",
                format_args!("{} characters, good once and not shown", jpqr.payment_id.len()),
            );
        }
    }
}

fn upi(rows: &mut Rows, link: &Upi<'_>) {
    rows.row("payee", Shown(&link.payee()));
    rows.optional("name", link.payee_name().as_deref());
    match link.amount_paise() {
        Some(paise) => {
            rows.row("amount", format_args!("{}.{:02} INR", paise / 100, paise % 100));
        }
        None => rows.row("amount", "typed by the payer, in INR"),
    }
    rows.optional("reference", link.reference().as_deref());
    rows.optional("note", link.note().as_deref());
}

#[cfg(test)]
mod tests {
    use super::*;
    use emvqr::payment_code::Table;

    #[test]
    fn a_code_cannot_move_the_cursor() {
        let shown = Shown("A\u{1b}[2J\u{202E}さ").to_string();
        assert_eq!(shown, "A\\u{1b}[2J\\u{202e}さ");
    }

    #[test]
    fn what_works_like_money_is_not_shown() {
        let table = Table::builtin();
        for (text, secret) in [
            ("900081818895579920128799", "5579"),
            ("hQVKUFFSMWEiTwg5MDAwMDAwMlcWOTAwMDAwMDIxMjM0NTY3ODkwMTIzNA==", "123456"),
            ("hQVDUFYwMWEaTwegAAAAVVVVVw8SNFZ4kBI0WNGRIgESNF8=", "12345678"),
        ] {
            let scanned = emvqr::scan::read(text, &table);
            assert!(scanned.is_accepted());
            let words = explain(&scanned);
            assert!(words.starts_with("accept: ") && !words.contains(secret), "{words}");
        }
    }

    #[test]
    fn every_profile_has_a_name_that_people_say() {
        for profile in emvqr::mpm::Profile::ALL {
            assert!(!scheme(profile.label()).is_empty(), "{}", profile.label());
        }
    }
}
