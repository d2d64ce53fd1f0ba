//! Double entry. Every entry balances in each of its currencies, so the sum over all accounts of
//! a currency is zero at every instant (I1).

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use serde::de::IntoDeserializer;
use serde::de::value::{Error as WordError, StrDeserializer};
use serde::{Deserialize, Serialize};

use crate::id::{
    About, AcquirerName, CreditId, MerchantId, MovementId, OrderId, PartnerName, PaymentId, Slot,
    TenantName, WalletName,
};
use crate::money::{Currency, Money};
use crate::time::Timestamp;

/// Whose account it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum AccountOwner {
    /// A wallet or network.
    Wallet(WalletName),
    /// A merchant.
    Merchant(MerchantId),
    /// An acquirer.
    Acquirer(AcquirerName),
    /// A partner, whose terminal it was.
    Partner(PartnerName),
    /// The switch itself.
    Switch,
}

impl fmt::Display for AccountOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wallet(name) => write!(f, "wallet:{name}"),
            Self::Merchant(id) => write!(f, "merchant:{id}"),
            Self::Acquirer(name) => write!(f, "acquirer:{name}"),
            Self::Partner(name) => write!(f, "partner:{name}"),
            Self::Switch => f.write_str("switch"),
        }
    }
}

impl FromStr for AccountOwner {
    type Err = AccountNameError;

    /// Reads what `Display` writes.
    fn from_str(text: &str) -> Result<Self, AccountNameError> {
        let owner = match text.split_once(':') {
            Some(("wallet", name)) => name.parse().ok().map(Self::Wallet),
            Some(("merchant", id)) => id.parse().ok().map(Self::Merchant),
            Some(("acquirer", name)) => name.parse().ok().map(Self::Acquirer),
            Some(("partner", name)) => name.parse().ok().map(Self::Partner),
            None if text == "switch" => Some(Self::Switch),
            _ => None,
        };
        owner.ok_or(AccountNameError::Owner)
    }
}

/// What an account counts. More kinds come with settlement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    /// What a wallet owes us. Debit side.
    WalletReceivable,
    /// What we owe a merchant. Credit side.
    MerchantPayable,
    /// What we owe a party of the fee split (or, for the switch, what it earned). Credit side.
    Fee,
    /// Where the two legs of a conversion meet.
    FxPosition,
    /// Money whose payment ended without it, or that belongs to nobody whom we know. Credit side, to
    /// be returned.
    Suspense,
    /// What the operator loses (debit), or keeps because nobody can be paid (credit).
    OperatorLoss,
    /// The operator's bank account. Debit side.
    Bank,
    /// What a wallet placed beforehand, so that it may owe more than its cap. Credit side.
    Prefunding,
}

impl AccountKind {
    /// The word in rows and on screens.
    pub const fn name(self) -> &'static str {
        match self {
            Self::WalletReceivable => "wallet_receivable",
            Self::MerchantPayable => "merchant_payable",
            Self::Fee => "fee",
            Self::FxPosition => "fx_position",
            Self::Suspense => "suspense",
            Self::OperatorLoss => "operator_loss",
            Self::Bank => "bank",
            Self::Prefunding => "prefunding",
        }
    }
}

impl FromStr for AccountKind {
    type Err = AccountNameError;

    /// Reads what [`AccountKind::name`] writes.
    fn from_str(text: &str) -> Result<Self, AccountNameError> {
        let word: StrDeserializer<'_, WordError> = text.into_deserializer();
        Self::deserialize(word).map_err(|_| AccountNameError::Kind)
    }
}

/// Which account: owner, kind and currency, within one slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AccountName {
    /// Whose.
    pub owner: AccountOwner,
    /// Counting what.
    pub kind: AccountKind,
    /// In what.
    pub currency: Currency,
}

impl fmt::Display for AccountName {
    /// As on screens: `merchant:mer_…/merchant_payable/JPY`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.owner, self.kind.name(), self.currency)
    }
}

impl FromStr for AccountName {
    type Err = AccountNameError;

    fn from_str(text: &str) -> Result<Self, AccountNameError> {
        let mut parts = text.split('/');
        let (Some(owner), Some(kind), Some(currency), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(AccountNameError::Shape);
        };
        Ok(Self {
            owner: owner.parse()?,
            kind: kind.parse()?,
            currency: currency.parse().map_err(|_| AccountNameError::Currency)?,
        })
    }
}

