//! A peer that lies, for every network in every mode: huge, slow, malformed, unsigned, wrongly signed
//! answers and answers to another question leave the payment undecided, with an alarm where the peer
//! broke its own protocol; never a crash, never paid. When the truth is told again, everything ends.

mod common;

use std::cell::RefCell;
use std::rc::Rc;

use noren_core::command::{Body, Caller, PaymentCreate, Present};
use noren_core::effects::Reply;
use noren_core::id::PaymentId;
use noren_core::money::{Currency, Money};
use noren_core::payment::{CaptureMode, State};
use noren_core::time::Span;
use noren_core::wallet::PaymentCode;
use noren_sim::directory::takayama;
use noren_sim::pair::Pair;
use noren_wallets::wire::{Request, Response, TransportError};
use noren_wallets::{Entry, WALLETS};
use serde_json::{Value, json};

use common::say;

/// What the peer does with each of its answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lie {
    /// More than the transport reads.
    Huge,
    /// Later than anybody waits.
    Slow,
    Empty,
    /// A page for people, with a good status.
    Page,
    CutOff,
    /// Brackets a hundred thousand deep.
    Deep,
    /// Its signature is taken away.
    Unsigned,
    /// One byte is another one than was signed.
    Altered,
    /// The good, signed yes to another payment.
    OfAnother,
}

const LIES: [Lie; 9] = [
    Lie::Huge,
    Lie::Slow,
    Lie::Empty,
    Lie::Page,
    Lie::CutOff,
    Lie::Deep,
    Lie::Unsigned,
    Lie::Altered,
    Lie::OfAnother,
];

/// Networks whose answers are not signed: who speaks is known by TLS alone, so an altered answer
/// cannot be told from a true one, here or anywhere (docs/networks).
const UNSIGNED: [&str; 2] = ["linepay", "paypay"];

/// Networks whose answer to an order names nothing of that order: a link and no more. Whoever can give
/// another order's link has broken TLS; what is asked about the order later is bound to its number.
const UNBOUND: [&str; 2] = ["linepay", "wechatpay"];

impl Lie {
    fn name(self) -> &'static str {
        match self {
            Self::Huge => "huge",
            Self::Slow => "slow",
            Self::Empty => "empty",
            Self::Page => "a page for people",
            Self::CutOff => "cut off",
            Self::Deep => "brackets without end",
            Self::Unsigned => "unsigned",
            Self::Altered => "altered",
            Self::OfAnother => "the yes to another",
        }
    }

    /// True when the network can be caught at it, so somebody must be told. Time and size are the
    /// way's fault as well as the peer's.
    fn breaks_the_protocol(self) -> bool {
        match self {
            Self::Huge | Self::Slow => false,
            Self::Empty
            | Self::Page
            | Self::CutOff
            | Self::Deep
            | Self::Unsigned
            | Self::Altered
            | Self::OfAnother => true,
        }
    }

    fn tell(self, truth: Response, yes: &Response) -> Result<Response, TransportError> {
        let body = |body: Vec<u8>| Response { body, ..truth.clone() };
        Ok(match self {
            Self::Huge => return Err(TransportError::Broken),
            Self::Slow => return Err(TransportError::TimedOut),
            Self::Empty => Response { status: 200, ..body(Vec::new()) },
            Self::Page => Response {
                status: 200,
                headers: vec![("content-type".into(), "text/html".into())],
                body: b"<html><body>We will be right back.</body></html>".to_vec(),
            },
            Self::CutOff => body(truth.body[..truth.body.len() / 2].to_vec()),
            Self::Deep => Response { status: 200, ..body(vec![b'['; 100_000]) },
            Self::Unsigned => unsigned(&truth),
            Self::Altered => {
                let mut altered = truth.body.clone();
                // A letter or digit within, so that it goes on being well formed.
                let letters = altered.iter().enumerate().filter(|(_, b)| b.is_ascii_alphanumeric());
                let places: Vec<usize> = letters.map(|(at, _)| at).collect();
                if let Some(at) = places.get(places.len() / 3) {
                    altered[*at] = if altered[*at] == b'7' { b'8' } else { b'7' };
                }
                body(altered)
            }
            Self::OfAnother => yes.clone(),
        })
    }
}

/// Without headers and members that carry a signature.
fn unsigned(truth: &Response) -> Response {
    let carries = |name: &str| name.to_ascii_lowercase().contains("sign");
    let headers = truth.headers.iter().filter(|(name, _)| !carries(name)).cloned().collect();
    let body = match serde_json::from_slice::<Value>(&truth.body) {
        Ok(Value::Object(mut members)) => {
            members.retain(|name, _| !carries(name));
            Value::Object(members).to_string().into_bytes()
        }
        Ok(_) | Err(_) => truth.body.clone(),
    };
    Response { headers, body, ..truth.clone() }
}

