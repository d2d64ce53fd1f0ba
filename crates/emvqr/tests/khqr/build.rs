//! Writing KHQR codes: what comes back, and what is refused.

use emvqr::mpm::khqr::{
    self, BakongAccount, Currency, DynamicCode, Labels, Local, Merchant, Payee, StaticCode, Times,
};
use emvqr::mpm::{self, BuildError, Mpm, unionpay};
use emvqr::tlv::Tag;
use proptest::prelude::*;

use crate::national::{payload, refused_for};
use crate::{VECTORS, read};

/// The merchant of an open vector.
fn merchant() -> Merchant<'static> {
    Merchant {
        payee: Payee::Individual {
            account: BakongAccount::new("john_smith@devb").unwrap(),
            information: Some("85512233455"),
            bank: Some("Dev Bank"),
        },
        unionpay: None,
        mcc: khqr::CATEGORY_DEFAULT,
        currency: Currency::Dollar,
        name: "John Smith",
        city: "PHNOM PENH",
        local: Some(Local {
            language: "km", name: "ចន ស្មីន", city: Some("ភ្នំពញ")
        }),
    }
}

fn with(change: impl FnOnce(&mut DynamicCode<'_>)) -> Result<String, BuildError> {
    let mut code = DynamicCode {
        merchant: merchant(),
        amount: "100",
        created_ms: 1_726_821_915_797,
        expires_ms: 1_726_822_035_797,
        labels: Labels {
            bill: Some("#12345"),
            mobile: Some("85512233455"),
            store: Some("Coffee Shop"),
            terminal: Some("Cashier_1"),
            purpose: Some("Buy coffee"),
        },
    };
    change(&mut code);
    code.build()
}

#[test]
fn text_of_an_open_vector() {
    assert_eq!(with(|_| {}).unwrap(), payload(VECTORS, "khqr-006"));
}

#[test]
fn builder_says_what_to_change() {
    let long = "abcdefghijklmnopqrstuvwxyz0123456";
    let unionpay = Some("3122034039203926000000000000001");
    for (expected, built) in [
        ("zero_amount:54", with(|code| code.amount = "0")),
        ("format:54", with(|code| code.amount = "1,50")),
        ("khqr:amount_decimals", with(|code| code.amount = "1.505")),
        ("khqr:amount_decimals", {
            with(|code| (code.amount, code.merchant.currency) = ("1.5", Currency::Riel))
        }),
        ("khqr:unionpay_dollar", with(|code| code.merchant.unionpay = unionpay)),
        ("khqr:time_form:99.00", with(|code| code.created_ms = 0)),
        ("khqr:time_form:99.01", with(|code| code.expires_ms = -172_724_948_497)),
        ("khqr:expiry_early", with(|code| code.expires_ms = code.created_ms)),
        ("format:52", with(|code| code.merchant.mcc = "59")),
        ("zero_length:59", with(|code| code.merchant.name = "")),
        ("charset:59", with(|code| code.merchant.name = "ចន")),
        ("too_long:62.01", with(|code| code.labels.bill = Some(long))),
        ("format:64.00", {
            with(|code| {
                code.merchant.local = Some(Local { language: "khm", name: "ចន", city: None });
            })
        }),
        ("khqr:too_long:30.02", {
            with(|code| {
                let account = BakongAccount::new("khqr@devb").unwrap();
                code.merchant.payee = Payee::Merchant { account, id: None, bank: Some(long) };
            })
        }),
        ("zero_length:30.01", {
            with(|code| {
                let account = BakongAccount::new("khqr@devb").unwrap();
                code.merchant.payee = Payee::Merchant { account, id: Some(""), bank: None };
            })
        }),
    ] {
        refused_for(built, expected);
    }
}

#[derive(Clone, Debug)]
struct Parts {
    account: String,
    number: Option<String>,
    bank: Option<String>,
    unionpay: Option<String>,
    mcc: String,
    name: String,
    city: String,
    local: Option<(String, String, Option<String>)>,
    label: Option<String>,
}

prop_compose! {
    fn parts()(
        account in "[a-z0-9_.]{1,20}@[a-z]{4}",
        number in prop::option::of("[ -~]{1,32}"),
        bank in prop::option::of("[ -~]{1,20}"),
        unionpay in prop::option::of("[0-9A-Z]{31}"),
        mcc in "[0-9]{4}",
        name in "[ -~]{1,25}",
        city in "[ -~]{1,15}",
        local in prop::option::of(("[a-zA-Z]{2}", "[ក-៓ ]{1,25}", prop::option::of("[ក-៓]{1,15}"))),
        label in prop::option::of("[ -~]{1,25}"),
    ) -> Parts {
        Parts { account, number, bank, unionpay, mcc, name, city, local, label }
    }
}

impl Parts {
    fn merchant(&self, person: bool, currency: Currency) -> Merchant<'_> {
        let account = BakongAccount::new(&self.account).unwrap();
        let (number, bank) = (self.number.as_deref(), self.bank.as_deref());
        let payee = if person {
            Payee::Individual { account, information: number, bank }
        } else {
            Payee::Merchant { account, id: number, bank }
        };
        let riel = currency == Currency::Riel;
        let local = self.local.as_ref();
        Merchant {
            payee,
            unionpay: self.unionpay.as_deref().filter(|_| riel),
            mcc: &self.mcc,
            currency,
            name: &self.name,
            city: &self.city,
            local: local.map(|(language, name, city)| {
                let city = city.as_deref();
                Local { language, name, city }
            }),
        }
    }
}

