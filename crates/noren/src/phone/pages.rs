//! Choosing a wallet, its home, history, and what can be made to go wrong.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use noren_core::money::Money;
use noren_pages::wallet::{
    History, Home, Line, Live, Near, Person as Choice, Pick, ScanPage, Shop, Trouble, Waiting,
};
use noren_pages::{Page, Template};
use noren_server::web::{self, Reader};
use noren_wallets::instant;
use noren_wallets::sandbox::scenario::{Plan, Scenario};
use serde::Deserialize;
use serde_json::{Value, json};

use super::person::{Last, Person};
use super::sheet::{payment_url, when};
use super::wallets::{Payment, Scans, Wallet, shop};
use super::{Lost, Phone, Shown, go};

/// Payments on a home.
const NEWEST: usize = 5;
/// How long a network is closed for maintenance, in milliseconds.
const CLOSED_MS: u32 = 30_000;

fn page(phone: &Phone, reader: &Reader) -> Page {
    Page::new(reader.language, reader.here.as_str(), phone.0.demo)
}

/// `GET /wallet`.
pub async fn pick(State(phone): State<Phone>, reader: Reader, Last(last): Last) -> Shown {
    let mut wallets: Vec<_> = phone.0.wallets.iter().map(|wallet| wallet.look.clone()).collect();
    wallets.sort_by_key(|look| (look.closed, last.as_ref() != Some(&look.name)));
    let text = Pick { page: page(&phone, &reader), wallets }.render()?;
    Ok((reader.remembered().map(|header| [header]), web::page(text)).into_response())
}

/// `GET /wallet/{wallet}`.
pub async fn home(
    State(phone): State<Phone>,
    Path(wallet): Path<String>,
    person: Person,
    reader: Reader,
) -> Shown {
    let wallet = phone.wallet(&wallet)?;
    let page = page(&phone, &reader);
    let live = live_of(&phone, wallet, person, page.clone()).await;
    let troubles = troubles(wallet).await.unwrap_or_default();
    let people = Person::ALL.map(|choice| Choice {
        name: choice.name(),
        key: choice.key(),
        here: choice == person,
    });
    let look = wallet.look.clone();
    let home = Home { page, look, people: people.into(), live, troubles, codes: wallet.codes };
    let used = [Last::remembered(&wallet.look.name)];
    let language = reader.remembered().map(|header| [header]);
    Ok((axum::response::AppendHeaders(used), language_header(language), web::page(home.render()?))
        .into_response())
}

type Header = [(axum::http::HeaderName, String); 1];

/// Beside another cookie, not in place of it.
fn language_header(header: Option<Header>) -> Option<axum::response::AppendHeaders<Header>> {
    header.map(axum::response::AppendHeaders)
}

/// `GET …/live`.
pub async fn live(
    State(phone): State<Phone>,
    Path(wallet): Path<String>,
    person: Person,
    reader: Reader,
) -> Shown {
    let wallet = phone.wallet(&wallet)?;
    let live = live_of(&phone, wallet, person, page(&phone, &reader)).await;
    Ok(web::page(live.render()?))
}

/// What a home shows. A sandbox that does not answer leaves it empty, and says so.
async fn live_of(phone: &Phone, wallet: &Wallet, person: Person, page: Page) -> Live {
    let look = wallet.look.clone();
    let codes = near(phone, wallet).await;
    let (near, printed) = match codes {
        Some(codes) => {
            let (orders, printed) = codes.into_iter().partition(|near| near.amount.is_some());
            (Some(orders), printed)
        }
        None => (None, Vec::new()),
    };
    let mut live = Live {
        page,
        look,
        balance: None,
        next: None,
        open: Vec::new(),
        near,
        printed,
        history: Vec::new(),
    };
    if let Err(error) = fill(&mut live, wallet, person).await {
        tracing::warn!(%error, "a sandbox did not answer the phone");
    }
    live
}

async fn fill(live: &mut Live, wallet: &Wallet, person: Person) -> anyhow::Result<()> {
    wallet.welcome(person).await?;
    let user = wallet.get(&format!("/sandbox/users/{}", person.name())).await?;
    let user = user.unwrap_or_default();
    live.next = planned(&user["scenarios"]["payments"]).or(planned(&user["scenarios"]["refunds"]));
    let open = wallet.orders().await?;
    live.open = open
        .into_iter()
        .map(|order| Waiting {
            url: payment_url(wallet, &order.order),
            shop: order
                .shop
                .filter(|name| !name.is_empty())
                .map(|name| Shop { name, name_ja: None }),
            amount: order.amount,
        })
        .collect();
    let newest = wallet.payments(person).await?.into_iter().take(NEWEST);
    live.history = newest.map(|payment| line(wallet, payment)).collect();
    live.balance = serde_json::from_value::<Money>(user["balance"].clone()).ok();
    Ok(())
}

fn planned(plan: &Value) -> Option<&'static str> {
    let plan: Plan = serde_json::from_value(plan.clone()).ok()?;
    (plan.times > 0 && plan.scenario != Scenario::Approve).then(|| trouble_key(plan.scenario))
}

/// The codes on counters near by. `None`: not a demo.
async fn near(phone: &Phone, wallet: &Wallet) -> Option<Vec<Near>> {
    let counters = phone.0.counters.as_ref()?;
    // A printed code carries no amount; only our own wallet API asks its payer for one.
    Some(counters.codes(wallet.scans == Scans::WalletApi).await)
}

