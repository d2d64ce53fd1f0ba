//! Receipts: at the till for paper and screen, and under an address of their own on the customer's
//! phone. Whoever has that address may read it: it names nobody.

use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use noren_core::directory::Directory;
use noren_core::id::{PaymentId, RefundId};
use noren_core::money::Money;
use noren_core::payment::Payment;
use noren_core::refund::{Refund, RefundState};
use noren_pages::Page;
use noren_pages::counter::{PublicReceipt, Receipt, Slip};
use noren_pages::japan::date_and_time;
use noren_pages::till::Tab;
use noren_store::counter::Device;
use noren_store::sqlite::Scope;
use qrdraw::{Level, Symbol};
use serde::Deserialize;
use subtle::ConstantTimeEq as _;

use super::payment::{read, reduced, unknown};
use super::session::TillSession;
use super::today::{WIDTHS, scope, width};
use super::{Opened, said, tax};
use crate::edge::InPath;
use crate::problem::{Edge, Problem};
use crate::state::AppState;
use crate::web::{self, Reader};

/// Of the tag that makes an address, so many bytes: nobody guesses 128 bits.
const TAG_BYTES: usize = 16;

/// The public address of a receipt, below `/r/`: the payment, and what only we can make of it.
fn token(state: &AppState, payment: PaymentId) -> String {
    let tag = state.receipt_tag(payment);
    let tag = tag.as_ref().iter().take(TAG_BYTES).map(|byte| format!("{byte:02x}"));
    format!("{}{}", payment.digits(), tag.collect::<String>())
}

/// The payment of a token that is ours.
fn of_token(state: &AppState, text: &str) -> Option<PaymentId> {
    let (digits, _) = text.split_at_checked(text.len().checked_sub(2 * TAG_BYTES)?)?;
    let payment = PaymentId::from_digits(digits).ok()?;
    let same: bool = token(state, payment).as_bytes().ct_eq(text.as_bytes()).into();
    same.then_some(payment)
}

/// What a receipt is of.
enum Of<'a> {
    Payment,
    Refund(&'a Refund),
}

async fn slip(
    state: &AppState,
    payment: &Payment,
    of: Of<'_>,
    copy: bool,
) -> Result<Slip, Problem> {
    let known = |d: &Directory| d.store(payment.store).is_some();
    let directory = state.directory().with(known).await?;
    let store = payment.store;
    let settings = state.counter(move |counter| counter.receipt(store)).await?;
    let reduced = reduced(state, payment).await?;
    let paid = Money::new(payment.captured(), payment.amount.currency());
    let (amount, at, lines) = match of {
        Of::Payment => {
            let at = payment.state.ended_at().unwrap_or(payment.created_at);
            (paid, at, tax::lines(paid, reduced))
        }
        Of::Refund(refund) => {
            let at = match &refund.state {
                RefundState::Refunded(done) => done.at,
                RefundState::Requested(_)
                | RefundState::InDoubt(_)
                | RefundState::WaitingForFunds(_)
                | RefundState::Declined(_)
                | RefundState::Impossible(_) => refund.requested_at,
            };
            (refund.amount, at, tax::refund_lines(paid, reduced, refund.amount))
        }
    };
    let refund = matches!(of, Of::Refund(_));
    let names = directory.store(store).map(|s| (s.name_ja.to_string(), s.name.to_string()));
    Ok(Slip {
        shop: names.unwrap_or_default(),
        issuer: settings.issuer,
        // Without what is at which rate it is no such invoice.
        invoice_number: settings.invoice_number.filter(|_| !lines.is_empty()),
        refund,
        time: date_and_time(at),
        amount,
        lines,
        wallet: payment.wallet().map_or(String::new(), |w| said::title(&directory, w)),
        order_number: payment.order_number.to_string(),
        last: said::last(payment),
        refunded: said::refunded(payment).filter(|_| !refund),
        copy,
    })
}

/// The width of the paper.
#[derive(Deserialize)]
pub(crate) struct Paper {
    width: Option<u16>,
}

