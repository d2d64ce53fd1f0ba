//! `https://qr.alipay.com/<token>` (`qr` facts, section 5).

use super::wallet::{Kind, Rest, Token, UNKNOWN_TOKEN, is_token};

/// What the first letters say. `bax` is an order; that `fkx` and `ocx` are printed codes is
/// known from samples. Of `tsx` and `2m6` only the letters are known [?].
const PREFIXES: [(&str, Kind); 5] = [
    ("bax", Kind::MerchantDynamic),
    ("fkx", Kind::MerchantStatic),
    ("ocx", Kind::MerchantStatic),
    ("tsx", Kind::Unknown),
    ("2m6", Kind::Unknown),
];

/// Letters and digits after the host; `?t=` may follow. Read without regard to case, as a
/// whole link may be in upper case. Letters that nobody has met are read with a warning,
/// which is our choice: the host is Alipay's, and Alipay may add forms at any time.
pub(super) fn token<'a>(rest: &mut Rest<'a, '_>) -> Option<Token<'a>> {
    let text = rest.uri.path.strip_prefix('/')?;
    if !rest.has_plain_query(&["t"]) || !is_token(text, "") {
        return None;
    }
    let begins = |prefix: &str| {
        text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    let known = PREFIXES.iter().find(|(prefix, _)| begins(prefix));
    if known.is_none() {
        rest.warn_path(&UNKNOWN_TOKEN);
    }
    Some(Token { kind: known.map_or(Kind::Unknown, |(_, kind)| *kind), text })
}
