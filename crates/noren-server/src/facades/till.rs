//! The switch as a facade sees it: the merchant API without HTTP.

use std::sync::Arc;
use std::time::Duration;

use noren_core::Text;
use noren_core::command::{
    Body, IfPaid, OrderCancel, PaymentCapture, PaymentCreate, PaymentVoid, Present, RefundCreate,
};
use noren_core::effects::Reply;
use noren_core::id::{PaymentId, RefundId, StoreId, WalletName};
use noren_core::keys::Route;
use noren_core::money::Money;
use noren_core::payment::{CaptureMode, Payment, State};
use noren_core::time::Timestamp;
use noren_core::wallet::PaymentCode;
use noren_runtime::Unavailable;
use noren_store::sqlite::{Cursor, PaymentFilter, Scope};
use noren_wallets::facade::{
    Answer, Back, Decided, Found, Meet, NewOrder, Refused, Shown, Taken, Till, memo,
};
use serde_json::json;

use crate::api::{codes, scope, unexpected};
use crate::auth::MerchantCaller;
use crate::checkout;
use crate::idempotency::request_hash;
use crate::prefer::{Wait, is_settled, read_until};
use crate::problem::Problem;
use crate::state::AppState;

/// How long a till waits for a wallet when it cancels, captures, voids or refunds.
const MOMENT: Duration = Duration::from_secs(5);

/// One account's view of the switch.
pub(super) struct HouseTill<'a> {
    state: &'a AppState,
    facade: &'static str,
    account: &'a str,
    who: MerchantCaller,
    store: StoreId,
}

fn busy(unavailable: Unavailable) -> Refused {
    match unavailable {
        Unavailable::Busy | Unavailable::Stopping => Refused::Busy,
    }
}

/// What was read may have failed for many reasons; all of them are ours.
fn ours(_: Problem) -> Refused {
    Refused::Internal
}

/// The engine's no, or a reply that its command does not have.
fn no(reply: Reply) -> Refused {
    match reply {
        Reply::Refused { refusal, .. } => Refused::By(refusal),
        // Told without the reply: a payment is nothing for a log.
        other => ours(unexpected(other)),
    }
}

impl<'a> HouseTill<'a> {
    pub fn new(
        state: &'a AppState,
        facade: &'static str,
        account: &'a str,
        who: MerchantCaller,
        store: StoreId,
    ) -> Self {
        Self { state, facade, account, who, store }
    }

    fn scope(&self) -> Scope {
        scope(self.who)
    }

    fn key(&self, key: &str) -> Text {
        format!("{}:{key}", self.facade).into()
    }

    async fn submit(&self, body: Body) -> Decided<Reply> {
        self.state.handle().submit(self.who.caller(), body).await.map_err(busy)
    }

    async fn until(
        &self,
        id: PaymentId,
        wait: Duration,
        enough: impl Fn(&Payment) -> bool,
    ) -> Decided<Arc<Payment>> {
        let read = read_until(self.state, self.scope(), id, Wait(Some(wait)), enough).await;
        read.map(Arc::new).map_err(ours)
    }

    async fn shown(&self, payment: Arc<Payment>, replayed: bool) -> Decided<Shown> {
        shown(self.state, payment, replayed).await.map_err(ours)
    }

    async fn new_payment(&self, order: NewOrder) -> Decided<Shown> {
        let (present, patience) = match order.meet {
            Meet::Shown { expires_in } => (Present::Merchant { expires_in }, Duration::ZERO),
            Meet::Scanned { code, patience } => {
                let wallet = self.state.payment_codes().route(&code);
                let wallet = wallet.ok().and_then(|name| WalletName::new(name).ok());
                let code_hash = self.state.code_hash(&code);
                let present = Present::Consumer {
                    wallet: wallet.ok_or(Refused::CodeUnroutable)?,
                    code: PaymentCode::new(&code),
                    code_hash,
                };
                (present, Duration::from_millis(patience.0))
            }
        };
        let content = json!([order.content, order.amount, order.hold]);
        let create = PaymentCreate {
            key: self.key(&order.number),
            hash: request_hash(Route::PaymentCreate, self.facade, &content),
            order_number: order.number.into(),
            store: self.store,
            amount: order.amount,
            present,
            capture: if order.hold { CaptureMode::Manual } else { CaptureMode::Now },
            memo: Some(memo(self.facade, self.account, &order.memo)),
        };
        match self.submit(Body::PaymentCreate(create)).await? {
            Reply::Payment { payment, replayed } if patience > Duration::ZERO => {
                let payment = self.until(payment.id, patience, is_settled).await?;
                self.shown(payment, replayed).await
            }
            Reply::Payment { payment, replayed } => self.shown(payment, replayed).await,
            other => Err(no(other)),
        }
    }