/// Why a text names no account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountNameError {
    /// Not three parts.
    Shape,
    /// The first part is not an owner.
    Owner,
    /// The second part is not a kind.
    Kind,
    /// The third part is not a currency.
    Currency,
}

impl fmt::Display for AccountNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shape => {
                "an account is written as OWNER/KIND/CURRENCY, such as switch/fx_position/JPY"
            }
            Self::Owner => {
                "the owner is switch, wallet:NAME, merchant:mer_…, acquirer:NAME or partner:NAME"
            }
            Self::Kind => "there is no account of this kind",
            Self::Currency => "the currency is not a code of ISO 4217 such as JPY",
        })
    }
}

impl std::error::Error for AccountNameError {}

/// An account and its totals. Debits and credits only ever grow; what is pending stands beside
/// them and is part of no balance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The slot it lives in.
    pub slot: Slot,
    /// Its number within the slot; postings refer to it.
    pub number: u32,
    /// Which account.
    pub name: AccountName,
    /// Sum of all debits in minor units.
    pub debits: i64,
    /// Sum of all credits in minor units.
    pub credits: i64,
    /// What running payments may still add to the debits, in minor units. Rises and falls.
    #[serde(default)]
    pub pending_debits: i64,
    /// What running refunds may still add to the credits, in minor units. Rises and falls.
    #[serde(default)]
    pub pending_credits: i64,
}

impl Account {
    /// Debits less credits.
    pub fn balance(&self) -> Money {
        let minor = self.debits.checked_sub(self.credits).expect("totals are never negative");
        Money::new(minor, self.name.currency)
    }
}

/// The side of a posting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Left.
    Debit,
    /// Right.
    Credit,
}

/// One line of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posting {
    /// Gap-free within the slot.
    pub seq: u64,
    /// The account's number within the slot.
    pub account: u32,
    /// Debit or credit.
    pub side: Side,
    /// Above zero.
    pub amount: Money,
}

/// Why money moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// A payment was captured.
    Capture,
    /// A refund was confirmed.
    Refund,
    /// A stray receipt arrived.
    Stray,
    /// A stray receipt went back.
    StrayReturn,
    /// A push rail credited money for nobody whom we know.
    Credit,
    /// It went back.
    CreditReturn,
    /// It was assigned to a merchant: what the rail owes moves from the house to the merchant's
    /// slot, where a capture is booked.
    CreditAssign,
    /// A stray receipt that could not go back was ended by people.
    ClaimClosed,
    /// A wallet placed money beforehand.
    Prefunding,
    /// It was sent back.
    PrefundingReturn,
}

impl EntryKind {
    /// The word in rows and on screens.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Capture => "capture",
            Self::Refund => "refund",
            Self::Stray => "stray",
            Self::StrayReturn => "stray_return",
            Self::Credit => "credit",
            Self::CreditReturn => "credit_return",
            Self::CreditAssign => "credit_assign",
            Self::ClaimClosed => "claim_closed",
            Self::Prefunding => "prefunding",
            Self::PrefundingReturn => "prefunding_return",
        }
    }
}

/// What moved the money of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// A payment of a merchant.
    Payment {
        /// Which.
        payment: PaymentId,
        /// The payment's order.
        order: OrderId,
        /// Whose data it is.
        tenant: TenantName,
    },
    /// A credit that belongs to no payment. It lives in the house, and is no tenant's data.
    Credit(CreditId),
    /// Money between a wallet and the operator. It lives in the house, too.
    Movement(MovementId),
}

impl Cause {
    /// The payment or credit that the entry is about, without whose it is.
    pub const fn about(&self) -> Option<About> {
        match self {
            Self::Payment { payment, .. } => Some(About::Payment(*payment)),
            Self::Credit(credit) => Some(About::Credit(*credit)),
            Self::Movement(_) => None,
        }
    }
}

/// All lines of one event. A conversion is two balanced legs in one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The slot it lives in.
    pub slot: Slot,
    /// Gap-free within the slot.
    pub number: u64,
    /// Why.
    pub kind: EntryKind,
    /// By what.
    pub cause: Cause,
    /// When.
    pub at: Timestamp,
    /// The lines.
    pub postings: Vec<Posting>,
}

