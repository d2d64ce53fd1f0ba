//! Searches: whatever the text, what is accepted is what it claims to be.

use std::borrow::Cow;

use emvqr::link::upi::Draft;
use emvqr::link::{self, Link, Wallet};
use proptest::prelude::*;

use crate::{codes, text, upi, vectors};

/// What an accepted link has to begin with, said without any parsing.
const STARTS: [(&str, Wallet); 9] = [
    ("https://qr.alipay.com/", Wallet::Alipay),
    ("https://qr.95516.com/", Wallet::UnionPay),
    ("https://qr.paypay.ne.jp/", Wallet::PayPay),
    ("https://qr-stg.sandbox.paypay.ne.jp/", Wallet::PayPay),
    ("weixin://wxpay/bizpayurl?", Wallet::WeChat),
    ("wxp://f2f", Wallet::WeChat),
    ("wxp://wbf2f", Wallet::WeChat),
    ("paypay://payment?link_key=", Wallet::PayPay),
    ("line://pay/payment/", Wallet::LinePay),
];

/// Everything that holds for whatever was read.
fn check_any(text: &str) -> Result<(), TestCaseError> {
    let read = link::read(text);
    let _ = codes(&read);
    match read {
        Ok(Link::Wallet(link)) => {
            let lower = link.raw().to_ascii_lowercase().replacen("http://", "https://", 1);
            let (_, wallet) = STARTS.iter().find(|(start, _)| lower.starts_with(start)).unwrap();
            prop_assert_eq!(link.wallet(), *wallet);
            prop_assert_eq!(link::wallet_of(text), Some(*wallet));
            prop_assert!(lower.bytes().all(|byte| byte.is_ascii_graphic()));
            prop_assert!(!lower.contains(['@', '\\', '#']));
            prop_assert!(link.raw().contains(link.token()) && !link.token().is_empty());
        }
        Ok(Link::Upi(link)) => {
            // One reader takes the first of a name, another the last.
            let (_, query) = link.raw().split_once('?').unwrap();
            let pairs = || query.split('&').filter_map(|pair| pair.split_once('='));
            for name in ["pa", "am", "cu"] {
                let mut all = pairs().filter(|(found, _)| found.eq_ignore_ascii_case(name));
                let first = all.next();
                prop_assert_eq!(all.next_back().or(first), first);
            }
            prop_assert!(link.payee().contains('@'));
        }
        Err(rejected) => prop_assert!(rejected.errors().count() > 0),
    }
    Ok(())
}

/// What attackers and encoders put into links.
const PIECES: [&str; 26] = [
    ".",
    "@",
    ":",
    "/",
    "//",
    "\\",
    "%",
    "%2F",
    "%00",
    "?",
    "#",
    "&",
    "=",
    "+",
    " ",
    "\t",
    "\n",
    "\0",
    "а",
    "。",
    "\u{200B}",
    "\u{202E}",
    "am=0",
    "pa=x@y",
    "evil.example",
    "A",
];

fn mutated() -> impl Strategy<Value = String> {
    let payloads: Vec<String> =
        vectors().iter().map(|vector| text(vector, "payload").to_owned()).collect();
    let edit = (any::<prop::sample::Index>(), 0..3usize, prop::sample::select(&PIECES[..]));
    (prop::sample::select(payloads), prop::collection::vec(edit, 1..4)).prop_map(|(text, edits)| {
        let mut characters: Vec<char> = text.chars().collect();
        for (place, removed, piece) in edits {
            let at = place.index(characters.len() + 1);
            let end = (at + removed).min(characters.len());
            characters.splice(at..end, piece.chars());
        }
        characters.into_iter().collect()
    })
}

fn value() -> impl Strategy<Value = Option<String>> {
    let shown = "[^\\p{C}\u{200E}\u{200F}\u{202A}-\u{202E}\u{2066}-\u{2069}]{1,20}";
    prop::option::of(shown)
}

proptest! {
    #[test]
    fn any_text(text in any::<String>()) {
        check_any(&text)?;
        check_any(&format!("upi://pay?{text}"))?;
        check_any(&format!("https://qr.paypay.ne.jp/{text}"))?;
        check_any(&format!("https://{text}"))?;
    }

    #[test]
    fn mutations_of_the_vectors(text in mutated()) {
        check_any(&text)?;
    }

    #[test]
    fn what_is_written_is_read(
        (payee, name) in ("[A-Za-z0-9][A-Za-z0-9._-]{0,30}@[A-Za-z0-9]{1,10}", value()),
        (note, tid, url, org) in (value(), value(), value(), value()),
        reference in "[^\\p{C}]{1,20}",
        (mc, mode, purpose) in ("[0-9]{4}", "[0-9]{2}", prop::option::of("[0-9]{2}")),
        amounts in prop::option::of((1..=99_999_999_999_999_999u64, 0..=1000u64)),
    ) {
        let name = name.unwrap_or_else(|| "X".into());
        let amount_paise = amounts.map(|(amount, _)| amount);
        let minimum_paise = amounts.map(|(amount, minimum)| minimum.min(amount));
        let draft = Draft {
            category: Some(&mc),
            transaction_id: tid.as_deref(),
            reference: Some(&reference),
            note: note.as_deref(),
            amount_paise,
            minimum_paise,
            url: url.as_deref(),
            mode: Some(&mode),
            purpose: purpose.as_deref(),
            organisation: org.as_deref(),
            ..Draft::new(&payee, &name)
        };
        let text = draft.build().unwrap();
        let link = upi(&text);
        prop_assert_eq!(link.findings(), []);
        prop_assert_eq!(link.payee(), payee);
        prop_assert_eq!(link.payee_name().unwrap(), name);
        prop_assert_eq!(link.category().unwrap(), mc);
        prop_assert_eq!(link.reference().unwrap(), reference);
        prop_assert_eq!(link.transaction_id().map(Cow::into_owned), tid);
        prop_assert_eq!(link.note().map(Cow::into_owned), note);
        prop_assert_eq!((link.amount_paise(), link.minimum_paise()), (amount_paise, minimum_paise));
        prop_assert_eq!(link.url().map(Cow::into_owned), url);
        prop_assert_eq!(link.mode().unwrap(), mode);
        prop_assert_eq!(link.purpose().map(Cow::into_owned), purpose);
        prop_assert_eq!(link.organisation().map(Cow::into_owned), org);
        prop_assert!(text.is_ascii());
    }
}
