//! What is written is what was asked for, reads back, and is refused with a reason.

use emvqr::mpm::sgqr::{self, PayNow, Proxy, SgqrCode, SgqrId};
use emvqr::mpm::{self, BuildError, Initiation, Network, Profile};
use emvqr::tlv::{Path, Tag};
use proptest::prelude::*;

use crate::VECTORS;
use crate::national::{payload, refused_for};

fn tag(number: u8) -> Tag {
    Tag::new(number).unwrap()
}

const ID: SgqrId<'static> = SgqrId {
    number: "18090900176B",
    version: Some("01.0001"),
    postal_code: Some("079027"),
    level: Some("01"),
    unit: Some("13"),
    miscellaneous: None,
    revision_date: Some("20180911"),
};

fn with<'a>(change: impl FnOnce(&mut SgqrCode<'a>)) -> Result<String, BuildError> {
    let mut code = SgqrCode {
        initiation: Initiation::Dynamic,
        paynow: Some(PayNow {
            proxy: Proxy::Uen("201403121W"),
            amount_editable: false,
            expiry: Some("20271231"),
            old_reference: None,
        }),
        accounts: &[],
        id: None,
        mcc: None,
        amount: Some("12.50"),
        name: None,
        city: None,
        postal_code: None,
        reference: Some("INV-1"),
    };
    change(&mut code);
    code.build()
}

#[test]
fn texts_of_open_vectors() {
    let mobile = PayNow {
        proxy: Proxy::Mobile("+6580000001"),
        amount_editable: true,
        expiry: None,
        old_reference: None,
    };
    let printed = with(|code| {
        (code.initiation, code.paynow) = (Initiation::Static, Some(mobile));
        (code.amount, code.reference, code.city) = (None, None, Some("SINGAPORE"));
    });
    assert_eq!(printed.unwrap(), payload(VECTORS, "sgqr-002"));

    let shopee = PayNow {
        proxy: Proxy::Uen("201929813CSPP"),
        amount_editable: false,
        expiry: Some("20230801180200"),
        old_reference: None,
    };
    let shown = with(|code| {
        (code.paynow, code.amount) = (Some(shopee), Some("20"));
        (code.name, code.city) = (Some("SHOPEEPAY PRIVATE LIMITED"), Some("SINGAPORE"));
        code.reference = Some("SPP18444143935331652845");
    });
    assert_eq!(shown.unwrap(), payload(VECTORS, "sgqr-006"));
}

#[test]
fn paynow_takes_the_first_free_tag() {
    let grab = "0008com.grab0110A93FO3230Q";
    let networks = |accounts: &[(Tag, &str)]| {
        let text = with(|code| (code.accounts, code.id) = (accounts, Some(ID))).unwrap();
        let code = mpm::read(&text).unwrap();
        code.accounts().map(|account| (account.tag.number(), account.network)).collect::<Vec<_>>()
    };
    let [paynow, sgqr] = [Network::PayNow, Network::Sgqr];
    assert_eq!(
        networks(&[(tag(26), grab), (tag(28), grab)]),
        [(26, Network::Unknown), (27, paynow), (28, Network::Unknown), (51, sgqr)]
    );
    assert_eq!(networks(&[(tag(4), "512345678912345")])[1..], [(26, paynow), (51, sgqr)]);

    let path = |number| Path::root(tag(number));
    let all: Vec<(Tag, &str)> = (26..=50).map(|number| (tag(number), grab)).collect();
    let full = with(|code| (code.accounts, code.id) = (&all, Some(ID)));
    assert_eq!(full, Err(BuildError::Repeated { path: path(26) }));
    let number = [(tag(51), grab)];
    let twice = with(|code| (code.accounts, code.id) = (&number, Some(ID)));
    assert_eq!(twice, Err(BuildError::Repeated { path: path(51) }));
    let amount = [(tag(54), "1")];
    let amount = with(|code| code.accounts = &amount);
    assert_eq!(amount, Err(BuildError::NotAccount { path: path(54) }));
}

