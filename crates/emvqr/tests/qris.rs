//! Indonesia: QRIS.

#[path = "support/national.rs"]
mod national;
mod support;

use emvqr::mpm::qris::{
    self, Channel, Criteria, DynamicCode, Location, Medium, Merchant, MerchantPan, Nmid, Presence,
    Registration, StaticCode, Tip,
};
use emvqr::mpm::{self, BuildError, Mpm, Profile, Rejected, tags};
use emvqr::tlv::Tag;
use national::{check_added, check_own, edited, findings, payload, refused_for};
use proptest::prelude::*;
use support::Draft;
use support::vectors::check_all;

const VECTORS: &str = include_str!("vectors/qris.json");

/// A static code of an acquirer.
fn base() -> Draft {
    edited(
        &Draft::emv(),
        "-26; 26.00=ID.CO.EXAMPLE.WWW; 26.01=936000140000000001; 26.02=000000000000001; 26.03=UKE; \
         51.00=ID.CO.QRIS.WWW; 51.02=ID1020000000001; 51.03=UKE; 53=360; 58=ID; 60=JAKARTA; 61=10110",
    )
}

fn read(payload: &str) -> Result<Mpm<'_>, Rejected> {
    mpm::read_as(payload, Profile::Qris)
}

#[test]
fn open_vectors() {
    check_all(VECTORS, 9, read);
    // They claim the profile by their owners' names.
    check_all(VECTORS, 9, mpm::read);
}

#[test]
fn real_codes_keep_the_rules() {
    check_own(VECTORS, Profile::Qris, &[]);
}

#[test]
fn registrations_of_open_vectors() {
    for (id, guid, pan, merchant_id, nmid, criteria) in [
        (
            "qris-001",
            "ID.CO.TELKOM.WWW",
            "936008980266352075",
            "000195266352075",
            "ID1021125405972",
            Criteria::Micro,
        ),
        (
            "qris-004",
            "ID.CO.SHOPEE.WWW",
            "936009180021600523",
            "21600523",
            "ID1024322842930",
            Criteria::Medium,
        ),
        (
            "qris-005",
            "ID.CO.BANKALTIMTARA.WWW",
            "936001240240918028",
            "240918028",
            "ID2024345276172",
            Criteria::Regular,
        ),
    ] {
        let payload = payload(VECTORS, id);
        let code = mpm::read(&payload).unwrap();
        let (pan, nmid) = (MerchantPan::new(pan), Nmid::new(nmid));
        assert_eq!(pan.unwrap().acquirer(), &pan.unwrap().as_str()[..8]);
        let criteria = Some(criteria);
        let merchant_id = Some(merchant_id);
        let expected = [
            Registration::Acquirer { guid, pan, merchant_id, criteria },
            Registration::National { pan: None, nmid, criteria },
        ];
        assert_eq!(qris::registrations(&code).collect::<Vec<_>>(), expected, "{id}");
    }
}

#[test]
fn tips_of_open_vectors() {
    for (id, tip) in
        [("qris-001", Tip::Asked), ("qris-002", Tip::None), ("qris-007", Tip::Fixed("1500"))]
    {
        assert_eq!(Tip::of(&mpm::read(&payload(VECTORS, id)).unwrap()), tip, "{id}");
    }
    let percent = edited(&base(), "55=03; 57=2.50").text();
    assert_eq!(Tip::of(&mpm::read(&percent).unwrap()), Tip::Percent("2.50"));
    // Announced and not there.
    let nothing = edited(&base(), "55=02; 57=2.50").text();
    assert_eq!(Tip::of(&mpm::read(&nothing).unwrap()), Tip::None);
}

