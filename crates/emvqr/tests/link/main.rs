//! Links: the open vectors, disguises, every rule broken once, and searches.

mod disguises;
mod search;
mod upi_rules;

use std::collections::BTreeMap;

use emvqr::finding::{Finding, Rejected};
use emvqr::link::upi::Upi;
use emvqr::link::{self, CHARACTERS_MAX, Kind, Link, WalletLink};
use serde_json::Value;

const URL: &str = include_str!("../vectors/url.json");
const BHARATQR: &str = include_str!("../vectors/bharatqr.json");

fn text<'v>(vector: &'v Value, key: &str) -> &'v str {
    vector[key].as_str().unwrap_or_default()
}

/// The vectors that are links.
fn vectors() -> Vec<Value> {
    let all = [URL, BHARATQR].map(|json| serde_json::from_str::<Vec<Value>>(json).unwrap());
    all.into_iter().flatten().filter(|vector| text(vector, "kind") == "uri").collect()
}

/// Codes of all findings in order, warnings with a `~` in front.
fn codes(read: &Result<Link<'_>, Rejected>) -> Vec<String> {
    let findings = match read {
        Ok(link) => link.findings(),
        Err(rejected) => rejected.findings(),
    };
    assert_eq!(findings.iter().any(Finding::is_error), read.is_err());
    let mark = |finding: &Finding| if finding.is_error() { "" } else { "~" };
    findings.iter().map(|finding| format!("{}{}", mark(finding), finding.code())).collect()
}

fn wallet_link(text: &str) -> WalletLink<'_> {
    match link::read(text) {
        Ok(Link::Wallet(link)) => link,
        other => panic!("{text}: {other:?}"),
    }
}

fn upi(text: &str) -> Upi<'_> {
    match link::read(text) {
        Ok(Link::Upi(link)) => link,
        other => panic!("{text}: {other:?}"),
    }
}

/// Lines of a table, without the indent before and the empty ones.
fn lines(table: &str) -> impl Iterator<Item = &str> {
    table.lines().map(str::trim_start).filter(|line| !line.is_empty())
}

#[test]
fn vectors_of_links() {
    let vectors = vectors();
    assert_eq!(vectors.len(), 20);
    for vector in &vectors {
        let (id, payload) = (text(vector, "id"), text(vector, "payload"));
        assert!(link::has_scheme(payload), "{id}");
        let read = link::read(payload);
        match (text(vector, "verdict"), &read) {
            ("accept", Ok(Link::Wallet(link))) => {
                assert_eq!(link.wallet().name(), text(&vector["expect"], "wallet"), "{id}");
                assert_eq!(link.kind().label(), text(&vector["expect"], "type"), "{id}");
                assert!(!link.token().is_empty() && payload.ends_with(link.token()), "{id}");
                assert_eq!(codes(&read), [""; 0], "{id}");
                assert_eq!(link::wallet_of(payload), Some(link.wallet()), "{id}");
            }
            ("accept", Ok(Link::Upi(link))) => {
                assert_eq!(text(&vector["expect"], "scheme"), "upi", "{id}");
                let found: BTreeMap<String, Value> = link
                    .params()
                    .map(|param| (param.name.text().into(), param.value.text().into()))
                    .collect();
                let expected = vector["expect"]["params"].as_object().unwrap();
                assert_eq!(&found.into_iter().collect::<serde_json::Map<_, _>>(), expected, "{id}");
            }
            ("reject", Err(rejected)) => {
                let errors: Vec<String> = rejected.errors().map(Finding::code).collect();
                assert_eq!(errors, [text(vector, "reason")], "{id}");
            }
            (verdict, read) => panic!("{id} is {verdict}, reader says {read:?}"),
        }
    }
}