#[test]
fn builder_says_what_to_change() {
    fn paynow(change: impl FnOnce(&mut PayNow<'_>)) -> Result<String, BuildError> {
        with(|code| change(code.paynow.as_mut().unwrap()))
    }
    let grab = [(tag(27), "0008com.grab0110A93FO3230Q")];
    for (expected, built) in [
        ("missing:02-51", with(|code| code.paynow = None)),
        ("sgqr:editable_needed", with(|code| code.amount = None)),
        ("zero_amount:54", with(|code| code.amount = Some("0.0"))),
        ("sgqr:amount_decimals", with(|code| code.amount = Some("1.005"))),
        ("sgqr:id_needed", with(|code| code.accounts = &grab)),
        ("sgqr:id_form:01", with(|code| code.id = Some(SgqrId { number: "1", ..ID }))),
        ("format:52", with(|code| code.mcc = Some("58"))),
        ("zero_length:59", with(|code| code.name = Some(""))),
        ("too_long:60", with(|code| code.city = Some("ABCDEFGHIJKLMNOP"))),
        ("too_long:62.01", with(|code| code.reference = Some("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))),
        ("sgqr:proxy_form", paynow(|paynow| paynow.proxy = Proxy::Mobile("80000001"))),
        ("sgqr:proxy_kind", {
            paynow(|paynow| paynow.proxy = Proxy::Other { kind: "1", value: "S1234567D" })
        }),
        ("sgqr:expiry_form", paynow(|paynow| paynow.expiry = Some("2027-12-31"))),
    ] {
        refused_for(built, expected);
    }
}

proptest! {
    #[test]
    fn what_is_written_reads_back(
        dynamic: bool,
        mobile: bool,
        proxy in ("\\+[0-9]{1,15}", "[0-9A-Z]{9,16}"),
        editable: bool,
        amount in prop::option::of("[1-9][0-9]{0,9}(\\.[0-9]{0,2})?"),
        expiry in prop::option::of("20[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])(([01][0-9]|2[0-3])[0-5][0-9][0-5][0-9])?"),
        old_reference in prop::option::of("[ -~]{1,25}"),
        id in prop::option::of(("[0-9A-Z]{12,13}", "[0-9]{2}\\.[0-9]{4}", prop::option::of("[ -~]{1,20}"))),
        shared in prop::option::of((27..=50_u8, "[ -~]{1,60}")),
        texts in prop::array::uniform2(prop::option::of("[ -~]{1,15}")),
        (mcc, reference) in (prop::option::of("[0-9]{4}"), prop::option::of("[ -~]{1,25}")),
    ) {
        let proxy = if mobile { Proxy::Mobile(&proxy.0) } else { Proxy::Uen(&proxy.1) };
        let paynow = PayNow {
            proxy,
            amount_editable: editable || amount.is_none(),
            expiry: expiry.as_deref(),
            old_reference: old_reference.as_deref(),
        };
        let id = id.as_ref().map(|(number, version, miscellaneous)| SgqrId {
            number,
            version: Some(version),
            postal_code: None,
            level: None,
            unit: None,
            miscellaneous: miscellaneous.as_deref(),
            revision_date: None,
        });
        let shared = shared.filter(|_| id.is_some()).map(|(number, value)| {
            (tag(number), format!("0008com.grab01{:02}{value}", value.len()))
        });
        let accounts: Vec<(Tag, &str)> =
            shared.iter().map(|(tag, value)| (*tag, value.as_str())).collect();
        let [name, city] = texts.each_ref().map(Option::as_deref);
        let initiation = if dynamic { Initiation::Dynamic } else { Initiation::Static };
        let code = SgqrCode {
            initiation,
            paynow: Some(paynow),
            accounts: &accounts,
            id,
            mcc: mcc.as_deref(),
            amount: amount.as_deref(),
            name,
            city,
            postal_code: None,
            reference: reference.as_deref(),
        };
        let text = code.build().unwrap();
        let read = mpm::read_as(&text, Profile::Sgqr).unwrap();
        prop_assert_eq!(read.findings(), []);
        prop_assert_eq!(sgqr::paynow(&read).collect::<Vec<_>>(), [paynow]);
        prop_assert_eq!(sgqr::sgqr_id(&read), id);
        prop_assert_eq!(read.amount(), amount.as_deref());
        prop_assert_eq!(read.merchant_name(), Some(name.unwrap_or("NA")));
        prop_assert_eq!(read.city(), Some(city.unwrap_or("Singapore")));
        prop_assert_eq!(read.category(), Some(mcc.as_deref().unwrap_or("0000")));
        prop_assert_eq!(read.point_of_initiation(), initiation);
        let said = paynow.reference(&read).map(|found| found.text);
        prop_assert_eq!(said, reference.as_deref().or(old_reference.as_deref()));
        for (tag, value) in &accounts {
            prop_assert_eq!(read.get(*tag), Some(*value));
        }
    }
}
