//! Who takes part: wallets, acquirers, merchants, stores, rates, fees. Changed by commands only;
//! every change has a version, and a payment keeps the version that it used.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::Text;
use crate::fee::FeeSchedule;
use crate::id::{AcquirerName, MerchantId, PartnerName, Slot, StoreId, TenantName, WalletName};
use crate::money::{Currency, Money};
use crate::payment::Way;
use crate::rate::Rate;
use crate::time::Timestamp;
use crate::wallet::{FxBy, Profile};

/// If a participant may take part now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Takes part.
    #[default]
    Active,
    /// Takes no new payments; running ones are finished and history is answered.
    Suspended,
    /// Closed for good; its codes and history go on being answered, and refunds go on.
    Retired,
}

/// A wallet or network that we connect to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wallet {
    /// Its folder's name.
    pub name: WalletName,
    /// As people know it.
    pub title: Text,
    /// If it takes new payments.
    pub standing: Standing,
    /// Its rules as data.
    pub profile: Profile,
}

/// The institution that signed merchants and pays them out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acquirer {
    /// Short name, also the name of its account owner in the ledger.
    pub name: AcquirerName,
    /// As people know it.
    pub title: Text,
}

/// Who put terminals into shops (a maker of tills, a gateway, a chain) and has a part of the
/// merchant discount for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partner {
    /// Short name, also the name of its account owner in the ledger.
    pub name: PartnerName,
    /// As people know it.
    pub title: Text,
}

/// A company that is paid. Its id carries the slot in which all of its payments live.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merchant {
    /// Carries the slot.
    pub id: MerchantId,
    /// Whose data it is.
    pub tenant: TenantName,
    /// Who signed it.
    pub acquirer: AcquirerName,
    /// In Latin letters, as a foreign wallet shows it.
    pub name: Text,
    /// In Japanese.
    pub name_ja: Text,
    /// ISO 18245 category.
    pub mcc: Text,
    /// JIS X 0401, 1-47.
    pub prefecture: u8,
    /// What it prices in, and is paid in where `settlement` says nothing else.
    pub currency: Currency,
    /// What it is paid in, where it chose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settlement: Option<SettlementChoice>,
    /// Largest single payment, in minor units of `currency`.
    pub payment_max: i64,
    /// Most that it takes in a day of Tokyo's, in minor units of `currency`; `None`: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day_max: Option<i64>,
    /// Most that one payer pays there in a day of Tokyo's, as far as wallets tell payers apart, in
    /// minor units of `currency`; `None`: no limit, and no payer is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payer_day_max: Option<i64>,
    /// Wallets that it takes.
    pub wallets: Vec<WalletName>,
    /// Whose terminals it uses, where its store names no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<PartnerName>,
    /// If it takes new payments.
    pub standing: Standing,
}

/// What a merchant chose to be paid in: what it prices in, or CNY.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettlementChoice {
    /// In what.
    pub currency: Currency,
    /// What the switch keeps of the mid rate for the conversion, in hundredths of a percent. Zero
    /// where nothing is converted.
    #[serde(default)]
    pub margin_bps: u16,
}

/// A place of a merchant. The codes on its counter lead here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Store {
    /// Carries the merchant's slot.
    pub id: StoreId,
    /// Whose place it is.
    pub merchant: MerchantId,
    /// In Latin letters.
    pub name: Text,
    /// In Japanese.
    pub name_ja: Text,
    /// In Latin letters.
    pub city: Text,
    /// Seven digits.
    pub postal_code: Text,
    /// The four JPQR levels as `0000000000001-0001-000001-000001`.
    pub jpqr: Text,
    /// Whose terminals it uses, where they are not the merchant's partner's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<PartnerName>,
    /// If it takes new payments.
    #[serde(default)]
    pub standing: Standing,
}

/// A mid rate with its source and time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MidRate {
    /// Base is the order's currency, quote the payer's or the merchant's settlement currency.
    pub rate: Rate,
    /// Who published it.
    pub source: Text,
    /// When it was published.
    pub at: Timestamp,
}

