//! The page of an order, and the receipt.

use axum::extract::{FromRequest, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use noren_core::directory::{Directory, Store};
use noren_core::id::{PaymentKind, WalletName};
use noren_core::money::{Currency, Money};
use noren_core::payment::{Payment, State as PaymentState};
use noren_core::rate::Rounding;
use noren_core::refusal::Refusal;
use noren_core::time::Timestamp;
use noren_core::wallet::Receipt;
use noren_pages::checkout::{
    Foreign, InWeChat, Live, Name, Opening, OrderPage, Over, ReceiptPage, Stage, Until,
};
use noren_pages::{Language, Page, japan};
use noren_wallets::instant;
use qrdraw::{Length, Level, Symbol};

use super::agent::Agent;
use super::grid::{Grid, grid};
use super::shop::form_of;
use super::trouble::told;
use super::{PATH, back, choosable, choose, link, mark, page_url, read};
use crate::api::id_in_path;
use crate::edge::InPath;
use crate::facades;
use crate::members::read_body;
use crate::prefer::is_settled;
use crate::problem::Problem;
use crate::state::AppState;
use crate::web::{Reader, view};

/// What every page of these is made on.
pub(super) fn paper(state: &AppState, reader: &Reader) -> Page {
    Page::new(reader.language, reader.here.clone(), !state.livemode())
}

/// The shop's name in letters that the reader reads.
pub(super) fn name(language: Language, store: &Store) -> Name {
    let (text, lang) = match language {
        Language::Ja => (&store.name_ja, "ja"),
        Language::En | Language::ZhHans | Language::Ko | Language::Th => (&store.name, "ja-Latn"),
    };
    Name { text: text.to_string(), lang }
}

/// The code of a text as SVG; nothing for a text that no code holds.
fn code(text: &str) -> Option<String> {
    Symbol::new(text, Level::M).ok()?.svg(Length::mm(60)).ok()
}

/// The currency in which most readers of a language count; `None` where that is the yen, or where
/// nobody can say.
fn currency_of(language: Language) -> Option<Currency> {
    match language {
        Language::ZhHans => Some(Currency::CNY),
        Language::Ko => Some(Currency::KRW),
        Language::Th => Some(Currency::THB),
        Language::Ja | Language::En => None,
    }
}

/// What the amount is for the payer: what was promised, else an estimate where a mid rate is known.
fn foreign(directory: &Directory, payment: &Payment, language: Language) -> Option<Foreign> {
    if is_settled(payment) {
        return None;
    }
    if let Some(quote) = &payment.quote {
        let (whole, part) = (quote.markup_bps / 100, quote.markup_bps % 100);
        return Some(Foreign::Promised {
            amount: quote.payer,
            source: quote.source.to_string(),
            markup: format!("{whole}.{part:02}"),
        });
    }
    let mid = directory.mid_rate(payment.amount.currency(), currency_of(language)?)?;
    Some(Foreign::About {
        amount: mid.rate.convert(payment.amount, Rounding::HalfEven).ok()?,
        source: mid.source.to_string(),
        time: japan::date_and_time(mid.at),
    })
}

fn until(state: &AppState, payment: &Payment) -> Option<Until> {
    let at = payment.state.payable_until()?;
    Some(Until { at: at.0, now: state.handle().now().0, time: japan::time(at) })
}

/// The chosen wallet as people know it.
fn title(directory: &Directory, payment: &Payment) -> String {
    let name = payment.wallet();
    let known = name.and_then(|name| directory.wallet(name));
    let title = known.map(|wallet| wallet.title.to_string());
    title.or_else(|| name.map(|name| name.to_string())).unwrap_or_default()
}

fn refunded(payment: &Payment) -> Option<Money> {
    let back = Money::new(payment.refunds_done(), payment.amount.currency());
    back.positive().then_some(back)
}

fn stage(
    state: &AppState,
    directory: &Directory,
    payment: &Payment,
    (language, agent): (Language, Agent),
) -> Stage {
    let wallet = title(directory, payment);
    match &payment.state {
        PaymentState::WaitingForPayer(_) => {
            let accepted = choosable(directory, payment.merchant);
            let accepted = accepted.map(|w| (w.name.to_string(), w.title.to_string()));
            let Grid { first, wallets, not_here } = grid(language, agent, accepted);
            // Software of the shop's, and no till page of ours, made what has a memo.
            let web = payment.memo.is_some();
            let way = if web { InWeChat::OnTheWeb } else { InWeChat::AtTheTill };
            let in_wechat = not_here.then_some(way);
            let here = || code(&page_url(state, payment.id));
            let phone = if agent.phone { None } else { here() };
            Stage::Choose { first, wallets, in_wechat, phone }
        }
        PaymentState::Ordering(_) => Stage::Preparing { wallet },
        PaymentState::Ordered(_) => {
            let text = link(payment).unwrap_or_default();
            let web = text.starts_with("https://") || text.starts_with("http://");
            let code = code(&text);
            Stage::Open(Opening { wallet, link: web.then_some(text), code, phone: agent.phone })
        }
        PaymentState::Authorising(_)
        | PaymentState::InDoubt(_)
        | PaymentState::Reversing(_)
        | PaymentState::Capturing(_)
        | PaymentState::Voiding(_) => Stage::Working,
        PaymentState::Authorised(_) => Stage::Held,
        PaymentState::Captured(_) | PaymentState::HoldCaptured(_) => {
            let receipt = format!("{PATH}/{}/receipt", payment.id);
            Stage::Paid { wallet, refunded: refunded(payment), receipt }
        }
        PaymentState::Declined(_) => Stage::Over(Over::Declined),
        PaymentState::Cancelled(_) => Stage::Over(Over::Cancelled),
        PaymentState::Expired(_) => Stage::Over(Over::Expired),
        PaymentState::Reversed(_) => Stage::Over(Over::Undone),
        PaymentState::Voided(_) => Stage::Over(Over::Released),
        PaymentState::Blocked(_) => Stage::Blocked,
    }
}

async fn shown(
    state: &AppState,
    id: &str,
    reader: &Reader,
    agent: Agent,
) -> Result<Response, Problem> {
    let payment = read(state, id).await?;
    if let Some(shop) = facades::onward(state, &payment) {
        return Ok(Redirect::to(&shop).into_response());
    }
    let known = |directory: &Directory| directory.store(payment.store).is_some();
    let directory = state.directory().with(known).await?;
    let store = directory.store(payment.store).ok_or(Refusal::ShopUnknown)?;
    let live = (!is_settled(&payment))
        .then(|| Live { url: format!("{PATH}/v1/payments/{}", payment.id), mark: mark(&payment) });
    let page = OrderPage {
        page: paper(state, reader),
        shop: name(reader.language, store),
        amount: payment.amount,
        foreign: foreign(&directory, &payment, reader.language),
        order_number: payment.order_number.to_string(),
        until: until(state, &payment),
        stage: stage(state, &directory, &payment, (reader.language, agent)),
        live,
        back: back::url(&payment).map(str::to_owned),
        form: form_of(&payment),
    };
    Ok(view(reader, &page))
}

/// The page; when a till's own software has named where its payer goes on, the way there.
pub(super) async fn order(
    State(state): State<AppState>,
    InPath(id): InPath,
    reader: Reader,
    agent: Agent,
) -> Response {
    let shown = shown(&state, &id, &reader, agent).await;
    shown.unwrap_or_else(|problem| told(&state, &reader, &problem, None))
}

/// The page's buttons.
pub(super) async fn chosen(
    State(state): State<AppState>,
    InPath(id): InPath,
    reader: Reader,
    Form(form): Form,
) -> Response {
    let chosen = async {
        let wallet = form.get("wallet").and_then(|name| WalletName::new(name).ok());
        let wallet = wallet.ok_or(Refusal::WalletUnknown)?;
        choose(&state, id_in_path::<PaymentKind>(&id)?, wallet).await
    };
    match chosen.await {
        Ok(payment) => see(&format!("{PATH}/{}", payment.id)),
        Err(problem) => told(&state, &reader, &problem, Some(reader.here.clone())),
    }
}

/// On to another page, which is then read.
pub(super) fn see(url: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, url.to_owned())]).into_response()
}

