//! `noren sandbox` as a shell sees it: a demo's folder, an order of a shop, and a payer with each wallet.

use serde_json::json;

use crate::demo::{Demo, shell, store, until};

#[tokio::test]
async fn an_order_is_paid_from_a_shell_with_every_wallet() {
    let demo = Demo::start("sandbox");
    let till = demo.till("soba").await;
    for name in ["SANDBOX_WECHATPAY_SERIAL_NO", "FACADE_WECHATPAY_SERIAL_NO"] {
        assert_eq!(demo.setting(name).map(|serial| serial.len()), Some(40), "{name}");
    }
    assert!(demo.setting("FACADE_PAYPAY_MERCHANT_ID").is_some());
    let store = store("soba");
    for entry in noren_wallets::WALLETS {
        let upper = entry.name.to_uppercase();
        for part in ["URL", "CLIENT_ID"] {
            let name = format!("SANDBOX_{upper}_{part}");
            assert!(demo.setting(&name).is_some(), "{name}");
        }
        let orders = (entry.profile)(noren_wallets::tempo::Tempo::Demo).orders;
        if !entry.payment_codes.is_empty() {
            let code = demo.good(&["sandbox", "code", "--wallet", entry.name]);
            assert!(code.len() >= 12 && !code.contains('\n'), "{code}");
        }
        // Our own wallet API reads our codes; another must be able to make an order.
        if entry.name != "noren" && !orders {
            continue;
        }
        let number = format!("shell-{}", entry.name);
        let order = json!({
            "order_number": number, "store": store, "present": "merchant",
            "amount": { "amount": 980, "currency": "JPY" }, "expires_in_seconds": 300,
        });
        let made = till.post("/v1/payments", Some(&number), &order).await.unwrap();
        let id = made.success().unwrap()["id"].as_str().unwrap().to_owned();
        demo.good(&["sandbox", "pay", &number, "--wallet", entry.name]);
        let paid = until("the shop is paid", async || {
            let seen = till.get(&format!("/v1/payments/{id}")).await.unwrap().success().unwrap();
            (seen["status"] == "captured").then_some(seen)
        })
        .await;
        assert_eq!(paid["wallet"], entry.name);
    }
    let (code, said) = shell(demo.command(&["sandbox", "pay", "no-such-order"]), "");
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("nobody has an open order no-such-order"), "{said}");
    let (code, said) = shell(demo.command(&["sandbox", "code", "--wallet", "nobody"]), "");
    assert_ne!(code, 0);
    assert!(said.contains("this folder has no network nobody"), "{said}");
}
