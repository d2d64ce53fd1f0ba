//! What stands between the wires and the engine: the wallet API as a server would answer it, and
//! callbacks through the real connectors. Signatures are checked on the raw bytes first.

use noren_core::command::{
    Body, Caller, Command, Confirm, CreditReceived, Fail, Payee, QuoteCreate, Reserve, Resolve,
    Scanned,
};
use noren_core::day::PayerHash;
use noren_core::effects::Reply;
use noren_core::id::{Entropy, PaymentId, WalletName};
use noren_core::keys::RequestHash;
use noren_core::payment::State;
use noren_core::quote::Fixed;
use noren_core::refusal::ProblemKind;
use noren_core::time::Timestamp;
use noren_wallets::link::Link;
use noren_wallets::noren::messages::{
    ConfirmOutcome, ConfirmRequest, ConfirmResponse, CreditRequest, CreditResponse, FailRequest,
    FailResponse, Problem, QuoteRequest, QuoteResponse, ReserveRequest, ReserveResponse,
    ResolveRequest, ResolveResponse,
};
use noren_wallets::noren::signature::{sign_response, verify_request};
use noren_wallets::noren::{NOTIFY_PATH, WALLET_PATH};
use noren_wallets::wire::{Request, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A stand-in for SHA-256 over the canonical request; collisions do not matter to a simulation.
pub(super) fn hash(text: &[u8]) -> RequestHash {
    let mut hash = [0; 32];
    for (lane, cell) in hash.chunks_exact_mut(8).enumerate() {
        let mut x = 0xCBF2_9CE4_8422_2325_u64 ^ (lane as u64);
        for byte in text {
            x = (x ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
        cell.copy_from_slice(&x.to_le_bytes());
    }
    hash
}

/// The text of a printed code in this world, or of a code for one order.
pub(super) fn code_text(jpqr: &str, payment: Option<PaymentId>) -> String {
    match payment {
        Some(payment) => format!("SIM|{jpqr}|{payment}"),
        None => format!("SIM|{jpqr}"),
    }
}

fn scanned(text: &str) -> Option<Scanned> {
    let mut parts = text.strip_prefix("SIM|")?.split('|');
    let jpqr = parts.next()?.into();
    match parts.next() {
        None => Some(Scanned::Shop { jpqr }),
        Some(payment) => Some(Scanned::Order { jpqr, payment: payment.parse().ok()? }),
    }
}

/// True for the wallet API's own calls, false for notifications and callbacks.
pub(super) fn is_wallet_api(request: &Request) -> bool {
    request.path().starts_with(WALLET_PATH) && request.path() != NOTIFY_PATH
}

/// Reads a call of the wallet API. `Err` is the answer to give at once; nothing is applied then.
pub(super) fn read(
    caller: WalletName,
    link: &Link,
    request: &Request,
    now: Timestamp,
    entropy: Entropy,
) -> Result<Command, Response> {
    let key_of = |id: &str| (id == link.client_id).then_some(&*link.verify);
    verify_request(request, link.switch.origin(), now, key_of)
        .map_err(|error| problem(401, "signature-refused", &error.to_string(), "same_key"))?;
    let unreadable = || problem(400, "request-unreadable", "The call cannot be read.", "never");
    let body = body(request).ok_or_else(unreadable)?;
    Ok(Command { caller: Caller::Wallet(caller), entropy, body })
}

fn body(request: &Request) -> Option<Body> {
    fn parse<T: DeserializeOwned>(request: &Request) -> Option<T> {
        serde_json::from_slice(&request.body).ok()
    }
    let below = request.path().strip_prefix(WALLET_PATH)?;
    let parts: Vec<_> = below.trim_start_matches('/').split('/').collect();
    Some(match parts[..] {
        ["codes", "resolve"] => {
            let asked: ResolveRequest = parse(request)?;
            Body::Resolve(Resolve { scanned: scanned(&asked.code)? })
        }
        ["quotes"] => {
            let asked: QuoteRequest = parse(request)?;
            let fixed = match (asked.receive, asked.send) {
                (Some(receive), None) => Fixed::Receive(receive),
                (None, Some(send)) => Fixed::Send(send),
                _ => return None,
            };
            Body::QuoteCreate(QuoteCreate { target: asked.resolution.0, fixed })
        }
        ["payments"] => {
            let asked: ReserveRequest = parse(request)?;
            Body::Reserve(Reserve {
                wallet_payment_id: asked.wallet_payment_id.into(),
                hash: hash(&request.body),
                target: asked.resolution.0,
                quote: asked.quote,
                amount: asked.amount,
                // Each merchant of the simulation has a slot of its own.
                payer: asked.payer_token.map(|token| {
                    let named = format!("{} {token}", asked.resolution.0.slot().number());
                    PayerHash::new(hash(named.as_bytes()))
                }),
            })
        }
        ["payments", id, "confirm"] => {
            let asked: ConfirmRequest = parse(request)?;
            Body::Confirm(Confirm {
                payment: id.parse().ok()?,
                debited: asked.debited,
                rate: asked.rate.map(Into::into),
            })
        }
        ["payments", id, "fail"] => {
            let asked: FailRequest = parse(request)?;
            Body::Fail(Fail { payment: id.parse().ok()?, reason: asked.reason.into() })
        }
        ["credits"] => {
            let said: CreditRequest = parse(request)?;
            let payee = match scanned(&said.reference) {
                Some(Scanned::Shop { jpqr }) => Payee::Shop { jpqr },
                Some(Scanned::Order { payment, .. }) => Payee::Payment(payment),
                None => Payee::Unreadable,
            };
            Body::CreditReceived(CreditReceived {
                transaction: said.wallet_transaction_id.into(),
                named: said.reference.into(),
                payee,
                amount: said.amount,
                payer: said.payer_amount,
                settlement: said.settlement_amount,
                credited_at: said.credited_at,
            })
        }
        _ => return None,
    })
}

/// Renders and signs the answer to a call of the wallet API.
pub(super) fn write(
    link: &Link,
    request: &Request,
    command: &Command,
    reply: &Reply,
    now: Timestamp,
) -> Response {
    let mut response = match reply {
        Reply::Refused { refusal, .. } => {
            let row = refusal.problem();
            let status = match row.kind {
                ProblemKind::Invalid => 400,
                ProblemKind::NotFound => 404,
                ProblemKind::Conflict => 409,
                ProblemKind::Unprocessable => 422,
                ProblemKind::Forbidden => 403,
            };
            problem(status, row.code, row.title, row.retry.name())
        }
        Reply::Resolution(resolution) => ok(&ResolveResponse::from(resolution)),
        Reply::Quote(quote) => ok(&QuoteResponse::from(quote)),
        Reply::Permission { payment, .. } => ok(&ReserveResponse {
            payment_id: payment.id,
            status: payment.state.name().to_owned(),
            confirm_by: payment.state.asked().map_or(now, |asked| asked.send_by),
        }),
        Reply::Confirmed { payment } => ok(&ConfirmResponse {
            payment_id: payment.id,
            outcome: match payment.state {
                State::Captured(_) => ConfirmOutcome::Captured,
                _ if payment.state.hold().is_some() => ConfirmOutcome::Held,
                _ => ConfirmOutcome::BeingCancelled,
            },
            status: payment.state.name().to_owned(),
        }),
        Reply::Payment { payment, .. } => {
            ok(&FailResponse { payment_id: payment.id, status: payment.state.name().to_owned() })
        }
        Reply::Credited(credited) => ok(&CreditResponse::from(credited)),
        Reply::Capture { .. }
        | Reply::Order { .. }
        | Reply::Refund { .. }
        | Reply::Credit { .. }
        | Reply::Movement { .. }
        | Reply::Directory { .. }
        | Reply::Noted => {
            panic!("{command:?} is no call of the wallet API")
        }
    };
    sign_response(&mut response, request, &link.client_id, &*link.sign, now);
    response
}

fn ok(message: &impl Serialize) -> Response {
    Response {
        status: 200,
        headers: vec![("content-type".into(), "application/json".into())],
        body: serde_json::to_vec(message).expect("our messages have string keys only"),
    }
}

fn problem(status: u16, code: &str, title: &str, retry: &str) -> Response {
    let problem =
        Problem { code: code.to_owned(), title: title.to_owned(), retry: retry.to_owned() };
    Response { status, ..ok(&problem) }
}
