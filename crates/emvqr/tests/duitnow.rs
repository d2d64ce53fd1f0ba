//! Malaysia: DuitNow and JomPAY.

#[path = "support/national.rs"]
mod national;
mod support;

use emvqr::mpm::duitnow::{
    self, Channel, DuitNow, DuitNowCode, Issuer, Labels, Location, Medium, Presence, Purpose,
};
use emvqr::mpm::{self, BuildError, Initiation, Profile};
use emvqr::tlv::{Path, Tag};
use national::{check_added, check_own, edited, findings, payload, refused_for};
use proptest::prelude::*;
use support::Draft;
use support::vectors::check_all;

const VECTORS: &str = include_str!("vectors/duitnow.json");

/// A shop's code. EMVCo minds the 02 in 00, as of every DuitNow code.
fn shop() -> Draft {
    edited(
        &Draft::emv(),
        "00=02; 26.00=A0000006150001; 26.01=890053; 26.02=0000000123; 53=458; 58=MY; 60=MY; \
         62.11=401",
    )
}

#[test]
fn open_vectors() {
    check_all(VECTORS, 11, |payload| mpm::read_as(payload, Profile::DuitNow));
    // Made with EMVCo's 01.
    check_own(VECTORS, Profile::DuitNow, &[("duitnow-011", &["duitnow:format"])]);
}

#[test]
fn accounts_of_open_vectors() {
    let plain = |acquirer, id| DuitNow { acquirer, id, descriptor: None, mobile: None };
    for (id, account, issuer, purpose) in [
        ("duitnow-001", plain("501664", "123456789"), Issuer::Bank, Purpose::Retail),
        ("duitnow-002", plain("501664", "123456789"), Issuer::Bank, Purpose::PersonToPerson),
        ("duitnow-004", plain("898989", "1234"), Issuer::JomPay, Purpose::JomPay),
        ("duitnow-005", plain("603346", "MD00129546"), Issuer::Bank, Purpose::Retail),
        ("duitnow-006", plain("890053", "MDN16221766626210430"), Issuer::NonBank, Purpose::Retail),
    ] {
        let payload = payload(VECTORS, id);
        let code = mpm::read(&payload).unwrap();
        assert_eq!(duitnow::accounts(&code).collect::<Vec<_>>(), [account], "{id}");
        assert_eq!(account.issuer(), Some(issuer), "{id}");
        assert_eq!(duitnow::purpose(&code), purpose, "{id}");
    }
    let payload = payload(VECTORS, "duitnow-004");
    let code = mpm::read(&payload).unwrap();
    assert_eq!(duitnow::bill_references(&code), [Some("0124007552406"), None]);
    assert_eq!(duitnow::hash(&code), Some("31d4db4506dc9852b1c21c74be148b83"));
    assert_eq!(Channel::of(&code), None);
}

#[test]
fn what_the_vectors_do_not_have() {
    let text =
        edited(&shop(), "26.03=1704936237869; 26.04=60123456789; 52=6010; 62.90=A; 62.91=B; 82=f8")
            .text();
    let code = mpm::read(&text).unwrap();
    let account = duitnow::accounts(&code).next().unwrap();
    assert_eq!(account.mobile, Some("60123456789"));
    assert_eq!(account.expires_at_ms(), Some(1_704_936_237_869));
    for descriptor in [None, Some("170493623786"), Some("170493623786x"), Some("")] {
        assert_eq!(DuitNow { descriptor, ..account }.expires_at_ms(), None, "{descriptor:?}");
    }
    for acquirer in ["", "300001", "889999", "x", "898988"] {
        assert_eq!(DuitNow { acquirer, ..account }.issuer(), None, "{acquirer}");
    }
    assert_eq!(duitnow::purpose(&code), Purpose::CashOut);
    assert_eq!(duitnow::bill_references(&code), [Some("A"), Some("B")]);
    let channel = Channel {
        medium: Medium::Till,
        location: Location::AtMerchant,
        presence: Presence::Unattended,
    };
    assert_eq!(Channel::of(&code), Some(channel));

    // The account floats, and without an id it is nobody's.
    let moved = edited(&shop(), "-26; 33.00=a0000006150001; 33.01=501664; 33.02=1").text();
    assert_eq!(duitnow::accounts(&mpm::read(&moved).unwrap()).next().unwrap().id, "1");
    let nobody = edited(&shop(), "-26.02").text();
    assert_eq!(duitnow::accounts(&mpm::read(&nobody).unwrap()).count(), 0);
}

