//! The phone of the sandbox wallets' users, against a whole demo: forms and pages as a browser without
//! scripts uses them.

use std::time::Duration;

use noren::client::Client;
use serde_json::json;

use crate::demo::{Demo, store, until};

/// A browser without scripts.
struct Browser {
    http: reqwest::Client,
    phone: String,
}

impl Browser {
    /// The page's address and text, wherever a form led to.
    async fn page(&self, request: reqwest::RequestBuilder) -> (String, String) {
        let answer = request.header("accept-language", "en").send().await.unwrap();
        let (status, url) = (answer.status(), answer.url().to_string());
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{url}: {status} {text}");
        (url, text)
    }

    async fn get(&self, path: &str) -> String {
        self.page(self.http.get(self.at(path))).await.1
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> (String, String) {
        let written: Vec<_> =
            form.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
        let request = self.http.post(self.at(path)).body(written.join("&"));
        self.page(request.header("content-type", "application/x-www-form-urlencoded")).await
    }

    fn at(&self, path: &str) -> String {
        if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.phone) }
    }
}

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn a_payer_pays_by_forms_alone_and_a_repeat_pays_nothing() {
    let demo = Demo::start("phone");
    let till = demo.till("soba").await;
    let switch = demo.setting("NOREN_URL").unwrap();
    let phone = demo.setting("PHONE_URL").unwrap();
    let store = store("soba");
    let printed = till.get(&format!("/v1/stores/{store}/code")).await.unwrap().success().unwrap();
    let printed = printed["code"].as_str().unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let browser = Browser { http, phone };

    let from_the_switch = browser.page(browser.http.get(format!("{switch}/wallet"))).await;
    assert!(from_the_switch.0.starts_with(&browser.phone), "{}", from_the_switch.0);
    for entry in noren_wallets::WALLETS {
        assert!(from_the_switch.1.contains(entry.title), "{} is offered", entry.title);
    }

    // Every wallet pays an order that a till shows: by its own scan, or by the order's page.
    for (wallet, yen) in [("noren", 981), ("alipayplus", 982), ("paypay", 983), ("wechatpay", 984)]
    {
        let order = json!({
            "order_number": format!("phone-{wallet}"), "store": store, "present": "merchant",
            "amount": { "amount": yen, "currency": "JPY" }, "expires_in_seconds": 300,
        });
        let made = till.post("/v1/payments", Some(wallet), &order).await.unwrap();
        let made = made.success().unwrap();
        let (id, code) = (made["id"].as_str().unwrap(), made["code"].as_str().unwrap());
        until("the code is near", async || {
            let live = browser.get(&format!("/wallet/{wallet}/live")).await;
            live.contains(&format!("JPY\u{a0}{yen}")).then_some(())
        })
        .await;
        let (sheet, text) =
            browser.post(&format!("/wallet/{wallet}/read"), &[("code", code)]).await;
        assert!(text.contains("data-step=\"approve\""), "{wallet}: {text}");
        let (_, text) = browser.post(&sheet, &[("pin", "12")]).await;
        assert!(text.contains("id=\"fault\""), "{wallet}: {text}");
        if text.contains("name=\"payer\"") {
            // Nobody pays another amount than they saw.
            let form = [("pin", "4711"), ("payer", "1")];
            let (_, text) = browser.post(&sheet, &form).await;
            assert!(text.contains("data-step=\"approve\""), "{wallet}: {text}");
        }
        // Twice, as somebody whose first answer was lost.
        browser.post(&sheet, &[("pin", "4711")]).await;
        browser.post(&sheet, &[("approve", "fingerprint")]).await;
        until("it is paid", async || {
            browser.get(&sheet).await.contains("data-step=\"paid\"").then_some(())
        })
        .await;
        until("the shop is paid", async || {
            let seen = till.get(&format!("/v1/payments/{id}")).await.ok()?;
            (seen.body["status"] == "captured" && seen.body["wallet"] == wallet).then_some(())
        })
        .await;
        let history = browser.get(&format!("/wallet/{wallet}/history")).await;
        assert_eq!(history.matches("class=\"row\"").count(), 1, "{wallet}: paid once: {history}");
    }

    // A link of a network, opened with a browser, is its order on the phone.
    let order = json!({
        "order_number": "phone-link", "store": store, "present": "merchant",
        "amount": { "amount": 985, "currency": "JPY" }, "expires_in_seconds": 300,
    });
    let made = till.post("/v1/payments", Some("link"), &order).await.unwrap().success().unwrap();
    let choice = format!("/checkout/v1/payments/{}/wallet", made["id"].as_str().unwrap());
    let payer = Client::new(&switch, None, Duration::from_secs(20)).unwrap();
    let chosen = payer.post(&choice, None, &json!({ "wallet": "paypay" })).await.unwrap();
    let link = chosen.success().unwrap()["link"].as_str().unwrap().to_owned();
    let (url, text) = browser.page(browser.http.get(&link).header("accept", "text/html")).await;
    assert!(url.starts_with(&browser.phone) && text.contains("data-step=\"approve\""), "{url}");

    // A printed code asks for the amount; a wallet that cannot is honest about it.
    let (sheet, text) = browser.post("/wallet/noren/read", &[("code", printed)]).await;
    assert!(text.contains("data-step=\"amount\""), "{text}");
    let (_, text) = browser.post(&sheet, &[("amount", "0")]).await;
    assert!(text.contains("id=\"fault\""), "{text}");
    let (_, text) = browser.post(&sheet, &[("amount", "１,２００円")]).await;
    assert!(text.contains("data-step=\"approve\"") && text.contains("JPY\u{a0}1,200"), "{text}");
    let (_, text) = browser.post(&sheet, &[("renew", "yes")]).await;
    assert!(text.contains("data-step=\"approve\""), "{text}");
    let (_, text) = browser.post("/wallet/paypay/read", &[("code", printed)]).await;
    assert!(text.contains("role=\"alert\"") && !text.contains("data-step"), "{text}");

    // Another page's form is not obeyed.
    let foreign = browser.http.post(browser.at("/wallet/noren/scenario"));
    let foreign = foreign.header("sec-fetch-site", "cross-site").send().await.unwrap();
    assert_eq!(foreign.status(), 403);
    let nowhere = browser.http.get(browser.at("/wallet/nobody")).send().await.unwrap();
    assert_eq!(nowhere.status(), 404);
}
