//! Hong Kong's Faster Payment System: vectors, views, every rule broken once, and the builder.

#[path = "support/national.rs"]
mod national;
mod support;

use emvqr::mpm::hkfps::{self, Currency, DynamicCode, HkFps, Proxy, Shop, StaticCode};
use emvqr::mpm::{self, Finding, Mpm, Profile, Rejected};
use national::{check_added, check_own, edited, findings, payload, refused_for};
use proptest::prelude::*;
use support::Draft;
use support::vectors::check_all;

fn read(text: &str) -> Result<Mpm<'_>, Rejected> {
    mpm::read_as(text, Profile::HkFps)
}

const VECTORS: &str = include_str!("vectors/hkfps.json");

fn draft() -> Draft {
    edited(&Draft::emv(), "26.00=hk.com.hkicl; 26.02=9999999; 52=0000; 53=344; 58=HK; 59=NA; 60=HK")
}

fn payee(proxy: Proxy<'_>) -> HkFps<'_> {
    HkFps { proxy, clearing: None, timeout: None }
}

#[test]
fn open_vectors() {
    check_all(VECTORS, 5, read);
    check_all(VECTORS, 5, mpm::read);
}

#[test]
fn known_codes_break_no_rule_of_the_profile() {
    check_own(VECTORS, Profile::HkFps, &[]);
}

#[test]
fn who_is_paid_by_the_vectors() {
    let email = HkFps {
        proxy: Proxy::Email("pay@example.hk"),
        clearing: Some("004"),
        timeout: Some("271231235959"),
    };
    let expected = [
        ("hkfps-001", payee(Proxy::FpsId("999999999999"))),
        ("hkfps-002", payee(Proxy::FpsId("9999999"))),
        ("hkfps-003", payee(Proxy::Mobile("+852-91234567"))),
        ("hkfps-004", email),
    ];
    for (id, expected) in expected {
        let payload = payload(VECTORS, id);
        let code = read(&payload).unwrap();
        assert_eq!(code.findings(), [], "{id}");
        assert!(code.claims().contains(Profile::HkFps), "{id}");
        assert_eq!(hkfps::payees(&code).collect::<Vec<_>>(), [expected], "{id}");
    }
}

#[test]
fn each_rule() {
    check_added(
        &draft(),
        Profile::HkFps,
        &[],
        "
        hkfps:account_missing                  | 26.00=com.example.pay
        hkfps:proxy_missing                    | -26.02
        hkfps:proxy_missing zero_length:26.02   | 26.02=
        hkfps:proxy_repeated                   | 26.03=+852-91234567
        hkfps:proxy_repeated                   | 26.04=pay@example.hk
                                               | 26.02=ABCDEFG
                                               | -26.02; 26.03=+852-91234567
        hkfps:mobile_form                      | -26.02; 26.03=91234567
        hkfps:mobile_form                      | -26.02; 26.03=+852-9123456
        hkfps:mobile_form                      | -26.02; 26.03=+852-9123456A
        hkfps:mobile_form                      | -26.02; 26.03=+853-91234567
                                               | -26.02; 26.04=pay@example.hk
        hkfps:email_form                       | -26.02; 26.04=pay
        hkfps:email_form                       | -26.02; 26.04=@example.hk
        hkfps:email_form                       | -26.02; 26.04=pay@
                                               | 26.01=004; 26.05=271231235959
        hkfps:clearing_form                    | 26.01=4
        hkfps:clearing_form                    | 26.01=00A
        hkfps:timeout_form                     | 26.05=20271231
        hkfps:timeout_form                     | 26.05=27123123595X
        hkfps:reserved_account:27              | 27.00=com.example.pay
        hkfps:reserved_account:31              | 31.00=com.example.pay
                                               | 32.00=com.example.pay
                                               | 27.00=com.example.pay; 58=SG
                                               | 53=156
        hkfps:currency                         | 53=840
                                               | 54=88.80
        hkfps:amount_decimals                  | 54=88.805
        !zero_amount:54                        | 54=0.00
        !format:54                             | 54=8,80
        ",
    );
}

#[test]
fn the_profile_is_claimed_by_identifier_whatever_its_case_and_tag() {
    let shouted = edited(&draft(), "-26; 40.00=HK.COM.HKICL; 40.02=1; 54=1.005").text();
    let codes = |text| {
        let code = mpm::read(text).unwrap();
        code.findings().iter().map(Finding::code).collect::<Vec<_>>()
    };
    assert_eq!(codes(&shouted), ["hkfps:amount_decimals"]);
    assert_eq!(findings(&shouted, Profile::HkFps), codes(&shouted));
    let foreign = edited(&draft(), "26.00=com.example.pay; 54=1.005").text();
    assert_eq!(codes(&foreign), [""; 0]);
}

#[test]
fn two_proxies_are_no_payee() {
    let text = edited(&draft(), "26.04=pay@example.hk").text();
    assert_eq!(hkfps::payees(&read(&text).unwrap()).count(), 0);
    // An empty one beside is none.
    let text = edited(&draft(), "26.04=").text();
    let code = read(&text).unwrap();
    assert_eq!(hkfps::payees(&code).next(), Some(payee(Proxy::FpsId("9999999"))));
}

fn static_code() -> StaticCode<'static> {
    StaticCode {
        payee: payee(Proxy::Mobile("+852-91234567")),
        shop: Shop::default(),
        currency: Currency::Hkd,
        amount: None,
        reference: None,
    }
}