async fn shown(
    state: &AppState,
    reader: &Reader,
    device: &Device,
    payment: &Payment,
    of: Of<'_>,
    asked: Option<u16>,
) -> Result<Response, Problem> {
    let (base, document) = match &of {
        Of::Payment => (format!("/till/payments/{}/receipt", payment.id), payment.id.to_string()),
        Of::Refund(refund) => {
            (format!("/till/refunds/{}/receipt", refund.id), refund.id.to_string())
        }
    };
    let prints = state.counter(move |counter| counter.prints(&document)).await?;
    let public = state.public_url().url(&format!("/r/{}", token(state, payment.id)));
    let symbol = Symbol::new(&public, Level::M).ok().and_then(|symbol| super::picture(&symbol));
    let view = Receipt {
        page: Page::new(reader.language, &reader.here, !state.livemode()),
        frame: super::frame(state, device, Tab::Today).await?,
        slip: slip(state, payment, of, prints > 0).await?,
        width: width(asked),
        widths: WIDTHS.map(|width| (width, format!("{base}?width={width}"))).to_vec(),
        printed: format!("{base}/printed"),
        symbol: symbol.unwrap_or_default(),
        public: format!("/r/{}", token(state, payment.id)),
        back: format!("/till/payments/{}", payment.id),
    };
    web::shown(reader, &view, None)
}

/// The receipt of a payment that was paid.
pub(crate) async fn of_payment(
    State(state): State<AppState>,
    reader: Reader,
    opened: Opened,
    InPath(id): InPath,
    Query(paper): Query<Paper>,
) -> Result<Response, Problem> {
    let device = match opened.at_work(&reader) {
        Ok(device) => device,
        Err(elsewhere) => return Ok(*elsewhere),
    };
    match read(&state, &device, &id).await?.filter(|payment| payment.captured() > 0) {
        Some(payment) => shown(&state, &reader, &device, &payment, Of::Payment, paper.width).await,
        None => unknown(&state, &reader, &device).await,
    }
}

/// A refund that is done, with its payment.
async fn refunded(
    state: &AppState,
    device: &Device,
    id: &str,
) -> Result<Option<(Payment, RefundId)>, Problem> {
    let Ok(id) = id.parse::<RefundId>() else { return Ok(None) };
    let scope = scope(device);
    let row = state.read(move |reads| reads.refund(scope, id)).await?;
    let Some(row) = row.filter(|row| row.stray.is_none()) else { return Ok(None) };
    let done = matches!(row.refund.state, RefundState::Refunded(_));
    let payment = read(state, device, &row.payment.to_string()).await?;
    Ok(payment.filter(|_| done).map(|payment| (payment, id)))
}

/// The receipt of a refund that is done.
pub(crate) async fn of_refund(
    State(state): State<AppState>,
    reader: Reader,
    opened: Opened,
    InPath(id): InPath,
    Query(paper): Query<Paper>,
) -> Result<Response, Problem> {
    let device = match opened.at_work(&reader) {
        Ok(device) => device,
        Err(elsewhere) => return Ok(*elsewhere),
    };
    let found = refunded(&state, &device, &id).await?;
    let refund =
        found.as_ref().and_then(|(payment, id)| payment.refunds.iter().find(|r| r.id == *id));
    match (&found, refund) {
        (Some((payment, _)), Some(refund)) => {
            shown(&state, &reader, &device, payment, Of::Refund(refund), paper.width).await
        }
        (Some(_) | None, _) => unknown(&state, &reader, &device).await,
    }
}

async fn counted(state: &AppState, document: String) -> Result<Response, Problem> {
    state.counter(move |counter| counter.printed(&document)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// A receipt goes to the printer: the next one is a copy.
pub(crate) async fn payment_printed(
    State(state): State<AppState>,
    session: TillSession,
    InPath(id): InPath,
) -> Result<Response, Problem> {
    let found = read(&state, &session.device, &id).await?.filter(|payment| payment.captured() > 0);
    let payment = found.ok_or(noren_core::refusal::Refusal::PaymentUnknown)?;
    counted(&state, payment.id.to_string()).await
}

/// The same of a refund's.
pub(crate) async fn refund_printed(
    State(state): State<AppState>,
    session: TillSession,
    InPath(id): InPath,
) -> Result<Response, Problem> {
    let (_, id) = refunded(&state, &session.device, &id).await?.ok_or(Edge::RefundUnknown)?;
    counted(&state, id.to_string()).await
}

/// The receipt on the customer's phone.
pub(crate) async fn public(
    State(state): State<AppState>,
    reader: Reader,
    InPath(text): InPath,
) -> Result<Response, Problem> {
    let id = of_token(&state, &text).ok_or(Edge::RouteUnknown)?;
    let found = state.read(move |reads| reads.payment(Scope::Operator, id)).await?;
    let payment = found.filter(|payment| payment.captured() > 0).ok_or(Edge::RouteUnknown)?;
    let view = PublicReceipt {
        page: Page::new(reader.language, &reader.here, !state.livemode()),
        slip: slip(&state, &payment, Of::Payment, false).await?,
    };
    let mut page = web::shown(&reader, &view, None)?;
    let none = header::HeaderValue::from_static("no-referrer");
    // The address is the secret.
    page.headers_mut().insert(header::REFERRER_POLICY, none);
    Ok(page)
}