    async fn found(&self, number: &str) -> Decided<Option<Found>> {
        let (scope, merchant) = (self.scope(), self.who.merchant);
        let number: Text = number.into();
        let read = self.state.read(move |reads| {
            let Some(order) = reads.order(scope, merchant, &number)? else { return Ok(None) };
            let last = match order.wanted() {
                Some(wanted) => reads.payment(scope, wanted.last)?,
                None => None,
            };
            Ok(Some((order, last)))
        });
        let Some((order, last)) = read.await.map_err(ours)? else { return Ok(None) };
        let last = match last {
            Some(payment) => Some(self.shown(Arc::new(payment), false).await?),
            None => None,
        };
        Ok(Some(Found { order, last }))
    }

    async fn one(&self, id: PaymentId) -> Decided<Option<Shown>> {
        let scope = self.scope();
        match self.state.read(move |reads| reads.payment(scope, id)).await.map_err(ours)? {
            Some(payment) => Ok(Some(self.shown(Arc::new(payment), false).await?)),
            None => Ok(None),
        }
    }

    async fn all_at(&self, at: Timestamp) -> Decided<Vec<Shown>> {
        let scope = self.scope();
        let after = u128::from(at.0.max(0).unsigned_abs()) + 1;
        let cursor = Cursor {
            limit: 100,
            starting_after: Some(PaymentId::from_raw(after << 80)),
            ending_before: None,
        };
        let filter = PaymentFilter::default();
        let read = self.state.read(move |reads| reads.payments(scope, &filter, &cursor)).await;
        let mut found = Vec::new();
        for payment in read.map_err(ours)?.items.into_iter().filter(|p| p.created_at == at) {
            found.push(self.shown(Arc::new(payment), false).await?);
        }
        Ok(found)
    }

    async fn numbered(&self, number: &str) -> Decided<Option<Back>> {
        let (scope, merchant) = (self.scope(), self.who.merchant);
        let number: Text = number.into();
        let read = self.state.read(move |reads| {
            let Some(row) = reads.refund_numbered(scope, merchant, &number)? else {
                return Ok(None);
            };
            Ok(reads.payment(scope, row.payment)?.map(|payment| (payment, row.refund.id)))
        });
        Ok(read.await.map_err(ours)?.map(|(payment, refund)| Back {
            payment: Arc::new(payment),
            refund,
            replayed: false,
        }))
    }

    async fn withdrawn(&self, key: &str, number: &str) -> Decided<Found> {
        let content = json!([number]);
        let cancel = OrderCancel {
            key: self.key(key),
            hash: request_hash(Route::OrderCancel, self.facade, &content),
            order_number: number.into(),
            if_paid: IfPaid::Refund,
        };
        match self.submit(Body::OrderCancel(cancel)).await? {
            Reply::Order { order, payment: None, .. } => Ok(Found { order, last: None }),
            Reply::Order { order, payment: Some(payment), replayed } => {
                let payment = self.until(payment.id, MOMENT, is_quiet).await?;
                Ok(Found { order, last: Some(self.shown(payment, replayed).await?) })
            }
            other => Err(no(other)),
        }
    }

    async fn taken(&self, key: &str, payment: PaymentId, amount: Money) -> Decided<Taken> {
        let content = json!([payment, amount]);
        let capture = PaymentCapture {
            key: self.key(key),
            hash: request_hash(Route::PaymentCapture, self.facade, &content),
            payment,
            amount,
        };
        match self.submit(Body::PaymentCapture(capture)).await? {
            Reply::Capture { payment, capture, replayed } => {
                let ended = |payment: &Payment| {
                    payment.state.open_part().is_none_or(|open| open.terms.id != capture)
                };
                let payment = self.until(payment.id, MOMENT, ended).await?;
                Ok(Taken { payment, capture, replayed })
            }
            other => Err(no(other)),
        }
    }

