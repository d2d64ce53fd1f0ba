//! Whatever the input: nothing panics, what is read prints back, and what is written reads
//! without a remark.

mod support;

use emvqr::mpm::jpqr::{self, DynamicCode, JpqrId, Merchant, StaticCode};
use emvqr::mpm::{self, Initiation};
use emvqr::payment_code::Table;
use emvqr::tlv::{self, LengthUnit, Tag};
use proptest::prelude::*;
use support::{Draft, sealed};

/// Reads a text in every way there is, and looks at whatever came out.
fn read_all(text: &str) -> Result<(), TestCaseError> {
    if let Ok(code) = mpm::read(text) {
        prop_assert_eq!(code.encode(), code.raw());
        prop_assert!(code.findings().iter().all(|finding| !finding.is_error()));
        prop_assert!(code.accounts().count() > 0);
        // What the reader has learned of an object on the way does not make it another object.
        let split = tlv::split(code.raw(), code.length_unit()).unwrap();
        for (read, bare) in code.objects().zip(split.objects()) {
            prop_assert_eq!(read, bare);
            prop_assert_eq!(read.template(), bare.template());
        }
        for finding in code.findings() {
            prop_assert!(code.raw().is_char_boundary(finding.position()));
        }
    } else if let Err(rejected) = mpm::read(text) {
        prop_assert!(rejected.errors().count() > 0);
        prop_assert!(rejected.findings().len() < 10_000);
    }
    // The profile adds rules and takes none away.
    if let Ok(code) = jpqr::read(text) {
        prop_assert_eq!(mpm::read(text), Ok(code.mpm.clone()));
        prop_assert_eq!(code.amount_yen.is_some(), code.mpm.amount().is_some());
    }
    prop_assert_eq!(mpm::read_bytes(text.as_bytes()), mpm::read(text));
    Ok(())
}

/// Strings that look enough like codes to get past the first check.
fn object_like() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[0-9]{4}",
        "(00|01|26|53|54|62|63|64|80)0[0-9]",
        "[ -~]{0,9}",
        "[あ-ん𠮷]{0,4}",
        "\\PC{0,3}",
        Just("0019jp.or.paymentsjapan".to_owned()),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Objects of any tag and text, each in the unit given.
fn objects() -> impl Strategy<Value = Vec<(u8, String)>> {
    prop::collection::vec((0..100_u8, "[ -~あ-ん𠮷]{0,24}"), 0..20)
}

/// Text that a Japanese name may have.
fn japanese(longest: usize) -> impl Strategy<Value = String> {
    let letter = prop_oneof!["[ぁ-ん]", "[ァ-ヶ]", "[一-龠]", "[ -~]", Just("𠮷".to_owned())];
    prop::collection::vec(letter, 1..=longest).prop_map(|letters| letters.concat())
}

#[derive(Debug)]
struct Shop {
    id: JpqrId,
    mcc: String,
    name_latin: String,
    name_ja: String,
    city: String,
    postal_code: String,
}

prop_compose! {
    fn shop()(
        levels in ("[ -~]{13}", "[ -~]{4}", "[0-9]{6}", "[0-9]{6}"),
        mcc in "[0-9]{4}",
        name_latin in "[ -~]{1,25}",
        name_ja in japanese(25),
        city in "[ -~]{1,15}",
        postal_code in "[0-9]{7}",
    ) -> Shop {
        let id = JpqrId::new(&levels.0, &levels.1, &levels.2, &levels.3).unwrap();
        Shop { id, mcc, name_latin, name_ja, city, postal_code }
    }
}

impl Shop {
    fn merchant(&self) -> Merchant<'_> {
        Merchant {
            id: &self.id,
            mcc: &self.mcc,
            name_latin: &self.name_latin,
            name_ja: &self.name_ja,
            city: &self.city,
            postal_code: &self.postal_code,
            accounts: &[],
        }
    }
}

fn label() -> impl Strategy<Value = Option<String>> {
    prop::option::of("[ -~]{1,25}")
}

