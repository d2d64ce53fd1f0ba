//! Lines that begin with `operator`.

use super::*;

impl Stage {
    pub(super) fn operator(&mut self, mut words: Words<'_>) -> Result<String, String> {
        let verb = words.next()?;
        let what = words.next()?;
        if let "assign" | "return" = verb {
            // `U0` is an id that nobody has.
            let credit = match what {
                "U0" => CreditId::new(START, Slot::HOUSE, Entropy(1), 99),
                what => *pick(&self.credits, what, 'U')?,
            };
            let body = if verb == "assign" {
                let store = till(words.next()?)?.store;
                Body::CreditAssign(CreditAssign { credit, store })
            } else {
                Body::CreditReturn(CreditReturn { credit })
            };
            words.done()?;
            return self.command(Caller::Operator, body);
        }
        let standing = match verb {
            "suspend" => Standing::Suspended,
            "retire" => Standing::Retired,
            "resume" => Standing::Active,
            "refuse" => {
                let mut merchant =
                    directory::merchant_of(&till(words.named("at").unwrap_or("takayama"))?);
                merchant.wallets.retain(|name| name.as_str() != what);
                words.done()?;
                return self.change(Change::Merchant(merchant));
            }
            "lets" => return self.operator_lets(what, words),
            "closes" => return self.operator_closes(what, words),
            "caps" => return self.operator_caps(what, words),
            "limits" => return self.operator_limits(what, words),
            "prefunds" => return self.operator_prefunds(what, words),
            "fees" => return self.operator_fees(what, words),
            "partner" => return self.operator_partner(what, words),
            "pays" => return self.operator_pays(what, words),
            "opens" => return self.operator_opens(what, words),
            "publishes" => return self.operator_publishes(what, words),
            verb => return Err(format!("an operator does not {verb}")),
        };
        let of_store = words.took("store");
        words.done()?;
        if let Ok(till) = till(what) {
            if of_store {
                let mut store = directory::store_of(&till);
                store.standing = standing;
                return self.change(Change::Store(store));
            }
            let mut merchant = directory::merchant_of(&till);
            merchant.standing = standing;
            return self.change(Change::Merchant(merchant));
        }
        let mut wallet = wallet_of(what)?;
        wallet.standing = standing;
        self.change(Change::Wallet(wallet))
    }

    /// `fees dear bps=500 parts=wallet:5000:back,partner:2000,switch:3000`, for all or only for
    /// `shop=takayama`, `category=5499,5812`, `wallet=…`, `way=cpm`, `acquirer=…`, `from=10s`,
    /// `until=1h`.
    fn operator_fees(&mut self, what: &str, words: Words<'_>) -> Result<String, String> {
        fn word<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, String> {
            let word = serde_json::Value::String(text.to_owned());
            serde_json::from_value(word).map_err(|_| format!("no such word: {text}"))
        }
        let part = |text: &str| {
            let mut fields = text.split(':');
            let (party, share) = fields.next().zip(fields.next()).ok_or("a part is party:share")?;
            Ok::<_, String>(FeePart {
                party: word(party)?,
                share: share.parse().map_err(|_| format!("no share: {share}"))?,
                returned_on_refund: fields.next() == Some("back"),
            })
        };
        let parts = words.named("parts").unwrap_or("switch:10000");
        let bps = words.named("bps").unwrap_or("300");
        let when = |name| words.named(name).map(|text| span(text).map(|s| START.after(s)));
        let schedule = FeeSchedule {
            name: what.into(),
            acquirer: words.named("acquirer").map(word).transpose()?,
            merchant: words.named("shop").map(|name| till(name).map(|t| t.merchant)).transpose()?,
            wallet: words.named("wallet").map(word).transpose()?,
            way: words.named("way").map(word).transpose()?,
            categories: words.named("category").map_or_else(Vec::new, |list| {
                list.split(',').map(noren_core::Text::from).collect()
            }),
            valid_from: when("from").transpose()?,
            valid_until: when("until").transpose()?,
            discount_bps: bps.parse().map_err(|_| format!("no basis points: {bps}"))?,
            parts: parts.split(',').map(part).collect::<Result<_, String>>()?,
        };
        words.done()?;
        self.change(Change::Fees(schedule))
    }

