//! The screens: how long the server takes for each, asked over loopback HTTP, and what it sends.
//!
//! The switch that is asked has a day behind it, so that lists have rows. One caller asks for one page
//! after another over a kept connection; the time is from the request until the last byte.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::cast::SHOPS;
use crate::day::Narrator;
use crate::demo::{Extras, Stage};
use crate::folder::TempoName;
use crate::shop::WebShop;
use crate::{phone, sandboxes, serve};

/// Asked before the clock starts: connections, caches and the allocator are warm then.
const WARM_UP: usize = 20;

struct Nobody;

impl Narrator for Nobody {
    fn say(&self, _: &str) {}
}

/// A page to ask for.
struct Page {
    name: &'static str,
    url: String,
}

/// Measures each page with so many requests, on a switch of its own in a folder that is removed.
pub fn run(requests: usize) -> anyhow::Result<Value> {
    let folder = std::env::temp_dir().join(format!("noren-bench-{}", std::process::id()));
    std::fs::create_dir(&folder).with_context(|| format!("making {}", folder.display()))?;
    let threads = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let rows = threads.block_on(measured(&folder, requests));
    drop(threads);
    std::fs::remove_dir_all(&folder)?;
    Ok(json!({ "bench": "pages", "settings": { "requests": requests }, "result": rows? }))
}

async fn measured(folder: &Path, requests: usize) -> anyhow::Result<Vec<Value>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let switch = listener.local_addr()?.to_string();
    let mut networks = Vec::new();
    let mut addresses = BTreeMap::new();
    for entry in noren_wallets::WALLETS {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        addresses.insert(entry.name, listener.local_addr()?.to_string());
        networks.push((entry.name, listener));
    }
    let phones = TcpListener::bind("127.0.0.1:0").await?;
    let shops = TcpListener::bind("127.0.0.1:0").await?;
    let places = [&listener, &phones, &shops].map(TcpListener::local_addr);
    let [switch_url, phone_url, shop_url] = places.map(|at| at.map(|at| format!("http://{at}")));
    let (switch_url, phone_url, shop_url) = (switch_url?, phone_url?, shop_url?);
    let extras = Extras {
        phone: Some(phones.local_addr()?.to_string()),
        shop: Some(shops.local_addr()?.to_string()),
    };
    let none = BTreeMap::new();
    let stage = Stage::set_up_with(folder, TempoName::Test, &switch, &addresses, &none, extras)?;
    let mut tasks = JoinSet::new();
    phone::serve_on(&stage.folder, phones, &mut tasks)?;
    tasks.spawn(WebShop::open(&stage.folder)?.serve(shops));
    for (name, listener) in networks {
        sandboxes::serve_one(&stage.folder, name, listener, &mut tasks)?;
    }
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = serve::Switch::start(&stage.folder).await?;
    let serving = tokio::spawn(running.serve(listener, Vec::new(), async {
        let _ = stopped.await;
    }));
    let day = stage.day("bench", Duration::from_secs(30))?;
    day.open(&stage.directory()?).await?;
    day.play(&Nobody).await?;
    let order = json!({
        "order_number": "bench-pages", "store": SHOPS[0].store().to_string(),
        "amount": { "amount": 1_280, "currency": "JPY" },
        "present": "merchant", "expires_in_seconds": 3_600,
    });
    let order = day.tills[SHOPS[0].short].post("/v1/payments", Some("bench-pages"), &order).await?;
    let order = order.success()?["id"].as_str().context("an order has an id")?.to_owned();
    let visitor = Visitor::at(&switch_url).await?;
    let mut rows = Vec::new();
    for page in pages(&order, &switch_url, &phone_url, &shop_url) {
        rows.push(visitor.measured(&page, requests).await?);
    }
    let _ = stop.send(());
    serving.await??;
    Ok(rows)
}

/// Pages that an address alone leads to, of the switch, of the phone and of the web shop.
fn pages(order: &str, switch: &str, phone: &str, shop: &str) -> Vec<Page> {
    let at = |name, base: &str, path: &str| Page { name, url: format!("{base}{path}") };
    let store = SHOPS[0].store();
    vec![
        at("start", switch, "/"),
        at("till", switch, "/till"),
        at("till, counter code", switch, "/till/watch"),
        at("order", switch, &format!("/checkout/{order}")),
        at("shop's link", switch, &format!("/s/{store}")),
        at("problems", switch, "/problems"),
        at("wallets", phone, "/wallet"),
        at("a wallet's home", phone, "/wallet/noren"),
        at("a wallet's own code", phone, "/wallet/noren/code"),
        at("web shop", shop, "/"),
    ]
}

/// A browser that is a till of the first shop.
struct Visitor {
    http: reqwest::Client,
    cookie: String,
}

impl Visitor {
    async fn at(base: &str) -> anyhow::Result<Self> {
        let never = reqwest::redirect::Policy::none();
        let http = reqwest::Client::builder().no_proxy().redirect(never).build()?;
        let store = format!("store={}", SHOPS[0].store());
        let paired = http.post(format!("{base}/till/demo")).body(store).send().await?;
        let cookie = paired.headers().get("set-cookie").context("the demo pairs any browser")?;
        let cookie = cookie.to_str()?.split(';').next().unwrap_or_default().to_owned();
        Ok(Self { http, cookie })
    }

    async fn page(&self, url: &str) -> anyhow::Result<Vec<u8>> {
        let call = self.http.get(url).header("cookie", &self.cookie);
        let answer = call.header("accept-language", "ja").send().await?;
        let status = answer.status();
        ensure!(status.is_success(), "{url} answers {status}");
        Ok(answer.bytes().await?.to_vec())
    }

    async fn measured(&self, page: &Page, requests: usize) -> anyhow::Result<Value> {
        let mut text = Vec::new();
        for _ in 0..WARM_UP {
            text = self.page(&page.url).await?;
        }
        let mut took = Vec::with_capacity(requests);
        for _ in 0..requests {
            let begun = Instant::now();
            self.page(&page.url).await?;
            took.push(begun.elapsed());
        }
        took.sort_unstable();
        // The smallest time that so many percent of all do not exceed.
        let at = |percent: usize| {
            let place = (took.len() * percent).div_ceil(100).saturating_sub(1);
            (took[place].as_secs_f64() * 1e6).round() / 1e3
        };
        Ok(json!({
            "page": page.name, "bytes": text.len(), "gzip_bytes": compressed(&text)?,
            "p50_ms": at(50), "p95_ms": at(95), "p99_ms": at(99),
        }))
    }
}

fn compressed(text: &[u8]) -> anyhow::Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text)?;
    Ok(encoder.finish()?.len())
}

/// Prints a row for each page.
pub fn print(report: &Value) {
    use crate::output::say;
    let (page, raw, gzip) = ("page", "bytes", "gzip");
    say!("{page:<24} {raw:>9} {gzip:>9} {:>9} {:>9} {:>9}", "p50 ms", "p95 ms", "p99 ms");
    for row in report["result"].as_array().into_iter().flatten() {
        let number = |name: &str| row[name].to_string();
        say!(
            "{:<24} {:>9} {:>9} {:>9} {:>9} {:>9}",
            row["page"].as_str().unwrap_or_default(),
            number("bytes"),
            number("gzip_bytes"),
            number("p50_ms"),
            number("p95_ms"),
            number("p99_ms"),
        );
    }
}
