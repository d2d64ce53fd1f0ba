//! Every published payload, drawn at every level and read back.
//!
//! PNG at the smallest size that may be printed, where reading is hardest: at 203 dpi at all
//! levels, at 300 dpi at level M. SVG at both, the levels in turn. Every ninth on 100 mm.

mod support;

use std::collections::BTreeSet;

use proptest::prelude::*;
use qrdraw::read::Kind;
use qrdraw::{Length, Level, Symbol, SymbolError};
use support::{DPIS, least, payloads, rasterised, read_one};

#[track_caller]
fn assert_reads(png: &[u8], symbol: &Symbol, text: &str) {
    let scanned = read_one(png);
    assert_eq!(scanned.text(), Some(text));
    let (version, level) = (symbol.version(), symbol.level());
    assert_eq!(scanned.kind, Kind::Qr { version, level });
}

#[test]
fn png_of_every_payload_reads_back_at_every_level_in_the_smallest_print() {
    let mut levels = BTreeSet::new();
    for payload in payloads() {
        for level in Level::ALL {
            let symbol = Symbol::new(&payload.text, level).unwrap();
            assert!(symbol.level() >= level);
            levels.insert(symbol.level());
            // At 300 dpi a module has three dots, which is easier: the usual level will do.
            for dpi in DPIS.into_iter().take(if level == Level::M { 2 } else { 1 }) {
                let side = least(|side| symbol.png(side, dpi));
                let png = symbol.png(side, dpi).unwrap();
                assert_eq!(png.module_dots, dpi.module_dots_min());
                assert_eq!(png.width, symbol.modules_with_margin() * png.module_dots);
                assert_reads(&png.bytes, &symbol, &payload.text);
            }
        }
    }
    assert_eq!(levels.len(), 4, "no level may be missing");
}

#[test]
fn svg_of_every_payload_reads_back() {
    for (i, payload) in payloads().iter().enumerate() {
        let level = Level::ALL[i % 4]; // the levels in turn: drawing is the same for all
        let symbol = Symbol::new(&payload.text, level).unwrap();
        for dpi in DPIS {
            // Pixels do not fall on modules here. At 203 dpi a module of the least size is two
            // dots, give or take one: real printers would round as well, which is why the PNG
            // exists. 0.4 mm is what a screen or a laser printer is given.
            let side = Length::um(symbol.modules_with_margin() * 400);
            let svg = symbol.svg(side).unwrap();
            assert_reads(&rasterised(&svg, dpi), &symbol, &payload.text);
        }
    }
}

#[test]
fn a_poster_size_reads_back() {
    for payload in payloads().iter().step_by(9) {
        let symbol = Symbol::new(&payload.text, Level::Q).unwrap();
        for dpi in DPIS {
            let png = symbol.png(Length::mm(100), dpi).unwrap();
            let most = 100_000 * dpi.get() / 25_400;
            assert!(png.width <= most && png.width + symbol.modules_with_margin() > most);
            assert_reads(&png.bytes, &symbol, &payload.text);
        }
    }
}

#[test]
fn svg_says_its_size_in_millimetres_and_its_unit_is_the_module() {
    let symbol = Symbol::new("https://qr.paypay.ne.jp/AAAAAAAAAAAAAAAA", Level::M).unwrap();
    let svg = symbol.svg("42.5".parse().unwrap()).unwrap();
    let tree = roxmltree::Document::parse(&svg).unwrap();
    let root = tree.root_element();
    assert_eq!(root.attribute("width"), Some("42.5mm"));
    assert_eq!(root.attribute("height"), Some("42.5mm"));
    let n = symbol.modules_with_margin();
    assert_eq!(root.attribute("viewBox"), Some(format!("0 0 {n} {n}").as_str()));
    assert_eq!(root.attribute("shape-rendering"), Some("crispEdges"));
    assert!(tree.descendants().any(|e| e.attribute("fill") == Some("#fff")));
    let svg_path = ("http://www.w3.org/2000/svg", "path");
    assert_eq!(tree.descendants().filter(|e| e.has_tag_name(svg_path)).count(), 1);
}

#[test]
fn png_says_its_resolution() {
    let symbol = Symbol::new("1", Level::M).unwrap();
    for (dpi, per_metre) in DPIS.into_iter().zip([7992, 11811]) {
        let file = symbol.png(Length::mm(30), dpi).unwrap().bytes;
        let reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
        let dims = reader.info().pixel_dims.unwrap();
        assert_eq!((dims.xppu, dims.yppu, dims.unit), (per_metre, per_metre, png::Unit::Meter));
    }
}

#[test]
fn the_longest_text_fits_and_one_byte_more_is_an_error_that_says_so() {
    for level in Level::ALL {
        for (character, printable) in [('a', true), ('\u{7}', false)] {
            let fits = level.bytes_max(printable);
            let text = |bytes: usize| String::from(character).repeat(bytes);
            assert_eq!(Symbol::new(&text(fits), level).unwrap().version(), 40);
            let error = Symbol::new(&text(fits + 1), level).unwrap_err();
            assert_eq!(error, SymbolError::TooLong { bytes: fits + 1, fits, level });
            assert!(error.to_string().contains(&fits.to_string()));
        }
    }
    assert_eq!(Symbol::new("", Level::M).unwrap_err(), SymbolError::Empty);
    assert!(Symbol::new(&"x".repeat(100_000), Level::L).is_err());
}

#[test]
fn the_largest_symbol_reads_back() {
    let text: String = ('!'..='~').cycle().take(Level::L.bytes_max(true)).collect();
    let symbol = Symbol::new(&text, Level::L).unwrap();
    let side = least(|side| symbol.png(side, DPIS[1]));
    assert_reads(&symbol.png(side, DPIS[1]).unwrap().bytes, &symbol, &text);
}

/// Text as names are: Latin, Japanese, Thai, Korean, beyond the BMP, and anything at all.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{1,80}",
        "[ぁ-んァ-ヶ一-龠 a-z0-9]{1,40}",
        "[ก-ฺเ-๛ ]{1,40}",
        "[가-힣a-z]{1,40}",
        "[😀-🙏𠮷食🍜]{1,20}",
        any::<String>()
            .prop_filter("empty", |s| !s.is_empty())
            .prop_map(|s| { s.chars().take(60).collect() }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_text_reads_back(text in text(), level in prop::sample::select(&Level::ALL[..])) {
        let symbol = Symbol::new(&text, level).unwrap();
        let side = least(|side| symbol.png(side, DPIS[0]));
        let png = symbol.png(side, DPIS[0]).unwrap();
        let scanned = read_one(&png.bytes);
        prop_assert_eq!(scanned.text(), Some(text.as_str()));
    }
}