fn line(wallet: &Wallet, payment: Payment) -> Line {
    let currency = payment.payer_amount.currency();
    let refunded = Money::new(payment.payer_refunded, currency);
    let at = payment.paid_at.as_deref().unwrap_or(&payment.at);
    let at = instant::parse(at).unwrap_or(noren_core::time::Timestamp(0));
    Line {
        url: payment_url(wallet, &payment.id),
        state: match payment.state.as_str() {
            "paid" => "wallet-state-paid",
            "held" => "wallet-state-held",
            "declined" => "wallet-state-declined",
            "cancelled" | "released" => "wallet-state-undone",
            "blocked" => "wallet-state-blocked",
            _ => "wallet-state-working",
        },
        shop: payment.shop.map(shop),
        payer: payment.payer_amount,
        refunded: refunded.positive().then_some(refunded),
        at: when(at),
    }
}

/// `GET …/history`.
pub async fn history(
    State(phone): State<Phone>,
    Path(wallet): Path<String>,
    person: Person,
    reader: Reader,
) -> Shown {
    let wallet = phone.wallet(&wallet)?;
    wallet.welcome(person).await?;
    let payments = wallet.payments(person).await?;
    let lines = payments.into_iter().map(|payment| line(wallet, payment)).collect();
    let look = wallet.look.clone();
    let text = History { page: page(&phone, &reader), look, lines }.render()?;
    Ok((reader.remembered().map(|header| [header]), web::page(text)).into_response())
}

/// `GET …/scan`.
pub async fn scan(State(phone): State<Phone>, Path(wallet): Path<String>, reader: Reader) -> Shown {
    let wallet = phone.wallet(&wallet)?;
    let look = wallet.look.clone();
    let text = ScanPage { page: page(&phone, &reader), look }.render()?;
    Ok((reader.remembered().map(|header| [header]), web::page(text)).into_response())
}

/// Whose phone it is to be.
#[derive(Deserialize)]
pub struct Chosen {
    person: String,
}

/// `POST …/person`.
pub async fn person(
    State(phone): State<Phone>,
    Path(wallet): Path<String>,
    Form(chosen): Form<Chosen>,
) -> Shown {
    let wallet = phone.wallet(&wallet)?;
    let person = Person::named(&chosen.person).ok_or(Lost::Nowhere)?;
    Ok(([person.remembered()], go(&wallet.look.home())).into_response())
}

/// What is to happen.
#[derive(Deserialize)]
pub struct Wanted {
    scenario: String,
}

/// What the form calls a network that is being maintained.
const MAINTENANCE: &str = "maintenance";

/// `POST …/scenario`.
pub async fn scenario(
    State(phone): State<Phone>,
    Path(wallet): Path<String>,
    person: Person,
    Form(wanted): Form<Wanted>,
) -> Shown {
    let wallet = phone.wallet(&wallet)?;
    wallet.welcome(person).await?;
    let done = if wanted.scenario == MAINTENANCE {
        wallet.post("/sandbox/maintenance", &json!({ "for_ms": CLOSED_MS })).await?
    } else {
        let body = json!({ "user": person.name(), "scenario": wanted.scenario });
        wallet.post("/sandbox/scenario", &body).await?
    };
    done.map_err(|_| Lost::Nowhere)?;
    Ok(go(&wallet.look.home()))
}

/// What can be made to go wrong at a network.
async fn troubles(wallet: &Wallet) -> anyhow::Result<Vec<Trouble>> {
    let offered = wallet.get("/sandbox/scenarios").await?.unwrap_or_default();
    let offered = offered["scenarios"].as_array().cloned().unwrap_or_default();
    let known = offered.into_iter().filter_map(|name| {
        let scenario: Scenario = serde_json::from_value(name.clone()).ok()?;
        Some(Trouble { name: name.as_str()?.to_owned(), key: trouble_key(scenario) })
    });
    let closed = Trouble { name: MAINTENANCE.to_owned(), key: "wallet-trouble-maintenance" };
    Ok(known.chain([closed]).collect())
}

/// The key of what happens.
fn trouble_key(scenario: Scenario) -> &'static str {
    match scenario {
        Scenario::Approve => "wallet-trouble-approve",
        Scenario::Decline => "wallet-trouble-decline",
        Scenario::UnknownThenYes => "wallet-trouble-later-yes",
        Scenario::UnknownThenNo => "wallet-trouble-later-no",
        Scenario::Timeout => "wallet-trouble-timeout",
        Scenario::LostAnswer => "wallet-trouble-lost",
        Scenario::LateSuccess => "wallet-trouble-late",
        Scenario::WrongAmount => "wallet-trouble-wrong-amount",
        Scenario::BadSignature => "wallet-trouble-signature",
        Scenario::Slow => "wallet-trouble-slow",
        Scenario::DoubleNotice => "wallet-trouble-twice",
        Scenario::CancelClosed => "wallet-trouble-no-cancel",
        Scenario::Blocked => "wallet-trouble-blocked",
        Scenario::NoConfirm => "wallet-trouble-no-confirm",
        Scenario::NeverDebit => "wallet-trouble-never",
        Scenario::RefundNoFunds => "wallet-trouble-refund-later",
        Scenario::RefundSilent => "wallet-trouble-refund-silent",
    }
}
