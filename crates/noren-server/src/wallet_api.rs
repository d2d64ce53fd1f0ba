//! The Noren wallet API: what wallets and schemes that join the switch directly ask of it.
//!
//! Every request is signed by RFC 9421 and so is every answer to a request whose signature was
//! good, problems included. Who calls is whose key signed. Protocol: `wallets/noren` facts.

use std::sync::Arc;

use axum::body::Body as HttpBody;
use axum::extract::{Extension, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::{Json, http::HeaderMap};
use emvqr::mpm::Initiation;
use emvqr::mpm::jpqr;
use noren_core::Text;
use noren_core::command::{
    Body, Caller, Confirm, CreditReceived, Fail, Payee, QuoteCreate, Reserve, Resolve, Scanned,
};
use noren_core::day::PayerHash;
use noren_core::effects::Reply;
use noren_core::id::{PaymentId, PaymentKind, StoreId, WalletName};
use noren_core::keys::Route;
use noren_core::money::Currency;
use noren_core::payment::{Payment, State as PaymentState};
use noren_core::quote::{Fixed, Target};
use noren_core::refusal::Refusal;
use noren_core::time::Timestamp;
use noren_core::wallet::FxBy;
use noren_store::sqlite::Scope;
use noren_wallets::noren::messages::{
    ConfirmOutcome, ConfirmResponse, CreditResponse, FailResponse, QuoteResponse, ReserveResponse,
    ResolutionId, ResolveResponse,
};
use noren_wallets::noren::signature::{SignatureError, sign_response, verify_request};
use noren_wallets::{instant, wire};

use crate::api::{id_in_path, unexpected};
use crate::edge::{Context, InPath};
use crate::idempotency::request_hash;
use crate::members::{JsonBody, Members, read_body};
use crate::problem::{Edge, FieldError, Problem, ProblemBody, render};
use crate::state::AppState;
use crate::{callbacks, checkout, messages, random};

/// A wallet, by the key that signed its request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WalletCaller(WalletName);

fn problem_of(error: SignatureError) -> Problem {
    let edge = match error {
        SignatureError::Replayed => Edge::SignatureReplayed,
        SignatureError::Full => Edge::Busy,
        SignatureError::Missing
        | SignatureError::Digest
        | SignatureError::KeyUnknown
        | SignatureError::Wrong
        | SignatureError::Stale
        | SignatureError::Ahead => Edge::SignatureInvalid,
    };
    let remedy = edge.row().remedy;
    Problem::from(edge).detail(format!("{remedy} What was found: {error}."))
}

/// Checks the signature, lets the handler work, signs the answer. Whoever we cannot tell gets an
/// unsigned answer.
pub(crate) async fn signed(
    State(state): State<AppState>,
    Extension(context): Extension<Context>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let message = messages::request(&parts, read_body(body).await?);
    let now = random::env().now;
    let key_of = |id: &str| state.wallet_key(id).map(|key| &*key.verify);
    let signed =
        verify_request(&message, state.public_url().origin(), now, key_of).map_err(problem_of)?;
    let key = state.wallet_key(&signed.key_id).ok_or(Edge::SignatureInvalid)?;
    let message = Arc::new(message);
    let response = match state.admit(&signed) {
        Err(error) => problem_of(error).into_response(),
        Ok(()) => {
            parts.extensions.insert(WalletCaller(key.wallet));
            parts.extensions.insert(message.clone());
            let body = HttpBody::from(message.body.clone());
            next.run(Request::from_parts(parts, body)).await
        }
    };
    let response = render(response, &context);
    if has_signature(response.headers()) {
        // A connector has signed its own acknowledgement.
        return Ok(response);
    }
    let mut response = messages::plain(response).await?;
    sign_response(&mut response, &message, &key.key_id, &*key.sign, random::env().now);
    Ok(messages::response(response))
}

fn has_signature(headers: &HeaderMap) -> bool {
    headers.contains_key("signature")
}

/// Reads a scanned code. A till's code names its payment in the reference label, 62.05.
fn read_code(text: &str) -> Result<Scanned, Problem> {
    let code = jpqr::read(text).map_err(|rejected| {
        let errors: Vec<FieldError> = rejected
            .errors()
            .map(|finding| FieldError {
                param: "code".into(),
                code: Edge::CodeUnreadable.row().code,
                detail: format!("{}: {}", finding.code(), finding.sentence()),
            })
            .collect();
        let detail = errors.first().map(|error| error.detail.clone());
        Problem::fields(Edge::CodeUnreadable, errors).detail(detail.unwrap_or_default())
    })?;
    let jpqr = code.id.as_str().into();
    match code.initiation {
        Initiation::Static => Ok(Scanned::Shop { jpqr }),
        Initiation::Dynamic => {
            let payment = code.reference.and_then(|digits| PaymentId::from_digits(digits).ok());
            let payment = payment.ok_or(Refusal::OrderUnknown)?;
            Ok(Scanned::Order { jpqr, payment })
        }
    }
}

/// Who is behind a scanned code? Nothing is recorded.
#[utoipa::path(post, path = "/wallet/v1/codes/resolve", operation_id = "wallet_code_resolve", tag = "wallet API",
    request_body(content = Object, description = "`code`, as scanned, and `payer_currency`."),
    responses(
        (status = 200, description = "The shop as registered, the amount if the code has an order, limits, and who converts.", body = Object),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("wallet" = [])))]
