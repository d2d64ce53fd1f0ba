//! Going on with a text that was scanned, typed or opened.

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use noren_pages::wallet::Notice;
use noren_pages::{Page, Template};
use noren_server::web::{self, Reader};
use serde::Deserialize;
use serde_json::json;

use super::meaning::{self, Meaning};
use super::person::Person;
use super::wallets::{FIRST_WORD_WITHIN, LOOK_EVERY, Scans, Wallet};
use super::{Lost, Phone, Shown, escaped, go};

/// What was read.
#[derive(Deserialize)]
pub struct Text {
    #[serde(alias = "link", default)]
    code: String,
}

/// `GET /wallet/open?link=…`: a link leads to the wallet that it is of.
pub async fn opened(State(phone): State<Phone>, Query(text): Query<Text>) -> Shown {
    let link = text.code.trim();
    let owner = phone.0.wallets.iter().find(|wallet| wallet.owns(link));
    let Some(wallet) = owner else { return Ok(go("/wallet")) };
    Ok(go(&format!("{}/read?code={}", wallet.look.home(), escaped(link))))
}

/// `GET …/read?code=…`: what another page leads to. It goes on by itself only where that binds
/// nobody.
pub async fn looked(
    State(phone): State<Phone>,
    Path(wallet): Path<String>,
    person: Person,
    reader: Reader,
    Query(text): Query<Text>,
) -> Shown {
    let wallet = phone.wallet(&wallet)?;
    let code = text.code.trim();
    let said = Said { phone: &phone, wallet, reader: &reader };
    wallet.welcome(person).await?;
    match meaning::of(&phone, wallet, code) {
        Meaning::Own => said.own(person, code).await,
        Meaning::Order(_) | Meaning::Printed => {
            let page = said.page();
            let sentence = page.t1("wallet-is-open", "wallet", &wallet.look.title);
            let go_on = page.t("wallet-go-on");
            said.notice(sentence, None, Some((code.to_owned(), go_on)))
        }
        other => said.cannot(code, &other),
    }
}

/// `POST …/read`: goes on.
pub async fn read(
    State(phone): State<Phone>,
    Path(wallet): Path<String>,
    person: Person,
    reader: Reader,
    Form(text): Form<Text>,
) -> Shown {
    let wallet = phone.wallet(&wallet)?;
    let code = text.code.trim();
    let said = Said { phone: &phone, wallet, reader: &reader };
    wallet.welcome(person).await?;
    match (meaning::of(&phone, wallet, code), wallet.scans) {
        (Meaning::Own, _) => said.own(person, code).await,
        (Meaning::Order(_) | Meaning::Printed, Scans::WalletApi) => {
            let id = format!("{:032x}", u128::from_le_bytes(crate::folder::random()?));
            Ok(go(&format!("{}/scans/{id}?code={}", wallet.look.home(), escaped(code))))
        }
        (Meaning::Order(payment), Scans::Asks) if !code.starts_with("http") => {
            match asked(wallet, person, code).await? {
                Some(id) => Ok(said.to(&id)),
                None => said.chosen(person, &payment).await,
            }
        }
        (Meaning::Order(payment), Scans::Asks | Scans::No) => said.chosen(person, &payment).await,
        (Meaning::Printed, Scans::Asks) => match asked(wallet, person, code).await? {
            Some(id) => Ok(said.to(&id)),
            None => said.sentence("wallet-is-printed"),
        },
        (other, _) => said.cannot(code, &other),
    }
}

/// The network asks the switch what a code costs. The payment, when the switch offers one.
async fn asked(wallet: &Wallet, person: Person, code: &str) -> anyhow::Result<Option<String>> {
    let body = json!({ "user": person.name(), "code": code });
    let Ok(mut scan) = wallet.post("/sandbox/scan", &body).await? else { return Ok(None) };
    let until = tokio::time::Instant::now() + FIRST_WORD_WITHIN;
    while scan["said"].is_null() && tokio::time::Instant::now() < until {
        tokio::time::sleep(LOOK_EVERY).await;
        let number = scan["scan"].as_str().unwrap_or_default();
        match wallet.get(&format!("/sandbox/scans/{number}")).await? {
            Some(seen) => scan = seen,
            None => return Ok(None),
        }
    }
    Ok(scan["payment_id"].as_str().map(str::to_owned))
}

struct Said<'a> {
    phone: &'a Phone,
    wallet: &'a Wallet,
    reader: &'a Reader,
}

impl Said<'_> {
    fn page(&self) -> Page {
        Page::new(self.reader.language, self.reader.here.as_str(), self.phone.0.demo)
    }

    fn to(&self, payment: &str) -> Response {
        go(&format!("{}/payments/{}", self.wallet.look.home(), escaped(payment)))
    }

    fn notice(
        &self,
        text: String,
        onward: Option<(String, String)>,
        again: Option<(String, String)>,
    ) -> Shown {
        let look = self.wallet.look.clone();
        let text = Notice { page: self.page(), look, text, onward, again }.render()?;
        Ok((self.reader.remembered().map(|header| [header]), web::page(text)).into_response())
    }

    fn sentence(&self, key: &str) -> Shown {
        self.notice(self.page().t(key), None, None)
    }

    /// An order of this wallet's network.
    async fn own(&self, person: Person, text: &str) -> Shown {
        let order = self.wallet.order(person, text).await?;
        match order.as_ref().and_then(|order| order["payment_id"].as_str()) {
            Some(id) => Ok(self.to(id)),
            None => self.sentence("wallet-is-over"),
        }
    }

    /// The order's page is told that this wallet pays, and gives the link to go on with.
    async fn chosen(&self, person: Person, payment: &str) -> Shown {
        let path = format!("/checkout/v1/payments/{}/wallet", escaped(payment));
        let body = json!({ "wallet": self.wallet.look.name });
        let answer = self.phone.0.switch.post(&path, None, &body).await?;
        let link = answer.success().ok().and_then(|seen| seen["link"].as_str().map(str::to_owned));
        match link {
            Some(link) => self.own(person, &link).await,
            None => self.sentence("wallet-is-over"),
        }
    }

    /// What it is, and that it cannot be paid here.
    fn cannot(&self, code: &str, meaning: &Meaning) -> Shown {
        let page = self.page();
        match meaning {
            Meaning::Another(name) => {
                let other = self.phone.wallet(name).map_err(|_| Lost::Nowhere)?;
                let title = &other.look.title;
                let sentence = page.t1("wallet-is-wallets", "wallet", title);
                let url = format!("{}/read?code={}", other.look.home(), escaped(code));
                let button = page.t1("wallet-open-in", "wallet", title);
                self.notice(sentence, Some((url, button)), None)
            }
            Meaning::Page => {
                let onward = (code.to_owned(), page.t("wallet-open-page"));
                self.notice(page.t("wallet-is-page"), Some(onward), None)
            }
            Meaning::Payers => self.sentence("wallet-is-payers"),
            Meaning::Foreign => self.sentence("wallet-is-foreign"),
            Meaning::Damaged => self.sentence("wallet-is-damaged"),
            Meaning::Printed => self.sentence("wallet-is-printed"),
            Meaning::Order(_) | Meaning::Own => self.sentence("wallet-is-over"),
            Meaning::Nothing => self.sentence("wallet-is-nothing"),
        }
    }
}