/// What was paid, and when.
fn paid(payment: &Payment) -> Option<(&Receipt, Timestamp)> {
    if let PaymentState::Captured(s) = &payment.state {
        return Some((&s.receipt, s.at));
    }
    if let PaymentState::HoldCaptured(s) = &payment.state {
        return Some((&s.hold.receipt, s.at));
    }
    None
}

async fn slip(state: &AppState, id: &str, reader: &Reader) -> Result<Response, Problem> {
    let payment = read(state, id).await?;
    let order_page = format!("{PATH}/{}", payment.id);
    let Some((receipt, at)) = paid(&payment) else { return Ok(see(&order_page)) };
    let known = |directory: &Directory| directory.store(payment.store).is_some();
    let directory = state.directory().with(known).await?;
    let store = directory.store(payment.store).ok_or(Refusal::ShopUnknown)?;
    let currency = payment.amount.currency();
    // Of a hold, the wallet's receipt tells what was held: not what the parts came to.
    let whole = receipt.amount.minor() == payment.captured();
    let debited = receipt.payer.filter(|payer| whole && payer.currency() != currency);
    let page = ReceiptPage {
        page: paper(state, reader),
        shop: name(reader.language, store),
        amount: Money::new(payment.captured(), currency),
        debited,
        refunded: refunded(&payment),
        wallet: title(&directory, &payment),
        transaction: Some(receipt.transaction.to_string()),
        time: japan::date_and_time(at),
        at: instant::print(at),
        last: crate::till::last(&payment),
        order_number: payment.order_number.to_string(),
        order_page,
    };
    Ok(view(reader, &page))
}

/// The receipt of a payment that was made; before that, the way to the order's page.
pub(super) async fn receipt(
    State(state): State<AppState>,
    InPath(id): InPath,
    reader: Reader,
) -> Response {
    let slip = slip(&state, &id, &reader).await;
    slip.unwrap_or_else(|problem| told(&state, &reader, &problem, None))
}

/// A form as browsers send it (`application/x-www-form-urlencoded`). What cannot be read is empty.
pub(super) struct Form(pub Fields);

/// Its fields.
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The field of that name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let body = read_body(body).await?;
        let request = Request::from_parts(parts, body.into());
        let pairs = axum::Form::from_request(request, state).await;
        Ok(Self(Fields(pairs.map_or_else(|_| Vec::new(), |axum::Form(pairs)| pairs))))
    }
}