#[test]
fn rules() {
    check_added(
        &base(),
        Profile::Qris,
        &[],
        "
        qris:account_missing                  | -26; -51; 26.00=com.example.pay
        qris:pan_missing                      | -26
        qris:pan_missing                      | -26.01
        qris:pan_missing                      | 26.00=com.example.pay
        qris:pan_form:26.01 zero_length:26.01 | 26.01=
        qris:pan_form:26.01                   | 26.01=93600014
                                              | 26.01=936000141
                                              | 26.01=9360001400000000012
        qris:pan_form:26.01                   | 26.01=93600014000000000123
        qris:pan_form:26.01                   | 26.01=936000140000x
        qris:pan_form:26.01                   | 26.01=456000140000000001
                                              | 26.02=000000000000001
        qris:too_long:26.02                   | 26.02=0000000000000012
                                              | -26.02
                                              | -26.03
        qris:criteria:26.03                   | 26.03=UXX
        qris:criteria:51.03                   | 51.03=uke
                                              | 26.03=UMI; 51.03=UBE
        qris:nmid_missing:51.02               | -51.02
        qris:nmid_form:51.02                  | 51.02=1020000000001
        qris:nmid_form:51.02                  | 51.02=ID102000000000
        qris:nmid_form:51.02                  | 51.02=ID10200000000012
        qris:nmid_form:51.02                  | 51.02=ID102000000000x
                                              | 51.00=id.co.qris.www
                                              | -26; 51.01=936000140000000001
        qris:pan_form:51.01                   | 51.01=1
        qris:currency                         | 53=392
        format:53 qris:currency               | 53=IDR
                                              | 54=25000
                                              | 54=100003.00
        qris:amount_decimals:54               | 54=100003.001
                                              | 55=02; 56=1500.50
        qris:amount_decimals:56               | 55=02; 56=1500.505
        !zero_amount:54                       | 54=0
        tip_missing:56                        | 55=02
        qris:postal_missing                   | -61
                                              | 62.11=000; 62.10=1234567890123456
                                              | 62.11=733
        qris:channel_form                     | 62.11=800
        qris:channel_form                     | 62.11=040
        qris:channel_form                     | 62.11=004
        qris:channel_form                     | 62.11=00
        qris:channel_form                     | 62.11=0000
        too_long:59                           | 59=(TEST) RETRIBUSI PARKIR PELABUHAN
        ",
    );
    // Of a country that is not Indonesia the acquirers cannot be known by their ending.
    let elsewhere = edited(&base(), "58=SG").text();
    assert_eq!(findings(&elsewhere, Profile::Qris), ["qris:pan_missing", "qris:country"]);
}

#[test]
fn the_national_template_may_stand_in_for_the_acquirers() {
    let text = edited(&base(), "26.00=ID.CO.QRIS.WWW; 26.02=ID1020000000001").text();
    let code = mpm::read(&text).unwrap();
    assert_eq!(code.findings(), []);
    let first = qris::registrations(&code).next().unwrap();
    let nmid = Nmid::new("ID1020000000001");
    let pan = MerchantPan::new("936000140000000001");
    assert_eq!(first, Registration::National { pan, nmid, criteria: Some(Criteria::Small) });
}

#[test]
fn every_channel_reads_back() {
    let mut count = 0;
    for &medium in Medium::ALL {
        for &location in Location::ALL {
            for &presence in Presence::ALL {
                let channel = Channel { medium, location, presence };
                assert_eq!(Channel::parse(&String::from_iter(channel.digits())), Some(channel));
                count += 1;
            }
        }
    }
    assert_eq!(count, 8 * 4 * 3 + 8 * 4);
    let bill = Channel {
        medium: Medium::Bill,
        location: Location::Remote,
        presence: Presence::Unattended,
    };
    assert_eq!(Channel::parse("121"), Some(bill));
}

fn merchant() -> Merchant<'static> {
    Merchant {
        acquirer: "ID.CO.EXAMPLE.WWW",
        pan: MerchantPan::new("936000140000000001").unwrap(),
        merchant_id: "000000000000001",
        nmid: Nmid::new("ID1020000000001").unwrap(),
        criteria: Criteria::Small,
        mcc: "5812",
        name: "WARUNG CONTOH",
        city: "JAKARTA",
        postal_code: "10110",
        terminal: None,
        tax_id: None,
        channel: None,
        tip: Tip::Fixed("1500"),
    }
}

fn with(change: impl FnOnce(&mut DynamicCode<'_>)) -> Result<String, BuildError> {
    let mut code = DynamicCode { merchant: merchant(), amount: "25000", reference: None };
    change(&mut code);
    code.build()
}

#[test]
fn text_of_an_open_vector() {
    assert_eq!(with(|_| {}).unwrap(), payload(VECTORS, "qris-007"));
}

#[test]
fn builder_says_what_to_change() {
    let long = "abcdefghijklmnopqrstuvwxyz";
    for (expected, built) in [
        ("zero_amount:54", with(|code| code.amount = "0")),
        ("format:54", with(|code| code.amount = "25.000,00")),
        ("qris:amount_decimals:54", with(|code| code.amount = "25000.005")),
        ("zero_amount:56", with(|code| code.merchant.tip = Tip::Fixed("0"))),
        ("format:57", with(|code| code.merchant.tip = Tip::Percent("100"))),
        ("too_long:62.05", with(|code| code.reference = Some(long))),
        ("zero_length:62.07", with(|code| code.merchant.terminal = Some(""))),
        // A name that nobody would know as an acquirer's.
        ("qris:pan_missing", with(|code| code.merchant.acquirer = "com.example.pay")),
        ("qris:nmid_form:26.02", with(|code| code.merchant.acquirer = "ID.CO.QRIS.WWW")),
        ("qris:too_long:26.02", with(|code| code.merchant.merchant_id = "0000000000000012")),
        ("zero_length:26.02", with(|code| code.merchant.merchant_id = "")),
        ("format:52", with(|code| code.merchant.mcc = "58")),
        ("too_long:59", with(|code| code.merchant.name = long)),
        ("zero_length:60", with(|code| code.merchant.city = "")),
        ("zero_length:61", with(|code| code.merchant.postal_code = "")),
    ] {
        refused_for(built, expected);
    }
}

fn channel() -> impl Strategy<Value = Channel> {
    let one_of = |known: usize| 0..known;
    (one_of(Medium::ALL.len()), one_of(Location::ALL.len()), one_of(Presence::ALL.len())).prop_map(
        |(medium, location, presence)| Channel {
            medium: Medium::ALL[medium],
            location: Location::ALL[location],
            presence: Presence::ALL[presence],
        },
    )
}

#[derive(Clone, Debug)]
enum OwnedTip {
    None,
    Asked,
    Fixed(String),
    Percent(String),
}

fn tip() -> impl Strategy<Value = OwnedTip> {
    prop_oneof![
        Just(OwnedTip::None),
        Just(OwnedTip::Asked),
        "[1-9][0-9]{0,9}(\\.[0-9]{1,2})?".prop_map(OwnedTip::Fixed),
        "[1-9][0-9]?(\\.[0-9]{1,2})?".prop_map(OwnedTip::Percent),
    ]
}

impl OwnedTip {
    fn borrow(&self) -> Tip<'_> {
        match self {
            Self::None => Tip::None,
            Self::Asked => Tip::Asked,
            Self::Fixed(fee) => Tip::Fixed(fee),
            Self::Percent(fee) => Tip::Percent(fee),
        }
    }
}