/// What was written is there again, and nobody has anything to remark.
fn check_written(code: &Mpm<'_>, merchant: &Merchant<'_>) -> Result<(), TestCaseError> {
    prop_assert_eq!(code.findings(), []);
    prop_assert_eq!(khqr::payees(code).collect::<Vec<_>>(), [merchant.payee]);
    prop_assert_eq!(code.get(unionpay::TAG), merchant.unionpay);
    prop_assert_eq!(Currency::of(code), Some(merchant.currency));
    prop_assert_eq!(code.category(), Some(merchant.mcc));
    prop_assert_eq!(code.merchant_name(), Some(merchant.name));
    prop_assert_eq!(code.city(), Some(merchant.city));
    let local = code.language().map(|template| {
        let get = |tag| template.get(tag);
        (
            get(mpm::tags::language::CODE),
            get(mpm::tags::language::NAME),
            get(mpm::tags::language::CITY),
        )
    });
    prop_assert_eq!(
        local,
        merchant.local.map(|local| (Some(local.language), Some(local.name), local.city))
    );
    Ok(())
}

proptest! {
    #[test]
    fn what_is_written_reads_back(
        parts in parts(),
        person: bool,
        amount in prop_oneof![
            "[1-9][0-9]{0,9}".prop_map(|amount| (Currency::Riel, amount)),
            "[1-9][0-9]{0,8}(\\.[0-9]{1,2})?".prop_map(|amount| (Currency::Dollar, amount)),
        ],
        created_ms in 1_000_000_000_000..9_000_000_000_000_i64,
        lasts_ms in 1..900_000_000_000_i64,
    ) {
        let (currency, amount) = amount;
        let merchant = parts.merchant(person, currency);
        let labels = Labels { purpose: parts.label.as_deref(), ..Labels::default() };

        let text = StaticCode { merchant, labels }.build().unwrap();
        let code = read(&text).unwrap();
        check_written(&code, &merchant)?;
        prop_assert_eq!(code.amount(), None);
        prop_assert_eq!(Times::of(&code), Times::default());

        let expires_ms = created_ms + lasts_ms;
        let text = DynamicCode { merchant, amount: &amount, created_ms, expires_ms, labels };
        let text = text.build().unwrap();
        let code = mpm::read(&text).unwrap();
        check_written(&code, &merchant)?;
        prop_assert_eq!(code.amount(), Some(&*amount));
        let times = Times { created_ms: Some(created_ms), expires_ms: Some(expires_ms) };
        prop_assert_eq!(Times::of(&code), times);
        let purpose = code.additional().and_then(|labels| labels.get(Tag::new(8).unwrap()));
        prop_assert_eq!(purpose, parts.label.as_deref());
    }
}