/// What an entry is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EntryHead {
    pub slot: Slot,
    pub kind: EntryKind,
    pub cause: Cause,
    pub at: Timestamp,
}

/// Lines to be written, before accounts have numbers.
#[derive(Debug)]
pub(crate) struct Lines(Vec<(AccountName, Side, Money)>);

impl Default for Lines {
    /// Room for a capture across currencies with a fee in three parts.
    fn default() -> Self {
        Self(Vec::with_capacity(8))
    }
}

impl Lines {
    /// Moves `amount` from the credit side of `credit` to the debit side of `debit`. Nothing is
    /// written for zero.
    pub fn transfer(&mut self, debit: AccountName, credit: AccountName, amount: Money) {
        self.debit(debit, amount);
        self.credit(credit, amount);
    }

    pub fn debit(&mut self, account: AccountName, amount: Money) {
        if amount.minor() != 0 {
            self.0.push((account, Side::Debit, amount));
        }
    }

    pub fn credit(&mut self, account: AccountName, amount: Money) {
        if amount.minor() != 0 {
            self.0.push((account, Side::Credit, amount));
        }
    }

    #[cfg(feature = "faults")]
    pub fn drop_last(&mut self) {
        self.0.pop();
    }

    /// Every amount above zero, of its account's currency, and each currency in balance.
    fn check(&self) -> bool {
        let fits = |(account, _, amount): &(AccountName, Side, Money)| {
            amount.positive() && amount.currency() == account.currency
        };
        // An entry has few lines: adding them up once for each of them is cheaper than a table.
        let balance = |currency: Currency| {
            let lines = self.0.iter().filter(|(_, _, amount)| amount.currency() == currency);
            lines.fold(0i128, |sum, (_, side, amount)| match side {
                Side::Debit => sum + i128::from(amount.minor()),
                Side::Credit => sum - i128::from(amount.minor()),
            })
        };
        self.0.iter().all(|line| fits(line) && balance(line.2.currency()) == 0)
    }
}

/// The accounts of one slot, and its counters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Book {
    accounts: Vec<Account>,
    by_name: HashMap<AccountName, u32, foldhash::fast::FixedState>,
    changed: Vec<u32>,
    postings: u64,
    entries: u64,
}

type Positions = HashMap<(WalletName, Currency), Position, foldhash::fast::FixedState>;

/// What a change of an account is to a wallet's position, if anything: debits less credits that are
/// booked, and debits that are pending.
fn count(positions: &mut Positions, name: AccountName, booked: i128, pending: i64) {
    let AccountOwner::Wallet(wallet) = name.owner else { return };
    let key = (wallet, name.currency);
    match name.kind {
        AccountKind::WalletReceivable => {
            let position = positions.entry(key).or_default();
            position.owed += booked;
            position.pending += i128::from(pending);
        }
        AccountKind::Prefunding => positions.entry(key).or_default().prefunded -= booked,
        AccountKind::MerchantPayable
        | AccountKind::Fee
        | AccountKind::FxPosition
        | AccountKind::Suspense
        | AccountKind::OperatorLoss
        | AccountKind::Bank => {}
    }
}

/// How far the sequences of a slot have come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Number of the last posting.
    pub postings: u64,
    /// Number of the last entry.
    pub entries: u64,
    /// Number of the last event.
    pub events: u64,
}

/// What one wallet owes in one currency, over all slots. Wide, because 257 totals are added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Booked: captures and stray receipts, less what went back.
    pub owed: i128,
    /// What running payments may still add.
    pub pending: i128,
    /// What the wallet placed beforehand.
    pub prefunded: i128,
}

/// All accounts, by slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ledger {
    books: Vec<Book>,
    positions: Positions,
    touched: Vec<Slot>,
    /// Set only by a test that plants a fault: lets an unbalanced entry through.
    pub unchecked: bool,
}

impl Default for Ledger {
    fn default() -> Self {
        Self {
            books: vec![Book::default(); Slot::COUNT],
            positions: Positions::default(),
            touched: Vec::new(),
            unchecked: false,
        }
    }
}

