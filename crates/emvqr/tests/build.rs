//! What the builder of JPQR codes refuses, and that it says why.

use emvqr::mpm::jpqr::{self, DynamicCode, JpqrId, Merchant, StaticCode};
use emvqr::mpm::{BuildError, Finding, Network};
use emvqr::tlv::{Path, Tag};

fn merchant(id: &JpqrId) -> Merchant<'_> {
    Merchant {
        id,
        mcc: "5812",
        name_latin: "SAKURA SHOKUDO",
        name_ja: "さくら食堂",
        city: "KYOTO",
        postal_code: "6008216",
        accounts: &[],
    }
}

fn with(change: impl FnOnce(&mut DynamicCode<'_>)) -> Result<String, BuildError> {
    let id: JpqrId = "0000000000001-0001-000001-000001".parse().unwrap();
    let mut code = DynamicCode {
        merchant: merchant(&id),
        amount_yen: 1580,
        reference: "ORDER-1",
        store: None,
        terminal: None,
    };
    change(&mut code);
    code.build()
}

fn tag(number: u8) -> Tag {
    Tag::new(number).unwrap()
}

#[test]
fn text_of_a_dynamic_code() {
    let text = with(|code| code.merchant.name_ja = "大衆酒場 𠮷田").unwrap();
    let body = "00020101021226680019jp.or.paymentsjapan01130000000000001020400010306000001\
                0406000001520458125303392540415805802JP5914SAKURA SHOKUDO6005KYOTO61076008216\
                62110507ORDER-164170002JA0107大衆酒場 𠮷田6304";
    let sum = emvqr::crc::crc16(body.as_bytes());
    assert_eq!(text, format!("{body}{sum:04X}"));
}

#[test]
fn text_of_an_open_vector() {
    let id: JpqrId = "0000000000001-0001-000001-000001".parse().unwrap();
    let code =
        StaticCode { merchant: merchant(&id), store: Some("SHOP01"), terminal: Some("T0012") };
    assert_eq!(
        code.build().unwrap(),
        "00020101021126680019jp.or.paymentsjapan0113000000000000102040001030600000104060000015204581253033925802JP5914SAKURA SHOKUDO6005KYOTO6107600821662190306SHOP010705T001264150002JA0105さくら食堂630470E1"
    );
}

#[test]
fn each_fault_has_its_finding() {
    let cases: [(&str, Result<String, BuildError>); 14] = [
        ("zero_amount:54", with(|code| code.amount_yen = 0)),
        ("too_long:54", with(|code| code.amount_yen = 10_000_000_000_000)),
        ("zero_length:62.05", with(|code| code.reference = "")),
        ("too_long:62.05", with(|code| code.reference = "ABCDEFGHIJKLMNOPQRSTUVWXYZ")),
        ("charset:62.05", with(|code| code.reference = "A\nB")),
        ("too_long:62.03", with(|code| code.store = Some("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))),
        ("zero_length:62.07", with(|code| code.terminal = Some(""))),
        ("format:52", with(|code| code.merchant.mcc = "58")),
        ("charset:59", with(|code| code.merchant.name_latin = "さくら")),
        ("too_long:59", with(|code| code.merchant.name_latin = "ABCDEFGHIJKLMNOPQRSTUVWXYZ")),
        ("zero_length:64.01", with(|code| code.merchant.name_ja = "")),
        ("zero_length:60", with(|code| code.merchant.city = "")),
        ("jpqr:postal_format", with(|code| code.merchant.postal_code = "600-8216")),
        ("jpqr:postal_missing", with(|code| code.merchant.postal_code = "")),
    ];
    for (expected, built) in cases {
        let Err(BuildError::Faulty(findings)) = built else {
            panic!("{expected}: {built:?}");
        };
        let codes: Vec<String> = findings.iter().map(Finding::code).collect();
        assert!(codes.contains(&expected.to_owned()), "{expected} not in {codes:?}");
    }
}

#[test]
fn other_accounts_go_beside_and_nothing_else_does() {
    let build = |accounts: &[(Tag, &str)]| {
        let id: JpqrId = "0000000000001-0001-000001-000001".parse().unwrap();
        let merchant = Merchant { accounts, ..merchant(&id) };
        StaticCode { merchant, store: None, terminal: None }.build()
    };
    let unionpay = "3122034039203926000000000000001";
    let text = build(&[(tag(15), unionpay)]).unwrap();
    let networks: Vec<Network> =
        jpqr::read(&text).unwrap().mpm.accounts().map(|account| account.network).collect();
    assert_eq!(networks, [Network::UnionPay, Network::Jpqr]);

    let root = |number| Path::root(tag(number));
    // An amount must not get into a code through the back door.
    assert_eq!(build(&[(tag(54), "1")]), Err(BuildError::NotAccount { path: root(54) }));
    assert_eq!(build(&[(tag(26), unionpay)]), Err(BuildError::Repeated { path: root(26) }));
    assert_eq!(
        build(&[(tag(15), &"1".repeat(100))]),
        Err(BuildError::TooLong { path: root(15), found: 100 })
    );
    // Nor a second merchant.
    let Err(BuildError::Faulty(findings)) = build(&[(tag(27), "0019JP.OR.PAYMENTSJAPAN")]) else {
        panic!("two JPQR accounts in one code");
    };
    assert_eq!(findings[0].code(), "jpqr:id_repeated");
}

#[test]
fn text_in_parts_is_refused() {
    let path = Path::inside(tag(64), tag(1));
    assert_eq!(
        with(|code| code.merchant.name_ja = "か\u{3099}"),
        Err(BuildError::NotComposed { path })
    );
}
