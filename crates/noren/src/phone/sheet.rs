//! One payment: what the user sees before, while and after they pay. A sheet is looked at again by
//! the same address, so that a lost connection or a closed page costs nothing but the look.

use axum::Form;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use noren_core::money::{Currency, Money};
use noren_core::time::Timestamp;
use noren_pages::wallet::{Back, Pay, Sheet, Shop, Step, When};
use noren_pages::{Page, Template, amounts, japan, typed};
use noren_server::web::{self, Reader};
use noren_wallets::instant;
use noren_wallets::noren::messages::{DeclineWord, QuoteResponse, RateShown, ShopShown};
use noren_wallets::sandbox::bank::No;
use serde::Deserialize;
use serde_json::{Value, json};

use super::person::Person;
use super::wallets::{FIRST_WORD_WITHIN, LOOK_EVERY, Payment, Wallet, shop};
use super::{Lost, Phone, Shown, escaped, go};

/// How a sheet is asked for.
#[derive(Deserialize)]
pub struct Asked {
    /// What was scanned; a scan that the sandbox does not know yet begins with it.
    #[serde(default)]
    code: String,
    /// The user has waited for longer than usual.
    #[serde(default)]
    long: bool,
}

/// What a user does on a sheet.
#[derive(Default, Deserialize)]
pub struct Moved {
    pub amount: Option<String>,
    pub pin: Option<String>,
    pub approve: Option<String>,
    /// What the sheet asked for, in the smallest unit, where a new rate changes it.
    pub payer: Option<i64>,
    pub renew: Option<String>,
}

impl Moved {
    /// The approval, as the sandbox takes it: a PIN, or a finger that stands for one. `Err`: what was
    /// typed is no PIN.
    pub fn approval(&self) -> Result<Option<String>, ()> {
        if self.approve.as_deref() == Some("fingerprint") {
            return Ok(Some("0000".to_owned()));
        }
        let Some(text) = &self.pin else { return Ok(None) };
        let pin: String = text.trim().chars().map(typed::half_width).collect();
        let good = (4..=8).contains(&pin.len()) && pin.bytes().all(|b| b.is_ascii_digit());
        if good { Ok(Some(pin)) } else { Err(()) }
    }

    /// Whole yen. `Err`: what was typed is no amount.
    pub fn yen(&self) -> Result<Option<i64>, ()> {
        let Some(text) = &self.amount else { return Ok(None) };
        typed::yen(text).filter(|amount| *amount > 0).map(Some).ok_or(())
    }
}

/// True for a script that wants the sheet alone.
pub struct Alone(bool);

impl<S: Sync> FromRequestParts<S> for Alone {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(parts.headers.contains_key("x-part")))
    }
}

/// Everything that a handler of a sheet is given.
struct Desk<'a> {
    wallet: &'a Wallet,
    person: Person,
    reader: &'a Reader,
    demo: bool,
    alone: bool,
    action: String,
}

