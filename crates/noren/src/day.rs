//! A scripted day: what people do in it, not what the networks answer. Tills and wallet users act
//! through HTTP like anybody else; every write carries a key made from the day's name, so the
//! script may be repeated, and is, whenever something did not answer.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use futures_util::future::join_all;
use noren_server::till::{DEMO_CLERK, DEMO_CLERK_PIN, DEMO_SUPERVISOR, DEMO_SUPERVISOR_PIN};
use serde::Serialize;
use serde_json::{Value, json};

use crate::cast::{SHOPS, Shop};
use crate::client::Client;
use crate::tills::{self, OldTill};

/// Who can be called in the day.
pub struct Day {
    /// Begins every key, so that each day of a folder is a new one.
    pub name: String,
    /// Runs the switch.
    pub operator: Client,
    /// Each shop's till, by the shop's short name.
    pub tills: BTreeMap<&'static str, Client>,
    /// The partner wallet's control calls.
    pub partner: Client,
    /// The Alipay+ network's control calls.
    pub alipayplus: Client,
    /// All other networks, in the order of their names.
    pub others: Vec<Network>,
    /// Tills of the first shop that were written for one network's API, and call the switch.
    pub old_tills: Vec<OldTill>,
    /// Where whoever holds an order's code can choose a wallet.
    pub checkout: Client,
    /// How long a scene may take to end.
    pub patience: Duration,
}

/// A network of which the day shows that it works, and no more.
pub struct Network {
    pub name: &'static str,
    /// Its control calls.
    pub control: Client,
    /// Its users show payment codes.
    pub scanned: bool,
    /// It makes orders.
    pub orders: bool,
}

/// Which wallet a scene's payer uses.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Payer {
    Partner,
    AlipayPlus,
    /// By its place among the others.
    Other(usize),
}