fn create(pair: &mut Pair, number: u32, ordered: bool) -> PaymentId {
    let present = if ordered {
        Present::Online { wallet: pair.name, expires_in: Span::seconds(300) }
    } else {
        let code =
            pair.control("POST", "users/mei/code", &json!({ "code_id": format!("c{number}") }));
        let code = code["code"].as_str().expect("a code").to_owned();
        Present::Consumer {
            wallet: pair.name,
            code_hash: format!("hash-{code}").into(),
            code: PaymentCode::new(&code),
        }
    };
    let till = takayama();
    let create = PaymentCreate {
        key: format!("K{number}").into(),
        hash: [1; 32],
        order_number: format!("O{number}").into(),
        store: till.store,
        amount: Money::new(1_200, Currency::JPY),
        present,
        capture: CaptureMode::Now,
        memo: None,
    };
    let caller = Caller::Merchant { tenant: till.tenant, merchant: till.merchant };
    match pair.command(caller, Body::PaymentCreate(create)) {
        Reply::Payment { payment, .. } => payment.id,
        other => panic!("{}: {other:?}", pair.name),
    }
}

fn state(pair: &Pair, id: PaymentId) -> State {
    pair.auditor.payment_row(id).expect("the payment was committed").state.clone()
}

/// Tells one lie for a minute. `None`: the network has no such mode, or cannot be caught at this lie.
fn hear(entry: &'static Entry, ordered: bool, lie: Lie) -> Option<String> {
    let mut pair = Pair::new(entry);
    let offered = if ordered { pair.profile.orders } else { !entry.payment_codes.is_empty() };
    let signed = !UNSIGNED.contains(&entry.name);
    if !offered || (!signed && matches!(lie, Lie::Unsigned | Lie::Altered)) {
        return None;
    }
    if UNBOUND.contains(&entry.name) && ordered && lie == Lie::OfAnother {
        return None;
    }
    let told =
        || format!("{} · {} · {lie:?}", entry.name, if ordered { "order" } else { "scanned" });
    pair.control("POST", "users", &json!({ "user": "mei", "balance": 100_000_000 }));
    // An honest payment first: what the network said last of it is the yes to another.
    let heard: Rc<RefCell<Option<Response>>> = Rc::default();
    let keep = heard.clone();
    pair.spoil = Some(Box::new(move |_: &Request, truth: Response| {
        *keep.borrow_mut() = Some(truth.clone());
        Ok(truth)
    }));
    let first = create(&mut pair, 1, ordered);
    let there = |state: &State| matches!(state, State::Captured(_) | State::Ordered(_));
    assert!(pair.until(|pair| there(&state(pair, first))), "{}: no honest yes", told());
    let yes = heard.borrow().clone().expect("the network answered");
    pair.alarms.clear();

    pair.spoil = Some(Box::new(move |_: &Request, truth: Response| lie.tell(truth, &yes)));
    // The truth must not come in by its other door either.
    pair.deaf = true;
    let id = create(&mut pair, 2, ordered);
    let end = pair.now.after(Span::seconds(60));
    let undecided = |pair: &Pair| {
        matches!(
            state(pair, id),
            State::Authorising(_) | State::Ordering(_) | State::InDoubt(_) | State::Reversing(_)
        )
    };
    pair.until(|pair| pair.now >= end || !undecided(pair));
    assert!(undecided(&pair), "{}: it is {}", told(), state(&pair, id).name());
    let alarms = pair.alarms.len();
    if lie.breaks_the_protocol() {
        assert!(alarms > 0, "{}: nobody is told", told());
    }
    let while_lying = state(&pair, id).name();

    pair.spoil = None;
    pair.deaf = false;
    let ended = pair.until(|pair| state(pair, id).is_final() || there(&state(pair, id)));
    assert!(ended, "{}: no end once the truth is told", told());
    Some(format!("{while_lying}, {alarms} alarms; then {}", state(&pair, id).name()))
}

#[test]
fn a_peer_that_lies_is_never_believed_and_everything_ends() {
    for entry in WALLETS {
        for ordered in [false, true] {
            for lie in LIES {
                let mode = if ordered { "order" } else { "scanned" };
                if let Some(line) = hear(entry, ordered, lie) {
                    say!("{:<11} {mode:<8} {:<21} {line}", entry.name, lie.name());
                }
            }
        }
    }
}