pub(crate) async fn resolve(
    State(state): State<AppState>,
    Extension(WalletCaller(wallet)): Extension<WalletCaller>,
    JsonBody(body): JsonBody,
) -> Result<Json<ResolveResponse>, Problem> {
    let mut members = Members::of(body)?;
    let fields = (members.text("code", 4_096), members.currency("payer_currency"));
    let (code, payer_currency) = members.done(fields)?;
    let scanned = scanned(&state, &code).await?;
    let resolve = Resolve { scanned };
    match state.handle().submit(Caller::Wallet(wallet), Body::Resolve(resolve)).await? {
        Reply::Resolution(resolution) => {
            if resolution.fx_by == FxBy::Switch {
                check_corridor(&state, wallet, payer_currency).await?;
            }
            Ok(Json(ResolveResponse::from(&resolution)))
        }
        other => Err(unexpected(other)),
    }
}

/// What a scanned text leads to.
pub(crate) async fn scanned(state: &AppState, code: &str) -> Result<Scanned, Problem> {
    if let Some(payment) = checkout::payment_of_url(state, code) {
        return of_page(state, payment).await;
    }
    match checkout::store_of_url(state, code) {
        Some(store) => Ok(Scanned::Shop { jpqr: jpqr_of(state, store).await? }),
        None => read_code(code),
    }
}

/// The link form of a till's code: the page of an order leads where the code would have led.
async fn of_page(state: &AppState, payment: PaymentId) -> Result<Scanned, Problem> {
    let read = state.read(move |reads| reads.payment(Scope::Operator, payment)).await?;
    let store = read.ok_or(Refusal::OrderUnknown)?.store;
    Ok(Scanned::Order { jpqr: jpqr_of(state, store).await?, payment })
}

/// What the printed code of a store names.
async fn jpqr_of(state: &AppState, store: StoreId) -> Result<Text, Problem> {
    let directory = state.directory().with(|directory| directory.store(store).is_some()).await?;
    Ok(directory.store(store).ok_or(Refusal::ShopUnknown)?.jpqr.clone())
}

/// We convert to the wallet's own currency only.
async fn check_corridor(
    state: &AppState,
    wallet: WalletName,
    payer_currency: Currency,
) -> Result<(), Problem> {
    let directory = state.directory().with(|directory| directory.wallet(wallet).is_some()).await?;
    match directory.wallet(wallet) {
        Some(wallet) if wallet.profile.currency == payer_currency => Ok(()),
        _ => Err(Refusal::CorridorClosed.into()),
    }
}

