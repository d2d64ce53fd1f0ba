//! Damage to merchant-presented codes that keeps them objects: what a reader sees of a hostile
//! issuer rather than of a bad camera.

use super::random::Random;

/// An object as its tag and its value, whatever they are.
type Pair = (String, String);

/// The objects of a text by code points, when it is nothing else.
fn split(text: &str) -> Option<Vec<Pair>> {
    let mut objects = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (tag, after) = rest.split_at_checked(2)?;
        let (length, after) = after.split_at_checked(2)?;
        let length: usize = length.parse().ok()?;
        let end = after.char_indices().map(|(index, _)| index).chain([after.len()]).nth(length)?;
        let (value, after) = after.split_at(end);
        objects.push((tag.to_owned(), value.to_owned()));
        rest = after;
    }
    Some(objects)
}

fn join(objects: &[Pair]) -> String {
    let object = |(tag, value): &Pair| format!("{tag}{:02}{value}", value.chars().count());
    objects.iter().map(object).collect()
}

/// Changes objects of a code, at any depth. A text that is no code stays as it is.
pub fn damage(text: &str, other: &str, random: &mut Random) -> String {
    let Some(mut objects) = split(text) else {
        return text.to_owned();
    };
    let other = split(other).unwrap_or_default();
    for _ in 0..=random.below(3) {
        change(&mut objects, &other, random);
    }
    join(&objects)
}

/// Owners of templates, known and not.
const OWNERS: [&str; 12] = [
    "jp.or.paymentsjapan",
    "A000000677010111",
    "a000000677010112",
    "ID.CO.QRIS.WWW",
    "SG.PAYNOW",
    "SG.SGQR",
    "A0000006150001",
    "A000000524",
    "A000000727",
    "ph.ppmi.p2m",
    "hk.com.hkicl",
    "com.example.pay",
];

fn change(objects: &mut Vec<Pair>, other: &[Pair], random: &mut Random) {
    let (one, two) = (random.below(objects.len()), random.below(objects.len()));
    if objects.is_empty() {
        return objects.push((tag(random), value(random)));
    }
    match random.below(11) {
        0 => objects.swap(one, two),
        1 => objects.insert(two, objects[one].clone()),
        2 => drop(objects.remove(one)),
        3 => objects[one].0 = tag(random),
        4 => objects[one].1 = value(random),
        5 => objects[one].1 = objects[two].1.clone(),
        6 if !other.is_empty() => objects.insert(one, other[random.below(other.len())].clone()),
        7 => objects[one].1 = join(&[("00".into(), (random.pick(&OWNERS)).into())]),
        8 => nest(&mut objects[one], random),
        _ => match split(&objects[one].1) {
            // Into a template, or into a value that could be one.
            Some(mut inner) if !inner.is_empty() => {
                change(&mut inner, other, random);
                objects[one].1 = join(&inner);
            }
            _ => change_digit(&mut objects[one].1, random),
        },
    }
    // A length of three digits breaks the code, which is worth it now and then only.
    if !random.one_in(20) {
        objects.iter_mut().for_each(|(_, value)| {
            if let Some((end, _)) = value.char_indices().nth(99) {
                value.truncate(end);
            }
        });
    }
}

/// A template in a template and so on, as deep as a value can hold.
fn nest(object: &mut Pair, random: &mut Random) {
    for _ in 0..random.below(26) {
        if object.1.chars().count() > 95 {
            return;
        }
        object.1 = join(&[(tag(random), core::mem::take(&mut object.1))]);
    }
}

fn change_digit(value: &mut String, random: &mut Random) {
    let at = random.place(value);
    if value[at..].starts_with(|first: char| first.is_ascii_digit()) {
        value.replace_range(at..=at, &random.below(10).to_string());
    } else {
        value.insert(at, '0');
    }
}

fn tag(random: &mut Random) -> String {
    const KNOWN: [&str; 24] = [
        "00", "01", "02", "05", "15", "26", "27", "28", "29", "30", "38", "51", "52", "53", "54",
        "55", "56", "57", "58", "61", "62", "63", "64", "80",
    ];
    if random.one_in(3) {
        format!("{:02}", random.below(100))
    } else {
        (random.pick(&KNOWN)).to_owned()
    }
}

fn value(random: &mut Random) -> String {
    const VALUES: [&str; 20] = [
        "",
        "0",
        "01",
        "11",
        "12",
        "0.00",
        "1.",
        ".5",
        "98.73",
        "0000000000000",
        "JP",
        "392",
        "***",
        "さくら食堂",
        "𠮷野家",
        "名\u{202E}前",
        "Ａ",
        "e\u{301}",
        "20991231235959",
        "name@bank",
    ];
    let text = random.pick(&VALUES);
    if random.one_in(8) { text.repeat(1 + random.below(20)) } else { text.to_owned() }
}
