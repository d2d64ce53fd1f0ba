//! Links of wallets, and links of UPI.

use emvqr::finding::{Finding, Place};
use emvqr::link::upi::Key;
use emvqr::link::{self, Link, TOKEN_CHARACTERS_MAX, Upi, Wallet, WalletLink};

use super::{assert_within, check_rejected, check_warnings, show_debug, trimmed};

/// Reads bytes as a link. Bytes that are no text are none.
pub fn link(bytes: &[u8]) -> bool {
    let Ok(text) = core::str::from_utf8(bytes) else {
        return false;
    };
    let raw = trimmed(text);
    let read = link::read(text);
    if trimmed(raw) == raw {
        assert_eq!(read, link::read(raw), "line ends do not matter, and it reads twice alike");
    }
    let findings = match &read {
        Ok(link) => link.findings(),
        Err(rejected) => {
            check_rejected(rejected);
            rejected.findings()
        }
    };
    // Each parameter takes two characters or more, and breaks a few rules.
    assert!(findings.len() <= raw.len() * 2 + 32, "{} findings", findings.len());
    findings.iter().for_each(|finding| check_place(raw, finding));
    match &read {
        Err(_) => false,
        Ok(link) => {
            assert_eq!(link.raw(), raw);
            assert!(link::has_scheme(text), "a link without a scheme");
            check_warnings(link.findings());
            show_debug(link);
            match link {
                Link::Wallet(link) => check_wallet(link),
                Link::Upi(link) => check_upi(link),
            }
            true
        }
    }
}

fn check_place(raw: &str, finding: &Finding) {
    // Of a missing query, where it would begin: one behind the end.
    let position = finding.position();
    assert!(raw.is_char_boundary(position) || position == raw.len() + 1, "{finding:?}");
    match finding.place() {
        Place::Payload => {}
        Place::Part(part) => assert!(!part.name().is_empty()),
        Place::Object(_) | Place::Ber(_) => panic!("{finding:?} is not about a link"),
    }
}

/// Where links of a wallet may begin (`qr` facts, section 5), written a second time here so
/// that a mistake in the reader's table shows.
const fn beginnings(wallet: Wallet) -> &'static [&'static str] {
    match wallet {
        Wallet::Alipay => &["https://qr.alipay.com/", "http://qr.alipay.com/"],
        Wallet::UnionPay => &["https://qr.95516.com/", "http://qr.95516.com/"],
        Wallet::PayPay => &[
            "https://qr.paypay.ne.jp/",
            "http://qr.paypay.ne.jp/",
            "https://qr-stg.sandbox.paypay.ne.jp/",
            "http://qr-stg.sandbox.paypay.ne.jp/",
            "paypay://payment?link_key=",
        ],
        Wallet::WeChat => &["weixin://wxpay/", "wxp://"],
        Wallet::LinePay => &["line://pay/"],
        // A wallet without a line here could lead anywhere.
        _ => &[],
    }
}

fn check_wallet(link: &WalletLink<'_>) {
    let raw = link.raw();
    let begins = |start: &&&str| {
        raw.get(..start.len()).is_some_and(|found| found.eq_ignore_ascii_case(start))
    };
    let beginning = beginnings(link.wallet()).iter().find(begins);
    assert!(beginning.is_some(), "{raw:?} is not at a host of {:?}", link.wallet());
    assert_eq!(link::wallet_of(raw), Some(link.wallet()));
    // What another reader of links could take otherwise.
    let odd = |byte: u8| !byte.is_ascii_graphic() || b"@\\#".contains(&byte);
    assert!(!raw.bytes().any(odd), "{raw:?} was taken");
    let token = link.token();
    assert_within(raw, token);
    assert!(token.is_ascii() && (1..=TOKEN_CHARACTERS_MAX).contains(&token.len()));
    show_debug((link.kind().label(), link.wallet().name()));
}

fn check_upi(link: &Upi<'_>) {
    let raw = link.raw();
    assert!(raw.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("upi://pay")), "{raw:?}");
    assert_eq!(link::wallet_of(raw), None);
    assert!(!raw.contains(|found: char| found.is_control() || found == '#'), "{raw:?}");
    let payee = link.payee();
    let (name, handle) = payee.split_once('@').expect("name@handle");
    assert!(payee.is_ascii() && !name.is_empty() && !handle.is_empty(), "{payee:?}");
    assert!(link.amount_paise() != Some(0), "a payment of nothing");
    if let (Some(amount), Some(minimum)) = (link.amount_paise(), link.minimum_paise()) {
        assert!(minimum <= amount);
    }
    for param in link.params() {
        assert_within(raw, param.name.raw());
        assert_within(raw, param.value.raw());
        // What is not encoded means itself.
        let plain = !param.value.raw().contains(['%', '+']);
        assert!(!plain || param.value.text() == param.value.raw());
    }
    for key in Key::ALL {
        let named: Vec<_> = link.params().filter(|param| param.key() == Some(key)).collect();
        let first = named.first().map(|param| param.value.raw()).filter(|raw| !raw.is_empty());
        assert_eq!(link.get(key).map(|value| value.raw()), first, "{key:?}");
        let decides = !matches!(key, Key::Tn | Key::Url | Key::Mode | Key::Purpose);
        assert!(!decides || named.len() <= 1, "{key:?} is given twice in {raw:?}");
        assert!(named.iter().all(|param| param.name.raw().eq_ignore_ascii_case(key.name())));
    }
    let currency = link.get(Key::Cu).map(|value| value.text().to_ascii_uppercase());
    assert!(currency.is_none_or(|currency| currency == "INR"));
    // Given in any form, the amount is understood: a payer must not be left to type another.
    assert_eq!(link.get(Key::Am).is_some(), link.amount_paise().is_some());
    show_debug((link.payee_name(), link.category(), link.reference(), link.transaction_id()));
    show_debug((link.note(), link.url(), link.mode(), link.purpose(), link.organisation()));
    show_debug(link.signature());
}
