//! One payment at the till: what it is, its refunds, and what may be given back.

use axum::Form;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use noren_core::directory::Directory;
use noren_core::id::PaymentId;
use noren_core::money::{Currency, Money};
use noren_core::payment::Payment;
use noren_core::refund::{Refund, RefundState};
use noren_core::time::{Span, Timestamp};
use noren_core::wallet::Profile;
use noren_pages::counter::{Notice, PaymentPage, RefundRow, Refundable};
use noren_pages::japan::{OFFSET_MINUTES, date_and_time};
use noren_pages::till::Tab;
use noren_pages::typed::yen;
use noren_pages::{Language, Page, words};
use noren_store::counter::Device;
use serde::Deserialize;

use super::session::TillSession;
use super::today::scope;
use super::{Opened, said, tax};
use crate::edge::InPath;
use crate::problem::Problem;
use crate::state::AppState;
use crate::web::{self, Reader};

const DAY: Span = Span::seconds(86_400);

/// A payment of the till's own store. What belongs elsewhere is not there.
pub(super) async fn read(
    state: &AppState,
    device: &Device,
    id: &str,
) -> Result<Option<Payment>, Problem> {
    let Ok(id) = id.parse::<PaymentId>() else { return Ok(None) };
    let scope = scope(device);
    let found = state.read(move |reads| reads.payment(scope, id)).await?;
    Ok(found.filter(|payment| payment.store == device.store))
}

/// The page that says that there is nothing.
pub(super) async fn unknown(
    state: &AppState,
    reader: &Reader,
    device: &Device,
) -> Result<Response, Problem> {
    let view = Notice {
        page: Page::new(reader.language, &reader.here, !state.livemode()),
        frame: super::frame(state, device, Tab::Today).await?,
        says: words::say(reader.language, "counter-notice-unknown"),
    };
    Ok((StatusCode::NOT_FOUND, web::shown(reader, &view, None)?).into_response())
}

/// A refund that is not at its end.
fn is_running(refund: &Refund) -> bool {
    !refund.state.is_final()
}

/// What the wallet's terms allow, by the rules that the engine holds it to
/// (`noren_core::engine`): said before anybody tries.
fn refundable(
    language: Language,
    payment: &Payment,
    profile: Option<&Profile>,
    now: Timestamp,
) -> Refundable {
    let captured = payment.captured();
    let (Some(profile), Some(asked)) = (profile, payment.state.asked()) else {
        return Refundable::Never;
    };
    if captured == 0 {
        return Refundable::Never;
    }
    let no = |key: &str| Refundable::No(words::say(language, key));
    let no_with = |key: &str, name: &str, value: &str| {
        Refundable::No(words::say_with(language, key, &[(name, value)]))
    };
    let note =
        |key: &str, name: &str, value: &str| words::say_with(language, key, &[(name, value)]);
    if !profile.returns() {
        return no("counter-refund-no-offered");
    }
    let left = captured - payment.refunds_counted();
    if left <= 0 {
        return no("counter-refund-no-left");
    }
    let until = profile.refund_until_days.map(|days| {
        let until = asked.at.after(Span(DAY.0.saturating_mul(u64::from(days))));
        (until, until.business_date(OFFSET_MINUTES).to_string())
    });
    if let Some((at, day)) = &until
        && *at <= now
    {
        return no_with("counter-refund-no-late", "day", day);
    }
    if !profile.refund_key && payment.refunds.iter().any(is_running) {
        return no("counter-refund-no-running");
    }
    let made = payment.refunds.iter().filter(|refund| refund.state.counts()).count();
    let made = u16::try_from(made).unwrap_or(u16::MAX);
    let times = profile.refunds_max.map(|max| (max, max.saturating_sub(made)));
    if let Some((max, 0)) = times {
        return no_with("counter-refund-no-used", "count", &max.to_string());
    }
    let mut notes = Vec::new();
    match times {
        Some((1, _)) => notes.push(words::say(language, "counter-refund-note-once")),
        Some((_, more)) => {
            notes.push(note("counter-refund-note-count", "count", &more.to_string()));
        }
        None => {}
    }
    if !profile.refund_key {
        notes.push(words::say(language, "counter-refund-note-keyless"));
    }
    if let Some((_, day)) = &until {
        notes.push(note("counter-refund-note-until", "day", day));
    }
    Refundable::Yes { left: Money::new(left, payment.amount.currency()), notes }
}

