//! The codes that shops show now. A demo's alone: who has no camera between two windows can pick one
//! of them instead. Shops' own keys read them, by the merchant API, as a till does; the pages that
//! pay know no more than the text of a code.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use noren_core::money::Money;
use noren_pages::wallet::{Near, Shop};
use serde_json::Value;

use super::PATIENCE;
use crate::cast::SHOPS;
use crate::client::Client;
use crate::folder::Folder;

/// Several phones look together.
const KEPT_FOR: Duration = Duration::from_millis(800);
/// The most that a shop shows.
const CODES_MAX: usize = 6;

/// The shops of a demo's folder.
pub struct Counters {
    shops: Vec<(Client, Shop, String)>,
    kept: Mutex<Option<(Instant, Vec<Near>)>>,
}

impl Counters {
    /// With the keys of the folder.
    ///
    /// # Errors
    /// A key cannot be read.
    pub fn of(folder: &Folder) -> anyhow::Result<Self> {
        let mut shops = Vec::new();
        for shop in &SHOPS {
            let (key, _) = folder.api_key(&format!("merchant-{}", shop.short), shop.role())?;
            let client = Client::new(&folder.config.switch.public_url, Some(key), PATIENCE)?;
            let name = Shop { name: shop.name.into(), name_ja: Some(shop.name_ja.into()) };
            shops.push((client, name, shop.store().to_string()));
        }
        Ok(Self { shops, kept: Mutex::new(None) })
    }

    /// What they show now, orders first. A shop that does not answer shows nothing.
    pub async fn codes(&self, printed: bool) -> Vec<Near> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let fresh = kept.filter(|(at, _)| at.elapsed() < KEPT_FOR).map(|(_, near)| near);
        let all = match fresh {
            Some(near) => near,
            None => {
                let near = self.ask().await;
                let now = Some((Instant::now(), near.clone()));
                *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = now;
                near
            }
        };
        all.into_iter().filter(|near| printed || near.amount.is_some()).collect()
    }

    async fn ask(&self) -> Vec<Near> {
        let each = self.shops.iter().map(|(client, shop, store)| async move {
            let waiting = format!("/v1/payments?status=waiting_for_payer&limit={CODES_MAX}");
            let orders = client.get(&waiting).await.ok().filter(|answer| answer.status == 200);
            let rows = orders.map(|answer| answer.body["data"].clone());
            let rows = rows.and_then(|data| data.as_array().cloned()).unwrap_or_default();
            let orders = rows.iter().filter_map(|row| order(row, shop)).collect::<Vec<_>>();
            let code = client.get(&format!("/v1/stores/{store}/code")).await.ok();
            // A problem has a member of that name too.
            let code = code.filter(|answer| answer.status == 200);
            let code = code.and_then(|answer| answer.body["code"].as_str().map(str::to_owned));
            let printed = code.map(|code| Near { code, shop: shop.clone(), amount: None });
            (orders, printed)
        });
        let (orders, printed): (Vec<_>, Vec<_>) =
            futures_util::future::join_all(each).await.into_iter().unzip();
        orders.into_iter().flatten().chain(printed.into_iter().flatten()).collect()
    }
}

fn order(row: &Value, shop: &Shop) -> Option<Near> {
    let amount: Money = serde_json::from_value(row["amount"].clone()).ok()?;
    let code = row["code"].as_str()?.to_owned();
    Some(Near { code, shop: shop.clone(), amount: Some(amount) })
}