/// What people do.
#[derive(Clone, Copy)]
enum Act {
    /// The payer scans the printed code and types the amount.
    Printed,
    /// The payer scans a code with these contents, printed by somebody else.
    Foreign(&'static str),
    /// The till shows a code with the amount inside; the payer scans it.
    Shown,
    /// The till scans the payer's code.
    PayersCode,
    /// The till scans the payer's code and has the money held. Later it captures so many yen, and
    /// lets the rest go.
    Hold(i64),
    /// A shop on the web: the payer opens the link of the wallet's order, and pays.
    Link,
    /// The till shows a code that the payer's wallet cannot read; the payer opens its page, chooses
    /// their wallet, and pays the order that it makes.
    Chosen,
    /// A till that was written for one network's API makes an order by it; by its place among those
    /// tills. The payer has another wallet.
    OldTill(usize),
}

#[derive(Clone, Copy)]
struct Scene {
    key: &'static str,
    what: &'static str,
    shop: usize,
    payer: Payer,
    act: Act,
    yen: i64,
    /// Minor units that the payer owns beforehand.
    balance: i64,
    /// Set through the sandbox's own control call; the sandbox knows nothing of the day.
    scenario: Option<&'static str>,
    expected: &'static str,
    /// Given back afterwards.
    refund: Option<i64>,
    /// A stray receipt must appear, and be returned.
    stray: bool,
}

/// A published sample payload (go-emv-code's JPQR test data, with the checksum of its redacted twin
/// put right): proof that codes which we did not make are read the same way.
const SAMPLE: &str = "00020164210002JA0111JPQRMPM本舗食堂53033925903xxx6003xxx610710600325802JP01021126680019jp.or.paymentsjapan0113000000000000102040001030600000104060000015204412163040F92";

const USUAL: Scene = Scene {
    key: "",
    what: "",
    shop: 0,
    payer: Payer::Partner,
    act: Act::Printed,
    yen: 0,
    balance: 200_000,
    scenario: None,
    expected: "captured",
    refund: None,
    stray: false,
};

const SCENES: [Scene; 12] = [
    Scene { key: "printed", what: "a visitor scans the printed code", yen: 1_200, ..USUAL },
    Scene {
        key: "shown",
        what: "a till makes a code for one order",
        shop: 1,
        act: Act::Shown,
        yen: 3_480,
        refund: Some(3_480),
        ..USUAL
    },
    Scene {
        key: "foreign",
        what: "a code that another acquirer printed",
        shop: 4,
        act: Act::Foreign(SAMPLE),
        yen: 2_160,
        ..USUAL
    },
    Scene {
        key: "scanned",
        what: "a till scans an Alipay+ user's code; refunded in part",
        shop: 3,
        payer: Payer::AlipayPlus,
        act: Act::PayersCode,
        yen: 5_400,
        balance: 90_000,
        refund: Some(2_000),
        ..USUAL
    },
    Scene {
        key: "no-money",
        what: "another has not enough money",
        shop: 2,
        payer: Payer::AlipayPlus,
        act: Act::PayersCode,
        yen: 18_000,
        balance: 50,
        expected: "declined",
        ..USUAL
    },
    Scene {
        key: "unknown",
        what: "answered \"unknown\", resolved by inquiry",
        payer: Payer::AlipayPlus,
        act: Act::PayersCode,
        yen: 900,
        balance: 90_000,
        scenario: Some("unknown_then_yes"),
        ..USUAL
    },
    Scene {
        key: "silent",
        what: "times out and is cancelled",
        shop: 3,
        payer: Payer::AlipayPlus,
        act: Act::PayersCode,
        yen: 7_700,
        balance: 90_000,
        scenario: Some("timeout"),
        expected: "reversed",
        ..USUAL
    },
    Scene {
        key: "late",
        what: "succeeds after the cancel was refused: a stray receipt, returned",
        shop: 2,
        payer: Payer::AlipayPlus,
        act: Act::PayersCode,
        yen: 26_400,
        balance: 900_000,
        scenario: Some("late_success"),
        expected: "reversed",
        stray: true,
        ..USUAL
    },
    Scene {
        key: "no-confirm",
        what: "the partner wallet debits and its confirmation is lost",
        shop: 1,
        yen: 4_040,
        scenario: Some("no_confirm"),
        ..USUAL
    },
    Scene {
        key: "no-debit",
        what: "the partner wallet reserves and falls silent",
        shop: 2,
        yen: 9_900,
        scenario: Some("never_debit"),
        expected: "reversed",
        ..USUAL
    },
    Scene {
        key: "hold",
        what: "an inn has a deposit held, captures a part and releases the rest",
        shop: 2,
        act: Act::Hold(24_000),
        yen: 30_000,
        refund: Some(1_500),
        ..USUAL
    },
    Scene {
        key: "web",
        what: "a shop on the web: the payer opens a link, the wallet notifies",
        shop: 4,
        act: Act::Link,
        yen: 6_600,
        ..USUAL
    },
];

/// What is shown of every network that has no scenes of its own.
const SCANNED: Scene = Scene {
    key: "scanned",
    what: "a till scans the payer's code",
    act: Act::PayersCode,
    yen: 1_500,
    ..USUAL
};
const CHOSEN: Scene = Scene {
    key: "chosen",
    what: "a payer opens a till's code and chooses a wallet; refunded",
    act: Act::Chosen,
    yen: 2_400,
    refund: Some(2_400),
    ..USUAL
};

const OLD_TILL: Scene = Scene {
    key: "till",
    what: "a till written for one wallet's API takes another wallet",
    yen: 1_100,
    ..USUAL
};

/// What became of a scene.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    pub scene: &'static str,
    pub what: &'static str,
    pub shop: &'static str,
    pub wallet: String,
    pub way: String,
    pub payment: String,
    pub amount: Value,
    pub payer: Value,
    pub captured: Value,
    pub expected: &'static str,
    pub status: String,
    pub refunded: i64,
    pub stray_receipts: usize,
    pub as_expected: bool,
}

/// Says what happens, while it happens.
pub trait Narrator: Sync {
    fn say(&self, line: &str);
}

impl Day {
    fn key(&self, scene: &Scene, what: &str) -> String {
        let key = match scene.payer {
            Payer::Partner | Payer::AlipayPlus => format!("{}-{}-{what}", self.name, scene.key),
            Payer::Other(place) => {
                let network = self.others[place].name;
                format!("{}-{network}-{}-{what}", self.name, scene.key)
            }
        };
        // One shop has a till for each API, and the same payers at all of them.
        match scene.act {
            Act::OldTill(place) => format!("{key}-at-{}", self.old_tills[place].name),
            _ => key,
        }
    }

    fn till(&self, shop: &Shop) -> anyhow::Result<&Client> {
        self.tills.get(shop.short).with_context(|| format!("no key for the till of {}", shop.short))
    }