    /// `partner tabi-pos at=takayama` for all stores of a shop, `store=takayama` for one.
    fn operator_partner(&mut self, what: &str, words: Words<'_>) -> Result<String, String> {
        let name = what.parse().map_err(|_| format!("no name: {what}"))?;
        self.change(Change::Partner(Partner { name, title: what.into() }))?;
        let said = match (words.named("at"), words.named("store")) {
            (Some(shop), None) => {
                let merchant = directory::merchant_of(&till(shop)?);
                Change::Merchant(Merchant { partner: Some(name), ..merchant })
            }
            (None, Some(shop)) => {
                let store = directory::store_of(&till(shop)?);
                Change::Store(Store { partner: Some(name), ..store })
            }
            _ => return Err("a partner is at=SHOP or store=SHOP".to_owned()),
        };
        words.done()?;
        self.change(said)
    }

    /// `caps noren at CNY 100.00`, `caps noren at CNY nothing`.
    fn operator_caps(&mut self, what: &str, mut words: Words<'_>) -> Result<String, String> {
        let wallet = wallet_of(what)?.name;
        if words.next()? != "at" {
            return Err("a wallet is capped at an amount".to_owned());
        }
        let (currency, limit) = words.limit()?;
        words.done()?;
        self.change(Change::Cap(Cap { wallet, currency, limit }))
    }

    /// `prefunds noren received CNY 50.00 key=K1`, `prefunds noren returned CNY 50.00 key=K2`.
    fn operator_prefunds(&mut self, what: &str, mut words: Words<'_>) -> Result<String, String> {
        let wallet = what.parse().map_err(|_| format!("no name: {what}"))?;
        let direction = match words.next()? {
            "received" => Direction::Received,
            "returned" => Direction::Returned,
            word => return Err(format!("received or returned, not {word}")),
        };
        let (amount, key) = (words.money()?, words.key()?.into());
        let hash = hash(&format!("{wallet} {direction:?} {amount}"));
        words.done()?;
        let reference = "by the bank".into();
        let prefund = Prefund { key, hash, wallet, direction, amount, reference };
        self.command(Caller::Operator, Body::Prefund(prefund))
    }

    /// `limits noren payment CNY 50.00`, `limits takayama day JPY 2000 payer JPY nothing`.
    fn operator_limits(&mut self, what: &str, mut words: Words<'_>) -> Result<String, String> {
        let Ok(till) = till(what) else {
            let mut wallet = wallet_of(what)?;
            if !words.took("payment") {
                return Err("a wallet is limited by payment".to_owned());
            }
            let (currency, limit) = words.limit()?;
            if currency != wallet.profile.currency {
                return Err(format!("{what} owes {}", wallet.profile.currency));
            }
            wallet.profile.payment_max = limit;
            words.done()?;
            return self.change(Change::Wallet(wallet));
        };
        let mut merchant = directory::merchant_of(&till);
        while let Some(word) = words.peek() {
            words.next()?;
            let (_, limit) = words.limit()?;
            match word {
                "day" => merchant.day_max = limit,
                "payer" => merchant.payer_day_max = limit,
                word => return Err(format!("a shop is limited by day and payer, not {word}")),
            }
        }
        self.change(Change::Merchant(merchant))
    }

