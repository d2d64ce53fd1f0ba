//! BharatQR: vectors, views, every rule broken once, and the builder.

#[path = "support/national.rs"]
mod national;
mod support;

use emvqr::mpm::bharatqr::{
    self, BankAccount, Card, CardNetwork, CheckDigit, DynamicCode, Merchant, Payee, Reference,
    StaticCode, Vpa,
};
use emvqr::mpm::{self, BuildError, Initiation, Mpm, Profile, Rejected};
use emvqr::tlv::{Path, Tag};
use national::{check_added, check_own, edited, findings, payload, refused_for};
use proptest::prelude::*;
use support::Draft;
use support::vectors::check_all;

fn read(text: &str) -> Result<Mpm<'_>, Rejected> {
    mpm::read_as(text, Profile::BharatQr)
}

/// Two merchant-presented codes; the rest are links.
const VECTORS: &str = include_str!("vectors/bharatqr.json");

fn draft() -> Draft {
    edited(&Draft::emv(), "26.00=A000000524; 26.01=sakura@example; 53=356; 58=IN; 61=400001")
}

fn card(network: CardNetwork, number: &str) -> Payee<'_> {
    Payee::Card(Card { network, number })
}

fn bank<'a>(ifsc: &'a str, number: &'a str) -> Payee<'a> {
    Payee::Bank(BankAccount::new(ifsc, number).unwrap())
}

#[test]
fn open_vectors() {
    check_all(VECTORS, 2, read);
    check_all(VECTORS, 2, mpm::read);
}

#[test]
fn public_codes_break_no_rule_of_the_profile() {
    check_own(VECTORS, Profile::BharatQr, &[]);
}

#[test]
fn who_is_paid_by_the_vectors() {
    let razorpay = [
        card(CardNetwork::Visa, "4392630000000085"),
        card(CardNetwork::Mastercard, "540461000000008"),
        card(CardNetwork::RuPay, "6100590000000089"),
        bank("YESB0CMSNOC", "2223330048827001"),
        Payee::Vpa(Vpa { address: "razorpaybqr@icici", minimum: Some("1.10") }),
    ];
    let warehouse = [
        card(CardNetwork::Visa, "4403849933195906"),
        card(CardNetwork::Mastercard, "522024099331959"),
        card(CardNetwork::RuPay, "6100030993319592"),
        bank("HDFC0000001", "50100308128200"),
        Payee::Vpa(Vpa { address: "centralwarehousingco.99331959@hdfcbank", minimum: None }),
    ];
    let expected = [
        ("bharatqr-001", razorpay, "RZPGT8ildsFTgS5Sp"),
        ("bharatqr-002", warehouse, "STQ200318122305804I040108"),
    ];
    for (id, payees, reference) in expected {
        let payload = payload(VECTORS, id);
        let code = read(&payload).unwrap();
        assert!(code.findings().iter().all(|finding| finding.code() == "crc_lowercase"), "{id}");
        assert_eq!(bharatqr::payees(&code).collect::<Vec<_>>(), payees, "{id}");
        assert_eq!(bharatqr::reference(&code), Some(Reference { id: reference, url: None }));
    }
}

#[test]
fn each_rule() {
    check_added(
        &draft(),
        Profile::BharatQr,
        &[],
        "
        bharatqr:account_missing          | 26.00=com.example.pay
        bharatqr:account_missing          | -26; 17=4392630000000085
                                          | -26; 02=4392630000000085
                                          | -26; 08=HDFC00000011
                                          | -26; 06=6100590000000089
                                          | 02=4392630000000085; 04=540461000000008; 11=378282246310005
        bharatqr:card_check:02            | 02=4392630000000086
        bharatqr:card_check:03            | 03=4392630000000086
        bharatqr:card_check:04            | 04=5404610000000081
        bharatqr:card_check:05            | 05=5404610000000081
        bharatqr:card_check:06            | 06=6100590000000088
        bharatqr:card_check:11            | 11=378282246310006
        bharatqr:card_check:12            | 12=378282246310006
                                          | 05=ANY TEXT
        bharatqr:rupay_form               | 06=610059000000008
        bharatqr:rupay_form               | 06=6100591000000087
        bharatqr:rupay_form               | 06=61005900000000B9
                                          | 08=HDFC00000011
        bharatqr:bank_form                | 08=HDFC0000001
        bharatqr:bank_form                | 08=HDFC0000001123456789012345678901234567
        bharatqr:bank_form                | 08=HDFC-000001123456
        bharatqr:template_tag:29          | 29.00=A000000524; 29.01=sakura@example
        bharatqr:address_missing          | -26.01
        bharatqr:address_form             | 26.01=sakura
        bharatqr:address_form             | 26.01=sakura@
        bharatqr:address_form             | 26.01=@example
        bharatqr:address_form             | 26.01=sakura@example@example
                                          | 26.01=sakura789012345678901234567890123456789012@example
        bharatqr:address_form             | 26.01=sakura7890123456789012345678901234567890123@example
                                          | 26.02=1.10
        bharatqr:minimum_form             | 26.02=1,10
        bharatqr:minimum_form             | 26.02=1.105
                                          | 27.00=A000000524; 27.01=ORD1; 27.02=https://a.example/o/123456
        bharatqr:reference_missing        | 27.00=A000000524
        bharatqr:reference_length         | 27.00=A000000524; 27.01=ORD
        bharatqr:reference_length         | 27.00=A000000524; 27.01=ORDER-123456789012345678901234567890
                                          | 27.00=A000000524; 27.01=ORDER-12345678901234567890123456789
        bharatqr:url_length               | 27.00=A000000524; 27.01=ORD1; 27.02=https://a.example/o/1234567
                                          | 28.00=A000000524; 28.01=123412341234
        bharatqr:aadhaar_missing          | 28.00=A000000524
        bharatqr:aadhaar_form             | 28.00=A000000524; 28.01=12341234123
        bharatqr:aadhaar_form             | 28.00=A000000524; 28.01=1234-1234-12
        bharatqr:currency                 | 53=840
        bharatqr:country                  | 58=SG
        !zero_amount:54                   | 54=0
                                          | 54=149.50
        bharatqr:amount_decimals          | 54=149.505
                                          | 59=ABCDEFGHIJKLMNOPQRSTUVW
        bharatqr:name_length              | 59=ABCDEFGHIJKLMNOPQRSTUVWX
        bharatqr:postal_missing           | -61
                                          | 62.07=T0012
        ",
    );
}

