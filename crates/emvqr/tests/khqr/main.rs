//! Cambodia: KHQR.

mod build;
#[path = "../support/national.rs"]
mod national;
#[path = "../support/mod.rs"]
mod support;

use emvqr::mpm::khqr::{self, BakongAccount, Currency, Payee, Times, Validity};
use emvqr::mpm::unionpay::{MerchantAccount, UnionPay};
use emvqr::mpm::{self, Mpm, Network, Profile, Rejected};
use national::{check_added, check_own, edited, payload};
use support::Draft;
use support::vectors::{check_all, text, vectors};

const VECTORS: &str = include_str!("../vectors/khqr.json");

/// A static code of a merchant, in riel.
fn still() -> Draft {
    edited(
        &Draft::emv(),
        "-26; 30.00=khqr@devb; 30.01=123456; 30.02=Dev Bank; 53=116; 58=KH; 60=Phnom Penh",
    )
}

/// A code for one order, in dollars.
fn dynamic() -> Draft {
    edited(&still(), "01=12; 53=840; 54=1.50; 99.00=1727249364974; 99.01=1727249484974")
}

fn read(payload: &str) -> Result<Mpm<'_>, Rejected> {
    mpm::read_as(payload, Profile::Khqr)
}

#[test]
fn open_vectors() {
    check_all(VECTORS, 19, read);
}

#[test]
fn codes_claim_the_profile_by_country_and_account() {
    // khqr-019 has no country, by which it would.
    for vector in vectors(VECTORS).iter().filter(|vector| text(vector, "id") != "khqr-019") {
        let payload = text(vector, "payload");
        assert_eq!(mpm::read(payload), read(payload), "{vector}");
    }
}

#[test]
fn payees_of_open_vectors() {
    let account = |text| BakongAccount::new(text).unwrap();
    let cases = [
        (
            "khqr-001",
            Payee::Individual {
                account: account("chantha_dev@ftcc"),
                information: None,
                bank: None,
            },
        ),
        (
            "khqr-006",
            Payee::Individual {
                account: account("john_smith@devb"),
                information: Some("85512233455"),
                bank: Some("Dev Bank"),
            },
        ),
        (
            "khqr-014",
            Payee::Merchant {
                account: account("abaakhppxxx@abaa"),
                id: Some("316600770110242"),
                bank: Some("abaa"),
            },
        ),
    ];
    for (id, payee) in cases {
        let payload = payload(VECTORS, id);
        let code = mpm::read(&payload).unwrap();
        let payees: Vec<_> = khqr::payees(&code).collect();
        assert_eq!(payees, [payee], "{id}");
        assert_eq!(payee.account().as_str().split_once('@').unwrap().1, payee.account().bank());
    }
    let payload = payload(VECTORS, "khqr-001");
    let code = mpm::read(&payload).unwrap();
    let unionpay = code.accounts().find_map(|account| UnionPay::of(&account));
    let number = MerchantAccount::new("19740116", "00520446", "ACLB10002312081");
    assert_eq!(unionpay, number.ok().map(UnionPay::Merchant));
    assert_eq!(Currency::of(&code), Some(Currency::Riel));
}

#[test]
fn times_of_open_vectors() {
    let cases = [
        ("khqr-001", Some(1_729_740_085_314), None),
        // Fourteen digits.
        ("khqr-002", None, None),
        ("khqr-003", None, None),
        ("khqr-005", Some(1_727_249_364_974), Some(1_727_249_484_974)),
        ("khqr-008", None, Some(1_687_316_821_609)),
        ("khqr-009", Some(1_717_401_560_779), None),
        // Thirteen characters, not all of them digits.
        ("khqr-014", None, None),
    ];
    for (id, created_ms, expires_ms) in cases {
        let payload = payload(VECTORS, id);
        let times = Times::of(&mpm::read(&payload).unwrap());
        assert_eq!(times, Times { created_ms, expires_ms }, "{id}");
    }
}

#[test]
fn real_codes_have_warnings_for_what_the_facts_state_only() {
    let expected: [(&str, &[&str]); 4] = [
        ("khqr-001", &["khqr:expiry_missing"]),
        ("khqr-002", &["khqr:time_form:99.00", "khqr:time_form:99.01"]),
        ("khqr-003", &["khqr:expiry_missing"]),
        // 50000.0 riel.
        ("khqr-013", &["khqr:amount_decimals", "khqr:expiry_missing"]),
    ];
    check_own(VECTORS, Profile::Khqr, &expected);
}

