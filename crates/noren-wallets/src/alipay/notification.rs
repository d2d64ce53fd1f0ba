//! What a merchant is told of a trade, from the end that tells it (`wallets/alipay-openplatform`
//! facts, section 4).

use noren_core::time::Timestamp;

use super::form::{self, Params};
use super::messages::TradeSaid;
use super::scalar::{Amount, print_time};
use super::signing::{Signed, sign_params};
use crate::signing::Sign;
use crate::wire::{Request, Response};

/// Seconds between the sendings: up to eight in about 25 hours.
pub const PAUSES: [u64; 7] = [240, 600, 900, 3_600, 7_200, 21_600, 54_000];

/// One notification, before it is signed.
#[derive(Clone, Debug)]
pub struct Notification {
    /// Of this one.
    pub notify_id: String,
    /// What was bought.
    pub subject: Option<String>,
    /// What became of the trade.
    pub said: TradeSaid,
    /// It is told because of a refund.
    pub given_back: Option<GivenBack>,
}

/// What a notification says of the refund that it is about.
#[derive(Clone, Debug)]
pub struct GivenBack {
    /// The merchant's number of the refund; none of one that a cancel made.
    pub out_biz_no: Option<String>,
    /// The sum of all refunds of the trade.
    pub refund_fee: Option<Amount>,
    /// When.
    pub at: Timestamp,
}

impl Notification {
    /// As it leaves now, signed: a form.
    pub fn request(self, app_id: &str, key: &dyn Sign, now: Timestamp, target: String) -> Request {
        let text = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let mut params: Params = vec![
            text("notify_time", &print_time(now)),
            text("notify_type", "trade_status_sync"),
            text("notify_id", &self.notify_id),
            text("app_id", app_id),
            text("charset", "utf-8"),
            text("version", "1.0"),
            text("sign_type", "RSA2"),
        ];
        params.extend(self.subject.map(|subject| text("subject", &subject)));
        let said = serde_json::to_value(&self.said).unwrap_or_default();
        for (name, said) in said.as_object().into_iter().flatten() {
            params.push(text(name, said.as_str().unwrap_or_default()));
        }
        if let Some(back) = self.given_back {
            params.extend(back.out_biz_no.map(|number| text("out_biz_no", &number)));
            params.extend(back.refund_fee.map(|sum| text("refund_fee", &sum.to_string())));
            params.push(text("gmt_refund", &print_time(back.at)));
        }
        let sign = sign_params(&params, Signed::Notification, key);
        params.push(("sign".into(), sign));
        let pairs = params.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        Request {
            method: "POST".into(),
            target,
            headers: vec![(
                "content-type".into(),
                "application/x-www-form-urlencoded; charset=utf-8".into(),
            )],
            body: form::print(pairs).into_bytes(),
        }
    }
}

/// True when it was taken: the bare word, whatever the status.
pub fn acknowledged(response: &Response) -> bool {
    response.body.trim_ascii() == b"success"
}