#[test]
fn only_a_code_of_india_has_payees_of_india() {
    let cards = edited(&draft(), "-26; 06=6100590000000089; 08=HDFC00000011").text();
    let code = mpm::read(&cards).unwrap();
    assert!(code.claims().is_empty());
    assert_eq!(bharatqr::payees(&code).count(), 2);
    // The same objects mean nothing known elsewhere, unless UPI says that it is India's.
    let abroad = edited(&draft(), "-26; 06=6100590000000089; 58=SG").text();
    assert_eq!(bharatqr::payees(&mpm::read(&abroad).unwrap()).count(), 0);
    let claimed = edited(&draft(), "06=6100590000000089; 58=SG").text();
    assert_eq!(bharatqr::payees(&mpm::read(&claimed).unwrap()).count(), 2);
}

#[test]
fn what_cannot_be_understood_is_left_out() {
    for (edits, left) in [
        ("-26.01", 0),
        ("26.01=", 0),
        ("08=HDFC", 1),
        ("28.00=A000000524", 1),
        ("29.00=A000000524; 29.01=other@example", 1),
    ] {
        let text = edited(&draft(), edits).text();
        let code = read(&text).unwrap();
        assert_eq!(bharatqr::payees(&code).count(), left, "{edits}");
        assert!(!findings(&text, Profile::BharatQr).is_empty(), "{edits}");
    }
}

#[test]
fn a_number_without_its_last_digit_is_not_wrong() {
    let mastercard = |number| Card { network: CardNetwork::Mastercard, number }.check_digit();
    assert_eq!(mastercard("540461000000008"), CheckDigit::Absent);
    assert_eq!(mastercard("5404610000000080"), CheckDigit::Right);
    assert_eq!(mastercard("5404610000000081"), CheckDigit::Wrong);
}

const MERCHANT: Merchant<'_> = Merchant {
    payees: &[Payee::Vpa(Vpa { address: "sakura@example", minimum: None })],
    mcc: "5812",
    name: "SAKURA SHOKUDO",
    city: "Mumbai",
    postal_code: "400001",
};

#[test]
fn builders_write_the_open_vector() {
    let payees = [
        card(CardNetwork::Visa, "4392630000000085"),
        card(CardNetwork::Mastercard, "540461000000008"),
        card(CardNetwork::RuPay, "6100590000000089"),
        bank("YESB0CMSNOC", "2223330048827001"),
        Payee::Vpa(Vpa { address: "razorpaybqr@icici", minimum: Some("1.10") }),
    ];
    let merchant = Merchant {
        payees: &payees,
        mcc: "7531",
        name: "zxcbmn",
        city: "Delhi",
        postal_code: "110085",
    };
    let code = DynamicCode {
        merchant,
        amount: "1.10",
        upi: Some(Reference { id: "RZPGT8ildsFTgS5Sp", url: None }),
        reference: Some("GT8ildsFTgS5Sp"),
        terminal: Some("38R00450"),
    };
    assert_eq!(code.build(), Ok(payload(VECTORS, "bharatqr-001")));
}

fn merchant(merchant: Merchant<'_>) -> Result<String, BuildError> {
    StaticCode { merchant, amount: None, terminal: None }.build()
}

