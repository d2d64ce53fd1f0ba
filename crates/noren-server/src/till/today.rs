//! The payments of a day at a store, and the end of that day.

use axum::extract::{Query, State};
use axum::response::Response;
use noren_core::Text;
use noren_core::id::PaymentId;
use noren_core::money::{Currency, Money};
use noren_core::payment::Payment;
use noren_pages::counter::{Close, Row, Sum, Today};
use noren_pages::japan::date_and_time;
use noren_pages::till::Tab;
use noren_pages::typed::{half_width, yen};
use noren_pages::{Page, words};
use noren_store::counter::Device;
use noren_store::sqlite::{Cursor, PaymentFilter, Scope, Taking};
use serde::Deserialize;

use super::days::Day;
use super::{Opened, said};
use crate::problem::Problem;
use crate::state::AppState;
use crate::web::{self, Reader};

/// Rows of a page.
const ROWS: usize = 50;

/// States that can be asked for; the empty one is all.
const STATES: [&str; 8] = [
    "captured",
    "waiting_for_payer",
    "in_doubt",
    "reversing",
    "declined",
    "cancelled",
    "expired",
    "reversed",
];

/// What may be seen at a till.
pub(super) fn scope(device: &Device) -> Scope {
    Scope::Merchant { tenant: device.tenant, merchant: device.merchant }
}

/// The list's address.
#[derive(Deserialize)]
pub(crate) struct Find {
    day: Option<String>,
    q: Option<String>,
    state: Option<String>,
    after: Option<String>,
}

/// What was typed into the search, each way that it can be read: a time of day, an amount, the end of
/// a number.
fn searches(text: &str, day: Day, all: &PaymentFilter) -> Vec<PaymentFilter> {
    let text: String = text.trim().chars().map(half_width).collect();
    let text = text.to_ascii_lowercase();
    if text.is_empty() {
        return vec![all.clone()];
    }
    if let Some(minute) = day.minute(&text) {
        // The list says when a payment began, its receipt when it was paid.
        let began = PaymentFilter { created: Some(minute), ..all.clone() };
        return vec![began, PaymentFilter { ended: Some(minute), ..all.clone() }];
    }
    let mut found = Vec::new();
    if text.len() == 4 && text.bytes().all(|b| b.is_ascii_alphanumeric()) {
        let last_digits = Some(Text::from(&*text));
        found.push(PaymentFilter { last_digits, ..all.clone() });
    }
    if let Some(amount) = yen(&text) {
        found.push(PaymentFilter { amount: Some(amount), ..all.clone() });
    }
    found
}