impl Desk<'_> {
    fn page(&self) -> Page {
        Page::new(self.reader.language, self.reader.here.as_str(), self.demo)
    }

    fn blank(&self, step: Step) -> Sheet {
        Sheet {
            page: self.page(),
            look: self.wallet.look.clone(),
            action: self.action.clone(),
            step,
            shop: None,
            amount: None,
            payer: None,
            rate: None,
            markup: None,
            until: None,
            renews: false,
            limit: None,
            at: None,
            number: None,
            back: Vec::new(),
        }
    }

    fn show(&self, sheet: Sheet) -> Shown {
        if self.alone {
            return Ok(web::page(sheet.render()?));
        }
        let look = self.wallet.look.clone();
        let text = Pay { page: self.page(), look, sheet, now: crate::demo::now().0 }.render()?;
        Ok((self.reader.remembered().map(|header| [header]), web::page(text)).into_response())
    }

    /// After a form: the sheet for a script, the page's address for a browser.
    fn after(&self, sheet: Sheet) -> Result<Response, Lost> {
        let faulty =
            matches!(sheet.step, Step::Amount { fault: true } | Step::Approve { fault: true });
        if self.alone || faulty { self.show(sheet) } else { Ok(go(&self.action)) }
    }

    // --- a scan by our own wallet API ---

    /// The scan; one that is not known begins, when there is a code.
    async fn scan(&self, id: &str, code: &str) -> Result<Value, Lost> {
        let path = format!("/sandbox/scans/{}", escaped(id));
        let mut scan = match self.wallet.get(&path).await? {
            Some(scan) => scan,
            None if code.is_empty() => return Err(Lost::Nowhere),
            None => self.scan_post(id, code, &json!({})).await?,
        };
        let until = tokio::time::Instant::now() + FIRST_WORD_WITHIN;
        let waits = |scan: &Value| matches!(scan["step"].as_str(), Some("resolving" | "quoting"));
        while waits(&scan) && tokio::time::Instant::now() < until {
            tokio::time::sleep(LOOK_EVERY).await;
            scan = self.wallet.get(&path).await?.ok_or(Lost::Nowhere)?;
        }
        Ok(scan)
    }

    async fn scan_post(&self, id: &str, code: &str, more: &Value) -> Result<Value, Lost> {
        self.wallet.welcome(self.person).await?;
        let mut body = json!({ "scan_id": id, "user": self.person.name(), "code": code });
        for (name, value) in more.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        match self.wallet.post("/sandbox/scan", &body).await? {
            Ok(scan) => Ok(scan),
            Err(_) => Err(Lost::Nowhere),
        }
    }

    async fn scan_sheet(&self, scan: &Value, long: bool) -> Result<Sheet, Lost> {
        let text = |name: &str| scan[name].as_str();
        let code = text("code").unwrap_or_default();
        let step = match (text("step").unwrap_or_default(), text("outcome")) {
            ("resolving" | "quoting", _) => Step::Looking,
            ("needs_amount", _) => Step::Amount { fault: false },
            ("needs_pin", _) => Step::Approve { fault: false },
            ("ended", Some("captured")) => Step::Paid,
            ("ended", Some("held")) => Step::Held,
            ("ended", Some("cancelled")) => Step::Undone,
            ("ended", Some("refused")) => refused(code),
            ("ended", Some("failed")) => Step::Declined(failed(code)),
            ("ended", Some("disputed")) => Step::Disputed,
            // Under way, or a cancel of the switch is: its answer decides.
            _ => Step::Working { long },
        };
        let mut sheet = self.blank(step);
        let found: Option<ShopShown> = serde_json::from_value(scan["shop"].clone()).ok();
        sheet.shop = found.map(|shop| Shop { name: shop.name, name_ja: Some(shop.name_ja) });
        sheet.amount = serde_json::from_value(scan["amount"].clone()).ok();
        sheet.limit = serde_json::from_value(scan["limit"].clone()).ok();
        let quote: Option<QuoteResponse> = serde_json::from_value(scan["quote"].clone()).ok();
        if let Some(quote) = quote {
            sheet.payer = Some(quote.payer_amount);
            sheet.rate = Some(rate(&quote.rate));
            sheet.markup =
                Some(format!("{}.{:02}", quote.markup_bps / 100, quote.markup_bps % 100));
            if matches!(step, Step::Approve { .. }) {
                sheet.until = Some(quote.expires_at.0);
                sheet.renews = true;
            }
        }
        let paid = match text("wallet_payment_id") {
            Some(id) if step.ended() => self.wallet.payment(id).await?,
            _ => None,
        };
        match paid {
            Some(paid) => receipt(&mut sheet, paid),
            None => sheet.number = None,
        }
        Ok(sheet)
    }

    // --- a payment in the sandbox's books ---

    async fn payment_sheet(&self, id: &str, long: bool) -> Result<Sheet, Lost> {
        let payment = self.wallet.payment(id).await?.ok_or(Lost::Nowhere)?;
        let others = payment.user.as_deref().is_some_and(|user| user != self.person.name());
        let order = match payment.state.as_str() {
            "open" => self.wallet.order(self.person, id).await?,
            _ => None,
        };
        let approved = order.as_ref().is_some_and(|order| order["state"] == "approved");
        let step = match payment.state.as_str() {
            _ if others => Step::Over,
            "open" if approved => Step::Working { long },
            "open" => Step::Approve { fault: false },
            other => ended(other, payment.reason, payment.user.is_none(), long),
        };
        let mut sheet = self.blank(step);
        sheet.amount = Some(payment.amount);
        sheet.payer = Some(payment.payer_amount);
        sheet.shop = payment.shop.clone().map(shop);
        if payment.amount.currency() != payment.payer_amount.currency() {
            sheet.rate = rate_of(payment.amount, payment.payer_amount);
        }
        if matches!(step, Step::Approve { .. }) {
            let until = order.as_ref().and_then(|order| order["expires_at"].as_str());
            sheet.until = until.and_then(instant::parse).map(|at| at.0);
        }
        if step.ended() && !others {
            receipt(&mut sheet, payment);
        }
        Ok(sheet)
    }
}