/// A promise of a rate, for wallets that let the switch convert.
#[utoipa::path(post, path = "/wallet/v1/quotes", operation_id = "wallet_quote_create", tag = "wallet API",
    request_body(content = Object, description = "`resolution`, and either `receive` or `send`, an amount."),
    responses(
        (status = 200, description = "Both amounts, the rate, the mark-up over the mid rate, its source, and the promise's end.", body = Object),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("wallet" = [])))]
pub(crate) async fn quote(
    State(state): State<AppState>,
    Extension(WalletCaller(wallet)): Extension<WalletCaller>,
    JsonBody(body): JsonBody,
) -> Result<Json<QuoteResponse>, Problem> {
    let mut members = Members::of(body)?;
    let target = resolution(&mut members);
    let receive = members.money_if_any("receive");
    let send = members.money_if_any("send");
    let fixed = match (receive, send) {
        (Some(Some(money)), Some(None)) => Some(Fixed::Receive(money)),
        (Some(None), Some(Some(money))) => Some(Fixed::Send(money)),
        (Some(_), Some(_)) => {
            members.fault(Edge::MemberInvalid, "receive", "Send exactly one of receive and send.");
            None
        }
        _ => None,
    };
    let (target, fixed) = members.done((target, fixed))?;
    let create = QuoteCreate { target, fixed };
    match state.handle().submit(Caller::Wallet(wallet), Body::QuoteCreate(create)).await? {
        Reply::Quote(quote) => Ok(Json(QuoteResponse::from(&quote))),
        other => Err(unexpected(other)),
    }
}

fn resolution(members: &mut Members) -> Option<Target> {
    let value = members.text("resolution", 64)?;
    let read = serde_json::from_value(serde_json::Value::from(&*value));
    let target = read.ok().map(|ResolutionId(target)| target);
    if target.is_none() {
        members.fault(Edge::IdInvalid, "resolution", "Send the resolution as it was given.");
    }
    target
}

/// Permission to debit, until `confirm_by`. A repeat with the same id gives the same permission.
#[utoipa::path(post, path = "/wallet/v1/payments", operation_id = "wallet_payment_reserve", tag = "wallet API",
    request_body(content = Object, description = "`wallet_payment_id` (1 to 64 letters, digits, `-` and `_`), `resolution`, `amount` for the merchant, and `quote` when the switch converts; `payer_token` if there is one."),
    responses(
        (status = 200, description = "`payment_id`, `status` and `confirm_by`. Only `status: authorising` is permission.", body = Object),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("wallet" = [])))]
pub(crate) async fn reserve(
    State(state): State<AppState>,
    Extension(WalletCaller(wallet)): Extension<WalletCaller>,
    JsonBody(body): JsonBody,
) -> Result<Json<ReserveResponse>, Problem> {
    // The token may be a secret, and a wallet may make a new one for a repeat of the same request:
    // it is no part of what is asked for.
    let mut hashed = body.clone();
    if let Some(members) = hashed.as_object_mut() {
        members.remove("payer_token");
    }
    let hash = request_hash(Route::Reserve, "/wallet/v1/payments", &hashed);
    let mut members = Members::of(body)?;
    let fields = (
        members.own_id("wallet_payment_id"),
        resolution(&mut members),
        members.id_if_any("quote"),
        members.money("amount"),
        members.text_if_any("payer_token", 512),
    );
    let (wallet_payment_id, target, quote, amount, token) = members.done(fields)?;
    let payer = match token {
        Some(token) => payer(&state, wallet, target, &token).await?,
        None => None,
    };
    let reserve = Reserve { wallet_payment_id, hash, target, quote, amount, payer };
    match state.handle().submit(Caller::Wallet(wallet), Body::Reserve(reserve)).await? {
        Reply::Permission { payment, .. } => permission(&payment).map(Json),
        other => Err(unexpected(other)),
    }
}

