//! `line://pay/payment/<token>` (`qr` facts, section 5). The service has ended in Japan.

use super::wallet::{Kind, Rest, Token, is_token};

/// The app's link for a merchant's order; that it never is anything else is our assumption
/// [?].
pub(super) fn token<'a>(rest: &mut Rest<'a, '_>) -> Option<Token<'a>> {
    let text = rest.uri.path.strip_prefix("/payment/")?;
    let fits = rest.has_plain_query(&[]) && is_token(text, "-_");
    fits.then_some(Token { kind: Kind::MerchantDynamic, text })
}
