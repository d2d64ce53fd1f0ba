//! The small fixed directory of scenarios and worlds: two acquirers, two merchants of different
//! tenants, one wallet that converts by itself, one for which the switch converts, a push rail.

use noren_core::directory::{Acquirer, Change, Merchant, MidRate, Standing, Store, Tenant, Wallet};
use noren_core::fee::{FeePart, FeeParty, FeeSchedule};
use noren_core::id::{
    AcquirerName, Entropy, Id, Kind, MerchantId, Slot, StoreId, TenantName, WalletName,
};
use noren_core::money::Currency;
use noren_core::rate::Rate;
use noren_core::time::{Span, Timestamp};
use noren_core::wallet::{
    FxBy, HoldCaptures, HoldRules, INQUIRY_BUDGET_DEFAULT, Profile, PushRules,
};

/// 2026-11-21T00:00:00Z: where every scenario and world begins.
pub const START: Timestamp = Timestamp(1_795_219_200_000);

/// One shop with all that a till knows of itself.
#[derive(Clone, Copy, Debug)]
pub struct Till {
    /// Whose data it is.
    pub tenant: TenantName,
    /// Who is paid.
    pub merchant: MerchantId,
    /// Where.
    pub store: StoreId,
    /// The levels in its printed code.
    pub jpqr: &'static str,
}

fn id<K: Kind>(slot: u16, n: u64) -> Id<K> {
    let slot = Slot::new(slot).expect("slots of the directory are small");
    Id::new(START, slot, Entropy(0), n)
}

/// The shop in Takayama, tenant `hida`, signed by the credit union.
pub fn takayama() -> Till {
    Till {
        tenant: TenantName::new("hida").expect("a plain name"),
        merchant: id(3, 1),
        store: id(3, 2),
        jpqr: "0000000000001-0001-000001-000001",
    }
}

/// The shop in Kanazawa, tenant `kaga`, signed by the other acquirer.
pub fn kanazawa() -> Till {
    Till {
        tenant: TenantName::new("kaga").expect("a plain name"),
        merchant: id(7, 1),
        store: id(7, 2),
        jpqr: "0000000000002-0001-000001-000001",
    }
}

/// A shop in Gero, of the first tenant. It is not in the directory until a table opens it.
pub fn gero() -> Till {
    Till {
        tenant: TenantName::new("hida").expect("a plain name"),
        merchant: id(9, 1),
        store: id(9, 2),
        jpqr: "0000000000003-0001-000001-000001",
    }
}

/// The network that converts by itself.
pub fn alipayplus() -> WalletName {
    WalletName::new("alipayplus").expect("a plain name")
}

/// The partner wallet in yuan, for which the switch converts.
pub fn partner() -> WalletName {
    WalletName::new("noren").expect("a plain name")
}

fn profile(fx_by: FxBy, currency: Currency, markup_bps: u16) -> Profile {
    Profile {
        fx_by,
        currency,
        markup_bps,
        quote_valid_for: Span::seconds(120),
        confirm_within: Span::seconds(60),
        send_within: Span::seconds(5),
        send_margin: Span::seconds(1),
        first_inquiry_after: Span::seconds(10),
        inquiry_every: Span::seconds(10),
        inquiry_max: 5,
        inquiry_budget_per_second: INQUIRY_BUDGET_DEFAULT,
        cancel_every: Span::seconds(5),
        refund_every: Span::seconds(10),
        read_timeout_pay: Span::seconds(8),
        read_timeout_other: Span::seconds(8),
        business_day_offset_minutes: 480,
        holds: Some(HoldRules {
            captures: HoldCaptures::Several,
            lifetime: Span::seconds(30 * 86_400),
        }),
        orders: true,
        cancel_not_before: Span::seconds(0),
        cancel_until: None,
        not_found_is_proof_after: None,
        refund_until_days: Some(365),
        refunds_max: None,
        refund_key: true,
        push: None,
        payment_max: None,
    }
}

/// The wallet that converts, as data.
pub fn alipayplus_wallet() -> Wallet {
    Wallet {
        name: alipayplus(),
        title: "Alipay+".into(),
        standing: Standing::Active,
        profile: profile(FxBy::Wallet, Currency::JPY, 0),
    }
}