/// Letters that stand in an address as they are.
fn plain(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// The payments of a day.
pub(crate) async fn page(
    State(state): State<AppState>,
    reader: Reader,
    opened: Opened,
    Query(find): Query<Find>,
) -> Result<Response, Problem> {
    let device = match opened.at_work(&reader) {
        Ok(device) => device,
        Err(elsewhere) => return Ok(*elsewhere),
    };
    let (language, now) = (reader.language, state.handle().now());
    let day = Day::named(find.day.as_deref(), now);
    let status = find.state.as_deref().and_then(|name| STATES.into_iter().find(|s| *s == name));
    let all = PaymentFilter {
        store: Some(device.store),
        created: Some((day.from, day.until)),
        status: status.map(Text::from),
        ..PaymentFilter::default()
    };
    let search = find.q.unwrap_or_default();
    let wanted = searches(&search, day, &all);
    let after = find.after.as_deref().and_then(|id| id.parse::<PaymentId>().ok());
    let scope = scope(&device);
    let read = state.read(move |reads| {
        let mut found: Vec<Payment> = Vec::new();
        let mut more = false;
        for filter in &wanted {
            let cursor = Cursor { limit: ROWS, starting_after: after, ending_before: None };
            let page = reads.payments(scope, filter, &cursor)?;
            more |= page.has_more;
            found.extend(page.items);
        }
        found.sort_by_key(|payment| std::cmp::Reverse(payment.id));
        found.dedup_by_key(|payment| payment.id);
        more |= found.len() > ROWS;
        found.truncate(ROWS);
        Ok((found, more))
    });
    let (found, more) = read.await?;
    let directory = state.directory().with(|_| true).await?;
    let date = day.date().to_string();
    let address = |after: Option<PaymentId>| {
        let after = after.map(|id| format!("&after={id}")).unwrap_or_default();
        let (q, state) = (plain(&search), status.unwrap_or_default());
        format!("/till/today?day={date}&q={q}&state={state}{after}")
    };
    let older = found.last().filter(|_| more).map(|payment| address(Some(payment.id)));
    let chosen = |name: &'static str| (name, words::state(language, name), status == Some(name));
    let every = ("", words::say(language, "counter-today-all"), status.is_none());
    let view = Today {
        page: Page::new(language, &reader.here, !state.livemode()),
        frame: super::frame(&state, &device, Tab::Today).await?,
        store: device.store.to_string(),
        now: day == Day::of(now),
        states: std::iter::once(every).chain(STATES.map(chosen)).collect(),
        rows: found.iter().map(|payment| said::row(language, &directory, payment)).collect(),
        older,
        newest: after.map(|_| address(None)),
        day: date.clone(),
        search: search.clone(),
    };
    web::shown(&reader, &view, None)
}

/// The close's address.
#[derive(Deserialize)]
pub(crate) struct Counted {
    day: Option<String>,
    expected: Option<String>,
    width: Option<u16>,
}

/// Widths of paper, in millimetres.
pub(super) const WIDTHS: [u16; 2] = [58, 80];

/// The width that an address names, else the wider one.
pub(super) fn width(asked: Option<u16>) -> u16 {
    WIDTHS.into_iter().find(|width| asked == Some(*width)).unwrap_or(80)
}

fn sum(wallet: String, currency: Currency, taking: &Taking) -> Sum {
    let money = |minor| Money::new(minor, currency);
    Sum {
        wallet,
        payments: taking.payments,
        taken: money(taking.taken),
        refunds: taking.refunds,
        refunded: money(taking.refunded),
        net: money(taking.taken.saturating_sub(taking.refunded)),
        refunds_open: taking.refunds_open,
        refunding: money(taking.refunding),
    }
}

fn added(all: Taking, one: &Taking) -> Taking {
    Taking {
        payments: all.payments + one.payments,
        taken: all.taken.saturating_add(one.taken),
        refunds: all.refunds + one.refunds,
        refunded: all.refunded.saturating_add(one.refunded),
        refunds_open: all.refunds_open + one.refunds_open,
        refunding: all.refunding.saturating_add(one.refunding),
    }
}

/// The end of a day. A payment counts on the day on which it began, a refund on the day on which it
/// was asked for; both are summed from committed rows.
pub(crate) async fn close(
    State(state): State<AppState>,
    reader: Reader,
    opened: Opened,
    Query(counted): Query<Counted>,
) -> Result<Response, Problem> {
    let device = match opened.at_work(&reader) {
        Ok(device) => device,
        Err(elsewhere) => return Ok(*elsewhere),
    };
    let (language, now) = (reader.language, state.handle().now());
    let day = Day::named(counted.day.as_deref(), now);
    let (scope, store) = (scope(&device), device.store);
    let filter = PaymentFilter {
        store: Some(store),
        created: Some((day.from, day.until)),
        unfinished: true,
        ..PaymentFilter::default()
    };
    let read = state.read(move |reads| {
        let takings = reads.takings(scope, store, day.from, day.until)?;
        Ok((takings, reads.payments(scope, &filter, &Cursor::newest(ROWS))?))
    });
    let (takings, unfinished) = read.await?;
    let known = |d: &noren_core::directory::Directory| d.merchant(device.merchant).is_some();
    let directory = state.directory().with(known).await?;
    // A shop prices in one currency; what it took in another before it changed is a line of its own.
    let currency = directory.merchant(device.merchant).map_or(Currency::JPY, |m| m.currency);
    let own = takings.iter().filter(|((_, of), _)| *of == currency);
    let total = own.map(|(_, taking)| taking).fold(Taking::default(), added);
    let total = sum(String::new(), currency, &total);
    let expected = counted.expected.unwrap_or_default();
    let typed = (!expected.trim().is_empty()).then(|| yen(&expected));
    let rows: Vec<Row> =
        unfinished.items.iter().map(|payment| said::row(language, &directory, payment)).collect();
    let view = Close {
        page: Page::new(language, &reader.here, !state.livemode()),
        frame: super::frame(&state, &device, Tab::Close).await?,
        day: day.date().to_string(),
        read_at: date_and_time(now),
        width: width(counted.width),
        lines: takings
            .iter()
            .map(|((wallet, currency), t)| sum(said::title(&directory, *wallet), *currency, t))
            .collect(),
        difference: typed
            .flatten()
            .map(|typed| Money::new(total.net.minor().saturating_sub(typed), currency)),
        total,
        expected_faulty: typed == Some(None),
        expected,
        unfinished: rows,
        more_unfinished: unfinished.has_more,
    };
    web::shown(&reader, &view, None)
}

#[cfg(test)]
mod tests {
    use noren_core::time::Timestamp;

    use super::*;

    #[test]
    fn a_search_is_read_in_every_way_that_makes_sense() {
        let (day, all) = (Day::of(Timestamp(1_795_275_000_000)), PaymentFilter::default());
        let ways = |text: &str| {
            let found = searches(text, day, &all);
            let way = |f: &PaymentFilter| (f.created.is_some(), f.last_digits.is_some(), f.amount);
            found.iter().map(way).collect::<Vec<_>>()
        };
        let began_or_ended = |text: &str| {
            let found = searches(text, day, &all);
            found.iter().map(|f| (f.created.is_some(), f.ended.is_some())).collect::<Vec<_>>()
        };
        assert_eq!(ways(" "), [(false, false, None)]);
        assert_eq!(began_or_ended("14:05"), [(true, false), (false, true)]);
        assert_eq!(began_or_ended("１４：０５"), [(true, false), (false, true)]);
        assert_eq!(ways("M4C8"), [(false, true, None)]);
        assert_eq!(ways("1200"), [(false, true, None), (false, false, Some(1_200))]);
        assert_eq!(
            ways("980円"),
            [(false, true, None), (false, false, Some(980))].get(1..).unwrap()
        );
        assert_eq!(ways("?"), []);
    }
}