/// Who is paid, as a wallet may show it. Carried in calls and answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shop {
    /// The company.
    pub merchant: MerchantId,
    /// The place.
    pub store: StoreId,
    /// The place's name in Latin letters.
    pub name: Text,
    /// The place's name in Japanese.
    pub name_ja: Text,
    /// In Latin letters.
    pub city: Text,
    /// ISO 18245 category.
    pub mcc: Text,
}

/// Whose data is separated from everybody else's: an acquirer, a bank, the operator itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tenant {
    /// Short name, in every row.
    pub name: TenantName,
    /// As people know it.
    pub title: Text,
}

/// An API key, as a hash. The key itself was shown once and is nowhere kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// The visible part of the key.
    pub id: Text,
    /// SHA-256 of the whole key, in hex.
    pub hash: Text,
    /// What it may do.
    pub role: KeyRole,
    /// Not valid before.
    pub from: Timestamp,
    /// Not valid from then on; `None`: until it is replaced.
    pub until: Option<Timestamp>,
}

/// What an API key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "role", rename_all = "snake_case")]
pub enum KeyRole {
    /// Act as one merchant.
    Merchant {
        /// Whose data the merchant's is.
        tenant: TenantName,
        /// The merchant.
        merchant: MerchantId,
    },
    /// Run the switch.
    Operator,
}

/// How far one wallet may come to owe us in one currency: its net debit cap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cap {
    /// Whose.
    pub wallet: WalletName,
    /// In what it owes: the payer's currency when we convert, else the order's.
    pub currency: Currency,
    /// In minor units, zero or more; `None` takes the cap away.
    pub limit: Option<i64>,
}

/// One change of the directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// Adds or replaces a wallet.
    Wallet(Wallet),
    /// Adds or replaces an acquirer.
    Acquirer(Acquirer),
    /// Adds or replaces a partner.
    Partner(Partner),
    /// Adds or replaces a merchant.
    Merchant(Merchant),
    /// Adds or replaces a store.
    Store(Store),
    /// Publishes a mid rate.
    Rate(MidRate),
    /// Adds or replaces a fee schedule.
    Fees(FeeSchedule),
    /// Adds or replaces a tenant.
    Tenant(Tenant),
    /// Adds or replaces an API key.
    ApiKey(ApiKey),
    /// Sets, or takes away, a wallet's net debit cap in a currency.
    Cap(Cap),
}

/// The directory as it stands at one version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directory {
    version: u64,
    wallets: BTreeMap<WalletName, Wallet>,
    acquirers: BTreeMap<AcquirerName, Acquirer>,
    partners: BTreeMap<PartnerName, Partner>,
    merchants: BTreeMap<MerchantId, Arc<Merchant>>,
    stores: BTreeMap<StoreId, Arc<Store>>,
    stores_by_jpqr: BTreeMap<Text, StoreId>,
    rates: BTreeMap<(Currency, Currency), MidRate>,
    fees: BTreeMap<Text, FeeSchedule>,
    tenants: BTreeMap<TenantName, Tenant>,
    api_keys: BTreeMap<Text, ApiKey>,
    caps: BTreeMap<(WalletName, Currency), i64>,
}

/// Why a change of the directory is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeRefusal {
    /// A merchant's slot is 0-255, a store's is its merchant's.
    Slot,
    /// It names a merchant, acquirer, partner or wallet that is not there.
    NotThere,
    /// Another store has the same JPQR ids.
    JpqrTaken,
    /// A fee schedule must share out the whole discount, 10,000 parts, and no more than 100 %.
    Shares,
    /// A push rail cannot be told what we convert: it converts by itself, or not at all.
    PushConverts,
    /// A merchant's tenant and currency, and a store's merchant, are for life: payments that are
    /// under way, and their refunds, rest on them.
    ForLife,
    /// A limit is zero or more minor units.
    Limit,
    /// A fee schedule must be in force for some time: it begins before it ends.
    Dates,
    /// A merchant is paid in what it prices in, or in CNY less a margin below 100 %.
    Settlement,
}