/// The payer as a shop knows it that limits what one payer may pay in a day; `None` at any other
/// shop, where nobody has to know.
pub(crate) async fn payer(
    state: &AppState,
    wallet: WalletName,
    target: Target,
    token: &str,
) -> Result<Option<PayerHash>, Problem> {
    let store = match target {
        Target::Store(store) => Some(store),
        Target::Payment(id) => {
            let payment = state.read(move |reads| reads.payment(Scope::Operator, id)).await?;
            payment.map(|payment| payment.store)
        }
    };
    let Some(store) = store else { return Ok(None) };
    let directory = state.directory().with(|directory| directory.store(store).is_some()).await?;
    let merchant = directory.store(store).and_then(|store| directory.merchant(store.merchant));
    let limited = merchant.filter(|merchant| merchant.payer_day_max.is_some());
    Ok(limited.map(|merchant| state.payer_hash(wallet, merchant.id, token)))
}

fn permission(payment: &Payment) -> Result<ReserveResponse, Problem> {
    let asked = payment.state.asked().ok_or(Edge::Internal)?;
    Ok(ReserveResponse {
        payment_id: payment.id,
        status: payment.state.name().to_owned(),
        confirm_by: asked.send_by,
    })
}

/// The wallet has debited. Repeat until answered.
#[utoipa::path(post, path = "/wallet/v1/payments/{payment_id}/confirm", operation_id = "wallet_payment_confirm", tag = "wallet API",
    params(("payment_id" = String, Path, description = "From the permission, `pay_…`.")),
    request_body(content = Object, description = "`debited`, an amount, and `rate` when the wallet converts."),
    responses(
        (status = 200, description = "`outcome`: `captured` or, when the resolution said `capture: later`, `held`: the shop is told; or `being_cancelled`, the cancel's answer decides.", body = Object),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("wallet" = [])))]
pub(crate) async fn confirm(
    State(state): State<AppState>,
    Extension(WalletCaller(wallet)): Extension<WalletCaller>,
    InPath(id): InPath,
    JsonBody(body): JsonBody,
) -> Result<Json<ConfirmResponse>, Problem> {
    let payment = id_in_path::<PaymentKind>(&id)?;
    let mut members = Members::of(body)?;
    let fields = (members.money("debited"), members.text_if_any("rate", 64));
    let (debited, rate) = members.done(fields)?;
    let confirm = Confirm { payment, debited, rate };
    match state.handle().submit(Caller::Wallet(wallet), Body::Confirm(confirm)).await? {
        Reply::Confirmed { payment } => Ok(Json(ConfirmResponse {
            payment_id: payment.id,
            outcome: match payment.state {
                PaymentState::Captured(_) => ConfirmOutcome::Captured,
                PaymentState::Authorised(_)
                | PaymentState::Capturing(_)
                | PaymentState::HoldCaptured(_) => ConfirmOutcome::Held,
                _ => ConfirmOutcome::BeingCancelled,
            },
            status: payment.state.name().to_owned(),
        })),
        other => Err(unexpected(other).about(payment)),
    }
}

/// The wallet gives a permission up. Repeat until answered, or let it lapse.
#[utoipa::path(post, path = "/wallet/v1/payments/{payment_id}/fail", operation_id = "wallet_payment_fail", tag = "wallet API",
    params(("payment_id" = String, Path, description = "From the permission, `pay_…`.")),
    request_body(content = Object, description = "`reason`, the wallet's word."),
    responses(
        (status = 200, description = "What the payment is now.", body = Object),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("wallet" = [])))]
pub(crate) async fn fail(
    State(state): State<AppState>,
    Extension(WalletCaller(wallet)): Extension<WalletCaller>,
    InPath(id): InPath,
    JsonBody(body): JsonBody,
) -> Result<Json<FailResponse>, Problem> {
    let payment = id_in_path::<PaymentKind>(&id)?;
    let mut members = Members::of(body)?;
    let reason = members.free_text("reason", 64);
    let (reason,) = members.done((reason,))?;
    let fail = Fail { payment, reason };
    match state.handle().submit(Caller::Wallet(wallet), Body::Fail(fail)).await? {
        Reply::Payment { payment, .. } => Ok(Json(FailResponse {
            payment_id: payment.id,
            status: payment.state.name().to_owned(),
        })),
        other => Err(unexpected(other).about(payment)),
    }
}

