//! Notifications, in the dialect in which the order was made (`wallets/wechatpay` facts, section 6).

use noren_core::time::Timestamp;

use super::{Dialect, WechatPaySandbox};
use crate::sandbox::Outgoing;
use crate::sandbox::bank::State;
use crate::sandbox::notices::Notice;
use crate::sandbox::scenario::Scenario;
use crate::wechatpay::messages::{Notification, Sealed};
use crate::wechatpay::signing::{self, sign_notice};
use crate::wechatpay::{CONTENT_TYPE, time, v2};
use crate::wire::{Request, Response};

/// A notification that is on its way.
pub(super) struct Sent {
    /// As the notices know it.
    pub about: String,
    older: bool,
}

impl Sent {
    /// v3: 200 or 204, whatever the body. v2: the word in a form.
    pub fn acknowledged_by(&self, response: &Response) -> bool {
        if !self.older {
            return matches!(response.status, 200 | 204);
        }
        let said = v2::read(&response.body).unwrap_or_default();
        let code = said.get("return_code").map(String::as_str);
        response.status == 200 && code == Some("SUCCESS")
    }
}

impl WechatPaySandbox {
    pub(super) fn notify(&mut self, now: Timestamp, about: &str, notice: &Notice) {
        let refund = about.strip_prefix("refund/");
        let made = match refund {
            Some(id) => self.refund_notice(now, id, notice),
            None => self.order_notice(now, about, notice),
        };
        let Some((mut request, older)) = made else { return self.notices.drop(about) };
        let scenario = self.bank.payment(about).map(|payment| payment.scenario);
        if scenario == Some(Scenario::BadSignature) && notice.is_first() {
            request.body.push(b' ');
        }
        let id = self.bank.count();
        self.outbox.push(Outgoing { id, request });
        self.sent.insert(id, Sent { about: about.to_owned(), older });
    }

    /// The notification of a paid order, and if it is one of v2. `None`: there is nothing to say.
    fn order_notice(
        &mut self,
        now: Timestamp,
        id: &str,
        notice: &Notice,
    ) -> Option<(Request, bool)> {
        let dialect = self.trades.get(id)?.dialect;
        if self.bank.payment(id)?.state != State::Paid {
            return None;
        }
        if let Dialect::V2(how) = dialect {
            let body = self.v2_notice(now, id, how)?;
            return Some((plain(&notice.target, "text/xml; charset=utf-8", body), true));
        }
        let said = self.transaction(id)?;
        let said = serde_json::to_vec(&said).expect("our messages have string keys only");
        let about = ("TRANSACTION.SUCCESS", "transaction", id);
        Some((self.sealed_notice(now, notice, about, &said)?, false))
    }

    fn refund_notice(
        &mut self,
        now: Timestamp,
        id: &str,
        notice: &Notice,
    ) -> Option<(Request, bool)> {
        // v2 encrypts its refund notifications with another cipher, and this sandbox sends none.
        if let Dialect::V2(_) = self.refund_trades.get(id)?.dialect {
            return None;
        }
        let said = self.refund_notified(id)?;
        let said = serde_json::to_vec(&said).expect("our messages have string keys only");
        let about = ("REFUND.SUCCESS", "refund", id);
        Some((self.sealed_notice(now, notice, about, &said)?, false))
    }

    fn sealed_notice(
        &mut self,
        now: Timestamp,
        notice: &Notice,
        (event, original, id): (&str, &str, &str),
        said: &[u8],
    ) -> Option<Request> {
        let nonce = format!("{:012x}", self.bank.bits() & 0xFFFF_FFFF_FFFF);
        let secret = self.link.secret.as_ref()?;
        let ciphertext = signing::seal(secret, &nonce, original, said)?;
        let digest = signing::hex(
            &ring::digest::digest(&ring::digest::SHA256, format!("{event}/{id}").as_bytes())
                .as_ref()[..16],
        );
        let body = Notification {
            // The same for each sending.
            id: format!(
                "{}-{}-{}-{}-{}",
                &digest[..8],
                &digest[8..12],
                &digest[12..16],
                &digest[16..20],
                &digest[20..]
            ),
            create_time: time::v3(now),
            event_type: event.to_owned(),
            resource_type: "encrypt-resource".into(),
            summary: event.to_lowercase().replace('.', " "),
            resource: Sealed {
                original_type: Some(original.to_owned()),
                algorithm: signing::AEAD.to_owned(),
                ciphertext,
                associated_data: original.to_owned(),
                nonce,
            },
        };
        let body = serde_json::to_vec(&body).expect("our messages have string keys only");
        let mut request = plain(&notice.target, CONTENT_TYPE, body);
        let nonce = self.bank.bits();
        sign_notice(&mut request, &*self.link.sign, now, nonce);
        Some(request)
    }
}

fn plain(target: &str, content_type: &str, body: Vec<u8>) -> Request {
    Request {
        method: "POST".into(),
        target: target.to_owned(),
        headers: vec![("content-type".into(), content_type.into())],
        body,
    }
}
