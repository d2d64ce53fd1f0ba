//! Accounts of networks that are no national profile: UnionPay, Alipay, WeChat Pay. And the
//! codes of countries that have no profile here.

mod support;

use emvqr::mpm::alipay::{Alipay, OpenApi};
use emvqr::mpm::unionpay::{AccountError, MerchantAccount, UnionPay};
use emvqr::mpm::wechat::WeChat;
use emvqr::mpm::{self, Account, Mpm, Writer, tags, unionpay};
use emvqr::tlv::Tag;
use proptest::prelude::*;
use serde_json::Value;
use support::vectors::{check_all, text, vectors};

const OTHER: &str = include_str!("vectors/other.json");
const SGQR: &str = include_str!("vectors/sgqr.json");
const KHQR: &str = include_str!("vectors/khqr.json");

#[test]
fn codes_without_a_profile() {
    check_all(OTHER, 6, mpm::read);
    for vector in vectors(OTHER) {
        if let Ok(code) = mpm::read(text(&vector, "payload")) {
            assert!(code.claims().is_empty(), "{}", text(&vector, "id"));
        }
    }
}

fn payload<'v>(vectors: &'v [Value], id: &str) -> &'v str {
    text(vectors.iter().find(|vector| text(vector, "id") == id).unwrap(), "payload")
}

fn find<'a, T>(code: &Mpm<'a>, of: fn(&Account<'a>) -> Option<T>) -> Vec<T> {
    code.accounts().filter_map(|account| of(&account)).collect()
}

#[test]
fn unionpay_of_the_vectors() {
    let (khqr, sgqr, other) = (vectors(KHQR), vectors(SGQR), vectors(OTHER));
    for (vectors, id, parts) in [
        (&khqr, "khqr-001", ["19740116", "00520446", "ACLB10002312081"]),
        (&khqr, "khqr-003", ["19740116", "00520446", "ACLB10002312081"]),
        (&other, "other-001", ["20310418", "00520446", "JDBMSZZXE44BFS0"]),
        (&sgqr, "sgqr-001", ["48000702", "48000702", "800070254994353"]),
    ] {
        let code = mpm::read(payload(vectors, id)).unwrap();
        let [acquirer, forwarding, merchant] = parts;
        let expected = MerchantAccount::new(acquirer, forwarding, merchant).unwrap();
        assert_eq!(find(&code, UnionPay::of), [UnionPay::Merchant(expected)], "{id}");
        assert_eq!([expected.acquirer(), expected.forwarding(), expected.merchant()], parts);
        assert_eq!(code.get(unionpay::TAG), Some(expected.as_str()), "{id}");
    }
    let code = mpm::read(payload(&khqr, "khqr-008")).unwrap();
    assert_eq!(find(&code, UnionPay::of), [UnionPay::Other("01105555555555")]);
}

#[test]
fn unionpay_of_another_form_is_kept_as_text() {
    for value in [
        "122034039203926000000000000001",   // 30
        "31220340392039260000000000000010", // 32
        "3122034A392039260000000000000001",
        "3122034039203926000000000000-01",
        "31220340392039260000000000000０",
        "１220340392039260000000000000000",
    ] {
        let text = support::sealed(&format!(
            "00020115{:02}{value}5204581253033925802JP5904SHOP6005TOKYO",
            value.chars().count()
        ));
        let code = mpm::read(&text).unwrap();
        assert_eq!(find(&code, UnionPay::of), [UnionPay::Other(value)]);
    }
}

#[test]
fn parts_of_unionpay_that_do_not_fit() {
    let new = MerchantAccount::new;
    assert_eq!(new("1974011", "00520446", "ACLB10002312081"), Err(AccountError::Acquirer));
    assert_eq!(new("1974011X", "00520446", "ACLB10002312081"), Err(AccountError::Acquirer));
    assert_eq!(new("19740116", "005204460", "CLB10002312081"), Err(AccountError::Forwarding));
    assert_eq!(new("19740116", "00520446", "ACLB1000231208"), Err(AccountError::Merchant));
    assert_eq!(new("19740116", "00520446", "ACLB 0002312081"), Err(AccountError::Merchant));
    for error in [AccountError::Acquirer, AccountError::Forwarding, AccountError::Merchant] {
        assert!(error.to_string().contains("ask the acquirer"));
    }
}

