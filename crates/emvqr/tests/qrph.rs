//! QR Ph: vectors, views, every rule broken once, and the builder.

#[path = "support/national.rs"]
mod national;
mod support;

use emvqr::mpm::qrph::{
    self, DynamicCode, Labels, Merchant, Payee, Person, Receiver, Size, StaticCode,
};
use emvqr::mpm::{self, Finding, Initiation, Mpm, Profile, Rejected};
use national::{check_added, check_own, edited, findings, payload, refused_for};
use proptest::prelude::*;
use support::Draft;
use support::vectors::check_all;

fn read(text: &str) -> Result<Mpm<'_>, Rejected> {
    mpm::read_as(text, Profile::QrPh)
}

const VECTORS: &str = include_str!("vectors/qrph.json");

fn merchant_draft() -> Draft {
    edited(
        &Draft::emv(),
        "26.00=ph.ppmi.p2m; 26.01=GXCHPHM2XXX; 26.03=217020; 26.05=000; 53=608; 58=PH",
    )
}

fn person_draft() -> Draft {
    edited(
        &Draft::emv(),
        "26.00=com.p2pqrpay; 26.01=BNORPHMMXXX; 26.02=99964403; 26.04=5267; 52=6016; 53=608; 58=PH",
    )
}

#[test]
fn open_vectors() {
    check_all(VECTORS, 9, read);
    check_all(VECTORS, 9, mpm::read);
}

#[test]
fn public_codes_break_no_rule_of_the_profile_but_one() {
    // A bill that only one wallet can pay.
    let bill: (&str, &[&str]) = ("qrph-006", &["qrph:account_missing"]);
    check_own(VECTORS, Profile::QrPh, &[bill]);
}

const SHOP: Merchant<'_> = Merchant {
    size: Size::Usual,
    bic: "GXCHPHM2XXX",
    id: "217020000054698716099",
    account: None,
    flag: Some("000"),
};

const MICRO: Merchant<'_> = Merchant {
    size: Size::Micro,
    bic: "RUGUPHM1XXX",
    id: "0017311040000000000000001",
    account: Some("0010105039"),
    flag: Some("000"),
};

const MOBILE_USER: Person<'_> =
    Person { bic: "PAPHPHM1XXX", account: "09170000001", mobile: Some("+639170000001") };

const BANK_CUSTOMER: Person<'_> =
    Person { bic: "BNORPHMMXXX", account: "5267270022100867", mobile: None };

#[test]
fn who_is_paid_by_the_vectors() {
    let expected = [
        ("qrph-001", Some(Payee::Merchant(SHOP)), None),
        ("qrph-003", Some(Payee::Person(BANK_CUSTOMER)), None),
        ("qrph-004", Some(Payee::Person(MOBILE_USER)), None),
        ("qrph-006", None, None),
        ("qrph-007", Some(Payee::Merchant(MICRO)), Some("010707202317052066170844")),
        (
            "qrph-008",
            Some(Payee::Merchant(Merchant { bic: "SRCPPHM2XXX", id: "MRCHNT-4H3TZ", ..SHOP })),
            Some("OR#1Z1CSC"),
        ),
    ];
    for (id, payee, data) in expected {
        let payload = payload(VECTORS, id);
        let code = read(&payload).unwrap();
        assert_eq!(qrph::payees(&code).collect::<Vec<_>>(), payee.as_slice(), "{id}");
        assert_eq!(qrph::acquirer_data(&code), data, "{id}");
        assert_eq!(code.claims().contains(Profile::QrPh), payee.is_some(), "{id}");
    }
}

#[test]
fn each_rule_of_merchants() {
    check_added(
        &merchant_draft(),
        Profile::QrPh,
        &[],
        "
        qrph:account_missing                        | 26.00=com.paymaya
                                                    | 26.00=PH.PPMI.P2MICRO
        qrph:bic_missing:26.01                      | -26.01
        qrph:bic_form:26.01                         | 26.01=GXCHPHM2
        qrph:bic_form:26.01                         | 26.01=GXCHPHM2XX?
        qrph:merchant_missing:26.03                 | -26.03
                                                    | 26.04=0010105039
                                                    | -26.05
                                                    | 26.05=310
        qrph:flag_form:26.05                        | 26.05=0
        qrph:flag_form:26.05                        | 26.05=00A
        qrph:currency                               | 53=840
        qrph:country                                | 58=SG
                                                    | 54=390.8
        qrph:amount_decimals                        | 54=1.005
        !zero_amount:54                             | 54=0.00
        rfu:62.00                                   | 62.00=ph.ppmi.qrph; 62.05=1
        ",
    );
}

