//! What is written is what was asked for, reads back, and is refused with a reason.

use emvqr::mpm::promptpay::{
    self, Bill, BillCode, BillScope, Innovation, InnovationKind, Merchant, Message, Payee, Proxy,
    Transfer, TransferCode, Vat,
};
use emvqr::mpm::{self, BuildError, Finding, Profile};
use emvqr::tlv::{Path, Tag};
use proptest::prelude::*;

use crate::VECTORS;
use crate::national::{payload, refused_for};

fn with<'a>(change: impl FnOnce(&mut TransferCode<'a>)) -> Result<String, BuildError> {
    let transfer = Transfer { proxy: Proxy::Mobile("0066812345678"), ota_code: None };
    let mut code = TransferCode { transfer, amount: None, merchant: None, message: None };
    change(&mut code);
    code.build()
}

fn with_bill<'a>(change: impl FnOnce(&mut BillCode<'a>)) -> Result<String, BuildError> {
    let mut code = BillCode {
        bill: Bill {
            scope: BillScope::Domestic,
            biller_id: "0105558080778",
            reference1: Some("LEX11000002"),
            reference2: Some("LEX0260393069"),
        },
        innovation: Some(Innovation {
            kind: InnovationKind::Standard,
            acquirer: "004",
            merchant: "LEX11000002",
            reference: Some("LEX0260393069"),
        }),
        reference3: None,
        amount: Some("12.81"),
        merchant: None,
        vat: None,
    };
    change(&mut code);
    code.build()
}

#[test]
fn texts_of_open_vectors() {
    assert_eq!(with(|_| {}).unwrap(), payload(VECTORS, "promptpay-003"));
    assert_eq!(with_bill(|_| {}).unwrap(), payload(VECTORS, "promptpay-005"));
}

#[test]
fn messages_whose_digits_look_like_objects() {
    // Twice object 01, empty; object 00 with the text ABCD; an owner of 36 characters.
    for message in ["ĀĀ", "\u{4}\u{ABCD}", "6123456789"] {
        let text = with(|code| code.message = Some(message)).unwrap();
        let read = mpm::read(&text).unwrap();
        assert_eq!(Message::of(&read).unwrap().to_string(), message);
        let objects = read.object(Tag::new(81).unwrap()).unwrap().template();
        assert!(objects.is_ok(), "{message:?} does not look like objects");
    }
}

#[test]
fn builder_says_what_to_change() {
    let merchant = Merchant { mcc: "5812", name: "ROTI SHOP", city: "PHUKET" };
    for (expected, built) in [
        ("promptpay:proxy_form:01", with(|code| code.transfer.proxy = Proxy::Mobile("0812345678"))),
        ("promptpay:proxy_form:04", with(|code| code.transfer.proxy = Proxy::BankAccount("004"))),
        ("promptpay:ota_form", with(|code| code.transfer.ota_code = Some("12345"))),
        ("zero_amount:54", with(|code| code.amount = Some("0.00"))),
        ("format:54", with(|code| code.amount = Some("1,250.00"))),
        ("promptpay:amount_decimals", with(|code| code.amount = Some("1.005"))),
        ("promptpay:message_form", with(|code| code.message = Some(""))),
        ("zero_length:59", with(|code| code.merchant = Some(Merchant { name: "", ..merchant }))),
        ("format:52", with(|code| code.merchant = Some(Merchant { mcc: "58", ..merchant }))),
        ("promptpay:biller_form", with_bill(|code| code.bill.biller_id = "0105")),
        ("zero_length:30.02", with_bill(|code| code.bill.reference1 = Some(""))),
        ("promptpay:reference_long:03", {
            with_bill(|code| code.bill.reference2 = Some("ABCDEFGHIJKLMNOPQRSTU"))
        }),
        ("promptpay:acquirer_form", {
            with_bill(|code| {
                let innovation = code.innovation.unwrap();
                code.innovation = Some(Innovation { acquirer: "4", ..innovation });
            })
        }),
        ("promptpay:vat_form:01", {
            with_bill(|code| {
                code.vat = Some(Vat { seller: "0001", rate: Some("7%"), amount: None });
            })
        }),
    ] {
        refused_for(built, expected);
    }
    let path = Path::root(Tag::new(81).unwrap());
    let message = "ขอบคุณมากนะคะเจอกันใหม่ปีหน้า";
    let found = message.encode_utf16().count() * 4;
    assert_eq!(with(|code| code.message = Some(message)), Err(BuildError::TooLong { path, found }));
}