/// Limits are zero or more.
fn limits<const N: usize>(limits: [Option<i64>; N]) -> Result<(), ChangeRefusal> {
    match limits.into_iter().flatten().any(|limit| limit < 0) {
        true => Err(ChangeRefusal::Limit),
        false => Ok(()),
    }
}

impl Directory {
    /// How many changes made this directory.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Applies one change and gives its version.
    pub fn apply(&mut self, change: &Change) -> Result<u64, ChangeRefusal> {
        match change {
            Change::Wallet(wallet) => {
                if wallet.profile.push.is_some() && wallet.profile.fx_by == FxBy::Switch {
                    return Err(ChangeRefusal::PushConverts);
                }
                limits([wallet.profile.payment_max])?;
                self.wallets.insert(wallet.name, wallet.clone());
            }
            Change::Acquirer(acquirer) => {
                self.acquirers.insert(acquirer.name, acquirer.clone());
            }
            Change::Partner(partner) => {
                self.partners.insert(partner.name, partner.clone());
            }
            Change::Merchant(merchant) => {
                if merchant.id.slot() == Slot::HOUSE {
                    return Err(ChangeRefusal::Slot);
                }
                if !self.acquirers.contains_key(&merchant.acquirer)
                    || !self.knows_partner(merchant.partner)
                {
                    return Err(ChangeRefusal::NotThere);
                }
                let moved = |old: &Arc<Merchant>| {
                    old.tenant != merchant.tenant || old.currency != merchant.currency
                };
                if self.merchants.get(&merchant.id).is_some_and(moved) {
                    return Err(ChangeRefusal::ForLife);
                }
                limits([merchant.day_max, merchant.payer_day_max])?;
                if !merchant.can_be_settled() {
                    return Err(ChangeRefusal::Settlement);
                }
                self.merchants.insert(merchant.id, Arc::new(merchant.clone()));
            }
            Change::Store(store) => {
                if store.id.slot() != store.merchant.slot() {
                    return Err(ChangeRefusal::Slot);
                }
                if !self.merchants.contains_key(&store.merchant)
                    || !self.knows_partner(store.partner)
                {
                    return Err(ChangeRefusal::NotThere);
                }
                if self.stores.get(&store.id).is_some_and(|old| old.merchant != store.merchant) {
                    return Err(ChangeRefusal::ForLife);
                }
                if self.stores_by_jpqr.get(&store.jpqr).is_some_and(|id| *id != store.id) {
                    return Err(ChangeRefusal::JpqrTaken);
                }
                if let Some(old) = self.stores.insert(store.id, Arc::new(store.clone())) {
                    self.stores_by_jpqr.remove(&old.jpqr);
                }
                self.stores_by_jpqr.insert(store.jpqr.clone(), store.id);
            }
            Change::Rate(mid) => {
                self.rates.insert((mid.rate.base, mid.rate.quote), mid.clone());
            }
            Change::Fees(schedule) => {
                if !schedule.adds_up() {
                    return Err(ChangeRefusal::Shares);
                }
                if !schedule.is_ever_in_force() {
                    return Err(ChangeRefusal::Dates);
                }
                self.fees.insert(schedule.name.clone(), schedule.clone());
            }
            Change::Tenant(tenant) => {
                self.tenants.insert(tenant.name, tenant.clone());
            }
            Change::ApiKey(key) => {
                self.api_keys.insert(key.id.clone(), key.clone());
            }
            Change::Cap(cap) => {
                if !self.wallets.contains_key(&cap.wallet) {
                    return Err(ChangeRefusal::NotThere);
                }
                match cap.limit {
                    Some(limit) if limit < 0 => return Err(ChangeRefusal::Limit),
                    Some(limit) => self.caps.insert((cap.wallet, cap.currency), limit),
                    None => self.caps.remove(&(cap.wallet, cap.currency)),
                };
            }
        }
        self.version += 1;
        Ok(self.version)
    }

    fn knows_partner(&self, named: Option<PartnerName>) -> bool {
        named.is_none_or(|name| self.partners.contains_key(&name))
    }

