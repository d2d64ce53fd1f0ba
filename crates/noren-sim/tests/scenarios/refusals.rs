//! Every refusal of the engine is reached through a table or a command, or its absence explained.

use std::collections::BTreeMap;

use noren_core::command::{Body, Caller, PaymentCreate, Present, QuoteCreate, Resolve, Scanned};
use noren_core::directory::Change;
use noren_core::id::{Entropy, MerchantId, Slot, StoreId};
use noren_core::money::{Currency, Money};
use noren_core::payment::CaptureMode;
use noren_core::quote::{Fixed, Target};
use noren_core::refusal::Refusal;
use noren_core::time::Span;
use noren_core::wallet::FxBy;
use noren_sim::directory::{self, START};
use noren_sim::scenario::{Stage, run};

/// Reaches what tables reach, and says where.
const TABLES: &[(&str, &str)] = &[
    (
        "orders and keys",
        "0s  merchant show O0 JPY 0 key=K0      -> refused amount-not-positive
         0s  merchant show O0 JPY 100001 key=K1 -> refused amount-over-limit, key burned
         0s  merchant show O0 CNY 1.00 key=K2   -> refused currency-differs, key burned
         0s  merchant show O0 JPY 1 key=K3 store=kanazawa -> refused shop-unknown
         0s  merchant pay O1 JPY 1200 key=K4 code=C1 -> P1 authorising, ask R1
         0s  merchant pay O2 JPY 1200 key=K5 code=C1 -> refused payment-code-used, key burned
         0s  merchant pay O1 JPY 1200 key=K6 code=C2 -> refused order-being-paid, key burned
         0s  merchant pay O1 JPY 1201 key=K7 code=C2 -> refused order-amount-differs, key burned
         0s  merchant pay O1 JPY 1200 key=K4 code=C2 -> refused key-reused
         0s  merchant refund P1 JPY 5 key=K8    -> refused payment-not-captured, key burned
         10s clock                              -> P1 in_doubt, inquire R1
         11s merchant pay O1 JPY 1200 key=K9 code=C2 -> refused payment-in-doubt, key burned
         12s wallet approved R1                 -> P1 captured
         13s merchant pay O1 JPY 1200 key=K10 code=C2 -> refused order-paid, key burned
         14s merchant refund P1 JPY 1201 key=K11 -> refused refund-exceeds-captured, key burned
         15s merchant cancel P1 key=K12         -> refused payment-captured, key burned
         16s merchant cancel P0 key=K13         -> refused payment-unknown
         17s merchant cancel P1 key=K14 tenant=kaga -> refused not-allowed
         18s merchant pay O3 JPY 5 key=K15 wallet=nobody -> refused wallet-unknown",
    ),
    (
        "the wallet API",
        "0s   merchant show O1 JPY 1200 key=K1 for=60s        -> P1 waiting_for_payer
         1s   noren resolve P0                                -> refused order-unknown
         2s   noren quote takayama receive JPY 1200           -> Q1 CNY 58.95 for JPY 1200
         3s   noren reserve W1 takayama JPY 1200              -> refused quote-needed, key burned
         4s   noren reserve W2 takayama JPY 1200 quote=Q0     -> refused quote-unknown, key burned
         5s   noren reserve W3 takayama JPY 1201 quote=Q1     -> refused quote-differs, key burned
         6s   alipayplus quote takayama receive JPY 1         -> refused quote-not-needed
         7s   noren reserve W4 takayama JPY 1200 quote=Q1     -> P2 authorising
         8s   noren confirm P2 CNY 1.00 -> refused debit-differs, P2 in_doubt, evidence kept, alarm amount
         9s   noren reserve W5 takayama JPY 1200 quote=Q1     -> refused quote-used, key burned
         10s  noren quote takayama receive JPY 1              -> Q2 CNY 0.05 for JPY 1
         60s  noren resolve P1                                -> refused order-expired
         61s  merchant show O2 JPY 7 key=K2                   -> P3 waiting_for_payer
         62s  merchant cancel P3 key=K3                       -> P3 cancelled
         63s  noren resolve P3                                -> refused order-closed
         130s noren reserve W6 takayama JPY 1 quote=Q2        -> refused quote-expired, key burned",
    ),
    (
        "holds and orders",
        "0s  merchant pay O1 JPY 1000 key=K1 hold -> P1 authorising, hold R1
         1s  merchant void P1 key=K2            -> refused payment-not-held, key burned
         2s  wallet held R1                     -> P1 authorised
         3s  merchant capture P1 JPY 1001 key=K3 -> refused capture-exceeds-held, key burned
         4s  merchant capture P1 JPY 10 key=K4  -> P1 capturing, G1 requested, capture G1
         5s  merchant capture P1 JPY 10 key=K5  -> refused capture-running, key burned
         6s  wallet captured G1                 -> P1 authorised, G1 captured
         720h merchant capture P1 JPY 10 key=K6 -> refused hold-expired, key burned
         721h operator lets noren hold nothing  -> done
         721h merchant pay O2 JPY 5 key=K7 hold wallet=noren -> refused hold-not-offered, key burned",
    ),
    (
        "withdrawn orders",
        "0s merchant withdraw O1 key=K1      -> order O1 withdrawn
         1s merchant pay O1 JPY 1200 key=K2  -> refused order-withdrawn, key burned",
    ),
    (
        "terms of undoing",
        "0s  operator lets alipayplus undo max=1 days=1 -> done
         0s  merchant pay O1 JPY 1000 key=K1    -> P1 authorising, ask R1
         1s  wallet approved R1                 -> P1 captured
         2s  merchant refund P1 JPY 400 key=K2  -> P1 captured, F1 requested, refund F1
         3s  merchant refund P1 JPY 600 key=K3  -> refused refunds-used-up, key burned
         4s  operator lets alipayplus undo nokey -> done
         5s  merchant refund P1 JPY 600 key=K4  -> refused refund-running, key burned
         6s  merchant pay O2 JPY 7 key=K5 code=C2 -> P2 authorising, ask R2
         7s  wallet blocked R2                  -> P2 blocked
         8s  merchant pay O2 JPY 7 key=K6 code=C3 -> refused payment-blocked, key burned
         9s  operator lets alipayplus undo days=1 -> done
         24h merchant refund P1 JPY 600 key=K7  -> refused refund-too-late, key burned
         24h operator retire takayama           -> done
         24h merchant show O3 JPY 5 key=K8      -> refused shop-retired, key burned",
    ),
    (
        "push rails",
        "0s alipayplus credits T1 takayama JPY 5 -> refused not-a-push-rail
         0s rail reserve W1 takayama JPY 5       -> refused push-rail-only, key burned
         0s operator return U0                   -> refused credit-unknown
         0s rail credits T1 whoever JPY 5        -> credit U1, U1 unclaimed, alarm unclaimed
         0s rail credits T1 whoever JPY 6        -> refused credit-differs, alarm differs
         0s rail credits T2 whoever JPY 7        -> credit U2, U2 unclaimed, alarm unclaimed
         0s operator assign U1 takayama          -> credit U1, P1 captured, U1 assigned
         0s operator return U1                   -> refused credit-assigned
         0s operator return U2                   -> credit U2, U2 returning, refund F1
         0s operator assign U2 takayama          -> refused credit-returned
         0s operator lets rail return nothing    -> done
         0s merchant refund P1 JPY 5 key=K1      -> refused refund-not-offered, key burned",
    ),
    (
        "standings",
        "0s operator suspend takayama          -> done
         0s merchant show O1 JPY 5 key=K1      -> refused shop-suspended, key burned
         0s noren resolve takayama             -> refused shop-suspended
         0s operator resume takayama           -> done
         0s operator suspend alipayplus        -> done
         0s merchant pay O1 JPY 5 key=K2       -> refused wallet-suspended, key burned
         0s operator retire alipayplus         -> done
         0s merchant pay O1 JPY 5 key=K3       -> refused wallet-retired, key burned
         0s operator resume alipayplus         -> done
         0s operator refuse alipayplus at=takayama -> done
         0s merchant pay O1 JPY 5 key=K4       -> refused wallet-not-accepted, key burned
         0s merchant pay O1 JPY 5 key=K5 code=C9 wallet=noren -> P1 authorising, ask R1",
    ),
    (
        "limits",
        "0s operator caps alipayplus at JPY -1 -> refused directory-limit
         0s operator caps alipayplus at JPY 4  -> done
         0s merchant pay O1 JPY 5 key=K1       -> refused wallet-over-cap, key burned
         0s operator limits alipayplus payment JPY 3                -> done
         0s merchant pay O1 JPY 4 key=K2       -> refused wallet-over-limit, key burned
         0s operator limits takayama day JPY 2 payer JPY 1          -> done
         0s merchant pay O1 JPY 3 key=K3       -> refused merchant-day-limit, key burned
         0s alipayplus reserve W1 takayama JPY 2 payer=mei          -> refused payer-day-limit, key burned
         0s operator prefunds alipayplus returned JPY 1 key=K4      -> refused prefunding-short, key burned",
    ),
    ("fees", "0s operator fees never bps=100 from=20s until=20s -> refused directory-fee-dates"),
    (
        "what shops are paid in",
        "0s operator pays takayama USD            -> refused directory-settlement
         0s operator opens gero KRW paid=CNY      -> done
         0s merchant pay O1 KRW 5 key=K1 as=gero  -> refused settlement-rate-missing, key burned",
    ),
    (
        "a claim that is none, or none any more",
        "0s merchant pay O1 JPY 1200 key=K1     -> P1 authorising, ask R1
         1s operator closes X0 paid_back        -> refused claim-unknown
         1s merchant cancel P1 key=K2           -> P1 reversing
         6s clock                               -> P1 reversing, cancel R1
         7s wallet too_late R1                  -> P1 reversing, X1 returning, refund F1, alarm stray
         8s operator closes X1 paid_back        -> refused claim-not-open",
    ),
];