    /// `lets noren hold one`, `lets noren hold nothing`, `lets alipayplus hold several for=1h`;
    /// `lets noren ask 1`: inquiries a second;
    /// `lets alipayplus undo cancel=15 before=15s max=1 days=30 proof=90s nokey`;
    /// `lets noren owe KWD rate=0.00205`: per yen.
    fn operator_lets(&mut self, what: &str, mut words: Words<'_>) -> Result<String, String> {
        let mut wallet = wallet_of(what)?;
        match words.next()? {
            "hold" => {}
            "ask" => {
                let budget = words.next()?.parse().map_err(|_| "a whole number above zero")?;
                wallet.profile.inquiry_budget_per_second = budget;
                words.done()?;
                return self.change(Change::Wallet(wallet));
            }
            "owe" => {
                let quote = words.next()?.parse().map_err(|_| "a currency")?;
                wallet.profile.currency = quote;
                let text = words.named("rate").ok_or("rate= is missing")?;
                let rate = Rate::from_decimal(Currency::JPY, quote, text);
                let rate = rate.map_err(|error| error.to_string())?;
                words.done()?;
                let mid = MidRate { rate, source: "test rates".into(), at: self.now };
                self.change(Change::Rate(mid))?;
                return self.change(Change::Wallet(wallet));
            }
            "undo" => return self.operator_lets_undo(wallet, words),
            "return" => {
                let returns = match words.next()? {
                    "nothing" => false,
                    "transfers" => true,
                    word => return Err(format!("nothing or transfers, not {word}")),
                };
                words.done()?;
                wallet.profile.push = Some(PushRules { returns });
                return self.change(Change::Wallet(wallet));
            }
            word => {
                return Err(format!("a wallet is let hold, ask, owe, undo or return, not {word}"));
            }
        }
        let lifetime = span(words.named("for").unwrap_or("720h"))?;
        let captures = match words.next()? {
            "nothing" => None,
            "one" => Some(HoldCaptures::One),
            "several" => Some(HoldCaptures::Several),
            word => return Err(format!("nothing, one or several, not {word}")),
        };
        wallet.profile.holds = captures.map(|captures| HoldRules { captures, lifetime });
        words.done()?;
        self.change(Change::Wallet(wallet))
    }

    /// On what terms a wallet cancels and refunds; what is not named is as the directory has it.
    fn operator_lets_undo(
        &mut self,
        mut wallet: noren_core::directory::Wallet,
        mut words: Words<'_>,
    ) -> Result<String, String> {
        fn number(text: Option<&str>) -> Result<Option<u16>, String> {
            let parse = |text: &str| text.parse().map_err(|_| format!("no number: {text}"));
            text.map(parse).transpose()
        }
        let profile = &mut wallet.profile;
        profile.cancel_until = number(words.named("cancel"))?.or(profile.cancel_until);
        profile.refunds_max = number(words.named("max"))?.or(profile.refunds_max);
        profile.refund_until_days = number(words.named("days"))?.or(profile.refund_until_days);
        if let Some(text) = words.named("before") {
            profile.cancel_not_before = span(text)?;
        }
        if let Some(text) = words.named("proof") {
            profile.not_found_is_proof_after = Some(span(text)?);
        }
        if let Some(text) = words.named("inquiries") {
            profile.inquiry_max = text.parse().map_err(|_| format!("no number: {text}"))?;
        }
        profile.refund_key = !words.took("nokey");
        words.done()?;
        self.change(Change::Wallet(wallet))
    }

    /// `closes X1 paid_back`, `closes X1 written_off`; `X0` is an id that nobody has.
    fn operator_closes(&mut self, what: &str, mut words: Words<'_>) -> Result<String, String> {
        let end = match words.next()? {
            "paid_back" => ClaimEnd::PaidBack,
            "written_off" => ClaimEnd::WrittenOff,
            word => return Err(format!("paid_back or written_off, not {word}")),
        };
        let till = words.took("till");
        words.done()?;
        let stray = match what {
            "X0" => StrayId::new(START, directory::takayama().merchant.slot(), Entropy(1), 98),
            name => *pick(&self.strays, name, 'X')?,
        };
        let owner = |payment: &&Arc<Payment>| payment.strays.iter().any(|s| s.id == stray);
        let payment = match self.auditor.payments().find(owner) {
            Some(payment) => payment.id,
            None => *self.payments.first().ok_or("no payment yet")?,
        };
        let caller = if till {
            let till = directory::takayama();
            Caller::Merchant { tenant: till.tenant, merchant: till.merchant }
        } else {
            Caller::Operator
        };
        let note = "transfer 7".into();
        self.command(caller, Body::ClaimClose(ClaimClose { payment, stray, end, note }))
    }
}