#[test]
fn rules() {
    check_added(
        &shop(),
        Profile::DuitNow,
        &["pfi_value"],
        "
                                             | 01=12; 54=10.00
                                             | 54=10
                                             | 26.01=501664
        duitnow:account_missing              | 26.00=com.example.pay
        duitnow:format                       | 00=01
        duitnow:format                       | 00=03
        duitnow:sub_missing:01               | -26.01
        duitnow:sub_missing:02               | -26.02
        duitnow:acquirer_form                | 26.01=89005
        duitnow:acquirer_form                | 26.01=89005x
                                             | 26.02=0000000000000000000000072339
        duitnow:sub_too_long:02              | 26.02=00000000000000000000000723390
                                             | 26.03=ABCDEFGHIJKLMNOPQRST
        duitnow:sub_too_long:03              | 26.03=ABCDEFGHIJKLMNOPQRSTU
                                             | 26.04=601234567890123
        duitnow:sub_too_long:04              | 26.04=6012345678901234
        duitnow:reserved                     | 27.00=com.example.pay
                                             | 28.00=com.example.pay
                                             | 52=1111; 26.01=898989
        duitnow:jompay                       | 52=1111
        duitnow:jompay                       | 26.01=898989
        duitnow:currency                     | 53=702
        duitnow:country                      | 58=SG
        duitnow:amount_decimals              | 54=10.005
        !zero_amount:54                      | 54=0.00
                                             | 61=59200
        duitnow:postal_form                  | 61=5920
        duitnow:postal_form                  | 61=5920x
                                             | 62.11=733
        duitnow:channel_form                 | 62.11=800
        duitnow:channel_form                 | 62.11=00
        template_malformed:82                | 82=f879ac62
        duitnow:hash_form template_malformed:82 | 82=f8 79
        duitnow:hash_form template_malformed:82 zero_length:82 | 82=
        ",
    );
}

#[test]
fn a_code_without_duitnow_is_told_so() {
    let found = findings(&Draft::emv().text(), Profile::DuitNow);
    let expected =
        ["duitnow:account_missing", "duitnow:format", "duitnow:currency", "duitnow:country"];
    assert_eq!(found, expected);
}

fn with<'a>(change: impl FnOnce(&mut DuitNowCode<'a>)) -> Result<String, BuildError> {
    let mut code = DuitNowCode {
        initiation: Initiation::Static,
        account: DuitNow { acquirer: "898989", id: "1234", descriptor: None, mobile: None },
        mcc: "1111",
        amount: None,
        name: "TNB",
        city: "KL",
        postal_code: Some("59200"),
        labels: Labels { bill_references: [Some("0124007552406"), None], ..Labels::default() },
        hash: Some("31d4db4506dc9852b1c21c74be148b83"),
    };
    change(&mut code);
    code.build()
}

#[test]
fn text_of_an_open_vector() {
    assert_eq!(with(|_| {}).unwrap(), payload(VECTORS, "duitnow-004"));
}