fn dynamic_code() -> DynamicCode<'static> {
    DynamicCode {
        payee: payee(Proxy::FpsId("999999999999")),
        shop: Shop::default(),
        currency: Currency::Hkd,
        amount: "100",
        reference: Some("QR12345"),
    }
}

#[test]
fn builders_write_the_open_vectors() {
    let email = HkFps {
        proxy: Proxy::Email("pay@example.hk"),
        clearing: Some("004"),
        timeout: Some("271231235959"),
    };
    let shop = Shop { name_zh: Some("旺角茶餐廳"), ..Shop::default() };
    let built = [
        ("hkfps-001", dynamic_code().build()),
        ("hkfps-003", static_code().build()),
        (
            "hkfps-004",
            DynamicCode { payee: email, shop, amount: "88.80", reference: None, ..dynamic_code() }
                .build(),
        ),
    ];
    for (id, built) in built {
        assert_eq!(built, Ok(payload(VECTORS, id)), "{id}");
    }
}

#[test]
fn builders_say_what_to_change() {
    let proxy = |proxy| StaticCode { payee: payee(proxy), ..static_code() }.build();
    let shop = |shop| StaticCode { shop, ..static_code() }.build();
    let amount = |amount| DynamicCode { amount, ..dynamic_code() }.build();
    let with = |clearing, timeout| {
        let payee = HkFps { clearing, timeout, ..static_code().payee };
        StaticCode { payee, ..static_code() }.build()
    };
    let cases = [
        ("hkfps:proxy_missing", proxy(Proxy::FpsId(""))),
        ("hkfps:mobile_form", proxy(Proxy::Mobile("+85291234567"))),
        ("hkfps:email_form", proxy(Proxy::Email("pay"))),
        ("hkfps:clearing_form", with(Some("4"), None)),
        ("hkfps:timeout_form", with(None, Some("2027"))),
        ("hkfps:amount_decimals", amount("1.005")),
        ("zero_amount:54", amount("0")),
        ("format:54", amount("1,000")),
        ("format:52", shop(Shop { mcc: "0", ..Shop::default() })),
        ("zero_length:59", shop(Shop { name: "", ..Shop::default() })),
        ("charset:59", shop(Shop { name: "旺角茶餐廳", ..Shop::default() })),
        ("too_long:60", shop(Shop { city: "ABCDEFGHIJKLMNOP", ..Shop::default() })),
        ("zero_length:64.01", shop(Shop { name_zh: Some(""), ..Shop::default() })),
        ("zero_length:62.05", StaticCode { reference: Some(""), ..static_code() }.build()),
    ];
    for (expected, built) in cases {
        refused_for(built, expected);
    }
}

fn proxy() -> impl Strategy<Value = (u8, String)> {
    prop_oneof![
        "[0-9A-Z]{1,12}".prop_map(|id| (2, id)),
        "[+]852-[0-9]{8}".prop_map(|mobile| (3, mobile)),
        "[!-?A-~]{1,10}@[a-z.]{1,10}".prop_map(|email| (4, email)),
    ]
}

proptest! {
    #[test]
    fn what_is_built_reads_back(
        (kind, proxy) in proxy(),
        clearing in prop::option::of("[0-9]{3}"),
        timeout in prop::option::of("[0-9]{12}"),
        currency in prop_oneof![Just(Currency::Hkd), Just(Currency::Cny)],
        amount in "[1-9][0-9]{0,8}([.][0-9]{0,2})?",
        name in "[ -~]{1,25}",
        name_zh in prop::option::of("[一-龠]{1,25}"),
        reference in prop::option::of("[ -~]{1,25}"),
        dynamic: bool,
    ) {
        let proxy = match kind {
            2 => Proxy::FpsId(&proxy),
            3 => Proxy::Mobile(&proxy),
            _ => Proxy::Email(&proxy),
        };
        let payee = HkFps { proxy, clearing: clearing.as_deref(), timeout: timeout.as_deref() };
        let shop = Shop { name: &name, name_zh: name_zh.as_deref(), ..Shop::default() };
        let reference = reference.as_deref();
        let built = if dynamic {
            DynamicCode { payee, shop, currency, amount: &amount, reference }.build()
        } else {
            StaticCode { payee, shop, currency, amount: Some(&amount), reference }.build()
        };
        let text = built.unwrap();
        let code = read(&text).unwrap();
        prop_assert_eq!(code.findings(), []);
        prop_assert_eq!(hkfps::payees(&code).collect::<Vec<_>>(), [payee]);
        prop_assert_eq!(code.amount(), Some(&*amount));
        prop_assert_eq!(code.currency() == Some("156"), currency == Currency::Cny);
        prop_assert_eq!(code.point_of_initiation() == mpm::Initiation::Dynamic, dynamic);
        prop_assert_eq!(code.merchant_name(), Some(&*name));
        let found = code.additional().and_then(|template| template.get(mpm::tags::additional::REFERENCE));
        prop_assert_eq!(found, reference);
        let found = code.language().and_then(|template| template.get(mpm::tags::language::NAME));
        prop_assert_eq!(found, name_zh.as_deref());
    }
}
