//! The user's scan, towards the switch: resolve, quote, reserve, debit, confirm.

use noren_core::money::{Currency, Money};
use noren_core::time::{Span, Timestamp};
use noren_core::wallet::FxBy;
use serde::Deserialize;
use serde_json::Value;

use super::{NorenSandbox, SentAbout, read, value, wallet_id};
use crate::noren::WALLET_PATH;
use crate::noren::messages::{
    ConfirmOutcome, ConfirmRequest, ConfirmResponse, DeclineWord, FailRequest, Problem,
    QuoteRequest, ReserveRequest, ReserveResponse, ResolveRequest, ResolveResponse,
};
use crate::noren::scan::{Outcome, Scan, Step};
use crate::sandbox::bank::{ScanDebit, State};
use crate::sandbox::control::{self, Refused};
use crate::sandbox::scenario::Scenario;
use crate::wire::Response;

/// The body of `POST /sandbox/scan`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScanStart {
    scan_id: String,
    user: String,
    code: String,
    amount: Option<i64>,
    pin: Option<String>,
    /// What the user was to pay, as they saw it.
    payer: Option<i64>,
    #[serde(default)]
    renew: bool,
}

impl NorenSandbox {
    pub(super) fn scan_start(
        &mut self,
        now: Timestamp,
        start: &ScanStart,
    ) -> Result<Value, Refused> {
        control::name_check(&start.scan_id)?;
        control::user_check(&self.bank, &start.user)?;
        if start.amount.is_some_and(|yen| yen <= 0) {
            return Err((422, "an amount is above zero".into()));
        }
        control::pin_check(start.pin.as_deref())?;
        if let Some(scan) = self.scans.get(&start.scan_id) {
            if scan.user != start.user || scan.code != start.code {
                return Err((409, "this scan_id was used with another content".into()));
            }
        } else {
            let scenario = self.bank.next_scenario(&start.user);
            let scan = Scan::new(now, &start.user, &start.code, scenario);
            self.scans.put(&start.scan_id, scan);
        }
        self.edit(&start.scan_id, |scan| {
            if start.renew {
                scan.renew(now);
            }
            let typed = start.amount.map(|yen| Money::new(yen, Currency::JPY));
            scan.amount = scan.amount.or(typed);
            if start.pin.is_some() {
                scan.approve(now, start.payer);
            }
            scan.prompt(now);
        });
        self.run(now);
        Ok(self.scan_shown(&start.scan_id))
    }

    pub(super) fn scan_shown(&self, scan_id: &str) -> Value {
        self.scans.get(scan_id).map_or(Value::Null, |s| s.shown(scan_id, &wallet_id(scan_id)))
    }

    pub(super) fn edit(&mut self, scan_id: &str, change: impl FnOnce(&mut Scan)) {
        if let Some(scan) = self.scans.edit(scan_id) {
            change(scan);
            self.agenda.set(scan_id, scan.next_at);
        }
    }

    /// Takes one step of a scan; whatever is sent is sent again later if nothing comes of it.
    pub(super) fn step(&mut self, now: Timestamp, scan_id: &str) {
        let Some(scan) = self.scans.get(scan_id) else { return };
        let message = match &scan.step {
            Step::Resolving => Some((
                "codes/resolve".to_owned(),
                value(&ResolveRequest { code: scan.code.clone(), payer_currency: Currency::CNY }),
            )),
            Step::Quoting => scan.resolution.as_ref().map(|found| {
                let receive = scan.order_amount();
                let ask = QuoteRequest { resolution: found.resolution, receive, send: None };
                ("quotes".to_owned(), value(&ask))
            }),
            Step::Reserving => {
                reserve(scan_id, scan).map(|ask| ("payments".to_owned(), value(&ask)))
            }
            Step::Holding { .. } => return self.debit(now, scan_id),
            Step::Confirming => scan.payment_id.map(|id| {
                let debited = self.bank.payment(&wallet_id(scan_id)).map(|paid| paid.payer);
                let debited = debited.unwrap_or(Money::zero(Currency::CNY));
                let ask = ConfirmRequest { debited, rate: None };
                (format!("payments/{id}/confirm"), value(&ask))
            }),
            Step::Failing { reason } => scan.payment_id.map(|id| {
                let ask = FailRequest { reason: reason.clone() };
                (format!("payments/{id}/fail"), value(&ask))
            }),
            Step::NeedsAmount | Step::NeedsPin | Step::Ended(_) => None,
        };
        let Some((below, body)) = message else { return };
        let forged = scan.step == Step::Confirming
            && scan.scenario == Scenario::BadSignature
            && scan.confirms == 0;
        let about = SentAbout::Scan { scan_id: scan_id.to_owned(), step: scan.step.clone() };
        let patience = self.bank.terms().pace.0.max(1).saturating_mul(4);
        self.edit(scan_id, |scan| {
            scan.confirms += u32::from(scan.step == Step::Confirming);
            scan.next_at = Some(now.after(Span(patience)));
        });
        self.send(now, format!("{WALLET_PATH}/{below}"), &body, about, forged);
    }

