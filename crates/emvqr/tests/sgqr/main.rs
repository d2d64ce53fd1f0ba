//! Singapore: SGQR and PayNow.

mod building;
#[path = "../support/national.rs"]
mod national;
#[path = "../support/mod.rs"]
mod support;

use emvqr::mpm::sgqr::{self, Nets, PayNow, Proxy, SgqrId, SingaporeTime, Validity};
use emvqr::mpm::{self, Profile};
use national::{check_added, check_own, edited, findings, payload};
use support::Draft;
use support::vectors::check_all;

const VECTORS: &str = include_str!("../vectors/sgqr.json");

/// PayNow to a company, with a fixed amount.
fn paynow() -> Draft {
    edited(
        &Draft::emv(),
        "01=12; 26.00=SG.PAYNOW; 26.01=2; 26.02=201403121W; 26.03=0; 26.04=20271231; 52=0000; \
         53=702; 54=12.50; 58=SG; 59=NA; 60=Singapore; 62.01=INV-1",
    )
}

/// A shared code with NETS.
fn shared() -> Draft {
    edited(
        &Draft::emv(),
        "26.00=SG.COM.NETS; 26.01=1198500065G991231235900; 26.02=11187787200; 26.03=87787201; \
         26.99=4136B4AE; 51.00=SG.SGQR; 51.01=18090900176B; 51.02=00.0021; 51.07=20180911; \
         53=702; 58=SG; 60=Singapore",
    )
}

#[test]
fn open_vectors() {
    check_all(VECTORS, 12, |payload| mpm::read_as(payload, Profile::Sgqr));
    // The sample of the SGQR text: 03 is 0 without an amount, and 04 is a reference.
    let sample: &[&str] = &["sgqr:editable_needed", "sgqr:expiry_form"];
    check_own(VECTORS, Profile::Sgqr, &[("sgqr-005", sample)]);
}

#[test]
fn paynow_of_open_vectors() {
    let shopee = PayNow {
        proxy: Proxy::Uen("201929813CSPP"),
        amount_editable: false,
        expiry: Some("20230801180200"),
        old_reference: None,
    };
    for (id, expected, reference, payer_sets_amount) in [
        (
            "sgqr-002",
            PayNow {
                proxy: Proxy::Mobile("+6580000001"),
                amount_editable: true,
                expiry: None,
                old_reference: None,
            },
            None,
            true,
        ),
        ("sgqr-006", shopee, Some("SPP18444143935331652845"), false),
        (
            "sgqr-007",
            PayNow {
                proxy: Proxy::Uen("201929813CSPW"),
                amount_editable: true,
                expiry: None,
                old_reference: Some("SPW6582274630"),
            },
            Some("SPW6582274630"),
            true,
        ),
    ] {
        let payload = payload(VECTORS, id);
        let code = mpm::read(&payload).unwrap();
        assert_eq!(sgqr::paynow(&code).collect::<Vec<_>>(), [expected], "{id}");
        assert_eq!(expected.reference(&code).map(|found| found.text), reference, "{id}");
        assert_eq!(expected.payer_sets_amount(&code), payer_sets_amount, "{id}");
    }
}

#[test]
fn shared_number_and_nets_of_open_vectors() {
    let full = payload(VECTORS, "sgqr-005");
    let code = mpm::read(&full).unwrap();
    let id = SgqrId {
        number: "201803070317",
        version: Some("01.0003"),
        postal_code: Some("081006"),
        level: Some("02"),
        unit: Some("138"),
        miscellaneous: Some("Counter01"),
        revision_date: Some("20180407"),
    };
    assert_eq!(sgqr::sgqr_id(&code), Some(id));
    let nets = Nets {
        metadata: "02014018328311288235900",
        merchant: Some("000111870324000"),
        terminal: Some("88587201"),
        amount_modifier: Some("1"),
        signature: Some("4E5DC3D8"),
    };
    assert_eq!(sgqr::nets(&code), Some(nets));

    let other = payload(VECTORS, "sgqr-003");
    let code = mpm::read(&other).unwrap();
    let nets = sgqr::nets(&code).unwrap();
    assert_eq!((nets.merchant, nets.amount_modifier), (Some("11187787200"), None));
    let other = payload(VECTORS, "sgqr-002");
    let code = mpm::read(&other).unwrap();
    assert_eq!((sgqr::sgqr_id(&code), sgqr::nets(&code)), (None, None));
}

