//! Vietnam: VietQR and VNPAY.

#[path = "support/national.rs"]
mod national;
mod support;

use emvqr::mpm::vietqr::{self, DynamicCode, Labels, Merchant, Payee, Service, StaticCode};
use emvqr::mpm::{self, BuildError, Finding, Mpm, Profile, Rejected, tags};
use emvqr::tlv::{Path, Tag};
use national::{check_added, check_own, edited, payload, refused_for};
use proptest::prelude::*;
use support::Draft;
use support::vectors::check_all;

const VECTORS: &str = include_str!("vectors/vietqr.json");

/// A transfer through NAPAS that has all that EMVCo asks for.
fn napas() -> Draft {
    edited(
        &Draft::emv(),
        "-26; 38.00=A000000727; 38.01=0006970416010801234567; 38.02=QRIBFTTA; 53=704; 58=VN; 60=HA NOI",
    )
}

/// A merchant of VNPAY.
fn vnpay() -> Draft {
    edited(&napas(), "-38; 26.00=A000000775; 26.01=0105313144")
}

fn read(payload: &str) -> Result<Mpm<'_>, Rejected> {
    mpm::read_as(payload, Profile::VietQr)
}

#[test]
fn open_vectors() {
    check_all(VECTORS, 11, read);
    // They claim the profile by their owners' identifiers.
    check_all(VECTORS, 11, mpm::read);
}

#[test]
fn real_codes_keep_the_rules() {
    check_own(VECTORS, Profile::VietQr, &[]);
}

#[test]
fn payees_of_open_vectors() {
    let napas = |bank, number, service| Payee::Napas { bank, number, service: Some(service) };
    for (id, payee, message) in [
        ("vietqr-001", napas("970416", "257678859", Service::ToAccount), None),
        ("vietqr-002", napas("970416", "257678859", Service::ToAccount), Some("Chuyen tien")),
        ("vietqr-004", napas("970454", "99MM24011M34875080", Service::ToAccount), None),
        ("vietqr-006", Payee::VnPay { merchant: "0105313144" }, Some("CellphoneS")),
        ("vietqr-009", napas("970436", "9704368625581601018", Service::ToCard), None),
        (
            "vietqr-010",
            napas("970403", "0011012345678", Service::ToAccount),
            Some("thanh toan don hang"),
        ),
    ] {
        let payload = payload(VECTORS, id);
        let code = mpm::read(&payload).unwrap();
        assert_eq!(vietqr::payees(&code).collect::<Vec<_>>(), [payee], "{id}");
        assert_eq!(vietqr::message(&code), message, "{id}");
    }
}

#[test]
fn rules() {
    check_added(
        &napas(),
        Profile::VietQr,
        &[],
        "
        vietqr:account_missing                       | 38.00=com.example.pay
                                                     | 38.00=a000000727
        vietqr:payee_missing:38.01                   | -38.01
        vietqr:payee_missing:38.01                   | 38.01=970416
        vietqr:payee_missing:38.01                   | 38.01=0006970416
        vietqr:payee_missing:38.01                   | 38.01=010801234567
        vietqr:payee_missing:38.01 zero_length:38.01 | 38.01=
        vietqr:bank_form:38.01                       | 38.01=000597041010801234567
        vietqr:bank_form:38.01                       | 38.01=000697041X010801234567
        vietqr:number_form:38.01                     | 38.01=00069704160100
                                                     | 38.01=000697041601199704368625581601018
        vietqr:number_form:38.01                     | 38.01=0006970416012097043686255816010189
        !vietqr:payee_repeated:38.01                 | 38.01=00069704160104123401045678
        !vietqr:payee_repeated:38.01                 | 38.01=0006970416000697043601041234
                                                     | 38.01=00069704160104123402021X
        vietqr:service_missing:38.02                 | -38.02
        vietqr:service:38.02                         | 38.02=QRIBFTTX
                                                     | 38.02=QRIBFTTC
                                                     | 38.02=QRPUSH
                                                     | 38.02=QRCASH
        vietqr:currency                              | 53=840
        vietqr:country                               | 58=KH
        vietqr:amount_decimals                       | 54=10000.5
        vietqr:amount_decimals                       | 54=10000.00
                                                     | 54=10000
        !zero_amount:54                              | 54=0
        missing:52 missing:59 missing:60             | -52; -59; -60
        too_long:62.08                               | 62.08=ABCDEFGHIJKLMNOPQRSTUVWXYZ
        ",
    );
    check_added(
        &vnpay(),
        Profile::VietQr,
        &[],
        "
        vietqr:account_missing                       | 26.00=com.example.pay
        vietqr:payee_missing:26.01                   | -26.01
        vietqr:payee_missing:26.01 zero_length:26.01 | 26.01=
        vietqr:amount_decimals                       | 54=10000.5
        ",
    );
}

#[test]
fn one_code_may_offer_both_ways() {
    let text = edited(&napas(), "26.00=A000000775; 26.01=0105313144").text();
    let code = mpm::read(&text).unwrap();
    assert_eq!(code.findings(), []);
    assert_eq!(vietqr::payees(&code).count(), 2);
}

fn with<'a>(change: impl FnOnce(&mut DynamicCode<'a>)) -> Result<String, BuildError> {
    let payee = napas_payee("970416", "257678859");
    let merchant = Merchant { payee, mcc: None, name: None, city: None };
    let labels = Labels { message: Some("Chuyen tien"), ..Labels::default() };
    let mut code = DynamicCode { merchant, amount: "10000", labels };
    change(&mut code);
    code.build()
}