/// Each line: kind, warnings, and the link with its token in brackets.
#[test]
fn forms_that_wallets_print() {
    for line in lines(
        "
        merchant-dynamic                  https://qr.alipay.com/[bax03190uxd47wbekffy6033]?t=1490246826461
        merchant-dynamic ~plain_http      http://qr.alipay.com/[bax03190uxd47wbekffy6033]
        merchant-dynamic ~parameter       https://qr.alipay.com/[bax0]?_s=web-other
        merchant-static                   hTTps://QR.alipay.COM/[Ocx0]
        unknown                           https://qr.alipay.com/[tsx0]
        unknown                           https://qr.alipay.com/[2m60]
        unknown ~token_unknown            https://qr.alipay.com/[zzz0]
        unknown ~token_unknown            https://qr.alipay.com/[ba]
        merchant-dynamic                  HTTPS://QR.95516.COM/[00010000/6202]
        merchant-static                   HTTPS://QR.PAYPAY.NE.JP/[ABCDEFGH01234567]
        merchant-dynamic                  https://qr.paypay.ne.jp/[28180104c6BFhmBN9MGwhLaz]
        person                            https://qr.paypay.ne.jp/[P2P01_AAAA]
        merchant-dynamic                  paypay://payment?link_key=[AAAA]
        merchant-dynamic                  PAYPAY://PAYMENT?link_key=https%3a%2f%2fqr.paypay.ne.jp%2f[28180104c6BFhmBN9MGwhLaz]
        sandbox                           paypay://payment?link_key=https%3A%2F%2Fqr-stg.sandbox.paypay.ne.jp%2F[28180104c6BFhmBN9MGwhLaz]
        person                            paypay://payment?link_key=https%3A%2F%2Fqr.paypay.ne.jp%2F[p2p01_AAAA]
        merchant-dynamic ~parameter       weixin://wxpay/bizpayurl?a=1&pr=[Nw-Y5_Mz9]
        personal-receive                  WXP://[F2F0AAAA]
        personal-receive                  wxp://[wbf2f0AAAA]
        merchant-dynamic                  line://pay/payment/[YTVUcm0xaWpY]
        ",
    ) {
        let (expected, marked) = line.rsplit_once(' ').unwrap();
        let (kind, warnings) = expected.trim().split_once(' ').unwrap_or((expected.trim(), ""));
        let token = &marked[marked.find('[').unwrap() + 1..marked.find(']').unwrap()];
        let text = marked.replace(['[', ']'], "");
        let link = wallet_link(&text);
        assert_eq!((link.kind().label(), link.token()), (kind, token), "{line}");
        let expected: Vec<&str> = warnings.split_whitespace().collect();
        assert_eq!(codes(&link::read(&text)), expected, "{line}");
    }
}

#[test]
fn line_ends_around_are_the_scanners() {
    let link = wallet_link("https://qr.alipay.com/bax0\r\n");
    assert_eq!((link.token(), link.raw()), ("bax0", "https://qr.alipay.com/bax0"));
    assert_eq!(link.kind(), Kind::MerchantDynamic);
    assert_eq!(upi("\nupi://pay?pa=a@b&pn=X\r").payee(), "a@b");
}

#[test]
fn findings_say_where() {
    for (text, at) in [
        ("https://evil.example/x", "evil"),
        ("https://qr.alipay.com/", "/"),
        ("upi://pay?pa=a@b&pn=X&am=0", "am="),
        ("upi://pay?pa=a@b&pn=X&tn=&am=0", "am="),
        ("upi://pay?pn=X", "pn="),
        ("upi://collect?pa=a@b", "collect"),
    ] {
        let rejected = link::read(text).unwrap_err();
        let position = rejected.errors().next().unwrap().position();
        assert!(text[position..].starts_with(at), "{text}: {position}");
    }
}

#[test]
fn endless_input_is_answered() {
    for text in ["x", "a:", "upi://pay?pa=", "https://qr.alipay.com/bax", "店"] {
        let text = text.to_owned() + &"x".repeat(1_000_000);
        assert_eq!(codes(&link::read(&text)), ["too_large"]);
        assert_eq!(link::has_scheme(&text), text.contains(':'));
    }
    let most = format!("upi://pay?pa=a@b&pn=X&tn={}", "x".repeat(CHARACTERS_MAX - 25));
    assert_eq!(codes(&link::read(&most)), [""; 0]);
    assert_eq!(codes(&link::read(&(most + "x"))), ["too_large"]);
    let many = format!("upi://pay?{}", "pa=&".repeat(1000));
    assert_eq!(codes(&link::read(&many)).iter().filter(|code| *code == "upi:dup:pa").count(), 999);
}