/// What was written is there again, and nobody has anything to remark.
fn check_written(code: &Mpm<'_>, merchant: &Merchant<'_>) -> Result<(), TestCaseError> {
    prop_assert_eq!(code.findings(), []);
    let criteria = Some(merchant.criteria);
    let (guid, pan) = (merchant.acquirer, Some(merchant.pan));
    let merchant_id = Some(merchant.merchant_id);
    let expected = [
        Registration::Acquirer { guid, pan, merchant_id, criteria },
        Registration::National { pan: None, nmid: Some(merchant.nmid), criteria },
    ];
    prop_assert_eq!(qris::registrations(code).collect::<Vec<_>>(), expected);
    prop_assert_eq!(Tip::of(code), merchant.tip);
    prop_assert_eq!(Channel::of(code), merchant.channel);
    let label = |tag| code.additional().and_then(|labels| labels.get(tag));
    prop_assert_eq!(label(tags::additional::TERMINAL), merchant.terminal);
    prop_assert_eq!(label(Tag::new(10).unwrap()), merchant.tax_id);
    prop_assert_eq!(code.category(), Some(merchant.mcc));
    prop_assert_eq!(code.merchant_name(), Some(merchant.name));
    prop_assert_eq!(code.city(), Some(merchant.city));
    prop_assert_eq!(code.postal_code(), Some(merchant.postal_code));
    Ok(())
}

proptest! {
    #[test]
    fn what_is_written_reads_back(
        acquirer in "ID\\.[A-Z]{2,3}\\.[A-Z]{4,12}\\.WWW",
        pan in "9360[0-9]{5,15}",
        merchant_id in "[ -~]{1,15}",
        nmid in "ID[0-9]{13}",
        criteria in 0..Criteria::ALL.len(),
        mcc in "[0-9]{4}",
        names in ("[ -~]{1,25}", "[ -~]{1,15}", "[0-9]{5}"),
        labels in (prop::option::of("[ -~]{1,25}"), prop::option::of("[0-9]{15,16}")),
        channel in prop::option::of(channel()),
        tip in tip(),
        amount in "[1-9][0-9]{0,9}(\\.[0-9]{1,2})?",
        reference in prop::option::of("[ -~]{1,25}"),
    ) {
        let merchant = Merchant {
            acquirer: &acquirer,
            pan: MerchantPan::new(&pan).unwrap(),
            merchant_id: &merchant_id,
            nmid: Nmid::new(&nmid).unwrap(),
            criteria: Criteria::ALL[criteria],
            mcc: &mcc,
            name: &names.0,
            city: &names.1,
            postal_code: &names.2,
            terminal: labels.0.as_deref(),
            tax_id: labels.1.as_deref(),
            channel,
            tip: tip.borrow(),
        };
        let text = StaticCode { merchant }.build().unwrap();
        let code = read(&text).unwrap();
        check_written(&code, &merchant)?;
        prop_assert_eq!(code.amount(), None);

        let reference = reference.as_deref();
        let text = DynamicCode { merchant, amount: &amount, reference }.build().unwrap();
        let code = mpm::read(&text).unwrap();
        check_written(&code, &merchant)?;
        prop_assert_eq!(code.amount(), Some(&*amount));
        let found = code.additional().and_then(|labels| labels.get(tags::additional::REFERENCE));
        prop_assert_eq!(found, reference);
    }
}
