//! Posters: three formats, five languages. Well-formed, readable by a phone, nothing beyond the
//! page, and every character of a name as it was given.

mod support;

use proptest::prelude::*;
use qrdraw::poster::{CHARACTERS_MAX, Format, Language, Poster, PosterError, Text, WALLETS_MAX};
use qrdraw::{Dpi, Level, Symbol};
use roxmltree::{Document, Node};
use support::{payloads, rasterised, read_one};

const WALLETS: [&str; 6] = ["PayPay", "d払い", "WeChat Pay", "Alipay+", "카카오페이", "TrueMoney"];

fn symbol() -> (String, Symbol) {
    let payload = payloads().into_iter().find(|p| p.id == "jpqr-001").unwrap();
    let symbol = Symbol::new(&payload.text, Level::Q).unwrap();
    (payload.text, symbol)
}

fn poster(symbol: &Symbol) -> Poster<'_> {
    Poster {
        format: Format::A4,
        language: Language::Ja,
        name_ja: "さくら食堂",
        name_latin: "Sakura Shokudo",
        wallets: &WALLETS,
        merchant_id: "mer_01JD8Y3K2QW7",
        symbol,
    }
}

fn all() -> impl Iterator<Item = (Format, Language)> {
    Format::ALL.into_iter().flat_map(|f| Language::ALL.into_iter().map(move |l| (f, l)))
}

fn texts<'a>(tree: &'a Document<'_>) -> Vec<Node<'a, 'a>> {
    tree.descendants().filter(|n| n.tag_name().name() == "text").collect()
}

/// A second estimate, simpler than the crate's own: full-width characters 1 em, marks above and
/// below Thai letters nothing, narrow letters 0.32 em, others 0.56 em.
fn ems(text: &str) -> f64 {
    text.chars()
        .map(|c| match c {
            '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}' => 0.0,
            'i' | 'j' | 'l' | 'f' | 'r' | 't' | 'I' => 0.32,
            c if c == ' ' || c.is_ascii_punctuation() && !"@%&".contains(c) => 0.32,
            '\u{2e80}'..='\u{ff60}' | '\u{20000}'..='\u{3ffff}' => 1.0,
            _ => 0.56,
        })
        .sum()
}

/// No text and no shape within the margin, except the paper; no two texts on each other.
#[track_caller]
fn assert_inside(svg: &str, format: Format) {
    let tree = Document::parse(svg).unwrap();
    let (width, height) = (format.size().0.as_mm(), format.size().1.as_mm());
    let margin = format.margin().as_mm() - 0.01;
    let number = |node: &Node<'_, '_>, name: &str| -> f64 {
        node.attribute(name).map_or(0.0, |v| v.parse().unwrap())
    };
    let inside = |[left, top, right, bottom]: [f64; 4], what: &str| {
        assert!(
            left >= margin && top >= margin && right <= width - margin && bottom <= height - margin,
            "{what}: {left} {top} {right} {bottom}"
        );
    };
    let mut boxes: Vec<([f64; 4], String)> = Vec::new();
    for node in tree.descendants().filter(Node::is_element) {
        let [x, y] = ["x", "y"].map(|name| number(&node, name));
        match node.tag_name().name() {
            "text" => {
                let size = number(&node, "font-size");
                let text = node.text().unwrap();
                let wide = ems(text) * size;
                let left = match node.attribute("text-anchor").unwrap() {
                    "start" => x,
                    "middle" => x - wide / 2.0,
                    other => panic!("{other}"),
                };
                let area = [left, y - 0.8 * size, left + wide, y + 0.2 * size];
                inside(area, text);
                for (other, said) in &boxes {
                    let apart = area[2] <= other[0]
                        || other[2] <= area[0]
                        || area[3] <= other[1]
                        || other[3] <= area[1];
                    assert!(apart, "{text} on {said}");
                }
                boxes.push((area, text.to_owned()));
            }
            "rect" => {
                let [w, h] = ["width", "height"].map(|name| number(&node, name));
                if (w, h) != (width, height) {
                    inside([x, y, x + w, y + h], "rect");
                }
            }
            "circle" => {
                let [cx, cy, r] = ["cx", "cy", "r"].map(|name| number(&node, name));
                inside([cx - r, cy - r, cx + r, cy + r], "circle");
            }
            "svg" | "title" | "path" => {}
            other => panic!("unexpected {other}"),
        }
    }
    assert!(boxes.len() > 8);
}

