//! Who plays in the demo: five fictitious shops in five prefectures under two acquirers, and the
//! two wallets. Names are invented; any likeness is chance.

use noren_core::directory::{
    Acquirer, Change, KeyRole, Merchant, MidRate, SettlementChoice, Standing, Store, Tenant, Wallet,
};
use noren_core::fee::{FeePart, FeeParty, FeeSchedule};
use noren_core::id::{AcquirerName, Entropy, MerchantId, Slot, StoreId, TenantName, WalletName};
use noren_core::money::Currency;
use noren_core::rate::Rate;
use noren_core::time::Timestamp;
use noren_core::wallet::Profile;

/// A shop of the demo.
pub struct Shop {
    /// Names its key file: `keys/merchant-soba.json`.
    pub short: &'static str,
    pub name: &'static str,
    pub name_ja: &'static str,
    pub city: &'static str,
    pub postal_code: &'static str,
    pub prefecture: u8,
    pub mcc: &'static str,
    pub acquirer: &'static str,
    pub slot: u16,
    /// The four JPQR levels.
    pub jpqr: &'static str,
    /// Paid in yuan, less so many hundredths of a percent; `None`: in yen.
    pub yuan_margin_bps: Option<u16>,
}

/// The shops. The last one has the ids that public sample payloads carry, so that a code which we
/// did not make leads somewhere; the one before it lives on guests from China, and is paid in yuan.
pub const SHOPS: [Shop; 5] = [
    Shop {
        short: "soba",
        name: "SOBA TAKAYAMA",
        name_ja: "そば処 高山",
        city: "TAKAYAMA",
        postal_code: "5060846",
        prefecture: 21,
        mcc: "5812",
        acquirer: "hida-shinkin",
        slot: 17,
        jpqr: "9990000000001-0001-000001-000001",
        yuan_margin_bps: None,
    },
    Shop {
        short: "wagashi",
        name: "WAGASHI KAMOGAWA",
        name_ja: "和菓子 鴨川",
        city: "KYOTO",
        postal_code: "6048006",
        prefecture: 26,
        mcc: "5499",
        acquirer: "kinki-acquiring",
        slot: 42,
        jpqr: "9990000000002-0001-000001-000001",
        yuan_margin_bps: None,
    },
    Shop {
        short: "ryokan",
        name: "FUJI VIEW RYOKAN",
        name_ja: "富士見旅館",
        city: "FUJIYOSHIDA",
        postal_code: "4030005",
        prefecture: 19,
        mcc: "7011",
        acquirer: "hida-shinkin",
        slot: 99,
        jpqr: "9990000000001-0002-000001-000001",
        yuan_margin_bps: None,
    },
    Shop {
        short: "kusuri",
        name: "HAKATA KUSURI",
        name_ja: "博多くすり",
        city: "FUKUOKA",
        postal_code: "8120011",
        prefecture: 40,
        mcc: "5912",
        acquirer: "kinki-acquiring",
        slot: 170,
        jpqr: "9990000000002-0002-000001-000001",
        yuan_margin_bps: Some(80),
    },
    Shop {
        short: "omiyage",
        name: "NARA OMIYAGE",
        name_ja: "奈良みやげ",
        city: "NARA",
        postal_code: "6308212",
        prefecture: 29,
        mcc: "5331",
        acquirer: "kinki-acquiring",
        slot: 255,
        jpqr: "0000000000001-0001-000001-000001",
        yuan_margin_bps: None,
    },
];

/// The ids of the demo never change, so that its folder can be looked at again tomorrow.
const BORN: Timestamp = Timestamp(1_795_000_000_000);

impl Shop {
    pub fn merchant(&self) -> MerchantId {
        let slot = Slot::new(self.slot).expect("the slots above are below 256");
        MerchantId::new(BORN, slot, Entropy(u128::from(self.slot)), 0)
    }

    pub fn store(&self) -> StoreId {
        StoreId::new(BORN, self.merchant().slot(), Entropy(u128::from(self.slot)), 1)
    }