    fn control(&self, payer: Payer) -> &Client {
        match payer {
            Payer::Partner => &self.partner,
            Payer::AlipayPlus => &self.alipayplus,
            Payer::Other(place) => &self.others[place].control,
        }
    }

    /// The day's scenes, and two for every other network.
    fn scenes(&self) -> Vec<Scene> {
        let others = self.others.iter().enumerate().flat_map(|(place, network)| {
            let payer = Payer::Other(place);
            let scanned = network.scanned.then_some(Scene { payer, ..SCANNED });
            let chosen = network.orders.then_some(Scene { payer, ..CHOSEN });
            scanned.into_iter().chain(chosen)
        });
        // Every second one with our own wallet API, the others with whichever network comes next.
        let tills = self.old_tills.iter().enumerate().map(|(place, till)| {
            let orders = |other: &&(usize, &Network)| other.1.orders && other.1.name != till.name;
            let others: Vec<_> = self.others.iter().enumerate().collect();
            let fitting: Vec<_> = others.iter().filter(orders).map(|(place, _)| *place).collect();
            let payer = match fitting.get(place % fitting.len().max(1)) {
                Some(other) if place % 2 == 1 => Payer::Other(*other),
                Some(_) | None => Payer::Partner,
            };
            let what = match till.name {
                "alipay" => "a till written for Alipay takes another wallet",
                "alipayplus" => "a till written for an acquirer of Alipay+ takes another wallet",
                "linepay" => "a till written for LINE Pay takes another wallet",
                "paypay" => "a till written for PayPay takes another wallet",
                "wechatpay" => "a till written for WeChat Pay takes another wallet",
                _ => OLD_TILL.what,
            };
            Scene { payer, what, act: Act::OldTill(place), ..OLD_TILL }
        });
        SCENES.into_iter().chain(others).chain(tills).collect()
    }

    /// Fills the directory. Repeating it replaces each thing with itself.
    pub async fn open(&self, directory: &[noren_core::directory::Change]) -> anyhow::Result<()> {
        for change in directory {
            let body = json!({ "change": serde_json::to_value(change)? });
            self.operator
                .post("/v1/directory", None, &body)
                .await?
                .success()
                .context("filling the directory")?;
        }
        Ok(())
    }

    /// Gives every shop somebody who sells and somebody who gives money back, unless it has people
    /// already.
    pub async fn staff(&self) -> anyhow::Result<()> {
        for shop in &SHOPS {
            let till = self.till(shop)?;
            let known = till.get("/v1/staff").await?.success()?;
            if known["data"].as_array().is_some_and(|people| !people.is_empty()) {
                continue;
            }
            let people = [
                (DEMO_CLERK, "clerk", DEMO_CLERK_PIN),
                (DEMO_SUPERVISOR, "supervisor", DEMO_SUPERVISOR_PIN),
            ];
            for (name, role, pin) in people {
                let body = json!({ "role": role, "pin": pin });
                let answer = till.put(&format!("/v1/staff/{name}"), &body).await?;
                answer.success().context("the people at the tills")?;
            }
        }
        Ok(())
    }

    /// What stands on every shop's receipts, where nobody has said so before.
    pub async fn receipts(&self) -> anyhow::Result<()> {
        for shop in &SHOPS {
            let path = format!("/v1/stores/{}/receipt", shop.store());
            let till = self.till(shop)?;
            let known = till.get(&path).await?.success()?;
            if !known["invoice_number"].is_null() {
                continue;
            }
            let answer = till.put(&path, &shop.receipt()).await?;
            answer.success().context("what stands on receipts")?;
        }
        Ok(())
    }

    /// Plays all scenes side by side, each to its end.
    pub async fn play(&self, narrator: &dyn Narrator) -> anyhow::Result<Vec<Outcome>> {
        let all = self.scenes();
        let mut scenes = Vec::new();
        for scene in &all {
            scenes.push(async move {
                let outcome = self
                    .scene(scene)
                    .await
                    .with_context(|| format!("scene {:?}: {}", scene.key, scene.what))?;
                narrator.say(&format!(
                    "{:<12} {:<9} {}",
                    outcome.status,
                    format!("JPY {}", scene.yen),
                    scene.what
                ));
                anyhow::Ok(outcome)
            });
        }
        let mut outcomes = Vec::new();
        for outcome in join_all(scenes).await {
            outcomes.push(outcome?);
        }
        Ok(outcomes)
    }

