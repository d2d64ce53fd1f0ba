//! Notifications, in the dialect in which the order was made (`wallets/wechatpay` facts, section 6).

use noren_core::time::Timestamp;

use super::{Dialect, WechatPaySandbox};
use crate::sandbox::Outgoing;
use crate::sandbox::bank::State;
use crate::sandbox::notices::Notice;
use crate::sandbox::scenario::Scenario;
use crate::wechatpay::notification::{self, Event};
use crate::wechatpay::v2;
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
            return notification::acknowledged(response);
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
        let (said, nonce) = (self.transaction(id)?, self.bank.bits());
        let event = Event::TransactionSuccess;
        let target = &notice.target;
        let sealed = notification::sealed(&self.link, target, event, id, &said, now, nonce)?;
        Some((sealed, false))
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
        let (said, nonce) = (self.refund_notified(id)?, self.bank.bits());
        let event = Event::RefundSuccess;
        let target = &notice.target;
        let sealed = notification::sealed(&self.link, target, event, id, &said, now, nonce)?;
        Some((sealed, false))
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