#[test]
fn builders_say_what_to_change() {
    let payee = |payee| merchant(Merchant { payees: &[payee], ..MERCHANT });
    let dynamic =
        DynamicCode { merchant: MERCHANT, amount: "1", upi: None, reference: None, terminal: None };
    let amount = |amount| DynamicCode { amount, ..dynamic }.build();
    let upi = |id, url| DynamicCode { upi: Some(Reference { id, url }), ..dynamic }.build();
    let vpa = |address, minimum| payee(Payee::Vpa(Vpa { address, minimum }));
    let cases = [
        ("missing:02-51", merchant(Merchant { payees: &[], ..MERCHANT })),
        ("bharatqr:card_check:02", payee(card(CardNetwork::Visa, "4392630000000086"))),
        ("bharatqr:rupay_form", payee(card(CardNetwork::RuPay, "1"))),
        ("bharatqr:address_form", vpa("sakura", None)),
        ("bharatqr:minimum_form", vpa("sakura@example", Some("one"))),
        ("bharatqr:aadhaar_form", payee(Payee::Aadhaar("1"))),
        ("bharatqr:reference_length", upi("1", None)),
        ("bharatqr:url_length", upi("ORD1", Some("https://a.example/o/1234567"))),
        ("bharatqr:amount_decimals", amount("1.005")),
        ("zero_amount:54", amount("0.00")),
        ("format:54", amount("Rs 1")),
        (
            "bharatqr:name_length",
            merchant(Merchant { name: "ABCDEFGHIJKLMNOPQRSTUVWX", ..MERCHANT }),
        ),
        ("zero_length:61", merchant(Merchant { postal_code: "", ..MERCHANT })),
        ("zero_length:62.05", DynamicCode { reference: Some(""), ..dynamic }.build()),
    ];
    for (expected, built) in cases {
        refused_for(built, expected);
    }
    let twice = [MERCHANT.payees[0]; 2];
    let path = Path::root(Tag::new(26).unwrap());
    assert_eq!(
        merchant(Merchant { payees: &twice, ..MERCHANT }),
        Err(BuildError::Repeated { path })
    );
}

/// A card number whose last digit is found by trying all.
fn with_check_digit(network: CardNetwork, digits: &str) -> String {
    let numbers = (0..10).map(|last| format!("{digits}{last}"));
    let right = |number: &&String| Card { network, number }.check_digit() == CheckDigit::Right;
    let numbers: Vec<String> = numbers.collect();
    let [number] = numbers.iter().filter(right).collect::<Vec<_>>()[..] else {
        panic!("of ten digits one fits");
    };
    number.clone()
}

proptest! {
    #[test]
    fn what_is_built_reads_back(
        (visa, rupay) in ("4[0-9]{14}", "[0-9]{6}0[0-9]{8}"),
        (ifsc, number) in ("[A-Z]{4}0[A-Z0-9]{6}", "[0-9]{1,26}"),
        address in "[a-z0-9.]{1,30}@[a-z]{1,19}",
        minimum in prop::option::of("[0-9]{1,5}([.][0-9]{0,2})?"),
        aadhaar in "[0-9]{12}",
        chosen in 1..32_u8,
        amount in "[1-9][0-9]{0,8}([.][0-9]{0,2})?",
        upi in prop::option::of(("[!-~]{4,35}", prop::option::of("[!-~]{1,26}"))),
        name in "[ -~]{1,23}",
        postal_code in "[0-9]{6}",
        terminal in prop::option::of("[ -~]{1,25}"),
        dynamic: bool,
    ) {
        let (visa, rupay) = (
            with_check_digit(CardNetwork::Visa, &visa),
            with_check_digit(CardNetwork::RuPay, &rupay),
        );
        let all = [
            card(CardNetwork::Visa, &visa),
            card(CardNetwork::RuPay, &rupay),
            bank(&ifsc, &number),
            Payee::Vpa(Vpa { address: &address, minimum: minimum.as_deref() }),
            Payee::Aadhaar(&aadhaar),
        ];
        let payees: Vec<Payee<'_>> =
            (0..5).filter(|index| chosen >> index & 1 == 1).map(|index| all[index]).collect();
        let merchant = Merchant { payees: &payees, name: &name, postal_code: &postal_code, ..MERCHANT };
        let upi = upi.as_ref().map(|(id, url)| Reference { id, url: url.as_deref() });
        let terminal = terminal.as_deref();
        let built = if dynamic {
            DynamicCode { merchant, amount: &amount, upi, reference: None, terminal }.build()
        } else {
            StaticCode { merchant, amount: Some(&amount), terminal }.build()
        };
        let text = built.unwrap();
        let code = read(&text).unwrap();
        prop_assert_eq!(code.findings(), []);
        prop_assert_eq!(bharatqr::payees(&code).collect::<Vec<_>>(), payees);
        prop_assert_eq!(bharatqr::reference(&code), upi.filter(|_| dynamic));
        prop_assert_eq!(code.amount(), Some(&*amount));
        prop_assert_eq!(code.merchant_name(), Some(&*name));
        prop_assert_eq!(code.postal_code(), Some(&*postal_code));
        prop_assert_eq!(code.point_of_initiation() == Initiation::Dynamic, dynamic);
        let found =
            code.additional().and_then(|template| template.get(mpm::tags::additional::TERMINAL));
        prop_assert_eq!(found, terminal);
    }
}