/// What a payment's state is to its user. `nobody`: no user ever took it.
fn ended(state: &str, reason: Option<No>, nobody: bool, long: bool) -> Step {
    match state {
        "paid" => Step::Paid,
        "held" => Step::Held,
        "declined" => Step::Declined(reason.map_or("wallet-shop-refused", no_key)),
        "cancelled" if nobody => Step::Over,
        "cancelled" | "released" => Step::Undone,
        "blocked" => Step::Blocked,
        _ => Step::Working { long },
    }
}

/// The key of a wallet's reason.
pub fn no_key(no: No) -> &'static str {
    match no {
        No::Refused => "wallet-refused-by-user",
        No::NoFunds => "wallet-no-funds",
        No::CodeInvalid => "wallet-code-invalid",
        No::CodeUsed => "wallet-code-used",
        No::CodeExpired => "wallet-code-expired",
        No::OverLimit => "wallet-over-limit",
    }
}

/// What the switch's refusal of a scan is to the user. Nothing was debited.
fn refused(code: &str) -> Step {
    match code {
        "quote-expired" | "quote-unknown" | "quote-used" | "quote-differs" => {
            Step::Declined("wallet-quote-over")
        }
        "order-being-paid" | "order-closed" | "order-expired" | "order-paid" | "order-unknown"
        | "order-withdrawn" | "payment-captured" | "payment-unknown" => Step::Over,
        "code-unreadable" | "shop-unknown" => Step::Declined("wallet-code-invalid"),
        "amount-over-limit" | "amount-too-large" | "merchant-day-limit" | "payer-day-limit"
        | "wallet-over-limit" => Step::Declined("wallet-over-limit"),
        _ => Step::Declined("wallet-shop-refused"),
    }
}

/// The key of why the wallet itself gave a scan up.
fn failed(word: &str) -> &'static str {
    if word == DeclineWord::PayerRefused.name() {
        "wallet-refused-by-user"
    } else if word == DeclineWord::NoFunds.name() {
        "wallet-no-funds"
    } else if word == DeclineWord::OverLimit.name() {
        "wallet-over-limit"
    } else if word == "too_late" {
        "wallet-too-late"
    } else {
        "wallet-shop-refused"
    }
}

/// What stands on a receipt.
fn receipt(sheet: &mut Sheet, payment: Payment) {
    sheet.payer = Some(payment.payer_amount);
    sheet.amount = Some(payment.amount);
    let at = payment.paid_at.as_deref().unwrap_or(&payment.at);
    sheet.at = instant::parse(at).map(when);
    sheet.number = Some(payment.transaction);
    if sheet.shop.is_none() {
        sheet.shop = payment.shop.map(shop);
    }
    sheet.back = payment
        .refunds
        .into_iter()
        .filter(|refund| refund.state == "refunded")
        .filter_map(|refund| {
            Some(Back { payer: refund.payer_amount, at: when(instant::parse(&refund.at)?) })
        })
        .collect();
}

/// `2026-11-28 10:05` in Japan, and the same for machines.
pub fn when(at: Timestamp) -> When {
    When { shown: japan::date_and_time(at), exact: instant::print(at) }
}

/// What a hundred of the shop's yen cost, to four digits after the point.
fn rate(shown: &RateShown) -> String {
    let (numerator, denominator) = (u128::from(shown.numerator), u128::from(shown.denominator));
    let scaled = (numerator * 1_000_000 + denominator / 2) / denominator.max(1);
    written(shown.base, scaled, shown.quote)
}

/// The same, as two amounts tell it. `None`: they tell nothing.
pub fn rate_of(amount: Money, payer: Money) -> Option<String> {
    let major = |money: Money| {
        let unit = 10_u128.pow(u32::from(money.currency().exponent()));
        Some((u128::try_from(money.minor()).ok()?, unit))
    };
    let ((shop, shop_unit), (user, user_unit)) = (major(amount)?, major(payer)?);
    let below = (shop * user_unit).max(1);
    let scaled = (user * shop_unit * 1_000_000 + below / 2) / below;
    Some(written(amount.currency(), scaled, payer.currency()))
}

/// `scaled`: hundredths of hundredths for a hundred units.
fn written(base: Currency, scaled: u128, quote: Currency) -> String {
    let hundred = Money::new(100 * 10_i64.pow(u32::from(base.exponent())), base);
    let hundred = amounts::digits(hundred);
    format!("{base}\u{a0}{hundred} = {quote}\u{a0}{}.{:04}", scaled / 10_000, scaled % 10_000)
}

