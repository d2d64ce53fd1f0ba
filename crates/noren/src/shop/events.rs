//! The shop's back end: it reads the switch's events, each once and in order, and believes nothing else.

use std::convert::Infallible;
use std::time::Duration;

use noren_pages::shop::Heard;
use serde_json::Value;

use super::WebShop;

/// A page of events was the last for now.
const PAUSE: Duration = Duration::from_millis(500);

/// Reads events for ever, from the first one on.
pub async fn follow(shop: WebShop) -> Infallible {
    let mut after: Option<String> = None;
    loop {
        let more = match page(&shop, after.as_deref()).await {
            Some(page) => {
                read(&shop, &page);
                after = page["next_cursor"].as_str().map(str::to_owned).or(after);
                page["has_more"] == true
            }
            // No answer: the switch may be starting. The cursor stays.
            None => false,
        };
        if !more {
            tokio::time::sleep(PAUSE).await;
        }
    }
}

async fn page(shop: &WebShop, after: Option<&str>) -> Option<Value> {
    let after = after.map(|cursor| format!("&after={cursor}")).unwrap_or_default();
    let answer = shop.0.switch.get(&format!("/v1/events?limit=100{after}")).await.ok()?;
    answer.success().ok()
}

fn read(shop: &WebShop, page: &Value) {
    for event in page["data"].as_array().into_iter().flatten() {
        let heard = match event["type"].as_str() {
            Some("payment.captured") => Heard::Paid,
            Some(
                "payment.declined" | "payment.cancelled" | "payment.expired" | "payment.reversed",
            ) => Heard::NotPaid,
            // More kinds may come; none of them is money.
            _ => continue,
        };
        if let Some(payment) = event["payment"].as_str() {
            shop.0.orders.hear(payment, heard);
        }
    }
}
