//! Codes as lists of objects, written by a few lines that share nothing with the crate but
//! the checksum.

// Each test file uses a part of it.
#![allow(dead_code)]

pub mod vectors;

use emvqr::crc::crc16;

/// An object: its tag, and text or objects inside.
#[derive(Clone, Debug)]
pub struct Draft {
    objects: Vec<(u8, Body)>,
}

#[derive(Clone, Debug)]
enum Body {
    Text(String),
    Parts(Vec<(u8, String)>),
}

fn object(tag: u8, value: &str) -> String {
    format!("{tag:02}{:02}{value}", value.chars().count())
}

impl Body {
    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Parts(parts) => parts.iter().map(|(tag, part)| object(*tag, part)).collect(),
        }
    }
}

impl Draft {
    /// A code that keeps EMVCo's rules.
    pub fn emv() -> Self {
        Self::of("00=01; 01=11; 26.00=com.example.pay; 52=5812; 53=392; 58=JP; 59=SHOP; 60=TOKYO")
    }

    /// A dynamic code that keeps all rules of JPQR.
    pub fn jpqr() -> Self {
        Self::of(
            "00=01; 01=12; 26.00=jp.or.paymentsjapan; 26.01=0000000000001; 26.02=0001; \
             26.03=000001; 26.04=000001; 52=5812; 53=392; 54=1580; 58=JP; 59=SAKURA SHOKUDO; \
             60=KYOTO; 61=6008216; 62.05=ORDER-1; 64.00=JA; 64.01=さくら食堂",
        )
    }

    fn of(edits: &str) -> Self {
        let mut draft = Self { objects: Vec::new() };
        edits.split("; ").for_each(|edit| draft.edit(edit));
        draft
    }

    /// `53=392` sets, `+53=392` puts at the end, `<53=392` in front, `-53` takes away. With
    /// `26.01` the same inside of a template.
    pub fn edit(&mut self, edit: &str) {
        let (path, value) = edit.split_once('=').unwrap_or((edit, ""));
        let path = path.trim_start_matches(['+', '<', '-']);
        let (tag, sub) = match path.split_once('.') {
            Some((tag, sub)) => (tag, Some(sub.parse().unwrap())),
            None => (path, None),
        };
        let tag: u8 = tag.parse().unwrap();
        let added = match sub {
            None => Body::Text(value.into()),
            Some(sub) => Body::Parts(vec![(sub, value.into())]),
        };
        let place = self.objects.iter().position(|(found, _)| *found == tag);
        match (&edit[..1], place, sub) {
            ("<", ..) => self.objects.insert(0, (tag, added)),
            (sign, Some(place), Some(sub)) => self.edit_parts(sign, place, sub, value),
            ("-", Some(place), None) => drop(self.objects.remove(place)),
            ("+", ..) | (_, None, _) => self.objects.push((tag, added)),
            (_, Some(place), None) => self.objects[place].1 = added,
        }
    }

    fn edit_parts(&mut self, sign: &str, place: usize, sub: u8, value: &str) {
        let Body::Parts(parts) = &mut self.objects[place].1 else {
            panic!("not a template: {:?}", self.objects[place]);
        };
        match (sign, parts.iter().position(|(found, _)| *found == sub)) {
            ("-", Some(place)) => drop(parts.remove(place)),
            ("+", _) | (_, None) => parts.push((sub, value.into())),
            (_, Some(place)) => parts[place].1 = value.into(),
        }
    }

    /// The payload, with a checksum that fits.
    pub fn text(&self) -> String {
        let objects = self.objects.iter();
        let text: String = objects.map(|(tag, body)| object(*tag, &body.text())).collect();
        sealed(&text)
    }
}

/// Puts a checksum that fits after `text`.
pub fn sealed(text: &str) -> String {
    let text = format!("{text}6304");
    format!("{text}{:04X}", crc16(text.as_bytes()))
}
