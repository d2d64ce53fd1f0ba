//! What each event means in the books.

use super::{Engine, Work};
use crate::credit::Credit;
use crate::effects::Row;
use crate::id::{Slot, WalletName};
use crate::ledger::{AccountKind, AccountName, AccountOwner, Cause, EntryHead, EntryKind, Lines};
use crate::money::Money;
use crate::movement::{Direction, Movement};
use crate::payment::{Asked, PartTerms, Payment};
use crate::refund::{Refund, RefundBy};
use crate::stray::{ClaimEnd, Stray};

fn account(owner: AccountOwner, kind: AccountKind, money: Money) -> AccountName {
    AccountName { owner, kind, currency: money.currency() }
}

fn receivable(wallet: WalletName, money: Money) -> AccountName {
    account(AccountOwner::Wallet(wallet), AccountKind::WalletReceivable, money)
}

fn fx(money: Money) -> AccountName {
    account(AccountOwner::Switch, AccountKind::FxPosition, money)
}

fn suspense(money: Money) -> AccountName {
    account(AccountOwner::Switch, AccountKind::Suspense, money)
}

/// What we owe the merchant of `payment`, counted in the currency of `money`.
fn payable(payment: &Payment, money: Money) -> AccountName {
    account(AccountOwner::Merchant(payment.merchant), AccountKind::MerchantPayable, money)
}

fn fee(owner: AccountOwner, money: Money) -> AccountName {
    account(owner, AccountKind::Fee, money)
}

/// Where the order's amount goes to and comes from: what we owe the merchant; or, where that is in
/// another currency, the fx position.
fn order_side(payment: &Payment, asked: &Asked) -> AccountName {
    match asked.settlement {
        None => payable(payment, payment.amount),
        Some(_) => fx(payment.amount),
    }
}

/// The leg of a conversion in the merchant's settlement currency.
fn settle(lines: &mut Lines, payment: &Payment, owed: Option<Money>) {
    let Some(owed) = owed else { return };
    let (merchant, fx) = (payable(payment, owed), fx(owed));
    if owed.minor() < 0 {
        lines.transfer(merchant, fx, Money::new(-owed.minor(), owed.currency()));
    } else {
        lines.transfer(fx, merchant, owed);
    }
}

/// Money comes in from the wallet to `to`: in one currency, or in two legs that meet in the fx
/// position. What stays in the position needs no leg to get there.
fn receive(lines: &mut Lines, asked: &Asked, to: AccountName, amount: Money, payer: Option<Money>) {
    match payer {
        Some(payer) if payer.currency() != amount.currency() => {
            lines.transfer(receivable(asked.wallet, payer), fx(payer), payer);
            if to != fx(amount) {
                lines.transfer(fx(amount), to, amount);
            }
        }
        Some(_) | None => lines.transfer(receivable(asked.wallet, amount), to, amount),
    }
}

/// The same, backwards.
fn give_back(
    lines: &mut Lines,
    asked: &Asked,
    from: AccountName,
    amount: Money,
    payer: Option<Money>,
) {
    match payer {
        Some(payer) if payer.currency() != amount.currency() => {
            if from != fx(amount) {
                lines.transfer(from, fx(amount), amount);
            }
            lines.transfer(fx(payer), receivable(asked.wallet, payer), payer);
        }
        Some(_) | None => lines.transfer(from, receivable(asked.wallet, amount), amount),
    }
}

impl Engine {
    fn post(&mut self, work: &mut Work, payment: &Payment, kind: EntryKind, lines: Lines) {
        let (slot, order, tenant) = (payment.id.slot(), payment.order, payment.tenant);
        let cause = Cause::Payment { payment: payment.id, order, tenant };
        self.post_entry(work, slot, kind, cause, lines);
    }

    fn post_entry(
        &mut self,
        work: &mut Work,
        slot: Slot,
        kind: EntryKind,
        cause: Cause,
        lines: Lines,
    ) {
        self.slots_touched.insert(slot);
        let head = EntryHead { slot, kind, cause, at: work.now };
        #[cfg(feature = "faults")]
        let lines = {
            let mut lines = lines;
            if super::planted!(self, LineDropped) {
                lines.drop_last();
            }
            lines
        };
        let entry = self.ledger.post(head, lines);
        work.rows.push(Row::Entry(entry));
    }

    /// The wallet owes us, we owe the merchant, and the discount is shared out.
    pub(super) fn book_capture(&mut self, work: &mut Work, payment: &Payment, asked: &Asked) {
        let mut lines = Lines::default();
        let order = order_side(payment, asked);
        receive(&mut lines, asked, order, payment.amount, asked.payer);
        lines.debit(order, asked.fees.total);
        for share in asked.fees.shares.iter() {
            lines.credit(fee(share.owner, share.amount), share.amount);
        }
        settle(&mut lines, payment, asked.settlement.as_deref().map(|s| s.amount));
        self.post(work, payment, EntryKind::Capture, lines);
    }

