//! Stores and the JPQR codes that lead to them.

use axum::Json;
use axum::extract::State;
use emvqr::mpm::BuildError;
use emvqr::mpm::jpqr::{DynamicCode, JpqrId, Merchant as CodeMerchant, StaticCode};
use noren_core::directory::{Directory, Merchant, Store};
use noren_core::id::{PaymentId, StoreId, StoreKind};
use noren_core::money::{Currency, Money};
use noren_core::payment::{Payment, State as PaymentState};
use noren_core::refusal::Refusal;
use noren_store::counter::{ReceiptSettings, TaxRate};

use crate::api::id_in_path;
use crate::auth::MerchantCaller;
use crate::checkout;
use crate::edge::InPath;
use crate::lists::{Parameters, cut, list};
use crate::members::{JsonBody, Members};
use crate::problem::{Edge, Problem, ProblemBody};
use crate::state::AppState;
use crate::wire::{self, List, StoreCode, StoreReceipt, StoreReceiptNew, Ways};

/// Your stores.
#[utoipa::path(get, path = "/v1/stores", operation_id = "store_list", tag = "stores",
    params(
        ("limit" = Option<u32>, Query, description = "1 to 100, by default 20."),
        ("starting_after" = Option<String>, Query, description = "The next page: older than this id."),
        ("ending_before" = Option<String>, Query, description = "The page before: newer than this id."),
    ),
    responses(
        (status = 200, description = "A page of stores.", body = List<wire::Store>),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("merchant" = [])))]
pub(crate) async fn stores(
    State(state): State<AppState>,
    who: MerchantCaller,
    mut parameters: Parameters,
) -> Result<Json<List<wire::Store>>, Problem> {
    let cursor = parameters.cursor::<StoreKind>();
    let (cursor,) = parameters.0.done((cursor,))?;
    let directory = state.directory().with(|_| true).await?;
    let own: Vec<&Store> = directory.stores().filter(|s| s.merchant == who.merchant).collect();
    let page = cut(own, &cursor, |store| store.id);
    Ok(Json(list(page, &cursor, |s| s.id, |s| wire::Store::of(s, state.livemode()))))
}

/// The code on a store's counter, as text. The payer types the amount.
#[utoipa::path(get, path = "/v1/stores/{id}/code", operation_id = "store_code_get", tag = "stores",
    params(("id" = String, Path, description = "The store, `sto_…`.")),
    responses(
        (status = 200, description = "The text for the QR symbol.", body = StoreCode),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("merchant" = [])))]
pub(crate) async fn store_code(
    State(state): State<AppState>,
    who: MerchantCaller,
    InPath(id): InPath,
) -> Result<Json<StoreCode>, Problem> {
    let id = id_in_path::<StoreKind>(&id)?;
    let directory = state.directory().with(|directory| directory.store(id).is_some()).await?;
    let (store, merchant) = place(&directory, id).ok_or(Refusal::ShopUnknown)?;
    if store.merchant != who.merchant {
        return Err(Refusal::ShopUnknown.into());
    }
    let code = static_text(store, merchant)?;
    let link = checkout::shop_url(&state, id);
    Ok(Json(StoreCode { object: "store_code", store: id, livemode: state.livemode(), code, link }))
}

/// A store with its merchant.
pub(crate) fn place(directory: &Directory, id: StoreId) -> Option<(&Store, &Merchant)> {
    let store = directory.store(id)?;
    Some((store, directory.merchant(store.merchant)?))
}

fn impossible(error: &dyn std::fmt::Display) -> Problem {
    Problem::from(Edge::StoreCodeImpossible).detail(format!("{error}."))
}

fn jpqr_id(store: &Store) -> Result<JpqrId, Problem> {
    store.jpqr.parse().map_err(|error| impossible(&error))
}

fn shown<'a>(store: &'a Store, merchant: &'a Merchant, id: &'a JpqrId) -> CodeMerchant<'a> {
    CodeMerchant {
        id,
        mcc: &merchant.mcc,
        name_latin: &store.name,
        name_ja: &store.name_ja,
        city: &store.city,
        postal_code: &store.postal_code,
        accounts: &[],
    }
}

/// The text of a store's printed code.
pub(crate) fn static_text(store: &Store, merchant: &Merchant) -> Result<String, Problem> {
    let id = jpqr_id(store)?;
    let code = StaticCode { merchant: shown(store, merchant, &id), store: None, terminal: None };
    code.build().map_err(|error: BuildError| impossible(&error))
}

/// The code of one order: the payment's 25 digits are its reference label, 62.05.
fn dynamic_text(
    store: &Store,
    merchant: &Merchant,
    amount: Money,
    reference: &str,
) -> Result<String, Problem> {
    let id = jpqr_id(store)?;
    let yen = (amount.currency() == Currency::JPY).then(|| u64::try_from(amount.minor()).ok());
    let code = DynamicCode {
        merchant: shown(store, merchant, &id),
        amount_yen: yen.flatten().ok_or(Edge::StoreCodeImpossible)?,
        reference,
        store: None,
        terminal: None,
    };
    code.build().map_err(|error: BuildError| impossible(&error))
}

