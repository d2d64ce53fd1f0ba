//! The address of a shop's own page, to which the payer goes back from an order's. A shop names it when
//! it makes the payment, and it is kept as the payment's memo: a payment that a facade made has that
//! facade's memo, one that a shop made by the merchant API has this.

use noren_core::Text;
use noren_core::payment::Payment;
use noren_wallets::facade;

use crate::members::Members;
use crate::problem::Edge;

/// Whose memo it is; no facade has this name.
const OWNER: &str = "merchant-api";

/// What stands where a facade names its account: what the memo says.
const KIND: &str = "return_url";

/// Browsers and servers understand addresses of this length.
const MAX: usize = 2_048;

/// The memo that keeps an address.
pub(crate) fn memo(url: &str) -> Text {
    facade::memo(OWNER, KIND, url)
}

/// The address that the shop named.
pub(crate) fn url(payment: &Payment) -> Option<&str> {
    match facade::memo_of(payment.memo.as_ref(), OWNER)? {
        (KIND, url) => Some(url),
        _ => None,
    }
}

/// Reads the member `return_url`, if there is one. It becomes a link and a header, so it is an address
/// on the web in visible ASCII.
pub(crate) fn url_if_any(members: &mut Members) -> Option<Option<Text>> {
    let Some(text) = members.text_if_any(KIND, MAX)? else { return Some(None) };
    if is_web(&text) {
        return Some(Some(text));
    }
    let detail = "Send an address that begins with https:// or http:// and a host, at most 2,048 \
        characters of ASCII; write others as %XX.";
    members.fault(Edge::MemberInvalid, KIND, detail);
    None
}

fn is_web(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    let plain = |b: u8| b.is_ascii_graphic() && !b"\"<>\\`{|}^".contains(&b);
    // A name before an @ shows one host and leads to another.
    !host.is_empty() && !host.contains('@') && text.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_on_the_web_is_one() {
        for good in ["https://shop.example/a?order=1#x", "http://127.0.0.1:7431/orders/9%20a"] {
            assert!(is_web(good), "{good}");
        }
        for bad in [
            "shop.example",
            "https://",
            "https:///path",
            "javascript:alert(1)",
            "https://shop.example@evil.example/",
            "https://shop.example/a b",
            "https://shop.example/\"",
            "https://店.example/",
        ] {
            assert!(!is_web(bad), "{bad}");
        }
    }
}