fn refusal_of(stage: &mut Stage, caller: Caller, body: Body) -> Refusal {
    let seen = stage.refusals.len();
    stage.command(caller, body).unwrap();
    *stage.refusals.get(seen).expect("the command is refused")
}

/// A hundred refunds of one yen, and one more.
fn one_refund_too_many() -> String {
    let mut table = String::from(
        "0s merchant pay O1 JPY 1200 key=K1 -> P1 authorising, ask R1
         1s wallet approved R1              -> P1 captured",
    );
    for n in 1..=100 {
        table.push_str(&format!(
            "\n2s merchant refund P1 JPY 1 key=R{n} -> P1 captured, F{n} requested, refund F{n}"
        ));
    }
    table
        .push_str("\n3s merchant refund P1 JPY 1 key=R101 -> refused refunds-too-many, key burned");
    table
}

/// What no table says: directories that do not fit, and amounts at the end of the books.
fn by_command() -> Vec<(&'static str, Refusal)> {
    let mut seen = Vec::new();
    let mut stage = Stage::new();
    let mut change = |change| refusal_of(&mut stage, Caller::Operator, Body::Directory(change));
    let till = directory::takayama();

    let mut merchant = directory::merchant_of(&till);
    merchant.id = MerchantId::new(START, Slot::HOUSE, Entropy(1), 1);
    seen.push(("a merchant in the house's slot", change(Change::Merchant(merchant))));
    let mut merchant = directory::merchant_of(&till);
    merchant.acquirer = "nobody".parse().unwrap();
    seen.push(("a merchant whom nobody signed", change(Change::Merchant(merchant))));
    let mut store = directory::store_of(&directory::kanazawa());
    store.jpqr = till.jpqr.into();
    seen.push(("two stores with one code", change(Change::Store(store))));
    let mut fees = directory::fees();
    fees.parts.pop();
    seen.push(("a fee schedule that shares out a part", change(Change::Fees(fees))));

    let mut rail = directory::rail_wallet();
    rail.profile.fx_by = FxBy::Switch;
    seen.push(("a push rail for which the switch converts", change(Change::Wallet(rail))));

    let partner = Caller::Wallet(directory::partner());
    let quote = |fixed| Body::QuoteCreate(QuoteCreate { target: Target::Store(till.store), fixed });
    let mut merchant = directory::merchant_of(&till);
    merchant.payment_max = i64::MAX;
    stage.change(Change::Merchant(merchant)).unwrap();
    let most = Money::new(i64::MAX, Currency::JPY);
    seen.push(("a quote for all the money there is", {
        refusal_of(&mut stage, partner, quote(Fixed::Receive(most)))
    }));

    let mut stage = Stage::new();
    let mut wallet = directory::alipayplus_wallet();
    wallet.profile.orders = false;
    stage.change(Change::Wallet(wallet)).unwrap();
    let online = PaymentCreate {
        key: "K1".into(),
        hash: [1; 32],
        order_number: "O1".into(),
        store: till.store,
        amount: Money::new(5, Currency::JPY),
        present: Present::Online { wallet: directory::alipayplus(), expires_in: Span::seconds(60) },
        capture: CaptureMode::Now,
        memo: None,
    };
    let merchant = Caller::Merchant { tenant: till.tenant, merchant: till.merchant };
    seen.push((
        "an order with a wallet that makes none",
        refusal_of(&mut stage, merchant, Body::PaymentCreate(online)),
    ));

    let mut stage = Stage::new();
    let mut merchant = directory::merchant_of(&till);
    merchant.currency = Currency::KRW;
    let for_life = Body::Directory(Change::Merchant(merchant.clone()));
    seen.push((
        "a merchant that changes its currency",
        refusal_of(&mut stage, Caller::Operator, for_life),
    ));
    merchant.id = MerchantId::new(START, till.merchant.slot(), Entropy(2), 2);
    let mut store = directory::store_of(&till);
    store.id = StoreId::new(START, till.merchant.slot(), Entropy(2), 3);
    store.merchant = merchant.id;
    store.jpqr = "7777777777777-0001-000001-000001".into();
    let scanned = Scanned::Shop { jpqr: store.jpqr.clone() };
    stage.change(Change::Merchant(merchant)).unwrap();
    stage.change(Change::Store(store)).unwrap();
    let resolve = Body::Resolve(Resolve { scanned });
    seen.push(("a shop whose currency has no rate", refusal_of(&mut stage, partner, resolve)));
    seen
}