/// Errors when no code could be made for such an order: better before it is created than after.
/// What the engine refuses anyway is left to it.
pub(crate) async fn probe(
    state: &AppState,
    who: MerchantCaller,
    store: StoreId,
    amount: Money,
) -> Result<(), Problem> {
    let directory = state.directory().with(|directory| directory.store(store).is_some()).await?;
    match place(&directory, store) {
        Some((store, merchant))
            if store.merchant == who.merchant
                && amount.positive()
                && merchant.prices_in(amount)
                && amount.minor() <= merchant.payment_max =>
        {
            let longest = PaymentId::from_raw(u128::MAX).digits();
            dynamic_text(store, merchant, amount, &longest).map(drop)
        }
        _ => Ok(()),
    }
}

/// Where the payer of a payment can be sent.
pub(crate) async fn ways(state: &AppState, payment: &Payment) -> Result<Ways, Problem> {
    Ok(Ways {
        code: order_code(state, payment).await?,
        checkout_url: checkout::page_of(state, payment),
        return_url: checkout::back::url(payment).map(str::to_owned),
    })
}

/// The code to show for a payment that waits for its payer; nothing for any other.
pub(crate) async fn order_code(
    state: &AppState,
    payment: &Payment,
) -> Result<Option<String>, Problem> {
    if !matches!(payment.state, PaymentState::WaitingForPayer(_)) {
        return Ok(None);
    }
    let known = |directory: &Directory| directory.store(payment.store).is_some();
    let directory = state.directory().with(known).await?;
    Ok(place(&directory, payment.store).and_then(|(store, merchant)| {
        dynamic_text(store, merchant, payment.amount, &payment.id.digits()).ok()
    }))
}

/// What stands on the store's receipts: the number of a qualified invoice, and the rate of consumption
/// tax when the till says nothing.
#[utoipa::path(put, path = "/v1/stores/{id}/receipt", operation_id = "store_receipt_put", tag = "stores",
    request_body = StoreReceiptNew,
    params(("id" = String, Path, description = "The store, `sto_…`.")),
    responses(
        (status = 200, description = "As it is now.", body = StoreReceipt),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("merchant" = [])))]
pub(crate) async fn receipt_put(
    State(state): State<AppState>,
    who: MerchantCaller,
    InPath(id): InPath,
    JsonBody(body): JsonBody,
) -> Result<Json<StoreReceipt>, Problem> {
    let id = own_store(&state, who, &id).await?;
    let mut members = Members::of(body)?;
    let number = members.text_if_any("invoice_number", 14);
    if let Some(Some(text)) = &number
        && !is_invoice_number(text)
    {
        members.fault(Edge::MemberInvalid, "invoice_number", "Send T and 13 digits.");
    }
    let rates = [TaxRate::Reduced.percent(), TaxRate::Standard.percent()];
    let rate = members.whole_if_any("tax_default", 8..=10);
    let rate = rate.map(|rate| rate.map_or(Some(TaxRate::default()), tax_rate));
    if rate == Some(None) {
        let [reduced, standard] = rates;
        let detail = format!("Send {reduced} or {standard}.");
        members.fault(Edge::MemberInvalid, "tax_default", &detail);
    }
    let issuer = members.text_if_any("issuer", 60);
    let (number, rate, issuer) = members.done((number, rate.flatten(), issuer))?;
    let settings = ReceiptSettings {
        invoice_number: number.map(|text| text.to_string()),
        tax_default: rate,
        issuer: issuer.map(|text| text.to_string()),
    };
    let kept = settings.clone();
    state.counter(move |counter| counter.receipt_put(who.merchant, id, &kept)).await?;
    Ok(Json(StoreReceipt::of(id, settings, state.livemode())))
}

/// What stands on the store's receipts.
#[utoipa::path(get, path = "/v1/stores/{id}/receipt", operation_id = "store_receipt_get", tag = "stores",
    params(("id" = String, Path, description = "The store, `sto_…`.")),
    responses(
        (status = 200, description = "As it is now.", body = StoreReceipt),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("merchant" = [])))]
pub(crate) async fn receipt_get(
    State(state): State<AppState>,
    who: MerchantCaller,
    InPath(id): InPath,
) -> Result<Json<StoreReceipt>, Problem> {
    let id = own_store(&state, who, &id).await?;
    let settings = state.counter(move |counter| counter.receipt(id)).await?;
    Ok(Json(StoreReceipt::of(id, settings, state.livemode())))
}

async fn own_store(state: &AppState, who: MerchantCaller, id: &str) -> Result<StoreId, Problem> {
    let id = id_in_path::<StoreKind>(id)?;
    let directory = state.directory().with(|directory| directory.store(id).is_some()).await?;
    let own = directory.store(id).filter(|store| store.merchant == who.merchant);
    own.map(|store| store.id).ok_or_else(|| Refusal::ShopUnknown.into())
}

fn is_invoice_number(text: &str) -> bool {
    let digits = text.strip_prefix('T').unwrap_or_default();
    digits.len() == 13 && digits.bytes().all(|b| b.is_ascii_digit())
}

fn tax_rate(percent: u64) -> Option<TaxRate> {
    i64::try_from(percent).ok().and_then(TaxRate::of_percent)
}