    /// The same for a part of what was held: its own amounts and its own part of the discount.
    pub(super) fn book_part(
        &mut self,
        work: &mut Work,
        payment: &Payment,
        asked: &Asked,
        part: &PartTerms,
    ) {
        let mut lines = Lines::default();
        let order = order_side(payment, asked);
        receive(&mut lines, asked, order, part.amount, part.payer);
        lines.debit(order, part.fees.total);
        for share in part.fees.shares.iter() {
            lines.credit(fee(share.owner, share.amount), share.amount);
        }
        settle(&mut lines, payment, part.settlement.map(|settled| settled.amount));
        self.post(work, payment, EntryKind::Capture, lines);
    }

    /// The merchant gives back, and the parts of the discount that come back come back.
    ///
    /// `before` is what had been refunded before this refund. Every share is worked out from the
    /// running total, so the last refund takes what remains to the last unit.
    pub(super) fn book_refund(
        &mut self,
        work: &mut Work,
        payment: &Payment,
        asked: &Asked,
        refund: &Refund,
        before: i64,
    ) {
        let mut lines = Lines::default();
        let order = order_side(payment, asked);
        give_back(&mut lines, asked, order, refund.amount, refund.payer);
        let whole = payment.amount.minor();
        let after = before + refund.amount.minor();
        let before = if super::planted!(self, FeeReturnedTwice) { 0 } else { before };
        for share in asked.fees.shares.iter() {
            let back = match refund.by {
                RefundBy::Refund => {
                    share.back(before, after, whole).expect("a part of a share fits")
                }
                // What was cancelled was the whole, and carries no fees at all.
                RefundBy::Cancel => share.amount,
            };
            lines.transfer(fee(share.owner, back), order, back);
        }
        let given_back = refund
            .settled()
            .map(|settled| Money::new(-settled.amount.minor(), settled.amount.currency()));
        settle(&mut lines, payment, given_back);
        self.post(work, payment, EntryKind::Refund, lines);
    }

    /// Money that belongs to nobody yet.
    pub(super) fn book_stray(&mut self, work: &mut Work, payment: &Payment, stray: &Stray) {
        let mut lines = Lines::default();
        let money = stray_money(stray);
        lines.transfer(receivable(stray.wallet, money), suspense(money), money);
        self.post(work, payment, EntryKind::Stray, lines);
    }

    /// What nobody's message can return leaves suspense: the operator's bank paid it, or nobody
    /// can be paid and the operator keeps it. The wallet owes it as before.
    pub(super) fn book_claim(
        &mut self,
        work: &mut Work,
        payment: &Payment,
        stray: &Stray,
        end: ClaimEnd,
    ) {
        let mut lines = Lines::default();
        let money = stray_money(stray);
        let kind = match end {
            ClaimEnd::PaidBack => AccountKind::Bank,
            ClaimEnd::WrittenOff => AccountKind::OperatorLoss,
        };
        lines.transfer(suspense(money), account(AccountOwner::Switch, kind, money), money);
        self.post(work, payment, EntryKind::ClaimClosed, lines);
    }

    /// And back it goes.
    pub(super) fn book_stray_return(&mut self, work: &mut Work, payment: &Payment, stray: &Stray) {
        let mut lines = Lines::default();
        let money = stray_money(stray);
        lines.transfer(suspense(money), receivable(stray.wallet, money), money);
        self.post(work, payment, EntryKind::StrayReturn, lines);
    }

    /// What a wallet placed beforehand is owed to it, and is in the operator's bank; or it went back.
    pub(super) fn book_movement(&mut self, work: &mut Work, movement: &Movement) {
        let (mut lines, money) = (Lines::default(), movement.amount);
        let bank = account(AccountOwner::Switch, AccountKind::Bank, money);
        let owner = AccountOwner::Wallet(movement.wallet);
        let prefunding = account(owner, AccountKind::Prefunding, money);
        let kind = match movement.direction {
            Direction::Received => {
                lines.transfer(bank, prefunding, money);
                EntryKind::Prefunding
            }
            Direction::Returned => {
                lines.transfer(prefunding, bank, money);
                EntryKind::PrefundingReturn
            }
        };
        self.post_entry(work, Slot::HOUSE, kind, Cause::Movement(movement.id), lines);
    }

    /// Money for nobody whom we know.
    pub(super) fn book_credit(&mut self, work: &mut Work, credit: &Credit) {
        let (mut lines, money) = (Lines::default(), credit.receipt.amount);
        lines.transfer(receivable(credit.wallet, money), suspense(money), money);
        self.post_entry(work, Slot::HOUSE, EntryKind::Credit, Cause::Credit(credit.id), lines);
    }

    /// It goes back, or (`kind` says which) becomes a merchant's: either way the rail no longer
    /// owes it to the house.
    pub(super) fn book_credit_out(&mut self, work: &mut Work, credit: &Credit, kind: EntryKind) {
        let (mut lines, money) = (Lines::default(), credit.receipt.amount);
        lines.transfer(suspense(money), receivable(credit.wallet, money), money);
        self.post_entry(work, Slot::HOUSE, kind, Cause::Credit(credit.id), lines);
    }
}

/// What the wallet owes us for a stray receipt: the payer's amount where we would have converted
/// (nothing was converted, so no fx position arises), else the order's.
fn stray_money(stray: &Stray) -> Money {
    stray.refund.payer.unwrap_or(stray.receipt.amount)
}