#[test]
fn each_rule_of_persons() {
    check_added(
        &person_draft(),
        Profile::QrPh,
        &[],
        "
        qrph:bic_missing:26.01                      | -26.01
        qrph:bic_form:26.01                         | 26.01=BNOR
        qrph:number_missing:26.04                   | -26.04
                                                    | -26.02
        qrph:service_value:26.02                    | 26.02=99964404
                                                    | 26.05=+63-906-0498741
        qrph:person_category                        | 52=5814
                                                    | 52=5814; 28.00=ph.ppmi.p2m; 28.01=GXCHPHM2XXX; 28.03=1
        ",
    );
}

#[test]
fn a_payee_that_is_not_named_is_left_out() {
    for (draft, edits) in [
        (merchant_draft(), "-26.01"),
        (merchant_draft(), "-26.03"),
        (merchant_draft(), "26.03="),
        (person_draft(), "-26.01"),
        (person_draft(), "-26.04"),
        (person_draft(), "26.04="),
    ] {
        let text = edited(&draft, edits).text();
        let code = read(&text).unwrap();
        assert_eq!(qrph::payees(&code).count(), 0, "{edits}");
        assert_eq!(findings(&text, Profile::QrPh).len(), 1, "{edits}");
    }
}

#[test]
fn acquirer_data_is_of_qr_ph_only() {
    for (edits, expected) in [
        ("88.00=ph.ppmi.qrph; 88.01=A", Some("A")),
        ("88.00=PH.PPMI.QRPH; 88.01=A", Some("A")),
        ("88.00=com.example.pay; 88.01=A", None),
        ("80.00=ph.ppmi.qrph; 80.01=A", None),
        ("88.00=ph.ppmi.qrph", None),
    ] {
        let text = edited(&merchant_draft(), edits).text();
        assert_eq!(qrph::acquirer_data(&read(&text).unwrap()), expected, "{edits}");
    }
}

