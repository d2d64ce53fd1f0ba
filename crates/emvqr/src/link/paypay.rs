//! `https://qr.paypay.ne.jp/<token>`, the sandbox's host, and the app's own link (`qr` facts,
//! section 5).

use super::wallet::{Kind, Rest, Token, Wallet, is_token, web_origin};

/// A code of the service itself.
pub(super) fn token<'a>(rest: &mut Rest<'a, '_>) -> Option<Token<'a>> {
    let text = rest.uri.path.strip_prefix('/')?;
    if !rest.has_plain_query(&[]) {
        return None;
    }
    Some(Token { kind: kind(text)?, text })
}

/// A code of the sandbox. What it stands for there is not told apart.
pub(super) fn sandbox<'a>(rest: &mut Rest<'a, '_>) -> Option<Token<'a>> {
    let text = rest.uri.path.strip_prefix('/')?;
    let fits = rest.has_plain_query(&[]) && is_token(text, "_-");
    fits.then_some(Token { kind: Kind::Sandbox, text })
}

/// `paypay://payment?link_key=...`: what the merchant's order call gives for opening the app.
/// The key is the order's link, percent-encoded as a whole, as published answers of that call
/// show; a bare token is taken too [?].
pub(super) fn app<'a>(rest: &mut Rest<'a, '_>) -> Option<Token<'a>> {
    const START: &str = "https%3A%2F%2F";
    const SLASH: &str = "%2F";

    let key = rest.uri.query?.strip_prefix("link_key=")?;
    if !rest.uri.path.is_empty() {
        return None;
    }
    if is_token(key, "_-") {
        return Some(Token { kind: Kind::MerchantDynamic, text: key });
    }
    let link = after(key, START)?;
    let (host, path) = link.split_at(link.find('%')?);
    let text = after(path, SLASH)?;
    let origin = web_origin(host).filter(|origin| origin.wallet == Wallet::PayPay)?;
    let kind =
        if origin.sandbox { is_token(text, "_-").then_some(Kind::Sandbox)? } else { kind(text)? };
    Some(Token { kind, text })
}

/// What follows `start`, which is compared without regard to case.
fn after<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(start.len())?;
    head.eq_ignore_ascii_case(start).then_some(rest)
}

/// `p2p01_` is between persons. Sixteen letters and digits are a store's printed code.
/// Twenty-four are an order's: published answers of the sandbox have them, and that the
/// service has the same form is our assumption [?].
fn kind(token: &str) -> Option<Kind> {
    match after(token, "p2p01_") {
        Some(person) => is_token(person, "").then_some(Kind::Person),
        None if !is_token(token, "") => None,
        None => match token.len() {
            16 => Some(Kind::MerchantStatic),
            24 => Some(Kind::MerchantDynamic),
            _ => None,
        },
    }
}