#[test]
fn rules_of_static_codes() {
    check_added(
        &still(),
        Profile::Khqr,
        &[],
        "
        !missing:52                            | -52
        !format:52                             | 52=599
        !format:52                             | 52=-100
        !zero_length:52                        | 52=
        !missing:53                            | -53
        !missing:58                            | -58
        !missing:59                            | -59
        !missing:60                            | -60
        !poi_value                             | 01=13
        !poi_value zero_length:01              | 01=
                                               | -01
        zero_length:59                         | 59=
        format:53 khqr:currency                | 53=KHR
        khqr:currency                          | 53=392
                                               | 53=840
        khqr:country                           | 58=TH
        khqr:account_missing                   | -30; 26.00=com.example.pay
        khqr:account_missing                   | 30.00=devb
        khqr:account_missing                   | 30.00=@devb
        khqr:account_missing                   | 30.00=khqr@
        khqr:account_missing                   | 30.00=khqr@devb@devb
        khqr:account_missing                   | -30; 31.00=khqr@devb
                                               | 29.00=sokha@aclb
        guid_too_long:30                       | 30.00=abcdefghijklmnopqrstuvwxyz01@devb
                                               | 30.01=abcdefghijklmnopqrstuvwxyz012345
        khqr:too_long:30.01                    | 30.01=abcdefghijklmnopqrstuvwxyz0123456
        khqr:too_long:30.02                    | 30.02=abcdefghijklmnopqrstuvwxyz0123456
        khqr:too_long:29.01                    | 29.00=sokha@aclb; 29.01=abcdefghijklmnopqrstuvwxyz0123456
        khqr:too_long:29.02                    | 29.00=sokha@aclb; 29.02=abcdefghijklmnopqrstuvwxyz0123456
                                               | 15=3122034039203926000000000000001
        khqr:unionpay_dollar                   | 15=3122034039203926000000000000001; 53=840
        khqr:static_amount khqr:expiry_missing | 54=4000
        khqr:expiry_missing                    | 54=4000; -01
                                               | 99.00=39CA026411FDA; 99.68=mmp
                                               | 30.05=855000000
        ",
    );
}

#[test]
fn rules_of_dynamic_codes() {
    check_added(
        &dynamic(),
        Profile::Khqr,
        &[],
        "
        !zero_amount:54                           | 54=0.00
        khqr:amount_decimals                      | 54=1.505
                                                  | 54=1.5
        khqr:amount_decimals                      | 53=116
        khqr:amount_decimals                      | 53=116; 54=50000.0
                                                  | 53=116; 54=50000.
        khqr:expiry_missing                       | -99
        khqr:expiry_missing                       | -99.01
        khqr:expiry_missing                       | -99; -54
        khqr:expiry_missing template_malformed:99 | 99=free text
        khqr:time_form:99.00                      | 99.00=11727249364974
        khqr:time_form:99.01                      | 99.01=172724948497
        khqr:time_form:99.01                      | 99.01=17272494849x4
        khqr:expiry_early                         | 99.01=1727249364974
        khqr:static_amount                        | 01=11
        ",
    );
}

#[test]
fn the_country_does_not_decide_what_a_named_profile_reads() {
    let elsewhere = edited(&still(), "58=TH").text();
    let code = read(&elsewhere).unwrap();
    assert_eq!(code.accounts().next().unwrap().network, Network::Unknown);
    assert_eq!(khqr::payees(&code).next().unwrap().account().as_str(), "khqr@devb");

    // Thailand's templates under the same tags are not taken for payees, even so.
    let thai = edited(&still(), "30.00=A000000677010112; 30.01=a@b").text();
    assert_eq!(khqr::payees(&read(&thai).unwrap()).count(), 0);
}

#[test]
fn a_code_is_good_until_its_expiry() {
    let payload = payload(VECTORS, "khqr-005");
    let times = Times::of(&mpm::read(&payload).unwrap());
    assert_eq!(times.validity(1_727_249_484_973), Validity::Current);
    assert_eq!(times.validity(1_727_249_484_974), Validity::Expired);
    // A clock that is behind the issuer's is no reason to refuse.
    assert_eq!(times.validity(0), Validity::Current);
    assert_eq!(Times { expires_ms: None, ..times }.validity(i64::MAX), Validity::Unstated);
}