impl Book {
    /// The account's number; a new account gets the next one.
    fn number(&mut self, slot: Slot, name: AccountName) -> u32 {
        if let Some(number) = self.by_name.get(&name) {
            return *number;
        }
        let number = u32::try_from(self.accounts.len()).expect("fewer than 2^32 accounts");
        self.by_name.insert(name, number);
        let (debits, credits, pending_debits, pending_credits) = (0, 0, 0, 0);
        self.accounts.push(Account {
            slot,
            number,
            name,
            debits,
            credits,
            pending_debits,
            pending_credits,
        });
        number
    }

    fn mark_changed(&mut self, number: u32) {
        if !self.changed.contains(&number) {
            self.changed.push(number);
        }
    }
}

impl Ledger {
    fn book(&mut self, slot: Slot) -> &mut Book {
        &mut self.books[usize::from(slot.number())]
    }

    /// Puts an account back as it was stored. Numbers must come in order, without gaps.
    pub fn load(&mut self, account: Account) -> bool {
        let book = self.book(account.slot);
        if account.number as usize != book.accounts.len() {
            return false;
        }
        book.by_name.insert(account.name, account.number);
        let booked = i128::from(account.debits) - i128::from(account.credits);
        count(&mut self.positions, account.name, booked, account.pending_debits);
        self.book(account.slot).accounts.push(account);
        true
    }

    pub fn load_head(&mut self, slot: Slot, postings: u64, entries: u64) {
        let book = self.book(slot);
        book.postings = postings;
        book.entries = entries;
    }

    pub fn head(&self, slot: Slot) -> (u64, u64) {
        let book = &self.books[usize::from(slot.number())];
        (book.postings, book.entries)
    }

    /// Writes one entry. Panics when it does not balance: that is a mistake of ours, and going on
    /// would make or lose money.
    pub fn post(&mut self, head: EntryHead, lines: Lines) -> Entry {
        assert!(self.unchecked || lines.check(), "an entry must balance: {lines:?}");
        let slot = head.slot;
        let book = &mut self.books[usize::from(slot.number())];
        if book.changed.is_empty() {
            self.touched.push(slot);
        }
        book.entries += 1;
        let mut postings = Vec::with_capacity(lines.0.len());
        for (name, side, amount) in lines.0 {
            let number = book.number(slot, name);
            let account = &mut book.accounts[number as usize];
            let total = match side {
                Side::Debit => &mut account.debits,
                Side::Credit => &mut account.credits,
            };
            *total = total.checked_add(amount.minor()).expect("an account's total fits 64 bits");
            book.mark_changed(number);
            let booked = match side {
                Side::Debit => i128::from(amount.minor()),
                Side::Credit => -i128::from(amount.minor()),
            };
            count(&mut self.positions, name, booked, 0);
            book.postings += 1;
            postings.push(Posting { seq: book.postings, account: number, side, amount });
        }
        Entry {
            slot,
            number: book.entries,
            kind: head.kind,
            cause: head.cause,
            at: head.at,
            postings,
        }
    }

    /// Adds to what is pending on an account; takes away what is below zero. Panics when less than
    /// nothing would be pending: what was never put on cannot be taken off.
    pub fn pend(&mut self, slot: Slot, name: AccountName, debits: i64, credits: i64) {
        let book = &mut self.books[usize::from(slot.number())];
        if book.changed.is_empty() {
            self.touched.push(slot);
        }
        let number = book.number(slot, name);
        let account = &mut book.accounts[number as usize];
        for (pending, more) in
            [(&mut account.pending_debits, debits), (&mut account.pending_credits, credits)]
        {
            *pending = pending.checked_add(more).expect("what is pending fits 64 bits");
            assert!(*pending >= 0, "less than nothing is pending on {name:?}");
        }
        book.mark_changed(number);
        count(&mut self.positions, name, 0, debits);
    }

    /// What a wallet owes in a currency, over all slots.
    pub fn position(&self, wallet: WalletName, currency: Currency) -> Position {
        self.positions.get(&(wallet, currency)).copied().unwrap_or_default()
    }