/// Whom a rail means. What cannot be read is no error: the money is there all the same.
fn payee(named: &str) -> Payee {
    if let Ok(scanned) = read_code(named) {
        return match scanned {
            Scanned::Shop { jpqr } => Payee::Shop { jpqr },
            Scanned::Order { payment, .. } => Payee::Payment(payment),
        };
    }
    let payment = named.parse().or_else(|_| PaymentId::from_digits(named)).map(Payee::Payment);
    let store = || named.parse().map(Payee::Store).ok();
    let jpqr = || named.parse::<jpqr::JpqrId>().ok().map(|_| Payee::Shop { jpqr: named.into() });
    payment.ok().or_else(store).or_else(jpqr).unwrap_or(Payee::Unreadable)
}

fn instant(members: &mut Members, name: &str) -> Option<Timestamp> {
    let at = instant::parse(&members.text(name, 64)?);
    if at.is_none() {
        let detail = "Send an instant of RFC 3339, such as 2026-11-21T15:30:00Z.";
        members.fault(Edge::MemberInvalid, name, detail);
    }
    at
}

/// A push rail has credited the switch. It cannot be refused; what the shop cannot take goes back.
/// Repeat until 2xx: one transaction is one credit for ever, and a repeat is answered the same.
#[utoipa::path(post, path = "/wallet/v1/credits", operation_id = "wallet_credit", tag = "wallet API",
    request_body(content = Object, description = "`wallet_transaction_id`, `reference` (the text of a scanned code, a resolution, a JPQR id, or whatever the payer's bank wrote), `amount`, `credited_at`; `payer_amount` and `settlement_amount` where the rail has them."),
    responses(
        (status = 200, description = "`outcome`: `captured`, the shop is told; `stray`, it goes back; or `unclaimed`, nobody here has that name. With the ids of what it is.", body = Object),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("wallet" = [])))]
pub(crate) async fn credit(
    State(state): State<AppState>,
    Extension(WalletCaller(wallet)): Extension<WalletCaller>,
    JsonBody(body): JsonBody,
) -> Result<Json<CreditResponse>, Problem> {
    let mut members = Members::of(body)?;
    // No text that a rail's own people made is refused for how it looks: the money is there.
    let fields = (
        members.text("wallet_transaction_id", 64),
        members.text("reference", 512),
        members.money("amount"),
        members.money_if_any("payer_amount"),
        members.money_if_any("settlement_amount"),
        instant(&mut members, "credited_at"),
    );
    let (transaction, named, amount, payer, settlement, credited_at) = members.done(fields)?;
    let payee = payee(&named);
    let said = CreditReceived { transaction, named, payee, amount, payer, settlement, credited_at };
    match state.handle().submit(Caller::Wallet(wallet), Body::CreditReceived(said)).await? {
        Reply::Credited(credited) => Ok(Json(CreditResponse::from(&credited))),
        other => Err(unexpected(other)),
    }
}

/// What a wallet says of its own accord: the same as it would answer to an inquiry. Repeat until
/// 2xx.
#[utoipa::path(post, path = "/wallet/v1/notifications", operation_id = "wallet_notify", tag = "wallet API",
    request_body(content = Object, description = "`notification_id` and `about`: a payment or a refund, with its `outcome`."),
    responses(
        (status = 200, description = "Recorded.", body = Object),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("wallet" = [])))]
pub(crate) async fn notify(
    State(state): State<AppState>,
    Extension(WalletCaller(wallet)): Extension<WalletCaller>,
    Extension(message): Extension<Arc<wire::Request>>,
) -> Result<Response, Problem> {
    callbacks::hear(&state, wallet, &message).await
}