    /// The one moment in which a scan takes money.
    fn debit(&mut self, now: Timestamp, scan_id: &str) {
        let id = wallet_id(scan_id);
        let Some(scan) = self.scans.get(scan_id) else { return };
        let (Some(quote), Some(order)) = (&scan.quote, scan.order_amount()) else { return };
        let late = scan.confirm_by.is_none_or(|end| now >= end);
        let scenario = scan.scenario;
        if late && scenario != Scenario::LateSuccess {
            return self.edit(scan_id, |scan| scan.fail(now, "too_late"));
        }
        if scenario == Scenario::UnknownThenNo {
            return self.edit(scan_id, |scan| scan.fail(now, DeclineWord::PayerRefused.name()));
        }
        let (user, payer, hold) = (scan.user.clone(), quote.payer_amount, scan.holds());
        let debit = ScanDebit { id: &id, user: &user, order, payer, scenario, hold };
        let shop = scan.resolution.as_ref().map(|found| found.shop.clone());
        let debited = self.bank.scan_debit(now, debit);
        if let Some(shop) = shop {
            self.bank.shop_keep(&id, &shop.name, Some(&shop.name_ja));
        }
        match debited {
            Ok(()) => {
                let at = (scenario != Scenario::NoConfirm).then_some(now);
                self.edit(scan_id, |scan| scan.go(Step::Confirming, at));
            }
            // The user sees a debit that never comes, and nobody may give up what is frozen: the
            // switch asks, and is told.
            Err(State::Blocked) => {
                self.edit(scan_id, |scan| scan.go(Step::Holding { until: None }, None));
            }
            Err(State::Cancelled) => self.edit(scan_id, |scan| scan.end(Outcome::Cancelled)),
            Err(_) => {
                self.edit(scan_id, |scan| scan.fail(now, DeclineWord::NoFunds.name()));
            }
        }
    }

    /// The switch answered a step of a scan.
    pub(super) fn scan_answered(
        &mut self,
        now: Timestamp,
        scan_id: &str,
        step: &Step,
        heard: Option<&Response>,
    ) {
        let pace = self.bank.terms().pace;
        let current = self.scans.get(scan_id).is_some_and(|scan| scan.step == *step);
        if !current {
            return;
        }
        let again = now.after(pace);
        let Some(response) = heard else {
            return self.edit(scan_id, |scan| scan.next_at = Some(again));
        };
        if response.status != 200 {
            let code = problem_code(&response.body);
            return self.edit(scan_id, |scan| match step {
                Step::Confirming => scan.end(Outcome::Disputed(code)),
                Step::Failing { reason } => scan.end(Outcome::Failed(reason.clone())),
                _ => scan.end(Outcome::Refused(code)),
            });
        }
        let body = &response.body;
        self.edit(scan_id, |scan| {
            let done = match step {
                Step::Resolving => read(body).map(|found: ResolveResponse| {
                    if found.fx_by == FxBy::Switch {
                        scan.resolved(now, found);
                    } else {
                        scan.end(Outcome::Refused("quotes-needed".into()));
                    }
                }),
                Step::Quoting => read(body).map(|quote| scan.quoted(now, quote)),
                Step::Reserving => read(body).map(|permission: ReserveResponse| {
                    scan.payment_id = Some(permission.payment_id);
                    scan.confirm_by = Some(permission.confirm_by);
                    if permission.status == "authorising" {
                        scan.reserved(now, pace);
                    } else {
                        scan.end(Outcome::Refused(permission.status));
                    }
                }),
                Step::Confirming => {
                    read(body).map(|said: ConfirmResponse| confirmed(now, scan, &said))
                }
                Step::Failing { reason } => {
                    scan.end(Outcome::Failed(reason.clone()));
                    Some(())
                }
                Step::NeedsAmount | Step::NeedsPin | Step::Holding { .. } | Step::Ended(_) => {
                    Some(())
                }
            };
            if done.is_none() {
                scan.next_at = Some(again);
            }
        });
    }
}

fn reserve(scan_id: &str, scan: &Scan) -> Option<ReserveRequest> {
    Some(ReserveRequest {
        wallet_payment_id: wallet_id(scan_id),
        resolution: scan.resolution.as_ref()?.resolution,
        quote: Some(scan.quote.as_ref()?.quote_id),
        amount: scan.order_amount()?,
        payer_token: Some(format!("payer-{}", scan.user)),
    })
}

/// The switch answered a confirmation. Two scenarios do not hear the first answer.
fn confirmed(now: Timestamp, scan: &mut Scan, said: &ConfirmResponse) {
    let deaf = matches!(scan.scenario, Scenario::LostAnswer | Scenario::DoubleNotice);
    if deaf && scan.confirms == 1 {
        scan.next_at = Some(now);
        return;
    }
    scan.end(match said.outcome {
        ConfirmOutcome::Captured => Outcome::Captured,
        ConfirmOutcome::Held => Outcome::Held,
        ConfirmOutcome::BeingCancelled => Outcome::BeingCancelled,
    });
}

fn problem_code(body: &[u8]) -> String {
    read(body).map_or_else(|| "unreadable".to_owned(), |problem: Problem| problem.code)
}