#[test]
fn every_poster_is_well_formed_inside_its_page_and_speaks_five_languages() {
    let (_, symbol) = symbol();
    for (format, language) in all() {
        let svg = Poster { format, language, ..poster(&symbol) }.svg().unwrap();
        assert_inside(&svg, format);
        let tree = Document::parse(&svg).unwrap();
        let root = tree.root_element();
        let (width, height) = format.size();
        assert_eq!(root.attribute("width"), Some(format!("{}mm", width.as_mm()).as_str()));
        assert_eq!(root.attribute("height"), Some(format!("{}mm", height.as_mm()).as_str()));
        let lang = |n: &Node<'_, '_>| {
            n.attribute(("http://www.w3.org/XML/1998/namespace", "lang")).unwrap().to_owned()
        };
        assert_eq!(lang(&root), language.tag());
        let said: Vec<_> =
            texts(&tree).iter().map(|n| (lang(n), n.text().unwrap().to_owned())).collect();
        for other in Language::ALL {
            assert!(said.iter().any(|(tag, _)| tag == other.tag()), "{format} {language} {other}");
        }
        for text in WALLETS.into_iter().chain(["さくら食堂"]) {
            assert!(said.iter().any(|(_, t)| t == text), "{format} {language} {text}");
        }
        let lines: String = said.iter().map(|(_, t)| format!("{t} ")).collect();
        assert!(lines.contains("Sakura Shokudo"), "{lines}"); // on a sticker, in two lines
        assert!(said.iter().any(|(_, t)| t.ends_with(" mer_01JD8Y3K2QW7")));
        // The main title is the largest text of the noren, and larger than the others'.
        let size = |n: &Node<'_, '_>| n.attribute("font-size").unwrap().parse::<f64>().unwrap();
        let titles = &texts(&tree)[..5];
        assert_eq!(lang(&titles[0]), language.tag());
        assert!(
            titles[1..].iter().all(|t| size(t) * 1.8 < size(&titles[0])),
            "{format} {language}"
        );
    }
}

#[test]
fn the_code_of_every_poster_reads_back_and_is_large() {
    let (text, symbol) = symbol();
    let dpi = Dpi::new(150).unwrap();
    for (format, language) in all() {
        let svg = Poster { format, language, ..poster(&symbol) }.svg().unwrap();
        let scanned = read_one(&rasterised(&svg, dpi));
        assert_eq!(scanned.text(), Some(text.as_str()), "{format} {language}");
        let side_mm = f64::from(scanned.area.width) * 25.4 / 150.0;
        let least = match format {
            Format::A4 => 95.0,
            Format::A5 => 62.0,
            Format::Sticker => 40.0,
        };
        assert!(side_mm >= least, "{format} {language}: {side_mm}");
    }
}

#[test]
fn a_poster_asks_for_nothing_from_outside_and_runs_nothing() {
    let (_, symbol) = symbol();
    for (format, language) in all() {
        let svg = Poster { format, language, ..poster(&symbol) }.svg().unwrap();
        let tree = Document::parse(&svg).unwrap();
        for node in tree.descendants().filter(Node::is_element) {
            for attribute in node.attributes() {
                let name = attribute.name();
                assert!(!name.starts_with("on") && name != "href" && name != "style", "{name}");
                assert!(!attribute.value().contains("url("));
            }
        }
    }
}

#[test]
fn names_come_out_as_they_are() {
    let (_, symbol) = symbol();
    let name = "<b>&\"'";
    for (format, language) in all() {
        let svg = Poster {
            format,
            language,
            name_ja: name,
            name_latin: "A & B </svg>",
            wallets: &["<i>Pay</i>", "&amp;"],
            merchant_id: "\"m\"",
            ..poster(&symbol)
        }
        .svg()
        .unwrap();
        let tree = Document::parse(&svg).unwrap();
        let said: Vec<_> = texts(&tree).iter().map(|n| n.text().unwrap().to_owned()).collect();
        for text in [name, "A & B </svg>", "<i>Pay</i>", "&amp;"] {
            assert!(said.iter().any(|t| t == text), "{format} {language} {text}: {said:?}");
        }
        let title = tree.descendants().find(|n| n.tag_name().name() == "title").unwrap();
        let first =
            if matches!(language, Language::Ja | Language::ZhHans) { name } else { "A & B </svg>" };
        assert!(title.text().unwrap().ends_with(first));
    }
}

#[test]
fn what_cannot_be_printed_is_refused() {
    let (_, symbol) = symbol();
    for character in
        ['\0', '\n', '\t', '\u{7f}', '\u{85}', '\u{202e}', '\u{2066}', '\u{2028}', '\u{ffff}']
    {
        let bad = format!("a{character}b");
        let wallets = ["PayPay", bad.as_str()];
        let cases = [
            (Poster { name_ja: &bad, ..poster(&symbol) }, Text::NameJa),
            (Poster { name_latin: &bad, ..poster(&symbol) }, Text::NameLatin),
            (Poster { wallets: &wallets, ..poster(&symbol) }, Text::Wallet(1)),
            (Poster { merchant_id: &bad, ..poster(&symbol) }, Text::MerchantId),
        ];
        for (poster, text) in cases {
            assert_eq!(poster.svg(), Err(PosterError::Unprintable { text, character }));
        }
    }
}