fn proxy() -> impl Strategy<Value = (u8, String)> {
    prop_oneof![
        "0066[0-9]{9}".prop_map(|value| (1, value)),
        "[0-9]{13}".prop_map(|value| (2, value)),
        "[0-9]{15}".prop_map(|value| (3, value)),
        "[0-9]{3}[ -~]{1,40}".prop_map(|value| (4, value)),
    ]
}

fn amount() -> impl Strategy<Value = Option<String>> {
    prop::option::of("[1-9][0-9]{0,9}(\\.[0-9]{0,2})?")
}

fn merchant() -> impl Strategy<Value = Option<(String, String, String)>> {
    prop::option::of(("[0-9]{4}", "[ -~]{1,25}", "[ -~]{1,15}"))
}

/// Whatever is found is what the country leaves out.
fn only_customs(findings: &[Finding], merchant: bool, message: bool) -> bool {
    findings.iter().all(|finding| match finding.code().as_str() {
        "missing:52" | "missing:59" | "missing:60" => !merchant,
        // What hexadecimal digits look like when they are taken for a template.
        code => message && code.contains(":81"),
    })
}

proptest! {
    #[test]
    fn transfers_read_back(
        proxy in proxy(),
        ota in prop::option::of("[0-9A-Z]{10}"),
        amount in amount(),
        merchant in merchant(),
        message in prop::option::of(prop::collection::vec(any::<char>(), 1..=12)),
    ) {
        let (kind, value) = proxy;
        let proxy = match kind {
            1 => Proxy::Mobile(&value),
            2 => Proxy::NationalId(&value),
            3 => Proxy::EWallet(&value),
            _ => Proxy::BankAccount(&value),
        };
        let transfer = Transfer { proxy, ota_code: ota.as_deref() };
        let message = message.map(String::from_iter);
        let merchant = merchant.as_ref();
        let code = TransferCode {
            transfer,
            amount: amount.as_deref(),
            merchant: merchant.map(|(mcc, name, city)| Merchant { mcc, name, city }),
            message: message.as_deref(),
        };
        let text = code.build().unwrap();
        let read = mpm::read_as(&text, Profile::PromptPay).unwrap();
        let customs = only_customs(read.findings(), merchant.is_some(), message.is_some());
        prop_assert!(customs, "{:?}", read.findings());
        prop_assert_eq!(promptpay::payees(&read).collect::<Vec<_>>(), [Payee::Transfer(transfer)]);
        prop_assert_eq!(read.amount(), amount.as_deref());
        prop_assert_eq!(read.merchant_name(), code.merchant.map(|merchant| merchant.name));
        let said = Message::of(&read).map(|message| message.to_string());
        prop_assert_eq!(said, message);
    }

    #[test]
    fn bills_read_back(
        abroad: bool,
        api: bool,
        biller_id in "[0-9]{13,15}",
        references in prop::array::uniform3(prop::option::of("[ -~]{1,20}")),
        // The whole template has room for 99 characters.
        innovation in prop::option::of(("[0-9]{3}", "[ -~]{1,25}", prop::option::of("[ -~]{1,20}"))),
        amount in amount(),
        merchant in merchant(),
        vat in prop::option::of(("[0-9]{1,17}", "[0-9]{1,2}\\.[0-9]{2}", "[0-9]{1,8}\\.[0-9]{2}")),
    ) {
        let [reference1, reference2, reference3] = references.each_ref().map(Option::as_deref);
        let scope = if abroad { BillScope::CrossBorder } else { BillScope::Domestic };
        let bill = Bill { scope, biller_id: &biller_id, reference1, reference2 };
        let kind = if api { InnovationKind::Api } else { InnovationKind::Standard };
        let innovation = innovation.as_ref().map(|(acquirer, merchant, reference)| {
            Innovation { kind, acquirer, merchant, reference: reference.as_deref() }
        });
        let vat = vat.as_ref().map(|(seller, rate, amount)| {
            Vat { seller, rate: Some(rate), amount: Some(amount) }
        });
        let merchant = merchant.as_ref();
        let code = BillCode {
            bill,
            innovation,
            reference3,
            amount: amount.as_deref(),
            merchant: merchant.map(|(mcc, name, city)| Merchant { mcc, name, city }),
            vat,
        };
        let text = code.build().unwrap();
        let read = mpm::read(&text).unwrap();
        prop_assert!(only_customs(read.findings(), merchant.is_some(), false), "{:?}", read.findings());
        let mut payees = promptpay::payees(&read);
        prop_assert_eq!(payees.next(), Some(Payee::Bill(bill)));
        prop_assert_eq!(payees.next(), innovation.map(Payee::Innovation));
        prop_assert_eq!(promptpay::reference3(&read), reference3);
        prop_assert_eq!(Vat::of(&read), vat);
        prop_assert_eq!(read.amount(), amount.as_deref());
    }
}