    /// What is pending on every account where something is.
    pub fn pending(&self) -> impl Iterator<Item = (Slot, AccountName, i64, i64)> {
        let accounts = self.accounts();
        let pending = accounts.filter(|a| a.pending_debits != 0 || a.pending_credits != 0);
        pending.map(|a| (a.slot, a.name, a.pending_debits, a.pending_credits))
    }

    /// Takes the accounts that changed since the last call, once each.
    pub fn take_changed(&mut self) -> Vec<Account> {
        let mut out = Vec::new();
        for slot in std::mem::take(&mut self.touched) {
            let book = &mut self.books[usize::from(slot.number())];
            for number in std::mem::take(&mut book.changed) {
                out.push(book.accounts[number as usize].clone());
            }
        }
        out
    }

    /// All accounts, by slot and number.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.books.iter().flat_map(|book| book.accounts.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Entropy;

    fn head() -> EntryHead {
        let slot = Slot::new(3).unwrap();
        EntryHead {
            slot,
            kind: EntryKind::Capture,
            cause: Cause::Payment {
                payment: PaymentId::new(Timestamp(1), slot, Entropy(1), 0),
                order: OrderId::new(Timestamp(1), slot, Entropy(1), 1),
                tenant: TenantName::new("t").unwrap(),
            },
            at: Timestamp(1),
        }
    }

    fn account(kind: AccountKind, currency: Currency) -> AccountName {
        AccountName { owner: AccountOwner::Switch, kind, currency }
    }

    #[test]
    fn an_entry_moves_money_and_numbers_have_no_gaps() {
        let mut ledger = Ledger::default();
        let fee = account(AccountKind::Fee, Currency::JPY);
        let suspense = account(AccountKind::Suspense, Currency::JPY);
        for n in 1..=3 {
            let mut lines = Lines::default();
            lines.transfer(fee, suspense, Money::new(5, Currency::JPY));
            let entry = ledger.post(head(), lines);
            assert_eq!(entry.number, n);
            assert_eq!(
                entry.postings.iter().map(|p| p.seq).collect::<Vec<_>>(),
                [2 * n - 1, 2 * n]
            );
        }
        let changed = ledger.take_changed();
        assert_eq!(changed.iter().map(|a| a.balance().minor()).collect::<Vec<_>>(), [15, -15]);
        assert!(ledger.take_changed().is_empty());
    }

    #[test]
    fn an_account_is_read_as_it_is_shown() {
        let merchant = MerchantId::new(Timestamp(1), Slot::new(3).unwrap(), Entropy(1), 0);
        for owner in [
            AccountOwner::Switch,
            AccountOwner::Wallet("alipayplus".parse().unwrap()),
            AccountOwner::Acquirer("hida-shinkumi".parse().unwrap()),
            AccountOwner::Partner("tabi-pos".parse().unwrap()),
            AccountOwner::Merchant(merchant),
        ] {
            let name = AccountName { owner, ..account(AccountKind::Suspense, Currency::KWD) };
            assert_eq!(name.to_string().parse(), Ok(name));
        }
        let read = |text: &str| text.parse::<AccountName>().unwrap_err();
        assert_eq!(read("switch/fee"), AccountNameError::Shape);
        assert_eq!(read("switch/fee/JPY/1"), AccountNameError::Shape);
        assert_eq!(read("till:one/fee/JPY"), AccountNameError::Owner);
        assert_eq!(read("merchant:pay_1/fee/JPY"), AccountNameError::Owner);
        assert_eq!(read("switch/fees/JPY"), AccountNameError::Kind);
        assert_eq!(read("switch/fee/YEN"), AccountNameError::Currency);
    }

    #[test]
    #[should_panic(expected = "an entry must balance")]
    fn an_unbalanced_entry_stops_the_engine() {
        let mut lines = Lines::default();
        lines.debit(account(AccountKind::Fee, Currency::JPY), Money::new(5, Currency::JPY));
        Ledger::default().post(head(), lines);
    }

    #[test]
    #[should_panic(expected = "an entry must balance")]
    fn currencies_do_not_balance_each_other() {
        let mut lines = Lines::default();
        lines.debit(account(AccountKind::Fee, Currency::JPY), Money::new(5, Currency::JPY));
        lines.credit(account(AccountKind::Fee, Currency::CNY), Money::new(5, Currency::CNY));
        Ledger::default().post(head(), lines);
    }
}