#[test]
fn a_poster_needs_a_name_and_an_id_but_not_both_names() {
    let (_, symbol) = symbol();
    let base = poster(&symbol);
    assert_eq!(Poster { name_ja: " ", name_latin: "", ..base }.svg(), Err(PosterError::NoName));
    let empty = |text| Err(PosterError::Empty(text));
    assert_eq!(Poster { merchant_id: " ", ..base }.svg(), empty(Text::MerchantId));
    assert_eq!(Poster { wallets: &["a", ""], ..base }.svg(), empty(Text::Wallet(1)));
    for (format, language) in all() {
        for base in [Poster { name_ja: "", ..base }, Poster { name_latin: "", ..base }] {
            assert_inside(&Poster { format, language, ..base }.svg().unwrap(), format);
        }
        let same =
            Poster { format, language, name_ja: "CAFE", name_latin: "CAFE", ..base }.svg().unwrap();
        assert_eq!(same.matches(">CAFE<").count(), 1, "one name is printed once");
    }
}

#[test]
fn many_wallets_shrink_and_too_many_are_an_error() {
    let (text, symbol) = symbol();
    let names: Vec<String> = (1..=WALLETS_MAX).map(|i| format!("Wallet {i}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for (format, language) in all() {
        let mut fit = 0;
        for count in 0..=WALLETS_MAX {
            let poster = Poster { format, language, wallets: &names[..count], ..poster(&symbol) };
            match poster.svg() {
                Ok(svg) => {
                    assert_eq!(fit, count, "{format} {language}: fewer must fit as well");
                    fit = count + 1;
                    assert_inside(&svg, format);
                    if count % 20 == 19 && language == Language::Ja {
                        let scanned = read_one(&rasterised(&svg, Dpi::DPI_203));
                        assert_eq!(scanned.text(), Some(text.as_str()));
                    }
                }
                Err(PosterError::TooManyWallets { count: n }) => assert_eq!(n, count),
                Err(PosterError::CodeTooSmall { side, needed }) => assert!(side < needed),
                Err(other) => panic!("{format} {language} {count}: {other}"),
            }
        }
        let least = if format == Format::Sticker { 16 } else { 30 };
        assert!(fit > least, "{format} {language}: {fit}");
    }
    let many = vec!["W"; WALLETS_MAX + 1];
    let error = Poster { wallets: &many, ..poster(&symbol) }.svg();
    assert_eq!(error, Err(PosterError::TooManyWallets { count: WALLETS_MAX + 1 }));
}

#[test]
fn texts_beyond_all_shrinking_are_named() {
    let (_, symbol) = symbol();
    let long = "店".repeat(CHARACTERS_MAX);
    let longer = "店".repeat(CHARACTERS_MAX + 1);
    for (format, language) in all() {
        let base = Poster { format, language, ..poster(&symbol) };
        let too_long = |text| Err(PosterError::TooLong(text));
        assert_eq!(Poster { name_ja: &longer, ..base }.svg(), too_long(Text::NameJa));
        assert_eq!(Poster { name_latin: &longer, ..base }.svg(), too_long(Text::NameLatin));
        assert_eq!(Poster { name_ja: &long, ..base }.svg(), too_long(Text::NameJa), "{format}");
        assert_eq!(Poster { wallets: &[&long], ..base }.svg(), too_long(Text::Wallet(0)));
        assert_eq!(Poster { merchant_id: &long, ..base }.svg(), too_long(Text::MerchantId));
    }
}

#[test]
fn the_densest_code_fits_all_formats_or_says_what_it_needs() {
    let dense = Symbol::new(&"x".repeat(1200), Level::M).unwrap();
    for (format, language) in all().filter(|(_, l)| matches!(l, Language::Ja | Language::Th)) {
        match (Poster { format, language, ..poster(&dense) }).svg() {
            Ok(svg) => {
                let scanned = read_one(&rasterised(&svg, Dpi::DPI_300));
                assert_eq!(scanned.text().map(str::len), Some(1200), "{format} {language}");
            }
            Err(error) => panic!("{format} {language}: {error}"),
        }
    }
    let densest = Symbol::new(&"x".repeat(2900), Level::L).unwrap();
    let names = Poster { format: Format::Sticker, ..poster(&densest) };
    assert!(matches!(names.svg(), Err(PosterError::CodeTooSmall { .. }) | Ok(_)));
}

/// Names as shops have them.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ぁ-んァ-ヶ一-龠]{1,30}",
        "[A-Za-z][A-Za-z &'.-]{0,50}",
        "[ก-ฮ][ก-ฺเ-๎]{0,40}",
        "[가-힣]{1,20}",
        "[ぁ-んa-zA-Z<>&\"'一-龠 🍜𠮷]{1,40}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn any_names_stay_inside_or_are_refused(
        ja in name(),
        latin in name(),
        wallets in prop::collection::vec(name(), 0..12),
        format in prop::sample::select(&Format::ALL[..]),
        language in prop::sample::select(&Language::ALL[..]),
    ) {
        let (_, symbol) = symbol();
        let wallets: Vec<&str> = wallets.iter().map(String::as_str).filter(|w| !w.trim().is_empty()).collect();
        let poster = Poster {
            format, language, name_ja: &ja, name_latin: &latin, wallets: &wallets, ..poster(&symbol)
        };
        if let Ok(svg) = poster.svg() {
            assert_inside(&svg, format);
        }
    }
}