#[test]
fn builder_says_what_to_change() {
    for (expected, built) in [
        ("duitnow:jompay", with(|code| code.mcc = "5812")),
        ("duitnow:acquirer_form", with(|code| code.account.acquirer = "89005")),
        ("zero_length:26.02", with(|code| code.account.id = "")),
        ("duitnow:sub_too_long:03", {
            with(|code| code.account.descriptor = Some("ABCDEFGHIJKLMNOPQRSTU"))
        }),
        ("duitnow:amount_decimals", with(|code| code.amount = Some("1.005"))),
        ("zero_amount:54", with(|code| code.amount = Some("0"))),
        ("format:54", with(|code| code.amount = Some("1,000"))),
        ("too_long:59", with(|code| code.name = "ABCDEFGHIJKLMNOPQRSTUVWXYZ")),
        ("zero_length:60", with(|code| code.city = "")),
        ("duitnow:postal_form", with(|code| code.postal_code = Some("5920"))),
        ("too_long:62.05", {
            with(|code| code.labels.reference = Some("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        }),
        ("duitnow:hash_form", with(|code| code.hash = Some(""))),
        ("duitnow:hash_form", with(|code| code.hash = Some("f8 79"))),
    ] {
        refused_for(built, expected);
    }
    let path = Path::root(Tag::new(82).unwrap());
    let long = "f".repeat(100);
    assert_eq!(with(|code| code.hash = Some(&long)), Err(BuildError::TooLong { path, found: 100 }));
}

proptest! {
    #[test]
    fn what_is_written_reads_back(
        dynamic: bool,
        acquirer in "[4-6][0-9]{5}|890[0-9]{3}",
        // With all four parts at their longest the account would have 103 characters.
        id in "[ -~]{1,24}",
        descriptor in prop::option::of("[ -~]{1,20}"),
        mobile in prop::option::of("[0-9]{1,15}"),
        mcc in "[2-9][0-9]{3}",
        amount in prop::option::of("[1-9][0-9]{0,9}(\\.[0-9]{0,2})?"),
        (name, city) in ("[ -~]{1,25}", "[ -~]{1,15}"),
        postal_code in prop::option::of("[0-9]{5}"),
        // The whole template has room for 99 characters.
        references in prop::array::uniform3(prop::option::of("[ -~]{1,15}")),
        channel in prop::option::of("[0-7][0-3][0-3]"),
        bill in prop::option::of("[ -~]{1,15}"),
        hash in prop_oneof![
            prop::option::of("[!-~]{1,99}"),
            // Looks like a template.
            Just(Some("01010201000100".to_owned())),
        ],
    ) {
        let [store, reference, terminal] = references.each_ref().map(Option::as_deref);
        let (descriptor, mobile) = (descriptor.as_deref(), mobile.as_deref());
        let account = DuitNow { acquirer: &acquirer, id: &id, descriptor, mobile };
        let channel = channel.map(|text| Channel::parse(&text).unwrap());
        let bill_references = [None, bill.as_deref()];
        let initiation = if dynamic { Initiation::Dynamic } else { Initiation::Static };
        let code = DuitNowCode {
            initiation,
            account,
            mcc: &mcc,
            amount: amount.as_deref(),
            name: &name,
            city: &city,
            postal_code: postal_code.as_deref(),
            labels: Labels { store, reference, terminal, channel, bill_references },
            hash: hash.as_deref(),
        };
        let text = code.build().unwrap();
        let read = mpm::read_as(&text, Profile::DuitNow).unwrap();
        for finding in read.findings() {
            let found = finding.code();
            let custom = found == "pfi_value" || hash.is_some() && found.contains(":82");
            prop_assert!(custom, "{}", found);
        }
        prop_assert_eq!(duitnow::accounts(&read).collect::<Vec<_>>(), [account]);
        prop_assert_eq!(duitnow::hash(&read), hash.as_deref());
        prop_assert_eq!(Channel::of(&read), channel);
        prop_assert_eq!(duitnow::bill_references(&read), bill_references);
        prop_assert_eq!(read.point_of_initiation(), initiation);
        prop_assert_eq!(read.amount(), amount.as_deref());
        prop_assert_eq!(read.postal_code(), postal_code.as_deref());
        let label = |number| {
            read.additional().and_then(|labels| labels.get(Tag::new(number).unwrap()))
        };
        prop_assert_eq!([label(3), label(5), label(7)], [store, reference, terminal]);
    }
}
