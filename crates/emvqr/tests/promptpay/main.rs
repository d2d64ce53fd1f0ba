//! Thailand: PromptPay, bills, and their bar code.

mod bill_barcode;
mod building;
#[path = "../support/national.rs"]
mod national;
#[path = "../support/mod.rs"]
mod support;

use emvqr::mpm::promptpay::{
    self, Bill, BillScope, Innovation, InnovationKind, Message, Payee, Proxy, Transfer, Vat,
    mobile_proxy,
};
use emvqr::mpm::{self, Profile};
use national::{check_added, check_own, edited, findings, payload};
use support::Draft;
use support::vectors::check_all;

const VECTORS: &str = include_str!("../vectors/promptpay.json");

/// A transfer with all that EMVCo asks for.
fn transfer() -> Draft {
    edited(
        &Draft::emv(),
        "-26; 29.00=A000000677010111; 29.01=0066812345678; 53=764; 58=TH; 60=BANGKOK",
    )
}

/// A shop's code: a bill and a payment innovation.
fn bill() -> Draft {
    edited(
        &transfer(),
        "-29; 30.00=A000000677010112; 30.01=010753600031508; 30.02=KB000001641684; \
         31.00=A000000677010113; 31.01=004; 31.02=KB000001641684; 31.04=KPS004",
    )
}

#[test]
fn open_vectors() {
    check_all(VECTORS, 12, |payload| mpm::read_as(payload, Profile::PromptPay));
    check_own(VECTORS, Profile::PromptPay, &[]);
}

#[test]
fn payees_of_open_vectors() {
    let to = |proxy| Payee::Transfer(Transfer { proxy, ota_code: None });
    let kshop = Bill {
        scope: BillScope::Domestic,
        biller_id: "010753600031508",
        reference1: Some("KB000001641684"),
        reference2: Some("KPS004KB000001641684"),
    };
    let innovation = Innovation {
        kind: InnovationKind::Standard,
        acquirer: "004",
        merchant: "KB000001641684",
        reference: Some("KPS004KB000001641684"),
    };
    let abroad = Bill {
        scope: BillScope::CrossBorder,
        biller_id: "099400016550100",
        reference1: Some("REF0001"),
        reference2: None,
    };
    for (id, expected) in [
        ("promptpay-001", vec![to(Proxy::Mobile("0066801234567"))]),
        ("promptpay-004", vec![Payee::Bill(kshop), Payee::Innovation(innovation)]),
        ("promptpay-006", vec![to(Proxy::NationalId("1101700230708"))]),
        ("promptpay-007", vec![to(Proxy::EWallet("004999000000001"))]),
        ("promptpay-008", vec![Payee::Bill(abroad)]),
    ] {
        let payload = payload(VECTORS, id);
        let code = mpm::read(&payload).unwrap();
        assert_eq!(promptpay::payees(&code).collect::<Vec<_>>(), expected, "{id}");
    }
}

#[test]
fn other_kinds_of_account() {
    let ota = edited(&transfer(), "29.00=a000000677010114; 29.05=1234567890").text();
    let code = mpm::read(&ota).unwrap();
    let Some(Payee::Transfer(found)) = promptpay::payees(&code).next() else { panic!() };
    assert_eq!(found.ota_code, Some("1234567890"));

    let bank = edited(&transfer(), "-29.01; 29.04=0041234567890").text();
    let code = mpm::read(&bank).unwrap();
    let Some(Payee::Transfer(found)) = promptpay::payees(&code).next() else { panic!() };
    assert_eq!(found.proxy, Proxy::BankAccount("0041234567890"));
    assert_eq!(found.proxy.bank_and_number(), Some(("004", "1234567890")));
    assert_eq!(Proxy::BankAccount("00ก12").bank_and_number(), None);
    assert_eq!(Proxy::Mobile("0066812345678").bank_and_number(), None);

    let api = edited(&bill(), "31.00=A000000677012004").text();
    let code = mpm::read(&api).unwrap();
    let Some(Payee::Innovation(found)) = promptpay::payees(&code).nth(1) else { panic!() };
    assert_eq!(found.kind, InnovationKind::Api);

    // Two payees are nobody's.
    let both = edited(&transfer(), "29.02=1101700230708").text();
    assert_eq!(promptpay::payees(&mpm::read(&both).unwrap()).count(), 0);
}

