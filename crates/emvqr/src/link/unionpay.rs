//! `https://qr.95516.com/<8 digits>/<digits>` (`qr` facts, section 5).

use super::wallet::{Kind, Rest, TOKEN_CHARACTERS_MAX, Token};

/// Both groups of digits, as in `00010000/6202...`. The first is taken for an institution's
/// number [?].
pub(super) fn token<'a>(rest: &mut Rest<'a, '_>) -> Option<Token<'a>> {
    let text = rest.uri.path.strip_prefix('/')?;
    let (institution, code) = text.split_once('/')?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = institution.len() == 8
        && digits(institution)
        && !code.is_empty()
        && text.len() <= TOKEN_CHARACTERS_MAX
        && digits(code);
    (fits && rest.has_plain_query(&[])).then_some(Token { kind: Kind::MerchantDynamic, text })
}