proptest! {
    #[test]
    fn any_text(text in any::<String>()) {
        read_all(&text)?;
        let _ = Table::builtin().route(&text);
        let _ = Table::parse(&text);
        let _ = text.parse::<JpqrId>();
    }

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = mpm::read_bytes(&bytes);
    }

    #[test]
    fn texts_like_codes(text in object_like()) {
        read_all(&text)?;
        read_all(&sealed(&format!("000201{text}")))?;
    }

    #[test]
    fn objects_read_back_in_every_unit(objects in objects()) {
        for unit in LengthUnit::ALL {
            let mut text = String::new();
            let mut expected = Vec::new();
            for (tag, value) in &objects {
                let tag = Tag::new(*tag).unwrap();
                if tlv::write(&mut text, tag, value, unit).is_ok() {
                    expected.push((tag, value.as_str()));
                }
            }
            let found = tlv::split(&text, unit).unwrap();
            let found: Vec<_> = found.objects().map(|object| (object.tag, object.value)).collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn damaged_codes(
        place in 0..10_000_usize,
        length in 0..4_usize,
        put in "([0-9]{1,3}|[ -~]|[あ-ん]|)",
        seal in any::<bool>(),
    ) {
        for draft in [Draft::emv(), Draft::jpqr()] {
            let good = draft.text();
            let body: Vec<char> = good.chars().take(good.chars().count() - 8).collect();
            let from = place % body.len();
            let to = (from + length).min(body.len());
            let body: String = body[..from].iter().collect::<String>()
                + &put
                + &body[to..].iter().collect::<String>();
            let text = if seal { sealed(&body) } else { format!("{body}{}", &good[good.len() - 8..]) };
            read_all(&text)?;
            if sealed(&body) != text {
                prop_assert!(mpm::read(&text).is_err());
            }
        }
    }

    #[test]
    fn dynamic_codes_read_back(
        shop in shop(),
        amount_yen in 1..10_000_000_000_000_u64,
        reference in "[ -~]{1,25}",
        store in label(),
        terminal in label(),
    ) {
        let code = DynamicCode {
            merchant: shop.merchant(),
            amount_yen,
            reference: &reference,
            store: store.as_deref(),
            terminal: terminal.as_deref(),
        };
        let text = code.build().unwrap();
        let read = jpqr::read(&text).unwrap();
        prop_assert_eq!(read.mpm.findings(), &[]);
        prop_assert_eq!(read.initiation, Initiation::Dynamic);
        prop_assert_eq!(read.amount_yen, Some(amount_yen));
        prop_assert_eq!(read.reference, Some(reference.as_str()));
        prop_assert_eq!(read.store, store.as_deref());
        prop_assert_eq!(read.terminal, terminal.as_deref());
        prop_assert_eq!(read.name_ja, &shop.name_ja);
        prop_assert_eq!(read.name_latin, &shop.name_latin);
        prop_assert_eq!(read.city, &shop.city);
        prop_assert_eq!(read.postal_code, &shop.postal_code);
        prop_assert_eq!(read.mcc, &shop.mcc);
        prop_assert_eq!(&read.id, &shop.id);
        prop_assert_eq!(read.mpm.length_unit(), LengthUnit::CodePoint);
        let tags: Vec<u8> = read.mpm.objects().map(|object| object.tag.number()).collect();
        prop_assert!(tags[..tags.len() - 1].is_sorted());
    }

    #[test]
    fn static_codes_read_back(shop in shop(), store in label(), terminal in label()) {
        let merchant = shop.merchant();
        let code = StaticCode { merchant, store: store.as_deref(), terminal: terminal.as_deref() };
        let text = code.build().unwrap();
        let read = jpqr::read(&text).unwrap();
        prop_assert_eq!(read.mpm.findings(), &[]);
        prop_assert_eq!(read.initiation, Initiation::Static);
        prop_assert_eq!((read.amount_yen, read.reference), (None, None));
        prop_assert_eq!(&read.id, &shop.id);
    }

    /// With any text at all: a code that is read without remark, or a reason.
    #[test]
    fn what_is_built_is_valid(
        shop in shop(),
        amount_yen in any::<u64>(),
        texts in prop::array::uniform6("\\PC{0,30}"),
    ) {
        let [mcc, name_latin, name_ja, city, postal_code, reference] = &texts;
        let merchant = Merchant { mcc, name_latin, name_ja, city, postal_code, ..shop.merchant() };
        let code = DynamicCode { merchant, amount_yen, reference, store: None, terminal: None };
        match code.build() {
            Ok(text) => prop_assert!(jpqr::read(&text).unwrap().mpm.findings().is_empty()),
            Err(error) => prop_assert!(error.to_string().len() > 20),
        }
    }

    #[test]
    fn ids_print_and_parse(levels in ("[ -~]{13}", "[ -~]{4}", "[ -~]{6}", "[ -~]{6}")) {
        let id = JpqrId::new(&levels.0, &levels.1, &levels.2, &levels.3).unwrap();
        prop_assert_eq!(id.to_string().parse(), Ok(id));
    }

    /// One answer for each code, whatever the order of the rules.
    #[test]
    fn order_of_rules_does_not_matter(code in "[0-9]{0,26}", seed in any::<usize>()) {
        let mut lines: Vec<&str> = Table::BUILTIN.lines().collect();
        let count = lines.len();
        lines.rotate_left(seed % count);
        let table = Table::parse(&lines.join("\n")).unwrap();
        let builtin = Table::builtin();
        prop_assert_eq!(table.route(&code), builtin.route(&code));
    }
}