#[test]
fn an_expired_code_is_not_to_be_paid() {
    let day = |year, month, day| SingaporeTime::date(year, month, day).unwrap();
    let paynow = |expiry| PayNow {
        proxy: Proxy::Uen("201403121W"),
        amount_editable: true,
        expiry,
        old_reference: None,
    };
    let whole_day = paynow(Some("20271231"));
    assert_eq!(whole_day.validity(day(2027, 12, 30)), Validity::Current);
    assert_eq!(whole_day.validity(day(2027, 12, 31)), Validity::Current);
    assert_eq!(whole_day.validity(day(2027, 12, 31).at(23, 59, 59).unwrap()), Validity::Current);
    assert_eq!(whole_day.validity(day(2028, 1, 1)), Validity::Expired);

    let moment = paynow(Some("20230801180200"));
    assert_eq!(moment.validity(day(2023, 8, 1)), Validity::Current);
    assert_eq!(moment.validity(day(2023, 8, 1).at(18, 2, 0).unwrap()), Validity::Current);
    assert_eq!(moment.validity(day(2023, 8, 1).at(18, 2, 1).unwrap()), Validity::Expired);
    assert_eq!(moment.validity(day(2023, 8, 2)), Validity::Expired);

    assert_eq!(paynow(None).validity(day(9999, 12, 31)), Validity::Unstated);
    for expiry in ["", "20271301", "2027-12-31", "never"] {
        assert_eq!(paynow(Some(expiry)).validity(day(2000, 1, 1)), Validity::Unreadable);
    }
}

#[test]
fn who_may_change_what() {
    let check = |edits: &str| {
        let text = edited(&paynow(), edits).text();
        let code = mpm::read(&text).unwrap();
        let paynow = sgqr::paynow(&code).next().unwrap();
        let reference = paynow.reference(&code);
        let reference = reference.map(|found| (found.text.to_owned(), found.payer_may_edit));
        (paynow.payer_sets_amount(&code), reference)
    };
    let reference = |text: &str, may| Some((text.to_owned(), may));
    assert_eq!(check("26.03=0"), (false, reference("INV-1", false)));
    assert_eq!(check("26.03=1"), (true, reference("INV-1", false)));
    assert_eq!(check("26.03=x"), (false, reference("INV-1", false)));
    assert_eq!(check("-26.03"), (false, reference("INV-1", false)));
    assert_eq!(check("-54"), (true, reference("INV-1", false)));
    assert_eq!(check("26.05=OLD"), (false, reference("INV-1", false)));
    assert_eq!(check("-62; 26.05=OLD"), (false, reference("OLD", false)));
    assert_eq!(check("-62"), (false, None));
    assert_eq!(check("26.01=0; 26.02=+6580000001"), (false, reference("INV-1", true)));
}

#[test]
fn rules_of_paynow() {
    check_added(
        &paynow(),
        Profile::Sgqr,
        &[],
        "
                                       | 26.00=sg.paynow
                                       | -26.04
                                       | 26.04=20271231180200
                                       | 26.05=OLD
                                       | 26.01=0; 26.02=+6580000001
                                       | 26.02=201929813CSPP
        sgqr:account_missing           | 26.00=com.example.pay
        sgqr:paynow_missing:01         | -26.01
        sgqr:paynow_missing:02         | -26.02
        sgqr:proxy_kind                | 26.01=1
        sgqr:proxy_form                | 26.02=20140312
        sgqr:proxy_form                | 26.02=201403121-W
        sgqr:proxy_form                | 26.01=0; 26.02=6580000001
        sgqr:proxy_form                | 26.01=0; 26.02=+
        sgqr:proxy_form                | 26.01=0; 26.02=+65 8000 0001
                                       | 26.02=201403121W123456
        sgqr:proxy_long                | 26.02=201403121W1234567
        sgqr:editable_form             | 26.03=2
                                       | 26.03=1; -54
                                       | 26.03=1
        sgqr:editable_needed           | -54
        sgqr:editable_needed           | -54; -26.03
        sgqr:expiry_form               | 26.04=20270229
        sgqr:expiry_form               | 26.04=2027-12-31
        sgqr:id_needed                 | 27.00=com.grab
        sgqr:id_needed                 | 04=512345678912345
                                       | 27.00=com.grab; 51.00=SG.SGQR; 51.01=18090900176B
        sgqr:currency                  | 53=458
        sgqr:country                   | 58=MY
        sgqr:amount_decimals           | 54=12.505
        !zero_amount:54                | 54=0
        !format:54                     | 54=12,50
        ",
    );
}

#[test]
fn rules_of_shared_codes() {
    check_added(
        &shared(),
        Profile::Sgqr,
        &[],
        "
                                       | 26.02=000111870324000
                                       | 51.01=18090900176BX
        sgqr:account_missing           | -51
        sgqr:id_missing:01             | -51.01
        sgqr:id_form:01                | 51.01=18090900176
        sgqr:id_form:01                | 51.01=18090900176BXX
        sgqr:id_form:02                | 51.02=1.0001
        sgqr:id_form:07                | 51.07=20180931
        sgqr:id_form:07                | 51.07=20180911120000
        sgqr:nets_form:01              | 26.01=1198500065G99123123590
        sgqr:nets_form:02              | 26.02=0001118703240001
        sgqr:nets_form:03              | 26.03=8778720
        ",
    );
}

#[test]
fn a_code_without_singapore_is_told_so() {
    let found = findings(&Draft::emv().text(), Profile::Sgqr);
    assert_eq!(found, ["sgqr:account_missing", "sgqr:currency", "sgqr:country"]);
}