    async fn scene(&self, scene: &Scene) -> anyhow::Result<Outcome> {
        let shop = &SHOPS[scene.shop];
        let till = self.till(shop)?;
        let user = self.key(scene, "user");
        let control = self.control(scene.payer);
        control
            .post("/sandbox/users", None, &json!({ "user": user, "balance": scene.balance }))
            .await?
            .success()?;
        if let Some(scenario) = scene.scenario {
            control
                .post(
                    "/sandbox/scenario",
                    None,
                    &json!({ "user": user, "scenario": scenario, "times": 1 }),
                )
                .await?
                .success()?;
        }
        let payment = match scene.act {
            Act::Printed => {
                let code =
                    till.get(&format!("/v1/stores/{}/code", shop.store())).await?.success()?;
                let code = text(&code, "code")?;
                self.scan(scene, &user, &code, Some(scene.yen)).await?
            }
            Act::Foreign(code) => self.scan(scene, &user, code, Some(scene.yen)).await?,
            Act::Shown => {
                let more = json!({ "present": "merchant", "expires_in_seconds": 300 });
                let body = self.order(scene, shop, more);
                let made = till
                    .post("/v1/payments", Some(&self.key(scene, "create")), &body)
                    .await?
                    .success()?;
                self.scan(scene, &user, &text(&made, "code")?, None).await?
            }
            Act::PayersCode => {
                let code = self.payers_code(scene, &user).await?;
                let more = json!({ "present": "consumer", "payment_code": code });
                self.create(scene, shop, till, more).await?
            }
            Act::Hold(yen) => {
                let code = self.payers_code(scene, &user).await?;
                let more =
                    json!({ "present": "consumer", "payment_code": code, "capture": "manual" });
                let payment = self.create(scene, shop, till, more).await?;
                self.capture(scene, till, &payment, yen).await?;
                payment
            }
            Act::Link => {
                let more = json!({
                    "present": "online", "wallet": "noren", "expires_in_seconds": 300,
                });
                let payment = self.create(scene, shop, till, more).await?;
                self.open_link(till, &payment, &user).await?;
                payment
            }
            Act::Chosen => {
                let more = json!({ "present": "merchant", "expires_in_seconds": 300 });
                let payment = self.create(scene, shop, till, more).await?;
                self.choose(scene, &payment, &user).await?;
                payment
            }
            Act::OldTill(place) => {
                let old_till = &self.old_tills[place];
                let order = old_till.order(&self.name, shop, scene.yen).await?;
                let payment = tills::payment_of(&order.link)?;
                match scene.payer {
                    Payer::Other(_) => self.choose(scene, &payment, &user).await?,
                    Payer::Partner | Payer::AlipayPlus => {
                        self.scan(scene, &user, &order.link, None).await?;
                    }
                }
                self.until("the old till hears that it is paid", async || {
                    Ok(old_till.is_paid(&order).await?.then_some(()))
                })
                .await?;
                payment
            }
        };
        let status = self.settled(till, &payment).await?;
        // After a crash a payment may have been undone; then there is nothing to give back.
        if let Some(yen) = scene.refund.filter(|_| status == "captured") {
            let body =
                json!({ "payment": payment, "amount": { "amount": yen, "currency": "JPY" } });
            let refund = till
                .post("/v1/refunds", Some(&self.key(scene, "refund")), &body)
                .await?
                .success()?;
            self.refunded(till, &text(&refund, "id")?).await?;
        }
        self.outcome(scene, shop, till, &payment).await
    }

    /// The code that the payer's wallet shows.
    async fn payers_code(&self, scene: &Scene, user: &str) -> anyhow::Result<String> {
        let body = json!({ "code_id": self.key(scene, "code") });
        let path = format!("/sandbox/users/{user}/code");
        let shown = self.control(scene.payer).post(&path, None, &body).await?.success()?;
        text(&shown, "code")
    }

    /// The shop asks for a payment; gives its id.
    async fn create(
        &self,
        scene: &Scene,
        shop: &Shop,
        till: &Client,
        more: Value,
    ) -> anyhow::Result<String> {
        let (body, key) = (self.order(scene, shop, more), self.key(scene, "create"));
        text(&till.post("/v1/payments", Some(&key), &body).await?.success()?, "id")
    }