#[test]
fn rules_of_transfers() {
    check_added(
        &transfer(),
        Profile::PromptPay,
        &[],
        "
                                                  | 01=12; 54=250.00
                                                  | 54=250.; 01=12
                                                  | -01
        promptpay:account_missing                 | 29.00=com.example.pay
        promptpay:proxy_missing                   | -29.01
        promptpay:proxy_repeated                  | 29.02=1101700230708
        promptpay:proxy_form:01                   | 29.01=006681234567
        promptpay:proxy_form:01                   | 29.01=0060812345678
        promptpay:proxy_form:01                   | 29.01=006681234567x
                                                  | -29.01; 29.02=1101700230708
        promptpay:proxy_form:02                   | -29.01; 29.02=110170023070
                                                  | -29.01; 29.03=004999000000001
        promptpay:proxy_form:03                   | -29.01; 29.03=00499900000001
                                                  | -29.01; 29.04=0041234567890
        promptpay:proxy_form:04                   | -29.01; 29.04=004
        promptpay:proxy_form:04                   | -29.01; 29.04=KBA1234567890
        promptpay:proxy_form:04                   | -29.01; 29.04=00412345678901234567890123456789012345678901
        promptpay:ota                             | 29.00=A000000677010114
        promptpay:ota                             | 29.05=1234567890
                                                  | 29.00=A000000677010114; 29.05=1234567890
        promptpay:ota_form                        | 29.00=A000000677010114; 29.05=123456789
        !dup:29.01 promptpay:proxy_repeated       | +29.01=0066812345678
        promptpay:currency                        | 53=392
        promptpay:country                         | 58=JP
        promptpay:initiation                      | 54=250.00
        promptpay:initiation                      | 01=12
        promptpay:amount_decimals                 | 01=12; 54=250.005
        !zero_amount:54                           | 01=12; 54=0.00
        !format:54                                | 01=12; 54=1,250
        missing:52 missing:59 missing:60          | -52; -59; -60
        ",
    );
}

#[test]
fn rules_of_bills_and_extras() {
    check_added(
        &bill(),
        Profile::PromptPay,
        &[],
        "
                                                  | 30.00=A000000677012006
                                                  | 31.00=A000000677012004
                                                  | 30.01=0107536000315
                                                  | 30.02=ABCDEFGHIJKLMNOPQRST
        promptpay:biller_missing                  | -30.01
        promptpay:biller_form                     | 30.01=010753600031
        promptpay:biller_form                     | 30.01=0107536000315081
        promptpay:biller_form                     | 30.01=01075360003150X
        promptpay:reference_long:02               | 30.02=ABCDEFGHIJKLMNOPQRSTU
        promptpay:reference_long:03               | 30.03=ABCDEFGHIJKLMNOPQRSTU
        promptpay:innovation_missing:01           | -31.01
        promptpay:innovation_missing:02           | -31.02
        promptpay:acquirer_form                   | 31.01=04
                                                  | 80.00=0001; 80.01=7.00; 80.02=16.36
        promptpay:vat_form:01                     | 80.00=0001; 80.01=7%; 80.02=16.36
        promptpay:vat_form:02                     | 80.00=0001; 80.02=1,636
                                                  | 80.00=com.example.pay; 80.02=A
        template_malformed:81                     | 81=0E02
        promptpay:message_form template_malformed:81 | 81=0E0
        promptpay:message_form template_malformed:81 | 81=hello
        promptpay:message_form template_malformed:81 | 81=D83D
                                                  | 81.00=com.example.pay; 81.01=A
        ",
    );
}

#[test]
fn a_code_without_thai_accounts_is_told_so() {
    let other = Draft::emv().text();
    let found = findings(&other, Profile::PromptPay);
    let expected = ["promptpay:account_missing", "promptpay:currency", "promptpay:country"];
    assert_eq!(found, expected);
    assert!(mpm::read(&other).unwrap().findings().is_empty(), "it does not claim to be Thai");
}

#[test]
fn tax_message_and_third_reference() {
    let text = edited(&bill(), "80.00=0001; 80.01=7.00; 80.02=16.36; 81=D842DFB7; 62.07=R3").text();
    let code = mpm::read(&text).unwrap();
    let vat = Vat { seller: "0001", rate: Some("7.00"), amount: Some("16.36") };
    assert_eq!(Vat::of(&code), Some(vat));
    assert_eq!(Message::of(&code).unwrap().to_string(), "𠮷");
    assert_eq!(Message::of(&code).unwrap().hex(), "D842DFB7");
    assert_eq!(promptpay::reference3(&code), Some("R3"));

    let text = edited(&bill(), "80.00=com.example.pay; 80.02=16.36; 81=").text();
    let code = mpm::read(&text).unwrap();
    assert_eq!((Vat::of(&code), Message::of(&code)), (None, None));
    assert_eq!(promptpay::reference3(&code), None);
    for hex in ["D842", "DFB7D842", "0E0", "0G02", "+E02", "０E02"] {
        assert_eq!(Message::new(hex), None, "{hex}");
    }
}

#[test]
fn numbers_as_people_write_them() {
    for number in ["0812345678", "081-234-5678", "+66812345678", "66 81 234 5678", "0066812345678"]
    {
        assert_eq!(mobile_proxy(number).as_deref(), Some("0066812345678"), "{number}");
    }
    for number in ["", "0", "812345678", "08123456789", "+81 90 1234 5678", "081234567x"] {
        assert_eq!(mobile_proxy(number), None, "{number}");
    }
}