    /// What stands on its receipts: the number of a qualified invoice, and the rate of what it sells.
    /// The number is invented: a corporate number begins with its check digit, which is 1 to 9.
    pub fn receipt(&self) -> serde_json::Value {
        // Food to take away is at the reduced rate.
        let reduced = self.mcc == "5499";
        serde_json::json!({
            "invoice_number": format!("T{:013}", self.slot),
            "tax_default": if reduced { 8 } else { 10 },
        })
    }

    /// As a network shows it.
    pub fn shown(&self) -> noren_core::directory::Shop {
        noren_core::directory::Shop {
            merchant: self.merchant(),
            store: self.store(),
            name: self.name.into(),
            name_ja: self.name_ja.into(),
            city: self.city.into(),
            mcc: self.mcc.into(),
        }
    }

    pub fn tenant(&self) -> TenantName {
        self.acquirer.parse().expect("the names above are well-formed")
    }

    pub fn role(&self) -> KeyRole {
        KeyRole::Merchant { tenant: self.tenant(), merchant: self.merchant() }
    }
}

/// A wallet of the demo and its rules.
pub struct Connected {
    pub name: WalletName,
    pub title: &'static str,
    pub profile: Profile,
}

/// Everything that the directory needs before the day can begin, in order. Applying it twice
/// replaces each thing with itself.
pub fn directory(wallets: &[Connected], now: Timestamp) -> Vec<Change> {
    let acquirers = [
        ("hida-shinkin", "飛騨しんきん (regional credit union)"),
        ("kinki-acquiring", "近畿アクワイアリング"),
    ];
    let mut changes = Vec::new();
    for (name, title) in acquirers {
        let tenant = name.parse().expect("well-formed");
        changes.push(Change::Tenant(Tenant { name: tenant, title: title.into() }));
        let name: AcquirerName = name.parse().expect("well-formed");
        changes.push(Change::Acquirer(Acquirer { name, title: title.into() }));
    }
    for wallet in wallets {
        changes.push(Change::Wallet(Wallet {
            name: wallet.name,
            title: wallet.title.into(),
            standing: Standing::Active,
            profile: wallet.profile.clone(),
        }));
    }
    changes.push(Change::Rate(MidRate {
        rate: Rate::from_decimal(Currency::JPY, Currency::CNY, "0.0484").expect("a rate"),
        source: "demo rate table".into(),
        at: now,
    }));
    for (name, acquirer, discount_bps, shares) in [
        ("standard", None, 325, [5_000, 1_500, 3_500]),
        // The credit union gives its shops a lower discount, out of its own part.
        ("hida-shinkin", Some("hida-shinkin"), 260, [6_000, 1_500, 2_500]),
    ] {
        let parties = [FeeParty::Wallet, FeeParty::Switch, FeeParty::Acquirer];
        let parts = parties.into_iter().zip(shares).map(|(party, share)| FeePart {
            party,
            share,
            returned_on_refund: party != FeeParty::Switch,
        });
        changes.push(Change::Fees(FeeSchedule {
            name: name.into(),
            acquirer: acquirer.map(|name: &str| name.parse().expect("well-formed")),
            merchant: None,
            wallet: None,
            way: None,
            categories: Vec::new(),
            valid_from: None,
            valid_until: None,
            discount_bps,
            parts: parts.collect(),
        }));
    }
    for shop in &SHOPS {
        changes.push(Change::Merchant(Merchant {
            id: shop.merchant(),
            tenant: shop.tenant(),
            acquirer: shop.acquirer.parse().expect("well-formed"),
            name: shop.name.into(),
            name_ja: shop.name_ja.into(),
            mcc: shop.mcc.into(),
            prefecture: shop.prefecture,
            currency: Currency::JPY,
            settlement: shop
                .yuan_margin_bps
                .map(|margin_bps| SettlementChoice { currency: Currency::CNY, margin_bps }),
            payment_max: 500_000,
            day_max: None,
            payer_day_max: None,
            wallets: wallets.iter().map(|wallet| wallet.name).collect(),
            partner: None,
            standing: Standing::Active,
        }));
        changes.push(Change::Store(Store {
            id: shop.store(),
            merchant: shop.merchant(),
            name: shop.name.into(),
            name_ja: shop.name_ja.into(),
            city: shop.city.into(),
            postal_code: shop.postal_code.into(),
            jpqr: shop.jpqr.into(),
            partner: None,
            standing: Standing::Active,
        }));
    }
    changes
}