fn refund_row(language: Language, refund: &Refund) -> RefundRow {
    let done = matches!(refund.state, RefundState::Refunded(_));
    let refused = matches!(refund.state, RefundState::Declined(_) | RefundState::Impossible(_));
    RefundRow {
        time: date_and_time(refund.requested_at),
        amount: refund.amount,
        state: said::refund_state(language, &refund.state),
        receipt: done.then(|| format!("/till/refunds/{}/receipt", refund.id)),
        why: refused.then(|| words::refund_decline(language)),
    }
}

/// How much of a payment is sold at the reduced rate: what was said of it, else the store's setting.
pub(super) async fn reduced(state: &AppState, payment: &Payment) -> Result<i64, Problem> {
    let (id, store, amount) = (payment.id.to_string(), payment.store, payment.captured());
    let told = state.counter(move |counter| Ok((counter.reduced(&id)?, counter.receipt(store)?)));
    let (said, settings) = told.await?;
    Ok(said.unwrap_or_else(|| tax::reduced_by_default(amount, settings.tax_default)))
}

async fn shown(
    state: &AppState,
    reader: &Reader,
    device: &Device,
    payment: &Payment,
    reduced_faulty: bool,
) -> Result<Response, Problem> {
    let language = reader.language;
    let known = |d: &Directory| payment.wallet().is_none_or(|wallet| d.wallet(wallet).is_some());
    let directory = state.directory().with(known).await?;
    let profile = payment.wallet().and_then(|w| directory.wallet(w)).map(|w| &w.profile);
    let now = state.handle().now();
    let paid = payment.captured() > 0;
    let in_yen = paid && payment.amount.currency() == Currency::JPY;
    let part = match in_yen {
        true => Some(Money::new(reduced(state, payment).await?, Currency::JPY)),
        false => None,
    };
    let payer = payment.state.asked().and_then(|asked| asked.payer);
    let view = PaymentPage {
        page: Page::new(language, format!("/till/payments/{}", payment.id), !state.livemode()),
        frame: super::frame(state, device, Tab::Today).await?,
        id: payment.id.to_string(),
        store: payment.store.to_string(),
        last: said::last(payment),
        amount: payment.amount,
        state: said::state(language, payment),
        why: said::why(language, &payment.state),
        wallet: payment.wallet().map(|wallet| said::title(&directory, wallet)),
        began: date_and_time(payment.created_at),
        ended: payment.state.ended_at().map(date_and_time),
        order_number: payment.order_number.to_string(),
        payer: payer.filter(|payer| payer.currency() != payment.amount.currency()),
        refunds: payment.refunds.iter().map(|refund| refund_row(language, refund)).collect(),
        refundable: refundable(language, payment, profile, now),
        supervised: device.supervisor_until.is_some_and(|until| now < until),
        receipt: paid.then(|| format!("/till/payments/{}/receipt", payment.id)),
        reduced: part,
        reduced_faulty,
    };
    let page = web::shown(reader, &view, None)?;
    let status = if reduced_faulty { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, page).into_response())
}

/// One payment.
pub(crate) async fn page(
    State(state): State<AppState>,
    reader: Reader,
    opened: Opened,
    InPath(id): InPath,
) -> Result<Response, Problem> {
    let device = match opened.at_work(&reader) {
        Ok(device) => device,
        Err(elsewhere) => return Ok(*elsewhere),
    };
    match read(&state, &device, &id).await? {
        Some(payment) => shown(&state, &reader, &device, &payment, false).await,
        None => unknown(&state, &reader, &device).await,
    }
}

/// The form's only field.
#[derive(Deserialize)]
pub(crate) struct Reduced {
    #[serde(default)]
    reduced: String,
}

/// How much of it is sold at the reduced rate.
pub(crate) async fn set_reduced(
    State(state): State<AppState>,
    reader: Reader,
    session: TillSession,
    InPath(id): InPath,
    Form(form): Form<Reduced>,
) -> Result<Response, Problem> {
    let device = &session.device;
    if device.staff.is_none() {
        return Ok((StatusCode::SEE_OTHER, [(header::LOCATION, "/till/sign-in")]).into_response());
    }
    let Some(payment) = read(&state, device, &id).await? else {
        return unknown(&state, &reader, device).await;
    };
    match yen(&form.reduced).filter(|amount| *amount <= payment.captured()) {
        None => shown(&state, &reader, device, &payment, true).await,
        Some(amount) => {
            let id = payment.id.to_string();
            let to = [(header::LOCATION, format!("/till/payments/{id}"))];
            state.counter(move |counter| counter.reduced_put(&id, amount)).await?;
            Ok((StatusCode::SEE_OTHER, to).into_response())
        }
    }
}