    /// Once the money is held, captures a part of it and lets the rest go. After a crash a hold may
    /// have been undone; then there is nothing to capture.
    async fn capture(
        &self,
        scene: &Scene,
        till: &Client,
        payment: &str,
        yen: i64,
    ) -> anyhow::Result<()> {
        let path = format!("/v1/payments/{payment}");
        let asked = ["authorising", "in_doubt", "reversing"];
        if self.past(till, payment, &asked).await? != "authorised" {
            return Ok(());
        }
        let body = json!({ "amount": { "amount": yen, "currency": "JPY" } });
        let (captures, key) = (format!("{path}/captures"), self.key(scene, "capture"));
        till.post(&captures, Some(&key), &body).await?.success()?;
        self.past(till, payment, &["capturing"]).await?;
        let (void, key) = (format!("{path}/void"), self.key(scene, "void"));
        till.post(&void, Some(&key), &json!({})).await?.success()?;
        Ok(())
    }

    /// The payer opens the link that the shop was given, and pays.
    async fn open_link(&self, till: &Client, payment: &str, user: &str) -> anyhow::Result<()> {
        let link = self
            .until("the wallet has made the order", async || {
                let payment = till.get(&format!("/v1/payments/{payment}")).await?.success()?;
                let open = text(&payment, "status")? == "created";
                Ok((!open).then(|| payment["link"].as_str().map(str::to_owned)))
            })
            .await?;
        // Without a link it has ended: nobody could pay.
        let Some(link) = link else { return Ok(()) };
        let (_, below) = link.split_once("/sandbox/").context("a link of the sandbox")?;
        let body = json!({ "user": user, "pin": "4649" });
        self.partner.post(&format!("/sandbox/{below}"), None, &body).await?.success()?;
        Ok(())
    }

    /// The payer names their wallet, opens what it gives, and pays.
    async fn choose(&self, scene: &Scene, payment: &str, user: &str) -> anyhow::Result<()> {
        let Payer::Other(place) = scene.payer else { return Ok(()) };
        let network = &self.others[place];
        let path = format!("/checkout/v1/payments/{payment}");
        let body = json!({ "wallet": network.name });
        self.checkout.post(&format!("{path}/wallet"), None, &body).await?.success()?;
        let link = self
            .until("the wallet has made the order", async || {
                let seen = self.checkout.get(&path).await?.success()?;
                let waits = text(&seen, "status")? == "waiting_for_payer";
                let link = seen["link"].as_str().map(str::to_owned);
                Ok((!waits || link.is_some()).then_some(link))
            })
            .await?;
        // Without a link it has ended: nobody could pay.
        let Some(link) = link else { return Ok(()) };
        let body = json!({ "user": user, "order": link, "pin": "4649" });
        network.control.post("/sandbox/pay", None, &body).await?.success()?;
        Ok(())
    }

