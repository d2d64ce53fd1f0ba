//! Who reads a page, as far as the header `User-Agent` tells: in which wallet's own browser, and whether
//! on a telephone. Never trusted with more than the order of things on a page.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;

/// Who reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Agent {
    /// The wallet whose own browser it is.
    pub inside: Option<Inside>,
    /// A telephone or tablet: a link can open the wallet there.
    pub phone: bool,
}

/// A wallet's own browser, which opens what its camera has scanned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Inside {
    WeChat,
    Alipay,
    PayPay,
    Line,
}

impl Inside {
    /// The wallets that pay there, by their names here, the best first.
    pub const fn wallets(self) -> &'static [&'static str] {
        match self {
            // Its orders open in its own scanner alone.
            Self::WeChat => &[],
            Self::Alipay => &["alipay", "alipayplus", "antom"],
            Self::PayPay => &["paypay"],
            Self::Line => &["linepay"],
        }
    }
}

/// What tells them: `MicroMessenger` and `AlipayClient` are in those companies' guides for pages in
/// their apps, `Line/` in LINE's; that PayPay's names itself or its application's id is ours to suppose.
const SIGNS: &[(&str, Inside)] = &[
    ("micromessenger", Inside::WeChat),
    ("alipayclient", Inside::Alipay),
    ("paypay", Inside::PayPay),
    ("jp.pay2.app", Inside::PayPay),
    (" line/", Inside::Line),
];

impl Agent {
    /// Reads the header's value.
    pub fn of(header: &str) -> Self {
        let text = header.to_ascii_lowercase();
        let inside = SIGNS.iter().find(|(sign, _)| text.contains(sign)).map(|(_, inside)| *inside);
        let device = ["iphone", "ipad", "ipod", "android", "mobile"];
        Self { inside, phone: inside.is_some() || device.iter().any(|sign| text.contains(sign)) }
    }
}

impl<S: Sync> FromRequestParts<S> for Agent {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let header = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        Ok(Self::of(header.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wallets_own_browser_is_known_by_its_sign() {
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15";
        for (more, inside) in [
            (
                " MicroMessenger/8.0.50(0x18003230) NetType/WIFI Language/zh_CN",
                Some(Inside::WeChat),
            ),
            (" NebulaSDK/1.8.100112 Nebula AlipayClient/10.6.60", Some(Inside::Alipay)),
            (" jp.ne.paypay.iosapp/5.1.0 PayPay/5.1.0", Some(Inside::PayPay)),
            (" Mobile/15E148 jp.pay2.app.ios/5.9.0", Some(Inside::PayPay)),
            (" Safari Line/15.1.0", Some(Inside::Line)),
            (" Version/19.0 Mobile/15E148 Safari/604.1", None),
        ] {
            let agent = Agent::of(&format!("{phone}{more}"));
            assert_eq!(agent, Agent { inside, phone: true }, "{more}");
        }
        let computer = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0";
        for header in [computer, "", "Mozilla/5.0 Online/1 Deadline/2"] {
            assert_eq!(Agent::of(header), Agent { inside: None, phone: false }, "{header}");
        }
    }
}
