//! The code that a user shows, and what a till made of it.

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use noren_pages::wallet::{Code, CodePage, Notice};
use noren_pages::{Page, Template};
use noren_server::web::{self, Reader};
use qrdraw::{BarCode, Digits, Length, Level, Symbol};
use serde_json::json;

use super::person::Person;
use super::wallets::Wallet;
use super::{Lost, Phone, Shown, sheet};

/// Codes that are watched at once: this minute's and those before it.
const WATCHED_MAX: usize = 4;

async fn fresh(wallet: &Wallet, person: Person, page: Page) -> Result<Code, Lost> {
    wallet.welcome(person).await?;
    let id = format!("{:032x}", u128::from_le_bytes(crate::folder::random()?));
    let path = format!("/sandbox/users/{}/code", person.name());
    let made = wallet.post(&path, &json!({ "code_id": id })).await?;
    let made = made.map_err(|_| Lost::Nowhere)?;
    let digits = made["code"].as_str().ok_or(Lost::Nowhere)?;
    let drawn = |error: &dyn std::fmt::Display| anyhow::anyhow!("drawing a code: {error}");
    let symbol = Symbol::new(digits, Level::M).map_err(|error| drawn(&error))?;
    let symbol = symbol.svg(Length::mm(40)).map_err(|error| drawn(&error))?;
    let bars = BarCode::new(digits).map_err(|error| drawn(&error))?;
    let bars = bars.svg(Length::mm(70), Length::mm(15), Digits::Hidden);
    let bars = bars.map_err(|error| drawn(&error))?;
    let four: Vec<&str> =
        digits.as_bytes().chunks(4).filter_map(|part| std::str::from_utf8(part).ok()).collect();
    Ok(Code { page, id, groups: four.join(" "), symbol, bars })
}

/// `GET …/code`.
pub async fn page(
    State(phone): State<Phone>,
    Path(wallet): Path<String>,
    person: Person,
    reader: Reader,
) -> Shown {
    let wallet = phone.wallet(&wallet)?;
    let page = Page::new(reader.language, reader.here.as_str(), phone.0.demo);
    let look = wallet.look.clone();
    let text = if wallet.codes {
        let code = fresh(wallet, person, page.clone()).await?;
        CodePage { page, look, code }.render()?
    } else {
        let text = page.t("wallet-code-none");
        Notice { page, look, text, onward: None, again: None }.render()?
    };
    Ok((reader.remembered().map(|header| [header]), web::page(text)).into_response())
}

/// `GET …/code/part`: the code of the next minute. The one before can still be charged.
pub async fn part(
    State(phone): State<Phone>,
    Path(wallet): Path<String>,
    person: Person,
    reader: Reader,
) -> Shown {
    let wallet = phone.wallet(&wallet)?;
    let page = Page::new(reader.language, reader.here.as_str(), phone.0.demo);
    Ok(web::page(fresh(wallet, person, page).await?.render()?))
}

/// `GET …/code/seen?id=…&id=…`: the payment that one of the codes led to, or nothing yet.
pub async fn seen(
    State(phone): State<Phone>,
    Path(wallet): Path<String>,
    person: Person,
    reader: Reader,
    RawQuery(query): RawQuery,
) -> Shown {
    let wallet = phone.wallet(&wallet)?;
    let query = query.unwrap_or_default();
    let ids = query.split('&').filter_map(|pair| pair.strip_prefix("id="));
    for id in ids.take(WATCHED_MAX) {
        let plain = id.bytes().all(|b| b.is_ascii_alphanumeric());
        if !plain {
            continue;
        }
        let path = format!("/sandbox/users/{}/codes/{id}", person.name());
        let found = wallet.get(&path).await?;
        let payment = found.as_ref().and_then(|code| code["payment"]["id"].as_str());
        if let Some(payment) = payment {
            let sheet = sheet::of_payment(&phone, wallet, person, &reader, payment).await?;
            return Ok(web::page(sheet.render()?));
        }
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}
