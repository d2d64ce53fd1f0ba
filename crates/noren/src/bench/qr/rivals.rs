//! Other crates with the same code, in the same run.
//!
//! | Crate | Reading | Writing |
//! |---|---|---|
//! | `khqr` 0.1 | compares a checksum, copies the fields that it knows | not timed: it writes the time of day |
//! | `emv-qrcps` 0.1 | what a struct declares, checks nothing | the same, checks nothing |
//!
//! No code is good for both `khqr` 0.1 and a reader of EMV's form. It takes the four characters
//! behind `63` for the checksum, where EMV has the length `04` first, and leaves `6304` out of
//! the sum. So it is given its own writing of the same fields. It also takes hexadecimal
//! digits before `63` for a part of the checksum, and refuses a code with another `63`
//! anywhere; the code is such that neither strikes.

use std::borrow::Cow;
use std::hint::black_box;

use anyhow::{Context, ensure};
use emv_qrcps::EmvEncoder;
use emvqr::{crc, mpm};
use khqr::KHQRDecoder;

use super::clock::Work;
use super::codes;
use super::khqr::Fields;

pub fn add<'c>(works: &mut Vec<Work<'c>>) -> anyhow::Result<()> {
    let code = mpm::read(codes::KHQR)?;
    let fields = Fields::of(&code).context("the code has all fields")?;

    let theirs = in_writing_of_khqr(codes::KHQR);
    ensure!(agrees(&theirs, &fields)?, "khqr reads other fields");
    works.push(
        Work::new("khqr", "decode", move || {
            black_box(KHQRDecoder::decode(black_box(&theirs)).is_ok());
        })
        .by("khqr 0.1"),
    );

    let declared = Declared::from_str(codes::KHQR);
    ensure!(declared.fields() == fields, "emv-qrcps reads other fields");
    works.push(
        Work::new("khqr", "decode", || {
            black_box(Declared::from_str(black_box(codes::KHQR)));
        })
        .by("emv-qrcps 0.1"),
    );
    ensure!(declared.serialize_with_src() == fields.build()?, "emv-qrcps writes another code");
    works.push(
        Work::new("khqr", "build", move || {
            black_box(black_box(&declared).serialize_with_src());
        })
        .by("emv-qrcps 0.1"),
    );
    Ok(())
}

/// The same fields as `khqr` writes and reads them: the checksum without its length, over
/// what is before `63`.
fn in_writing_of_khqr(text: &str) -> String {
    let (body, _) = text.split_at(text.len() - "6304FFFF".len());
    format!("{body}63{:04X}", crc::crc16(body.as_bytes()))
}

/// Whether `khqr` reads the fields that we read. It knows no category and no object 99.
fn agrees(text: &str, fields: &Fields<'_>) -> anyhow::Result<bool> {
    let theirs = KHQRDecoder::decode(text)?;
    let additional = &theirs.additional_data;
    let same = |found: &Option<String>, field: &str| found.as_deref() == Some(field);
    let [account, number, bank] = fields.payee;
    let [bill, mobile, store] = fields.labels;
    Ok(same(&theirs.point_of_initiation_method, fields.initiation)
        && same(&theirs.account_information, account)
        && same(&theirs.merchant_id, number)
        && same(&theirs.acquiring_bank, bank)
        && theirs.currency == fields.currency
        && theirs.amount == Some(fields.amount.parse()?)
        && theirs.country_code == fields.country
        && theirs.merchant_name == fields.name
        && theirs.merchant_city == fields.city
        && same(&additional.bill_number, bill)
        && same(&additional.mobile_number, mobile)
        && same(&additional.store_label, store))
}

/// The code as `emv-qrcps` has to be told of it.
#[derive(EmvEncoder)]
struct Declared<'a> {
    #[encoder(id = "00")]
    format: Cow<'a, str>,
    #[encoder(id = "01")]
    initiation: Cow<'a, str>,
    #[encoder(id = "29")]
    payee: Payee<'a>,
    #[encoder(id = "52")]
    category: Cow<'a, str>,
    #[encoder(id = "53")]
    currency: Cow<'a, str>,
    #[encoder(id = "54")]
    amount: Cow<'a, str>,
    #[encoder(id = "58")]
    country: Cow<'a, str>,
    #[encoder(id = "59")]
    name: Cow<'a, str>,
    #[encoder(id = "60")]
    city: Cow<'a, str>,
    #[encoder(id = "62")]
    labels: Labels<'a>,
    #[encoder(id = "99")]
    times: Times<'a>,
}

#[derive(EmvEncoder)]
struct Payee<'a> {
    #[encoder(id = "00")]
    account: Cow<'a, str>,
    #[encoder(id = "01")]
    number: Cow<'a, str>,
    #[encoder(id = "02")]
    bank: Cow<'a, str>,
}

#[derive(EmvEncoder)]
struct Labels<'a> {
    #[encoder(id = "01")]
    bill: Cow<'a, str>,
    #[encoder(id = "02")]
    mobile: Cow<'a, str>,
    #[encoder(id = "03")]
    store: Cow<'a, str>,
}

#[derive(EmvEncoder)]
struct Times<'a> {
    #[encoder(id = "00")]
    created: Cow<'a, str>,
    #[encoder(id = "01")]
    expires: Cow<'a, str>,
}

impl Declared<'_> {
    fn fields(&self) -> Fields<'_> {
        let Self { payee, labels, times, .. } = self;
        Fields {
            initiation: &self.initiation,
            payee: [&payee.account, &payee.number, &payee.bank],
            category: &self.category,
            currency: &self.currency,
            amount: &self.amount,
            country: &self.country,
            name: &self.name,
            city: &self.city,
            labels: [&labels.bill, &labels.mobile, &labels.store],
            times: [&times.created, &times.expires],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_reads_the_others_writing() {
        assert!(KHQRDecoder::decode(codes::KHQR).is_err());
        assert!(mpm::read(&in_writing_of_khqr(codes::KHQR)).is_err());
    }

    /// For `khqr` to take an EMV code, the sum up to `63` must be `04` and two digits, and the
    /// sum up to `6304` begin with those two. The second follows from the first.
    #[test]
    fn no_code_is_good_for_both() {
        // Every sum occurs: two bytes behind anything reach all of them.
        let all = (0..=u16::MAX).map(|bytes| (crc::crc16(&bytes.to_be_bytes()), bytes));
        let mut tried = 0;
        for (sum, bytes) in all.filter(|(sum, _)| sum >> 8 == 0x04) {
            let [one, two] = bytes.to_be_bytes();
            let whole = crc::crc16(&[one, two, b'6', b'3', b'0', b'4']);
            assert_ne!(whole >> 8, sum & 0xFF, "{sum:04X}");
            tried += 1;
        }
        assert_eq!(tried, 0x100);
    }
}
