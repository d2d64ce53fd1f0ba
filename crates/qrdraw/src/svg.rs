//! The few pieces of SVG that all drawings share.

use std::fmt::Write as _;

use crate::length::Length;

/// A number with up to three decimals and no trailing zeros: `12`, `0.5`.
pub(crate) fn number(value: f64) -> String {
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}

/// Text for an element or a quoted attribute.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// One path for all dark modules. Neighbours in a row are one rectangle.
pub(crate) fn path(columns: u32, rows: u32, is_dark: impl Fn(u32, u32) -> bool) -> String {
    let mut path = String::new();
    for y in 0..rows {
        let mut x = 0;
        while x < columns {
            let start = x;
            while x < columns && is_dark(x, y) {
                x += 1;
            }
            if x > start {
                let run = x - start;
                write!(path, "M{start} {y}h{run}v1h-{run}z").expect("a String takes all");
            }
            x += 1;
        }
    }
    path
}

/// A whole picture: white ground, black path, and `more` after it.
pub(crate) fn document(
    (width, height): (Length, Length),
    (columns, rows): (u32, f64),
    path: &str,
    more: &str,
) -> String {
    let (width, height) = (number(width.as_mm()), number(height.as_mm()));
    let rows = number(rows);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}mm\" height=\"{height}mm\" \
         viewBox=\"0 0 {columns} {rows}\" shape-rendering=\"crispEdges\">\
         <rect width=\"{columns}\" height=\"{rows}\" fill=\"#fff\"/>\
         <path fill=\"#000\" d=\"{path}\"/>{more}</svg>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let table = [
            (0.0, "0"),
            (-0.0001, "0"),
            (12.0, "12"),
            (0.5, "0.5"),
            (100.0, "100"),
            (1.23456, "1.235"),
        ];
        for (value, text) in table {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn an_xml_reader_gives_escaped_text_back() {
        let text = "<b>&\"' ]]> &amp; さくら";
        let xml = format!("<t a=\"{0}\" b='{0}'>{0}</t>", escape(text));
        let tree = roxmltree::Document::parse(&xml).unwrap();
        assert_eq!(tree.root_element().text(), Some(text));
        assert_eq!(tree.root_element().attribute("a"), Some(text));
        assert_eq!(tree.root_element().attribute("b"), Some(text));
    }

    #[test]
    fn runs_are_merged() {
        let dark = |x, y| [(1, 0), (2, 0), (4, 0), (0, 1), (4, 1)].contains(&(x, y));
        assert_eq!(path(5, 2, dark), "M1 0h2v1h-2zM4 0h1v1h-1zM0 1h1v1h-1zM4 1h1v1h-1z");
    }
}
