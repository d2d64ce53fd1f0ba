//! The fields of the KHQR code, read and written by us. Rivals must agree with both.

use emvqr::mpm::{BuildError, Mpm, Profile, Writer, tags};
use emvqr::tlv::Tag;

/// What the code says, in the order of tags.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fields<'a> {
    pub initiation: &'a str,
    /// 29.00 to 29.02.
    pub payee: [&'a str; 3],
    pub category: &'a str,
    pub currency: &'a str,
    pub amount: &'a str,
    pub country: &'a str,
    pub name: &'a str,
    pub city: &'a str,
    /// 62.01 to 62.03: bill, mobile number, store.
    pub labels: [&'a str; 3],
    /// 99.00 and 99.01: created, expires.
    pub times: [&'a str; 2],
}

const fn tag(number: u8) -> Tag {
    match Tag::new(number) {
        Some(tag) => tag,
        None => panic!("tags have two digits"),
    }
}

pub const PAYEE: Tag = tag(29);
pub const TIMES: Tag = tag(99);

impl<'a> Fields<'a> {
    /// Nothing when the code lacks one of them.
    pub fn of(code: &Mpm<'a>) -> Option<Self> {
        let sub = |root: Tag, number: u8| code.object(root)?.template().ok()?.get(tag(number));
        Some(Self {
            initiation: code.get(tags::INITIATION)?,
            payee: [sub(PAYEE, 0)?, sub(PAYEE, 1)?, sub(PAYEE, 2)?],
            category: code.category()?,
            currency: code.currency()?,
            amount: code.amount()?,
            country: code.country()?,
            name: code.merchant_name()?,
            city: code.city()?,
            labels: [
                sub(tags::ADDITIONAL, 1)?,
                sub(tags::ADDITIONAL, 2)?,
                sub(tags::ADDITIONAL, 3)?,
            ],
            times: [sub(TIMES, 0)?, sub(TIMES, 1)?],
        })
    }

    /// The text, with tags in rising order, read back and checked like every code of ours.
    pub fn build(&self) -> Result<String, BuildError> {
        let [account, number, bank] = self.payee;
        let [bill, mobile, store] = self.labels;
        let [created, expires] = self.times;
        let mut writer = Writer::default();
        writer.object(tags::INITIATION, self.initiation)?;
        writer.template(PAYEE, &[(tag(0), account), (tag(1), number), (tag(2), bank)])?;
        writer.object(tags::CATEGORY, self.category)?;
        writer.object(tags::CURRENCY, self.currency)?;
        writer.object(tags::AMOUNT, self.amount)?;
        writer.object(tags::COUNTRY, self.country)?;
        writer.object(tags::NAME, self.name)?;
        writer.object(tags::CITY, self.city)?;
        writer.template(tags::ADDITIONAL, &[(tag(1), bill), (tag(2), mobile), (tag(3), store)])?;
        writer.template(TIMES, &[(tag(0), created), (tag(1), expires)])?;
        writer.finish_as(Profile::Khqr)
    }
}