    fn order(&self, scene: &Scene, shop: &Shop, more: Value) -> Value {
        let mut body = json!({
            "order_number": self.key(scene, "order"),
            "store": shop.store().to_string(),
            "amount": { "amount": scene.yen, "currency": "JPY" },
        });
        if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
            body.extend(more);
        }
        body
    }

    /// The payer scans; gives the payment's id once the wallet has permission.
    async fn scan(
        &self,
        scene: &Scene,
        user: &str,
        code: &str,
        yen: Option<i64>,
    ) -> anyhow::Result<String> {
        let control = self.control(scene.payer);
        let scan = self.key(scene, "scan");
        // The PIN is the user's approval of shop, amount and rate, as the wallet shows them.
        let body =
            json!({ "scan_id": scan, "user": user, "code": code, "amount": yen, "pin": "4649" });
        control.post("/sandbox/scan", None, &body).await?.success()?;
        let heard = self
            .until("the wallet has permission to debit", async || {
                let scan = control.get(&format!("/sandbox/scans/{scan}")).await?.success()?;
                match scan["payment_id"].as_str() {
                    Some(payment) => Ok(Some(Some(payment.to_owned()))),
                    None if scan["outcome"] == "cancelled" => Ok(Some(None)),
                    None if scan["step"] == "ended" => bail!("the switch refused the scan: {scan}"),
                    None => Ok(None),
                }
            })
            .await?;
        match heard {
            Some(payment) => Ok(payment),
            None => self.cancelled_unheard(scene).await,
        }
    }

    /// The permission never reached the wallet, because we died with it, and by the time the wallet
    /// asked again the ladder had cancelled: only the shop's own list knows the payment's id.
    async fn cancelled_unheard(&self, scene: &Scene) -> anyhow::Result<String> {
        let till = self.till(&SHOPS[scene.shop])?;
        self.until("the shop's list has the payment that was cancelled", async || {
            let list = till.get("/v1/payments?limit=100").await?.success()?;
            let data = list["data"].as_array().cloned().unwrap_or_default();
            let own = data.into_iter().find(|payment| {
                payment["amount"]["amount"] == scene.yen && payment["status"] == "reversed"
            });
            own.map(|payment| text(&payment, "id")).transpose()
        })
        .await
    }

    async fn settled(&self, till: &Client, payment: &str) -> anyhow::Result<String> {
        let open = [
            "created",
            "waiting_for_payer",
            "authorising",
            "authorised",
            "capturing",
            "voiding",
            "in_doubt",
            "reversing",
        ];
        self.past(till, payment, &open).await
    }

    /// What a payment is once it is none of these any more.
    async fn past(&self, till: &Client, payment: &str, those: &[&str]) -> anyhow::Result<String> {
        self.until(&format!("the payment is past {those:?}"), async || {
            let payment = till.get(&format!("/v1/payments/{payment}")).await?.success()?;
            let status = text(&payment, "status")?;
            Ok((!those.contains(&status.as_str())).then_some(status))
        })
        .await
    }

    async fn refunded(&self, till: &Client, refund: &str) -> anyhow::Result<()> {
        self.until("the refund has ended", async || {
            let refund = till.get(&format!("/v1/refunds/{refund}")).await?.success()?;
            Ok(["refunded", "declined"].contains(&text(&refund, "status")?.as_str()).then_some(()))
        })
        .await
    }

    async fn until<T>(
        &self,
        what: &str,
        mut look: impl AsyncFnMut() -> anyhow::Result<Option<T>>,
    ) -> anyhow::Result<T> {
        let until = Instant::now() + self.patience;
        let mut pause = Duration::from_millis(5);
        loop {
            if let Some(found) = look().await? {
                return Ok(found);
            }
            ensure!(Instant::now() < until, "waited {:?} until {what}, in vain", self.patience);
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(100));
        }
    }

    /// The newest objects of a list that belong to a payment. A day has few.
    async fn of_payment(&self, till: &Client, path: &str, id: &str) -> anyhow::Result<Vec<Value>> {
        let list = till.get(path).await?.success()?;
        let data = list["data"].as_array().cloned().unwrap_or_default();
        Ok(data.into_iter().filter(|object| object["payment"] == id).collect())
    }

    async fn outcome(
        &self,
        scene: &Scene,
        shop: &Shop,
        till: &Client,
        id: &str,
    ) -> anyhow::Result<Outcome> {
        let payment = till.get(&format!("/v1/payments/{id}")).await?.success()?;
        let strays = self.of_payment(till, "/v1/stray_receipts?limit=100", id).await?;
        let refunds = self.of_payment(till, &format!("/v1/refunds?payment={id}"), id).await?;
        let refunded: i64 = refunds
            .iter()
            .filter(|refund| refund["status"] == "refunded")
            .filter_map(|refund| refund["amount"]["amount"].as_i64())
            .sum();
        let status = text(&payment, "status")?;
        let returned = strays.iter().all(|stray| stray["status"] == "returned");
        let captured = match (scene.act, scene.expected) {
            (Act::Hold(yen), "captured") => yen,
            (_, "captured") => scene.yen,
            _ => 0,
        };
        let as_expected = status == scene.expected
            && payment["amount_captured"]["amount"] == captured
            && refunded == scene.refund.unwrap_or(0)
            && payment["amount"]["amount"] == scene.yen
            && strays.is_empty() != scene.stray
            && returned;
        Ok(Outcome {
            scene: scene.key,
            what: scene.what,
            shop: shop.short,
            wallet: payment["wallet"].as_str().unwrap_or("-").to_owned(),
            way: text(&payment, "way")?,
            payment: id.to_owned(),
            amount: payment["amount"].clone(),
            payer: payment["payer_amount"].clone(),
            captured: payment["amount_captured"].clone(),
            expected: scene.expected,
            status,
            refunded,
            stray_receipts: strays.len(),
            as_expected,
        })
    }
}

fn text(value: &Value, member: &str) -> anyhow::Result<String> {
    let text = value[member].as_str().with_context(|| format!("no {member:?} in {value}"))?;
    Ok(text.to_owned())
}
