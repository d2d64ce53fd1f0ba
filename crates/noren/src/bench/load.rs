//! The payments that the benches make.

use noren_core::Text;
use noren_core::command::{Body, Caller, Command, PaymentCreate, PaymentHeard, Present};
use noren_core::directory::{Acquirer, Change, Merchant, MidRate, Standing, Store, Wallet};
use noren_core::fee::{FeePart, FeeParty, FeeSchedule};
use noren_core::id::{AcquirerName, Entropy, MerchantId, Slot, StoreId, TenantName, WalletName};
use noren_core::money::{Currency, Money};
use noren_core::payment::{CaptureMode, Payment};
use noren_core::rate::Rate;
use noren_core::time::{Span, Timestamp};
use noren_core::wallet::{
    FxBy, INQUIRY_BUDGET_DEFAULT, PaymentAnswer, PaymentCode, Profile, Question, Receipt,
};

/// Merchants, one in each of so many slots.
pub const MERCHANTS: u16 = 64;

/// A generator that is good enough for keys and fast enough not to be measured.
pub struct Random(pub u64);

impl Random {
    /// SplitMix64.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// 128 bits.
    pub fn wide(&mut self) -> u128 {
        (u128::from(self.next()) << 64) | u128::from(self.next())
    }
}

const BORN: Timestamp = Timestamp(1_795_000_000_000);

fn name<T, E: std::fmt::Debug>(made: Result<T, E>) -> T {
    made.expect("the names in this file are well-formed")
}

fn wallet() -> WalletName {
    name(WalletName::new("bench"))
}

fn tenant() -> TenantName {
    name(TenantName::new("bench"))
}

fn merchant(n: u16) -> MerchantId {
    let slot = Slot::new(n % MERCHANTS).expect("fewer merchants than slots");
    MerchantId::new(BORN, slot, Entropy(u128::from(n)), 0)
}

fn store(n: u16) -> StoreId {
    StoreId::new(BORN, merchant(n).slot(), Entropy(u128::from(n)), 1)
}

/// One wallet that pays in yuan, two-digit fees in three parts, and the merchants.
pub fn directory() -> Vec<Change> {
    let acquirer = name(AcquirerName::new("bench"));
    let part = |party, share| FeePart { party, share, returned_on_refund: true };
    let mut changes = vec![
        Change::Acquirer(Acquirer { name: acquirer, title: "Bench".into() }),
        Change::Wallet(Wallet {
            name: wallet(),
            title: "Bench wallet".into(),
            standing: Standing::Active,
            profile: Profile {
                fx_by: FxBy::Switch,
                currency: Currency::CNY,
                markup_bps: 150,
                quote_valid_for: Span::seconds(60),
                confirm_within: Span::seconds(60),
                send_within: Span::seconds(5),
                send_margin: Span::seconds(1),
                first_inquiry_after: Span::seconds(300),
                inquiry_every: Span::seconds(3),
                inquiry_max: 20,
                inquiry_budget_per_second: INQUIRY_BUDGET_DEFAULT,
                cancel_every: Span::seconds(5),
                refund_every: Span::seconds(5),
                read_timeout_pay: Span::seconds(15),
                read_timeout_other: Span::seconds(10),
                business_day_offset_minutes: 480,
                holds: None,
                orders: false,
                cancel_not_before: Span::seconds(0),
                cancel_until: None,
                not_found_is_proof_after: None,
                refund_until_days: None,
                refunds_max: None,
                refund_key: true,
                push: None,
                payment_max: None,
            },
        }),
        Change::Rate(MidRate {
            rate: name(Rate::from_decimal(Currency::JPY, Currency::CNY, "0.0484")),
            source: "bench".into(),
            at: BORN,
        }),
        Change::Fees(FeeSchedule {
            name: "bench".into(),
            acquirer: None,
            merchant: None,
            wallet: None,
            way: None,
            categories: Vec::new(),
            valid_from: None,
            valid_until: None,
            discount_bps: 325,
            parts: vec![
                part(FeeParty::Wallet, 5_000),
                part(FeeParty::Switch, 1_500),
                part(FeeParty::Acquirer, 3_500),
            ],
        }),
    ];
    for n in 0..MERCHANTS {
        changes.push(Change::Merchant(Merchant {
            id: merchant(n),
            tenant: tenant(),
            acquirer,
            name: "Bench".into(),
            name_ja: "ベンチ".into(),
            mcc: "5812".into(),
            prefecture: 21,
            currency: Currency::JPY,
            settlement: None,
            payment_max: 1_000_000,
            day_max: None,
            payer_day_max: None,
            wallets: vec![wallet()],
            partner: None,
            standing: Standing::Active,
        }));
        changes.push(Change::Store(Store {
            id: store(n),
            merchant: merchant(n),
            name: "Bench".into(),
            name_ja: "ベンチ".into(),
            city: "TAKAYAMA".into(),
            postal_code: "5060000".into(),
            jpqr: format!("0000000000001-0001-000001-{n:06}").into(),
            partner: None,
            standing: Standing::Active,
        }));
    }
    changes
}

/// A till scanned a payer's code.
pub fn create(random: &mut Random) -> (Caller, Body) {
    let n = (random.next() % u64::from(MERCHANTS)) as u16;
    let caller = Caller::Merchant { tenant: tenant(), merchant: merchant(n) };
    let key: Text = format!("{:032x}", random.wide()).into();
    let mut hash = [0; 32];
    for part in hash.chunks_mut(8) {
        part.copy_from_slice(&random.next().to_le_bytes());
    }
    let body = Body::PaymentCreate(PaymentCreate {
        key,
        hash,
        order_number: format!("order-{:016x}", random.next()).into(),
        store: store(n),
        amount: Money::new(500 + (random.next() % 19_500) as i64, Currency::JPY),
        present: Present::Consumer {
            wallet: wallet(),
            code: PaymentCode::new("86010000000000000000"),
            code_hash: format!("{:032x}{:032x}", random.wide(), random.wide()).into(),
        },
        capture: CaptureMode::Now,
        memo: None,
    });
    (caller, body)
}

/// The wallet said yes.
pub fn paid(payment: &Payment, random: &mut Random) -> Body {
    Body::PaymentHeard(PaymentHeard {
        payment: payment.id,
        question: Question::Pay,
        attempt: 1,
        answer: PaymentAnswer::Paid(Receipt {
            transaction: format!("w{:024x}", random.wide() >> 32).into(),
            amount: payment.amount,
            payer: payment.state.asked().and_then(|asked| asked.payer),
            rate: None,
            settlement: None,
        }),
    })
}

/// A command with fresh entropy.
pub fn command(caller: Caller, body: Body, random: &mut Random) -> Command {
    Command { caller, entropy: Entropy(random.wide()), body }
}

/// The payment of a reply.
pub fn payment_of(reply: &noren_core::effects::Reply) -> anyhow::Result<&Payment> {
    match reply {
        noren_core::effects::Reply::Payment { payment, .. } => Ok(payment),
        other => anyhow::bail!("a bench payment was not taken: {other:?}"),
    }
}