    async fn voided(&self, key: &str, payment: PaymentId) -> Decided<Shown> {
        let hash = request_hash(Route::PaymentVoid, self.facade, &json!([payment]));
        let void = PaymentVoid { key: self.key(key), hash, payment };
        match self.submit(Body::PaymentVoid(void)).await? {
            Reply::Payment { payment, replayed } => {
                let payment = self.until(payment.id, MOMENT, |p| p.state.is_final()).await?;
                self.shown(payment, replayed).await
            }
            other => Err(no(other)),
        }
    }

    async fn back(
        &self,
        number: &str,
        payment: PaymentId,
        amount: Money,
        text: &str,
    ) -> Decided<Back> {
        let content = json!([payment, amount]);
        let create = RefundCreate {
            key: self.key(number),
            hash: request_hash(Route::RefundCreate, self.facade, &content),
            payment,
            amount,
            number: Some(number.into()),
            memo: Some(memo(self.facade, self.account, text)),
        };
        match self.submit(Body::RefundCreate(create)).await? {
            Reply::Refund { payment, refund, replayed } => {
                let ended = |payment: &Payment| has_ended(payment, refund);
                let payment = self.until(payment.id, MOMENT, ended).await?;
                Ok(Back { payment, refund, replayed })
            }
            other => Err(no(other)),
        }
    }
}

/// A payment as a facade sees it.
pub(super) async fn shown(
    state: &AppState,
    payment: Arc<Payment>,
    replayed: bool,
) -> Result<Shown, Problem> {
    let code = codes::order_code(state, &payment).await?;
    let page = checkout::page_url(state, payment.id);
    Ok(Shown { payment, replayed, code, page })
}

fn has_ended(payment: &Payment, refund: RefundId) -> bool {
    payment.refunds.iter().any(|r| r.id == refund && r.due().is_none())
}

/// Nothing is under way with the wallet any more.
fn is_quiet(payment: &Payment) -> bool {
    let resting =
        !matches!(payment.state, State::Reversing(_) | State::Voiding(_) | State::Capturing(_));
    resting && payment.refunds.iter().all(|refund| refund.due().is_none())
}

impl Till for HouseTill<'_> {
    fn create(&self, order: NewOrder) -> Answer<'_, Decided<Shown>> {
        Box::pin(self.new_payment(order))
    }

    fn order<'a>(&'a self, number: &'a str) -> Answer<'a, Decided<Option<Found>>> {
        Box::pin(self.found(number))
    }

    fn payment(&self, id: PaymentId) -> Answer<'_, Decided<Option<Shown>>> {
        Box::pin(self.one(id))
    }

    fn created_at(&self, at: Timestamp) -> Answer<'_, Decided<Vec<Shown>>> {
        Box::pin(self.all_at(at))
    }

    fn refund_numbered<'a>(&'a self, number: &'a str) -> Answer<'a, Decided<Option<Back>>> {
        Box::pin(self.numbered(number))
    }

    fn withdraw<'a>(&'a self, key: &'a str, number: &'a str) -> Answer<'a, Decided<Found>> {
        Box::pin(self.withdrawn(key, number))
    }

    fn capture<'a>(
        &'a self,
        key: &'a str,
        payment: PaymentId,
        amount: Money,
    ) -> Answer<'a, Decided<Taken>> {
        Box::pin(self.taken(key, payment, amount))
    }

    fn void<'a>(&'a self, key: &'a str, payment: PaymentId) -> Answer<'a, Decided<Shown>> {
        Box::pin(self.voided(key, payment))
    }

    fn refund<'a>(
        &'a self,
        number: &'a str,
        payment: PaymentId,
        amount: Money,
        memo: &'a str,
    ) -> Answer<'a, Decided<Back>> {
        Box::pin(self.back(number, payment, amount, memo))
    }
}
