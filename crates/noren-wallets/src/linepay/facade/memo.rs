//! What the facade wants to find again with a payment.

use serde::{Deserialize, Serialize};

use crate::linepay::messages::{Package, RedirectUrls};

/// The most bytes of it; the frame adds its own words and keeps no more than 2,000.
const BYTES_MAX: usize = 1_800;

/// Kept with the payment, as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memo {
    /// An order on the web; `None`: a scanned code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub web: Option<Web>,
    /// What details name as the product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// What is bought, when it fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packages: Option<Vec<Package>>,
}

/// Where the payer of an order goes afterwards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Web {
    /// After paying.
    pub confirm: String,
    /// After giving up.
    pub cancel: String,
    /// The shop wants us to call `confirm` ourselves (`confirmUrlType`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub server: bool,
}

impl Memo {
    /// Of packages, and of the addresses of an order on the web.
    pub fn of(packages: Option<&[Package]>, named: Option<&str>, web: Option<Web>) -> Self {
        let packages = packages.filter(|packages| !packages.is_empty());
        let first = packages.and_then(|packages| packages[0].products.first());
        let product = first.map(|product| product.name.as_str()).or(named);
        Self { web, product: product.map(str::to_owned), packages: packages.map(<[_]>::to_vec) }
    }

    /// As it is kept. What details show of the goods is left out when it is too long; `None`: the
    /// addresses alone are.
    pub fn text(mut self) -> Option<String> {
        let fits = |memo: &Self| {
            let text = serde_json::to_string(memo).expect("our messages have string keys only");
            Some(text).filter(|text| text.len() <= BYTES_MAX)
        };
        if let Some(text) = fits(&self) {
            return Some(text);
        }
        self.packages = None;
        fits(&self).or_else(|| {
            self.product = None;
            fits(&self)
        })
    }

    /// Reads what was kept.
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

impl Web {
    /// The addresses of an order; `None`: one is missing, or we could not call what we are to call.
    pub fn of(urls: &RedirectUrls) -> Option<Self> {
        let server = urls.confirm_url_type.as_deref() == Some("SERVER");
        let http = |url: &str| url.starts_with("http://") || url.starts_with("https://");
        let fits = !urls.confirm_url.is_empty() && !urls.cancel_url.is_empty();
        (fits && (!server || http(&urls.confirm_url))).then(|| Self {
            confirm: urls.confirm_url.clone(),
            cancel: urls.cancel_url.clone(),
            server,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linepay::messages::{Amount, Product};
    use crate::testing::jpy;

    fn package(name: &str) -> Package {
        let amount = Amount::of(jpy(100));
        let product = Product {
            id: None,
            name: name.to_owned(),
            image_url: None,
            quantity: Amount::of(jpy(1)),
            price: amount.clone(),
        };
        Package {
            id: "p".to_owned().into(),
            amount,
            user_fee: None,
            name: None,
            products: vec![product],
        }
    }

    fn web(confirm: &str) -> Option<Web> {
        Some(Web {
            confirm: confirm.to_owned(),
            cancel: "https://shop.example/no".into(),
            server: true,
        })
    }

    #[test]
    fn what_does_not_fit_is_left_out_from_the_least_important_on() {
        let whole = Memo::of(Some(&[package("soba")]), None, web("https://shop.example/yes"));
        assert_eq!(Memo::read(&whole.clone().text().unwrap()), Some(whole));

        let long = vec![package("soba"); 100];
        let kept = Memo::read(&Memo::of(Some(&long), None, web("a")).text().unwrap()).unwrap();
        assert_eq!((kept.packages, kept.product.as_deref()), (None, Some("soba")));

        let name = "ソバ".repeat(2_000);
        let kept = Memo::read(&Memo::of(None, Some(&name), web("a")).text().unwrap()).unwrap();
        assert_eq!((kept.product, kept.web), (None, web("a")));

        assert_eq!(Memo::of(None, None, web(&"x".repeat(2_000))).text(), None);
        assert_eq!(Memo::read("no JSON"), None);
    }

    #[test]
    fn what_we_are_to_call_must_be_an_address() {
        let urls = |confirm: &str, kind: Option<&str>| RedirectUrls {
            confirm_url: confirm.to_owned(),
            confirm_url_type: kind.map(str::to_owned),
            cancel_url: "shopapp://no".into(),
        };
        assert!(Web::of(&urls("shopapp://yes", None)).is_some());
        assert!(Web::of(&urls("shopapp://yes", Some("CLIENT"))).is_some());
        assert_eq!(Web::of(&urls("shopapp://yes", Some("SERVER"))), None);
        assert!(Web::of(&urls("https://shop.example", Some("SERVER"))).unwrap().server);
        assert_eq!(Web::of(&urls("", None)), None);
    }
}