/// `GET …/scans/{id}?code=…`.
pub async fn scan(
    State(phone): State<Phone>,
    Path((wallet, id)): Path<(String, String)>,
    person: Person,
    reader: Reader,
    Alone(alone): Alone,
    Query(asked): Query<Asked>,
) -> Shown {
    let wallet = phone.wallet(&wallet)?;
    let action = scan_url(wallet, &id, &asked.code);
    let desk = Desk { wallet, person, reader: &reader, demo: phone.0.demo, alone, action };
    let scan = desk.scan(&id, &asked.code).await?;
    desk.show(desk.scan_sheet(&scan, asked.long).await?)
}

fn scan_url(wallet: &Wallet, id: &str, code: &str) -> String {
    format!("{}/scans/{}?code={}", wallet.look.home(), escaped(id), escaped(code))
}

/// `POST …/scans/{id}?code=…`: an amount, an approval, or another rate. A repeat changes nothing:
/// the id names one payment for ever.
pub async fn scan_moved(
    State(phone): State<Phone>,
    Path((wallet, id)): Path<(String, String)>,
    person: Person,
    reader: Reader,
    Alone(alone): Alone,
    Query(asked): Query<Asked>,
    Form(moved): Form<Moved>,
) -> Shown {
    let wallet = phone.wallet(&wallet)?;
    let action = scan_url(wallet, &id, &asked.code);
    let desk = Desk { wallet, person, reader: &reader, demo: phone.0.demo, alone, action };
    let mut more = json!({});
    let (yen, approval) = (moved.yen(), moved.approval());
    if let Ok(Some(yen)) = yen {
        more["amount"] = json!(yen);
    }
    if let Ok(Some(pin)) = &approval {
        more["pin"] = json!(pin);
        more["payer"] = json!(moved.payer);
    }
    if moved.renew.is_some() {
        more["renew"] = json!(true);
    }
    if more != json!({}) {
        desk.scan_post(&id, &asked.code, &more).await?;
    }
    let scan = desk.scan(&id, &asked.code).await?;
    let mut sheet = desk.scan_sheet(&scan, asked.long).await?;
    fault(&mut sheet, yen.is_err(), approval.is_err());
    desk.after(sheet)
}

/// Says on the sheet that what was typed is none.
fn fault(sheet: &mut Sheet, amount: bool, pin: bool) {
    match sheet.step {
        Step::Amount { .. } => sheet.step = Step::Amount { fault: amount },
        Step::Approve { .. } => sheet.step = Step::Approve { fault: pin },
        _ => {}
    }
}

/// `GET …/payments/{id}`: an order before it is paid, and any payment after.
pub async fn payment(
    State(phone): State<Phone>,
    Path((wallet, id)): Path<(String, String)>,
    person: Person,
    reader: Reader,
    Alone(alone): Alone,
    Query(asked): Query<Asked>,
) -> Shown {
    let wallet = phone.wallet(&wallet)?;
    let action = payment_url(wallet, &id);
    let desk = Desk { wallet, person, reader: &reader, demo: phone.0.demo, alone, action };
    wallet.welcome(person).await?;
    desk.show(desk.payment_sheet(&id, asked.long).await?)
}

/// The address of a payment's sheet.
pub fn payment_url(wallet: &Wallet, id: &str) -> String {
    format!("{}/payments/{}", wallet.look.home(), escaped(id))
}

/// `POST …/payments/{id}`: the user approves. What is not open any more stays as it is.
pub async fn payment_moved(
    State(phone): State<Phone>,
    Path((wallet, id)): Path<(String, String)>,
    person: Person,
    reader: Reader,
    Alone(alone): Alone,
    Form(moved): Form<Moved>,
) -> Shown {
    let wallet = phone.wallet(&wallet)?;
    let action = payment_url(wallet, &id);
    let desk = Desk { wallet, person, reader: &reader, demo: phone.0.demo, alone, action };
    wallet.welcome(person).await?;
    let approval = moved.approval();
    if let Ok(Some(pin)) = &approval {
        let body = json!({ "user": person.name(), "order": id, "pin": pin });
        // Somebody else's by now, or gone: the sheet says so.
        let _ = wallet.post("/sandbox/pay", &body).await?;
    }
    let mut sheet = desk.payment_sheet(&id, false).await?;
    fault(&mut sheet, false, approval.is_err());
    desk.after(sheet)
}

/// What the till's scan of a user's own code came to, as a sheet.
pub async fn of_payment(
    phone: &Phone,
    wallet: &Wallet,
    person: Person,
    reader: &Reader,
    id: &str,
) -> Result<Sheet, Lost> {
    let action = payment_url(wallet, id);
    let desk = Desk { wallet, person, reader, demo: phone.0.demo, alone: true, action };
    desk.payment_sheet(id, false).await
}
