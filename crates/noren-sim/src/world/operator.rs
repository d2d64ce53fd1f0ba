//! Whoever runs the switch: rates, fees, wallets and shops change while payments run.

use noren_core::command::{Body, Caller, ClaimClose, Command};
use noren_core::directory::{Change, MidRate, SettlementChoice, Standing, Wallet};
use noren_core::money::Currency;
use noren_core::rate::Rate;
use noren_core::stray::{ClaimEnd, StrayStatus};

use super::World;
use super::switch::{Job, ReplyTo};
use crate::directory;

impl World {
    /// One change of the directory, or the end of a claim, by a command like any other.
    pub(super) fn operate(&mut self) {
        if let Some(body) = self.claim_end() {
            self.counts.add("operator", "claim closed");
            let command = Command { caller: Caller::Operator, entropy: self.entropy(), body };
            return self.arrive(Job { command, reply_to: ReplyTo::Nobody });
        }
        let (row, change) = match self.rng.below(4) {
            0 => ("rate changed", self.another_rate()),
            1 => ("fees changed", self.other_fees()),
            2 => ("wallet suspended, retired or resumed", self.another_standing()),
            _ => ("shop suspended, or takes other wallets", self.another_shop()),
        };
        self.counts.add("operator", row);
        let command = Command {
            caller: Caller::Operator,
            entropy: self.entropy(),
            body: Body::Directory(change),
        };
        self.arrive(Job { command, reply_to: ReplyTo::Nobody });
    }

    /// Half of the times, when there is a claim: people have paid it back, or have written it off.
    fn claim_end(&mut self) -> Option<Body> {
        let claims = self.auditor.payments().flat_map(|payment| {
            let strays = payment.strays.iter();
            let open = strays.filter(|stray| stray.status() == StrayStatus::Claim);
            open.map(|stray| (payment.id, stray.id))
        });
        let claims: Vec<_> = claims.collect();
        if claims.is_empty() || self.rng.chance(5_000) {
            return None;
        }
        let (payment, stray) = *self.rng.pick(&claims);
        let end = *self.rng.pick(&[ClaimEnd::PaidBack, ClaimEnd::WrittenOff]);
        let note = "by hand".into();
        Some(Body::ClaimClose(ClaimClose { payment, stray, end, note }))
    }

    fn another_rate(&mut self) -> Change {
        let decimal = format!("0.0{}", self.rng.range(400, 580));
        let rate = Rate::from_decimal(Currency::JPY, Currency::CNY, &decimal);
        let rate = rate.expect("a decimal above zero");
        Change::Rate(MidRate { rate, source: "test rates".into(), at: self.now })
    }

    fn other_fees(&mut self) -> Change {
        let discount_bps = self.rng.below(501) as u16;
        Change::Fees(noren_core::fee::FeeSchedule { discount_bps, ..directory::fees() })
    }

    fn standing(&mut self) -> Standing {
        match self.rng.below(5) {
            0 => Standing::Suspended,
            1 => Standing::Retired,
            _ => Standing::Active,
        }
    }

    fn another_standing(&mut self) -> Change {
        let others = self.others();
        if self.swarm.others_share > 0 && !others.is_empty() && self.rng.chance(3_000) {
            let place = others.start + self.rng.below(others.len() as u64) as usize;
            let wallet = self.other_wallet(place);
            return Change::Wallet(Wallet { standing: self.standing(), ..wallet });
        }
        let wallets = [directory::alipayplus_wallet(), directory::partner_wallet()];
        let wallet = self.rng.pick(&wallets).clone();
        let (profile, standing) = (self.profile(wallet.profile.clone()), self.standing());
        Change::Wallet(Wallet { profile, standing, ..wallet })
    }

    fn another_shop(&mut self) -> Change {
        let till = *self.rng.pick(&[directory::takayama(), directory::kanazawa()]);
        let mut merchant = self.limited(directory::merchant_of(&till));
        merchant.standing = self.standing();
        if self.rng.chance(3_000) {
            merchant.wallets.truncate(1);
        }
        if let Some(margin_bps) = self.swarm.yuan
            && self.rng.chance(6_000)
        {
            merchant.settlement = Some(SettlementChoice { currency: Currency::CNY, margin_bps });
        }
        Change::Merchant(merchant)
    }
}
