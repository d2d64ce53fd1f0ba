//! Wallets in the order in which a reader will look for them: the one in whose browser they read, then
//! the ones of people who read that language, then the others as the directory has them.

use noren_pages::Language;
use noren_pages::checkout::{Name, Wallet as Shown};

use super::agent::{Agent, Inside};

/// A wallet of ours as a page shows it.
struct Look {
    name: &'static str,
    hue: &'static str,
    /// Its name in another script, or wallets that pay through it, with the language of that.
    also: Option<(&'static str, &'static str)>,
}

/// WeChat Pay's orders are codes here (the switch makes none for WeChat's own browser), and nobody
/// scans the screen that they look at.
const WECHAT: &str = "wechatpay";

/// Some of the wallets that pay through Alipay+ in Japan, which their users know and Alipay+ they may not.
const PARTNERS: &str = "AlipayHK, Kakao Pay, GCash, TrueMoney, Touch ’n Go";

const LOOKS: &[Look] = &[
    Look { name: "alipay", hue: "hue-blue", also: Some(("支付宝", "zh-Hans")) },
    Look { name: "alipayplus", hue: "hue-sea", also: Some((PARTNERS, "en")) },
    Look { name: "antom", hue: "hue-ink", also: None },
    Look { name: "linepay", hue: "hue-green", also: None },
    Look { name: "noren", hue: "hue-navy", also: None },
    Look { name: "paypay", hue: "hue-red", also: None },
    Look { name: "wechatpay", hue: "hue-leaf", also: Some(("微信支付", "zh-Hans")) },
];

/// The likeliest first. Where a wallet has most of its users is its own country.
const fn likely(language: Language) -> &'static [&'static str] {
    match language {
        Language::Ja => &["paypay", "linepay", "alipayplus", "alipay", "wechatpay"],
        Language::ZhHans => &["alipay", "wechatpay", "alipayplus", "linepay", "paypay"],
        Language::En => &["alipayplus", "wechatpay", "alipay", "paypay", "linepay"],
        Language::Ko => &["alipayplus", "paypay", "linepay", "wechatpay", "alipay"],
        Language::Th => &["alipayplus", "linepay", "wechatpay", "alipay", "paypay"],
    }
}

/// The wallets of a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Grid {
    /// The one in whose own browser the page is read.
    pub first: Option<Shown>,
    /// The others.
    pub wallets: Vec<Shown>,
    /// The page is read in the browser of a wallet that is taken, and cannot be paid with there.
    pub not_here: bool,
}

/// Puts `accepted` wallets, each a name and a title, in order.
pub(super) fn grid(
    language: Language,
    agent: Agent,
    accepted: impl Iterator<Item = (String, String)>,
) -> Grid {
    let place = |name: &str| {
        let likely = likely(language);
        likely.iter().position(|known| *known == name).unwrap_or(likely.len())
    };
    let shown = |(name, title): (String, String)| {
        let look = LOOKS.iter().find(|look| look.name == name);
        let (hue, also) = look.map_or(("hue-ink", None), |look| (look.hue, look.also));
        let also = also.map(|(text, lang)| Name { text: text.to_owned(), lang });
        Shown { name, title, also, hue }
    };
    let mut wallets: Vec<Shown> = accepted.map(shown).collect();
    let all = wallets.len();
    if agent.inside == Some(Inside::WeChat) {
        wallets.retain(|wallet| wallet.name != WECHAT);
    }
    let not_here = wallets.len() < all;
    wallets.sort_by_key(|wallet| place(&wallet.name));
    let own = agent.inside.map_or(&[][..], |inside| inside.wallets());
    let first = own.iter().find_map(|own| wallets.iter().position(|wallet| wallet.name == *own));
    let first = first.map(|place| wallets.remove(place));
    Grid { first, wallets, not_here }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(language: Language, header: &str) -> (Option<String>, Vec<String>) {
        let accepted = ["alipay", "linepay", "noren", "paypay", "wechatpay", "other"];
        let accepted = accepted.into_iter().map(|name| (name.to_owned(), name.to_uppercase()));
        let grid = grid(language, Agent::of(header), accepted);
        (grid.first.map(|w| w.name), grid.wallets.into_iter().map(|w| w.name).collect())
    }

    #[test]
    fn readers_find_their_own_wallets_first() {
        let (first, chinese) = names(Language::ZhHans, "");
        assert_eq!(first, None);
        assert_eq!(chinese, ["alipay", "wechatpay", "linepay", "paypay", "noren", "other"]);
        let (_, japanese) = names(Language::Ja, "");
        assert_eq!(japanese[..2], ["paypay", "linepay"]);
    }

    #[test]
    fn the_wallet_that_scanned_stands_alone() {
        let (first, others) = names(Language::Ja, "x AlipayClient/10");
        assert_eq!(first.as_deref(), Some("alipay"));
        assert!(!others.contains(&"alipay".to_owned()) && others.len() == 5);
        // The shop does not take what could pay there.
        let (first, _) = names(Language::Ja, "x PayPay/5");
        assert_eq!(first.as_deref(), Some("paypay"));
    }

    #[test]
    fn a_code_for_wechat_is_not_offered_inside_wechat() {
        let (first, others) = names(Language::Ja, "x MicroMessenger/8");
        assert_eq!(first, None);
        assert!(!others.contains(&"wechatpay".to_owned()) && others.len() == 5);
        let not_here = |header: &str, accepted: &str| {
            let accepted = std::iter::once((accepted.to_owned(), accepted.to_owned()));
            grid(Language::Ja, Agent::of(header), accepted).not_here
        };
        assert!(not_here("x MicroMessenger/8", "wechatpay"));
        // Where the shop does not take it, nothing is missing; elsewhere it is there.
        assert!(!not_here("x MicroMessenger/8", "paypay"));
        assert!(!not_here("x", "wechatpay"));
    }
}