#[test]
fn alipay_of_the_vectors() {
    let sgqr = vectors(SGQR);
    let code = mpm::read(payload(&sgqr, "sgqr-004")).unwrap();
    let link = Alipay::Link("https://qr.alipay.com/ocx08230mbjrpvogjn4mm17");
    assert_eq!(find(&code, Alipay::of), [link]);

    let code = mpm::read(payload(&sgqr, "sgqr-010")).unwrap();
    let numbers = Alipay::OpenApi(OpenApi {
        field_01: "1000000337",
        field_02: Some("0000"),
        field_03: Some("0001"),
        field_04: Some("0000"),
        field_99: Some("01"),
    });
    assert_eq!(find(&code, Alipay::of), [numbers]);
}

#[test]
fn wechat_of_the_vectors() {
    let sgqr = vectors(SGQR);
    let whole = WeChat {
        merchant: "1000000337",
        terminal: Some("0000"),
        field_03: Some("0001"),
        field_04: Some("0000"),
        field_99: Some("01"),
    };
    for (id, expected) in [
        ("sgqr-001", whole),
        ("sgqr-005", WeChat::new("1234567890", Some("1234"))),
        ("sgqr-010", whole),
    ] {
        let code = mpm::read(payload(&sgqr, id)).unwrap();
        assert_eq!(find(&code, WeChat::of), [expected], "{id}");
    }
}

#[test]
fn identifiers_have_no_case_and_an_empty_01_is_nobody() {
    for (parts, alipay, wechat) in [
        ("0010COM.ALIPAY01011", 1, 0),
        ("0018com.alipay.openapi01011", 1, 0),
        ("0017com.qq.weixin.pay01011", 0, 1),
        ("0010com.alipay0100", 0, 0),
        ("0010com.alipay", 0, 0),
        ("0018COM.ALIPAY.OPENAPI02011", 0, 0),
        ("0017COM.QQ.WEIXIN.PAY0100", 0, 0),
        ("0014com.alipay.com01011", 0, 0),
    ] {
        let text = support::sealed(&format!(
            "00020130{:02}{parts}5204581253033925802JP5904SHOP6005TOKYO",
            parts.len()
        ));
        let code = mpm::read(&text).unwrap();
        assert_eq!(find(&code, Alipay::of).len(), alipay, "{parts}");
        assert_eq!(find(&code, WeChat::of).len(), wechat, "{parts}");
        assert_eq!(find(&code, UnionPay::of), [], "{parts}");
    }
}

/// A code with the three accounts beside each other.
fn write(unionpay: &MerchantAccount, alipay: &Alipay<'_>, wechat: &WeChat<'_>) -> String {
    let mut writer = Writer::default();
    writer.account(unionpay::TAG, unionpay.as_str()).unwrap();
    writer.optional_template(Tag::new(26).unwrap(), &alipay.parts()).unwrap();
    writer.optional_template(Tag::new(27).unwrap(), &wechat.parts()).unwrap();
    writer.object(tags::CATEGORY, "0000").unwrap();
    writer.object(tags::CURRENCY, "702").unwrap();
    writer.object(tags::COUNTRY, "SG").unwrap();
    writer.object(tags::NAME, "NA").unwrap();
    writer.object(tags::CITY, "Singapore").unwrap();
    writer.finish().unwrap()
}

fn field() -> impl Strategy<Value = Option<String>> {
    prop::option::of("[0-9]{2,8}")
}

proptest! {
    #[test]
    fn what_is_built_reads_back(
        (acquirer, forwarding, merchant) in ("[0-9]{8}", "[0-9]{8}", "[0-9A-Z]{15}"),
        link in prop::option::of("https://qr[.]alipay[.]com/[a-z0-9]{1,40}"),
        first in "[0-9]{10}",
        (f02, f03, f04, f99) in (field(), field(), field(), field()),
    ) {
        let unionpay = MerchantAccount::new(&acquirer, &forwarding, &merchant).unwrap();
        let wechat = WeChat {
            merchant: &first,
            terminal: f02.as_deref(),
            field_03: f03.as_deref(),
            field_04: f04.as_deref(),
            field_99: f99.as_deref(),
        };
        let numbers = OpenApi {
            field_01: &first,
            field_02: f99.as_deref(),
            field_03: f04.as_deref(),
            field_04: f03.as_deref(),
            field_99: f02.as_deref(),
        };
        let alipay = link.as_deref().map_or(Alipay::OpenApi(numbers), Alipay::Link);
        let text = write(&unionpay, &alipay, &wechat);
        let code = mpm::read(&text).unwrap();
        prop_assert_eq!(code.findings(), []);
        prop_assert_eq!(find(&code, UnionPay::of), [UnionPay::Merchant(unionpay)]);
        prop_assert_eq!(find(&code, Alipay::of), [alipay]);
        prop_assert_eq!(find(&code, WeChat::of), [wechat]);
    }
}