fn receiver(payee: Payee<'_>) -> Receiver<'_> {
    Receiver {
        payee,
        mcc: "5814",
        name: "S and R MBTC 9182",
        city: "Taguig",
        postal_code: Some("1630"),
    }
}

#[test]
fn builders_write_the_open_vectors() {
    let person = Receiver {
        mcc: qrph::CATEGORY_PERSON,
        name: "PayMaya User",
        city: "Mandaluyong",
        postal_code: None,
        ..receiver(Payee::Person(MOBILE_USER))
    };
    let labels = Labels {
        store: Some("SRSU0020"),
        reference: Some("217050000066990134094"),
        terminal: Some("GEN00351"),
        ..Labels::default()
    };
    let shop = receiver(Payee::Merchant(SHOP));
    let micro = Receiver {
        mcc: "7311",
        name: "NET GLOBAL SOLUTIONS INC",
        city: "Pasig City",
        postal_code: None,
        ..receiver(Payee::Merchant(MICRO))
    };
    let of_micro = Labels {
        mobile: Some("09123456789"),
        reference: Some("8823645"),
        terminal: Some("PTR10267"),
        purpose: Some("***"),
        ..Labels::default()
    };
    let none = Labels::default();
    let customer =
        Receiver { payee: Payee::Person(BANK_CUSTOMER), name: "Xhf", city: "Makati", ..person };
    let of_customer = Labels {
        reference: Some("211000"),
        terminal: Some("91531201"),
        purpose: Some("***"),
        ..none
    };
    let dynamic = |receiver, amount, labels, acquirer_data| {
        DynamicCode { receiver, amount, labels, acquirer_data }.build()
    };
    let fixed = |receiver, amount, labels| StaticCode { receiver, amount, labels }.build();
    let built = [
        ("qrph-001", fixed(shop, None, labels)),
        ("qrph-003", dynamic(customer, "600", of_customer, None)),
        ("qrph-004", fixed(person, None, none)),
        ("qrph-005", fixed(person, Some("390.8"), none)),
        ("qrph-007", dynamic(micro, "1.00", of_micro, Some("010707202317052066170844"))),
    ];
    for (id, built) in built {
        assert_eq!(built, Ok(payload(VECTORS, id)), "{id}");
    }
}

#[test]
fn builders_say_what_to_change() {
    let shop = receiver(Payee::Merchant(SHOP));
    let build = |receiver, amount, labels| StaticCode { receiver, amount, labels }.build();
    let payee = |payee| build(Receiver { payee, ..shop }, None, Labels::default());
    let person = |person| {
        let (payee, mcc) = (Payee::Person(person), qrph::CATEGORY_PERSON);
        build(Receiver { payee, mcc, ..shop }, None, Labels::default())
    };
    let amount = |amount| build(shop, Some(amount), Labels::default());
    let store = |store| build(shop, None, Labels { store: Some(store), ..Labels::default() });
    let data = |data| {
        let labels = Labels::default();
        DynamicCode { receiver: shop, amount: "1", labels, acquirer_data: Some(data) }.build()
    };
    let cases = [
        ("qrph:bic_form:28.01", payee(Payee::Merchant(Merchant { bic: "GXCH", ..SHOP }))),
        ("zero_length:28.03", payee(Payee::Merchant(Merchant { id: "", ..SHOP }))),
        ("qrph:flag_form:28.05", payee(Payee::Merchant(Merchant { flag: Some("0"), ..SHOP }))),
        ("qrph:person_category", payee(Payee::Person(BANK_CUSTOMER))),
        ("qrph:bic_form:27.01", person(Person { bic: "", ..BANK_CUSTOMER })),
        ("zero_length:27.04", person(Person { account: "", ..BANK_CUSTOMER })),
        ("qrph:amount_decimals", amount("1.005")),
        ("zero_amount:54", amount("0.00")),
        ("too_long:62.03", store("ABCDEFGHIJKLMNOPQRSTUVWXYZ")),
        ("zero_length:88.01", data("")),
        (
            "too_long:59",
            build(Receiver { name: "ABCDEFGHIJKLMNOPQRSTUVWXYZ", ..shop }, None, Labels::default()),
        ),
    ];
    for (expected, built) in cases {
        refused_for(built, expected);
    }
}

#[derive(Debug)]
enum Drawn {
    Merchant { micro: bool, id: String, account: Option<String>, flag: Option<String> },
    Person { account: String, mobile: Option<String> },
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let option = prop::option::of::<&str>;
    prop_oneof![
        (any::<bool>(), "[!-~]{1,25}", option("[0-9]{1,12}"), option("[01]{3}"))
            .prop_map(|(micro, id, account, flag)| Drawn::Merchant { micro, id, account, flag }),
        ("[0-9A-Z]{1,25}", option("[+][0-9-]{5,15}"))
            .prop_map(|(account, mobile)| Drawn::Person { account, mobile }),
    ]
}

proptest! {
    #[test]
    fn what_is_built_reads_back(
        drawn in drawn(),
        bic in "[A-Z0-9]{11}",
        amount in "[1-9][0-9]{0,8}([.][0-9]{0,2})?",
        name in "[ -~]{1,25}",
        postal_code in prop::option::of("[0-9]{4}"),
        reference in prop::option::of("[ -~]{1,25}"),
        data in prop::option::of("[!-~]{1,30}"),
        dynamic: bool,
    ) {
        let payee = match &drawn {
            Drawn::Merchant { micro, id, account, flag } => Payee::Merchant(Merchant {
                size: if *micro { Size::Micro } else { Size::Usual },
                bic: &bic,
                id,
                account: account.as_deref(),
                flag: flag.as_deref(),
            }),
            Drawn::Person { account, mobile } => {
                Payee::Person(Person { bic: &bic, account, mobile: mobile.as_deref() })
            }
        };
        let receiver = Receiver {
            payee,
            mcc: qrph::CATEGORY_PERSON,
            name: &name,
            city: "Makati",
            postal_code: postal_code.as_deref(),
        };
        let labels = Labels { reference: reference.as_deref(), ..Labels::default() };
        let built = if dynamic {
            DynamicCode { receiver, amount: &amount, labels, acquirer_data: data.as_deref() }.build()
        } else {
            StaticCode { receiver, amount: Some(&amount), labels }.build()
        };
        let text = built.unwrap();
        let code = read(&text).unwrap();
        let owned = reference.is_some() && matches!(drawn, Drawn::Merchant { .. });
        let codes: Vec<String> = code.findings().iter().map(Finding::code).collect();
        prop_assert_eq!(codes, if owned { vec!["rfu:62.00"] } else { vec![] });
        prop_assert_eq!(qrph::payees(&code).collect::<Vec<_>>(), [payee]);
        prop_assert_eq!(code.amount(), Some(&*amount));
        prop_assert_eq!(code.merchant_name(), Some(&*name));
        prop_assert_eq!(code.postal_code(), postal_code.as_deref());
        prop_assert_eq!(code.point_of_initiation() == Initiation::Dynamic, dynamic);
        prop_assert_eq!(qrph::acquirer_data(&code), data.as_deref().filter(|_| dynamic));
        let found =
            code.additional().and_then(|template| template.get(mpm::tags::additional::REFERENCE));
        prop_assert_eq!(found, reference.as_deref());
    }
}
