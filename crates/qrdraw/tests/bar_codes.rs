//! Code 128: every published payment code, drawn and read back.

mod support;

use proptest::prelude::*;
use qrdraw::read::{self, Kind};
use qrdraw::{BarCode, BarCodeError, DIGITS_MAX, Digits, Length, SizeError};
use support::{Canvas, DPIS, digit_payloads, least, rasterised, read_one};

const HIGH: Length = Length::mm(10);

#[test]
fn png_of_every_payment_code_reads_back_in_the_smallest_print() {
    let payloads = digit_payloads();
    assert!(payloads.len() >= 10);
    for payload in payloads {
        let code = BarCode::new(&payload.text).unwrap();
        for dpi in DPIS {
            let width = least(|width| code.png(width, HIGH, dpi));
            let png = code.png(width, HIGH, dpi).unwrap();
            let scanned = read_one(&png.bytes);
            assert_eq!(scanned.text(), Some(payload.text.as_str()), "{}", payload.id);
            assert_eq!(scanned.kind, Kind::Code128);
            assert_eq!(scanned.area.left, 10 * png.module_dots, "the margin is ten modules");
            assert_eq!(scanned.area.width, png.width - 20 * png.module_dots);
            assert_eq!(png.height, 10_000 * dpi.get() / 25_400);
        }
    }
}

#[test]
fn svg_of_every_payment_code_reads_back() {
    for payload in digit_payloads() {
        let code = BarCode::new(&payload.text).unwrap();
        for dpi in DPIS {
            for digits in [Digits::Shown, Digits::Hidden] {
                let svg = code.svg(Length::mm(80), HIGH, digits).unwrap();
                let scanned = read_one(&rasterised(&svg, dpi));
                assert_eq!(scanned.text(), Some(payload.text.as_str()), "{}", payload.id);
            }
        }
    }
}

#[test]
fn digits_stand_in_fours_below_the_bars() {
    let code = BarCode::new("6212345678901234567").unwrap();
    let shown = code.svg(Length::mm(60), HIGH, Digits::Shown).unwrap();
    let tree = roxmltree::Document::parse(&shown).unwrap();
    let text = tree.descendants().find(|e| e.tag_name().name() == "text").unwrap();
    assert_eq!(text.text(), Some("6212 3456 7890 1234 567"));
    let view: Vec<f64> = tree
        .root_element()
        .attribute("viewBox")
        .unwrap()
        .split(' ')
        .map(|n| n.parse().unwrap())
        .collect();
    let number = |name| text.attribute(name).unwrap().parse::<f64>().unwrap();
    assert!(number("y") < view[3]);
    // Fixed-width digits are at most 0.62 em in the fonts named.
    assert!(23.0 * 0.62 * number("font-size") <= view[2]);

    let hidden = code.svg(Length::mm(60), HIGH, Digits::Hidden).unwrap();
    let root = roxmltree::Document::parse(&hidden).unwrap();
    assert!(root.descendants().all(|e| e.tag_name().name() != "text"));
    assert_eq!(root.root_element().attribute("height"), Some("10mm"));
}

#[test]
fn what_is_not_a_payment_code_is_refused() {
    let table = [
        ("", BarCodeError::Empty),
        ("2894-1869-3627-1464", BarCodeError::NotADigit { at: 5 }),
        ("12３4", BarCodeError::NotADigit { at: 3 }),
        ("12 34", BarCodeError::NotADigit { at: 3 }),
        (&"1".repeat(DIGITS_MAX + 1), BarCodeError::TooLong { digits: DIGITS_MAX + 1 }),
    ];
    for (digits, error) in table {
        assert_eq!(BarCode::new(digits).unwrap_err(), error);
    }
}

#[test]
fn sizes_that_cannot_be_scanned_are_refused() {
    let code = BarCode::new("900081818895579920128799").unwrap();
    assert_eq!(code.modules_with_margin(), 20 + 11 * 14 + 13);
    let low = code.png(Length::mm(80), Length::um(4_999), DPIS[0]).unwrap_err();
    assert_eq!(low, SizeError::TooLow { wanted: Length::um(4_999), needed: Length::mm(5) });
    assert!(matches!(
        code.svg(Length::mm(46), HIGH, Digits::Hidden),
        Err(SizeError::TooSmall { needed, modules: 187, .. }) if needed == Length::um(46_750)
    ));
    assert!(matches!(
        code.png(Length::mm(9_000), Length::mm(9_000), DPIS[1]),
        Err(SizeError::TooLarge { .. })
    ));
}

#[test]
fn the_widest_code_is_of_63_digits_and_up_to_60_fit_a_label() {
    let modules = |digits| BarCode::new(&"7".repeat(digits)).unwrap().modules_with_margin();
    assert_eq!((1..=DIGITS_MAX).max_by_key(|&digits| modules(digits)), Some(63));
    assert_eq!((modules(63), modules(64)), (418, 407));
    // 100 mm at 0.25 mm a module.
    assert!((1..=60).all(|digits| modules(digits) <= 400) && modules(61) > 400);
}

#[test]
fn a_till_s_log_does_not_show_the_code() {
    let code = BarCode::new("289431869362714645").unwrap();
    assert_eq!(format!("{code:?}"), "BarCode(18 digits)");
}

#[test]
fn one_bar_changed_is_never_read_as_another_code() {
    let digits = "135112298638468293";
    let code = BarCode::new(digits).unwrap();
    for wrong in 10..code.modules_with_margin() - 10 {
        let mut canvas = Canvas::new(code.modules_with_margin() as usize * 3, 40);
        canvas.put((0, 0), (code.modules_with_margin(), 1), (3, 40), |x, _| {
            code.is_dark(x) != (x == wrong)
        });
        for scanned in read::png(&canvas.png()).unwrap_or_default() {
            assert_eq!(scanned.text(), Some(digits), "module {wrong}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_digits_read_back_also_upside_down(digits in "[0-9]{1,64}", turned: bool, dots in 1_usize..5) {
        let code = BarCode::new(&digits).unwrap();
        let mut canvas = Canvas::new(code.modules_with_margin() as usize * dots, 40);
        canvas.bar_code((0, 0), &code, dots);
        if turned {
            canvas.grey.reverse();
        }
        let scanned = read_one(&canvas.png());
        prop_assert_eq!(scanned.text(), Some(digits.as_str()));
    }
}