/// As many captures as one payment may have, each for one yen, and another.
fn one_capture_too_many() -> String {
    let mut table = String::from(
        "0s merchant pay O1 JPY 1000 key=K hold -> P1 authorising, hold R1
         0s wallet held R1 -> P1 authorised
        ",
    );
    for n in 1..=100 {
        table += &format!(
            "0s merchant capture P1 JPY 1 key=K{n} -> P1 capturing, G{n} requested, capture G{n}
             0s wallet captured G{n} -> P1 authorised, G{n} captured
            "
        );
    }
    table + "0s merchant capture P1 JPY 1 key=L -> refused captures-too-many, key burned"
}

#[test]
fn every_refusal_is_reached() {
    let mut where_seen: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    let mut note = |refusal: &Refusal, place: &str| {
        let places = where_seen.entry(refusal.problem().code).or_default();
        if !places.iter().any(|known| known == place) {
            places.push(place.to_owned());
        }
    };
    for (name, table) in TABLES {
        let stage = run(table).unwrap_or_else(|report| panic!("{name}: {report}"));
        stage.refusals.iter().for_each(|refusal| note(refusal, name));
    }
    let stage = run(&one_refund_too_many()).unwrap_or_else(|report| panic!("{report}"));
    stage.refusals.iter().for_each(|refusal| note(refusal, "a hundred refunds and one"));
    let stage = run(&one_capture_too_many()).unwrap_or_else(|report| panic!("{report}"));
    stage.refusals.iter().for_each(|refusal| note(refusal, "a hundred captures and one"));
    for (name, refusal) in by_command() {
        note(&refusal, name);
    }
    for (code, places) in &where_seen {
        println!("{code:26} {}", places.join("; "));
    }
    let missing: Vec<_> = Refusal::all()
        .iter()
        .map(|refusal| refusal.problem().code)
        .filter(|code| !where_seen.contains_key(code))
        .collect();
    assert_eq!(missing, Vec::<&str>::new(), "refusals that nothing here reaches");
}
