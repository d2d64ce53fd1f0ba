//! `weixin://wxpay/bizpayurl?pr=...`, `wxp://f2f...`, `wxp://wbf2f...` (`qr` facts, section 5).

use super::wallet::{Kind, Rest, Token, is_token};

/// A merchant's order: the parameter `pr`.
pub(super) fn order<'a>(rest: &mut Rest<'a, '_>) -> Option<Token<'a>> {
    if rest.uri.path != "/bizpayurl" || !rest.has_plain_query(&["pr"]) {
        return None;
    }
    let mut parameters = rest.uri.query?.split('&');
    let text = parameters.find_map(|parameter| parameter.strip_prefix("pr="))?;
    is_token(text, "-_").then_some(Token { kind: Kind::MerchantDynamic, text })
}

/// A code by which somebody receives money. The token stands where other links have a host.
pub(super) fn receive<'a>(rest: &mut Rest<'a, '_>) -> Option<Token<'a>> {
    let text = rest.uri.authority?;
    if !rest.uri.path.is_empty() || !rest.has_plain_query(&[]) || !is_token(text, "-_") {
        return None;
    }
    let follows = |prefix: &str| {
        text.len() > prefix.len() && text[..prefix.len()].eq_ignore_ascii_case(prefix)
    };
    ["f2f", "wbf2f"].into_iter().any(follows).then_some(Token { kind: Kind::PersonalReceive, text })
}