#[test]
fn texts_of_open_vectors() {
    assert_eq!(with(|_| {}).unwrap(), payload(VECTORS, "vietqr-002"));
    let text = with(|code| {
        code.merchant.payee = napas_payee("970403", "0011012345678");
        code.amount = "180000";
        code.labels =
            Labels { bill: Some("NPS6869"), message: Some("thanh toan don hang"), ..code.labels };
    });
    assert_eq!(text.unwrap(), payload(VECTORS, "vietqr-010"));
}

fn napas_payee<'a>(bank: &'a str, number: &'a str) -> Payee<'a> {
    Payee::Napas { bank, number, service: Some(Service::ToAccount) }
}

#[test]
fn builder_says_what_to_change() {
    let hundred = "1".repeat(100);
    let nowhere = Payee::Napas { bank: "970416", number: "257678859", service: None };
    let long = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for (expected, built) in [
        ("zero_amount:54", with(|code| code.amount = "0")),
        ("format:54", with(|code| code.amount = "10 000")),
        ("vietqr:amount_decimals", with(|code| code.amount = "10000.5")),
        ("vietqr:bank_form:38.01", with(|code| code.merchant.payee = napas_payee("97041", "1"))),
        ("vietqr:number_form:38.01", with(|code| code.merchant.payee = napas_payee("970416", ""))),
        (
            "vietqr:number_form:38.01",
            with(|code| code.merchant.payee = napas_payee("970416", long)),
        ),
        ("charset:38", with(|code| code.merchant.payee = napas_payee("970416", "số"))),
        ("vietqr:service_missing:38.02", with(|code| code.merchant.payee = nowhere)),
        ("vietqr:payee_missing:26.01", {
            with(|code| code.merchant.payee = Payee::VnPay { merchant: "" })
        }),
        ("format:52", with(|code| code.merchant.mcc = Some("58"))),
        // Left out is usual; there and empty is not.
        ("zero_length:59", with(|code| code.merchant.name = Some(""))),
        ("too_long:60", with(|code| code.merchant.city = Some(long))),
        ("too_long:62.08", with(|code| code.labels.message = Some(long))),
    ] {
        refused_for(built, expected);
    }
    let path = Path::inside(Tag::new(38).unwrap(), Tag::new(1).unwrap());
    assert_eq!(
        with(|code| code.merchant.payee = napas_payee("970416", &hundred)),
        Err(BuildError::TooLong { path, found: 100 })
    );
}

/// What was written is there again, and nobody remarks on more than what was left out.
fn check_written(
    code: &Mpm<'_>,
    merchant: &Merchant<'_>,
    labels: &Labels<'_>,
) -> Result<(), TestCaseError> {
    let left_out = [(merchant.mcc, "52"), (merchant.name, "59"), (merchant.city, "60")];
    let expected: Vec<String> = left_out
        .iter()
        .filter(|(given, _)| given.is_none())
        .map(|(_, tag)| format!("missing:{tag}"))
        .collect();
    let found: Vec<String> = code.findings().iter().map(Finding::code).collect();
    prop_assert_eq!(found, expected);
    prop_assert_eq!(vietqr::payees(code).collect::<Vec<_>>(), [merchant.payee]);
    prop_assert_eq!(code.category(), merchant.mcc);
    prop_assert_eq!(code.merchant_name(), merchant.name);
    prop_assert_eq!(code.city(), merchant.city);
    prop_assert_eq!(vietqr::message(code), labels.message);
    let label = |tag| code.additional().and_then(|labels| labels.get(tag));
    prop_assert_eq!(label(tags::additional::REFERENCE), labels.reference);
    Ok(())
}

proptest! {
    #[test]
    fn what_is_written_reads_back(
        bank in "[0-9]{6}",
        number in "[0-9A-Z]{1,19}",
        service in 0..Service::ALL.len(),
        vnpay in prop::option::of("[0-9A-Z]{1,40}"),
        mcc in prop::option::of("[0-9]{4}"),
        name in prop::option::of("[ -~]{1,25}"),
        city in prop::option::of("[ -~]{1,15}"),
        reference in prop::option::of("[ -~]{1,25}"),
        message in prop::option::of("[ -~àáâãèéêìíòóôõùúý]{1,25}"),
        amount in "[1-9][0-9]{0,12}",
    ) {
        let napas =
            Payee::Napas { bank: &bank, number: &number, service: Some(Service::ALL[service]) };
        let payee = vnpay.as_deref().map_or(napas, |merchant| Payee::VnPay { merchant });
        let merchant = Merchant {
            payee,
            mcc: mcc.as_deref(),
            name: name.as_deref(),
            city: city.as_deref(),
        };
        let labels = Labels {
            reference: reference.as_deref(),
            message: message.as_deref(),
            ..Labels::default()
        };

        let text = StaticCode { merchant, labels }.build().unwrap();
        let code = read(&text).unwrap();
        check_written(&code, &merchant, &labels)?;
        prop_assert_eq!(code.amount(), None);

        let text = DynamicCode { merchant, amount: &amount, labels }.build().unwrap();
        let code = mpm::read(&text).unwrap();
        check_written(&code, &merchant, &labels)?;
        prop_assert_eq!(code.amount(), Some(&*amount));
    }
}