/// The partner wallet, as data.
pub fn partner_wallet() -> Wallet {
    Wallet {
        name: partner(),
        title: "Partner Wallet".into(),
        standing: Standing::Active,
        profile: profile(FxBy::Switch, Currency::CNY, 150),
    }
}

/// The push rail in yen.
pub fn rail() -> WalletName {
    WalletName::new("rail").expect("a plain name")
}

/// The push rail, as data: its payers' banks credit the shop, and it sends money back.
pub fn rail_wallet() -> Wallet {
    let profile = profile(FxBy::Wallet, Currency::JPY, 0);
    Wallet {
        name: rail(),
        title: "Push Rail".into(),
        standing: Standing::Active,
        profile: Profile {
            holds: None,
            orders: false,
            push: Some(PushRules { returns: true }),
            ..profile
        },
    }
}

fn acquirer(name: &str, title: &str) -> Acquirer {
    Acquirer { name: AcquirerName::new(name).expect("a plain name"), title: title.into() }
}

/// A merchant of the directory, to be changed by tests that need it otherwise.
pub fn merchant_of(till: &Till) -> Merchant {
    let (acquirer, name, name_ja, prefecture) = if till.merchant == takayama().merchant {
        ("hida-shinkumi", "Hida Miso", "飛騨味噌", 21)
    } else {
        ("kaga-bank", "Kaga Tea", "加賀茶", 17)
    };
    Merchant {
        id: till.merchant,
        tenant: till.tenant,
        acquirer: AcquirerName::new(acquirer).expect("a plain name"),
        name: name.into(),
        name_ja: name_ja.into(),
        mcc: "5499".into(),
        prefecture,
        currency: Currency::JPY,
        settlement: None,
        payment_max: 100_000,
        day_max: None,
        payer_day_max: None,
        wallets: vec![alipayplus(), partner(), rail()],
        partner: None,
        standing: Standing::Active,
    }
}

/// A store of the directory.
pub fn store_of(till: &Till) -> Store {
    Store {
        id: till.store,
        merchant: till.merchant,
        name: merchant_of(till).name,
        name_ja: merchant_of(till).name_ja,
        city: if till.merchant == takayama().merchant { "Takayama" } else { "Kanazawa" }.into(),
        postal_code: "5060846".into(),
        jpqr: till.jpqr.into(),
        partner: None,
        standing: Standing::Active,
    }
}

/// JPY to CNY, as published.
pub fn rate() -> MidRate {
    MidRate {
        rate: Rate::from_decimal(Currency::JPY, Currency::CNY, "0.0484").expect("a decimal"),
        source: "test rates".into(),
        at: START,
    }
}

/// 3 % of every payment: half to the wallet (comes back with a refund), three tenths to the
/// acquirer, the rest to the switch.
pub fn fees() -> FeeSchedule {
    let part = |party, share, returned_on_refund| FeePart { party, share, returned_on_refund };
    FeeSchedule {
        name: "all".into(),
        acquirer: None,
        merchant: None,
        wallet: None,
        way: None,
        categories: Vec::new(),
        valid_from: None,
        valid_until: None,
        discount_bps: 300,
        parts: vec![
            part(FeeParty::Wallet, 5_000, true),
            part(FeeParty::Acquirer, 3_000, false),
            part(FeeParty::Switch, 2_000, false),
        ],
    }
}

/// Every change that makes the directory, in order.
pub fn changes() -> Vec<Change> {
    let mut changes = vec![
        Change::Wallet(alipayplus_wallet()),
        Change::Wallet(partner_wallet()),
        Change::Wallet(rail_wallet()),
        Change::Acquirer(acquirer("hida-shinkumi", "Hida Credit Union")),
        Change::Acquirer(acquirer("kaga-bank", "Kaga Bank")),
        Change::Rate(rate()),
        Change::Fees(fees()),
    ];
    for till in [takayama(), kanazawa()] {
        let title = till.tenant.as_str().into();
        changes.push(Change::Tenant(Tenant { name: till.tenant, title }));
        changes.push(Change::Merchant(merchant_of(&till)));
        changes.push(Change::Store(store_of(&till)));
    }
    changes
}