    /// A wallet by name.
    pub fn wallet(&self, name: WalletName) -> Option<&Wallet> {
        self.wallets.get(&name)
    }

    /// A merchant by id.
    pub fn merchant(&self, id: MerchantId) -> Option<&Arc<Merchant>> {
        self.merchants.get(&id)
    }

    /// A store by id.
    pub fn store(&self, id: StoreId) -> Option<&Arc<Store>> {
        self.stores.get(&id)
    }

    /// The store that a JPQR code leads to.
    pub fn store_by_jpqr(&self, jpqr: &str) -> Option<&Arc<Store>> {
        self.stores_by_jpqr.get(jpqr).and_then(|id| self.stores.get(id))
    }

    /// The mid rate between an order's currency and a payer's, or a merchant's settlement currency.
    pub fn mid_rate(&self, base: Currency, quote: Currency) -> Option<&MidRate> {
        self.rates.get(&(base, quote))
    }

    /// Who is paid at a store.
    pub fn shop(&self, store: &Store) -> Option<Shop> {
        let merchant = self.merchants.get(&store.merchant)?;
        Some(Shop {
            merchant: merchant.id,
            store: store.id,
            name: store.name.clone(),
            name_ja: store.name_ja.clone(),
            city: store.city.clone(),
            mcc: merchant.mcc.clone(),
        })
    }

    /// The fee schedule that fits best at `at`: merchant, category, wallet, way, acquirer and
    /// dates count in this order, a member that comes first more than all after it together. Of
    /// two that fit alike the one that begins later wins, then the lesser name, so the answer
    /// never depends on the order of changes.
    pub fn fees(
        &self,
        merchant: &Merchant,
        wallet: WalletName,
        way: Way,
        at: Timestamp,
    ) -> Option<&FeeSchedule> {
        self.fees
            .values()
            .filter_map(|s| s.fit(merchant, wallet, way, at).map(|weight| (weight, s)))
            .max_by(|(a, x), (b, y)| {
                let later = x.valid_from.cmp(&y.valid_from);
                a.cmp(b).then(later).then_with(|| y.name.cmp(&x.name))
            })
            .map(|(_, schedule)| schedule)
    }

    /// A wallet's net debit cap in a currency, in minor units; `None`: it has no cap there.
    pub fn cap(&self, wallet: WalletName, currency: Currency) -> Option<i64> {
        self.caps.get(&(wallet, currency)).copied()
    }

    /// All net debit caps, by wallet and currency.
    pub fn caps(&self) -> impl Iterator<Item = (WalletName, Money)> {
        self.caps.iter().map(|((wallet, currency), limit)| (*wallet, Money::new(*limit, *currency)))
    }

    /// An API key by its visible part.
    pub fn api_key(&self, id: &str) -> Option<&ApiKey> {
        self.api_keys.get(id)
    }

    /// All merchants, by id.
    pub fn merchants(&self) -> impl Iterator<Item = &Merchant> {
        self.merchants.values().map(|merchant| &**merchant)
    }

    /// All stores, by id.
    pub fn stores(&self) -> impl Iterator<Item = &Store> {
        self.stores.values().map(|store| &**store)
    }

    /// All wallets, by name.
    pub fn wallets(&self) -> impl Iterator<Item = &Wallet> {
        self.wallets.values()
    }
}

impl Merchant {
    /// True when `amount` is of the merchant's currency.
    pub fn prices_in(&self, amount: Money) -> bool {
        amount.currency() == self.currency
    }

    /// What it is paid in.
    pub fn settled_in(&self) -> Currency {
        self.settlement.map_or(self.currency, |choice| choice.currency)
    }

    /// True for the currencies and margins that a merchant may choose.
    fn can_be_settled(&self) -> bool {
        self.settlement.is_none_or(|choice| {
            let stays = choice.currency == self.currency;
            match stays {
                true => choice.margin_bps == 0,
                false => choice.currency == Currency::CNY && choice.margin_bps < 10_000,
            }
        })
    }
}
