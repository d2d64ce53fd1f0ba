//! Writing codes: lengths as short as can be, padded base64, and nothing that a reader of ours
//! would complain about.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::base64::{self, Ending};
use super::ber::{self, Tag};
use super::track2::{Pan, Track2};
use super::{Format, read, tags};
use crate::finding::Finding;

/// Why a code cannot be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BuildError {
    /// An object that is given as bytes has the tag of a template.
    NotPrimitive {
        /// Its tag.
        tag: Tag,
    },
    /// Two bytes cannot hold the length of the value. Shorten it.
    TooLong {
        /// The object.
        tag: Tag,
    },
    /// A reader would find fault with the code. Every finding names what to change.
    Faulty(Vec<Finding>),
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPrimitive { tag } => {
                write!(
                    f,
                    "object {tag} is a template; only primitive objects can be given as bytes"
                )
            }
            Self::TooLong { tag } => {
                write!(f, "object {tag} is over 65,535 bytes long; shorten it")
            }
            Self::Faulty(findings) => {
                write!(f, "readers would find fault with the code")?;
                findings.iter().try_for_each(|finding| write!(f, "; {finding}"))
            }
        }
    }
}

impl core::error::Error for BuildError {}

/// What is charged. Written as 5A or as 57.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Account {
    /// The number alone.
    Pan(Pan),
    /// The number with expiry, service code and the issuer's own digits.
    Track2(Track2),
}

/// Objects of 61 or 62. An empty text or list is not written.
///
/// Holds card data and has no debug output.
#[derive(Clone, Copy, Default)]
pub struct CommonData<'a> {
    /// What is charged.
    pub account: Option<Account>,
    /// Cardholder name, 2 to 26 printable ASCII characters: `SURNAME/NAME`.
    pub cardholder: &'a str,
    /// One to four language codes of two letters, the best first.
    pub languages: &'a [&'a str],
    /// Other primitive objects, in this order.
    pub others: &'a [(Tag, &'a [u8])],
    /// Objects that go to the issuer as they are, in template 63 or 64. Tags of any kind.
    pub transparent: &'a [(Tag, &'a [u8])],
}

/// One application template. Has no debug output either.
#[derive(Clone, Copy, Default)]
pub struct ApplicationData<'a> {
    /// ADF name, 5 to 16 bytes.
    pub aid: &'a [u8],
    /// Name of the product, up to 16 printable ASCII characters. Empty: none.
    pub label: &'a str,
    /// Everything that may as well be in the common template.
    pub data: CommonData<'a>,
}

/// A code of EMVCo's form.
///
/// ```
/// use emvqr::cpm::{Account, ApplicationData, CommonData, EmvCode, Pan, Track2, read};
///
/// let pan = Pan::new("1234567890123458")?;
/// let account = Account::Track2(Track2::new(&pan, "1912", "201", "12345")?);
/// let code = EmvCode::One(&ApplicationData {
///     aid: &[0xA0, 0x00, 0x00, 0x00, 0x55, 0x55, 0x55],
///     data: CommonData { account: Some(account), ..CommonData::default() },
///     ..ApplicationData::default()
/// });
/// let text = code.build()?;
/// assert_eq!(text, "hQVDUFYwMWEaTwegAAAAVVVVVw8SNFZ4kBI0WNGRIgESNF8=");
/// assert!(read(&text)?.findings().is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub enum EmvCode<'a> {
    /// One application, which has nobody to share with.
    One(&'a ApplicationData<'a>),
    /// Two applications, and what they share, if anything.
    Two(&'a [ApplicationData<'a>; 2], Option<&'a CommonData<'a>>),
}

impl EmvCode<'_> {
    /// The text for the QR symbol.
    ///
    /// # Errors
    /// An object is given as what it cannot be, or [`read`] would find anything at all to
    /// remark, a text of over 512 characters included.
    pub fn build(&self) -> Result<String, BuildError> {
        let mut code = start(Format::Emv)?;
        match self {
            Self::One(application) => application.write(&mut code)?,
            Self::Two(applications, common) => {
                applications.iter().try_for_each(|application| application.write(&mut code))?;
                if let Some(common) = common {
                    let mut objects = Vec::new();
                    common.write(&mut objects, tags::TRANSPARENT_COMMON)?;
                    put(&mut code, tags::COMMON, &objects)?;
                }
            }
        }
        finish(&code)
    }
}

impl ApplicationData<'_> {
    fn write(&self, code: &mut Vec<u8>) -> Result<(), BuildError> {
        let mut objects = Vec::new();
        put(&mut objects, tags::AID, self.aid)?;
        put_text(&mut objects, tags::LABEL, self.label)?;
        self.data.write(&mut objects, tags::TRANSPARENT)?;
        put(code, tags::APPLICATION, &objects)
    }
}

impl CommonData<'_> {
    fn write(&self, objects: &mut Vec<u8>, template: Tag) -> Result<(), BuildError> {
        match &self.account {
            Some(Account::Pan(pan)) => put(objects, tags::PAN, &pan.pack())?,
            Some(Account::Track2(track2)) => put(objects, tags::TRACK2, &track2.pack())?,
            None => {}
        }
        put_text(objects, tags::CARDHOLDER, self.cardholder)?;
        put_text(objects, tags::LANGUAGES, &self.languages.concat())?;
        for (tag, value) in self.others {
            if tag.is_constructed() {
                return Err(BuildError::NotPrimitive { tag: *tag });
            }
            put(objects, *tag, value)?;
        }
        let mut transparent = Vec::new();
        for (tag, value) in self.transparent {
            put(&mut transparent, *tag, value)?;
        }
        if transparent.is_empty() { Ok(()) } else { put(objects, template, &transparent) }
    }
}

/// A code of the JPQR form. The payment ID works like money; there is no debug output.
///
/// ```
/// use emvqr::cpm::{Content, JpqrCode, read};
///
/// let code = JpqrCode { operator: "90000002", payment_id: "9000000212345678901234", free: "" };
/// let text = code.build()?;
/// assert!(text.starts_with("hQVKUFFS"));
/// let read = read(&text)?;
/// let Content::Jpqr(jpqr) = read.content() else { panic!("not of the JPQR form") };
/// assert_eq!(jpqr.operator, "90000002");
/// assert_eq!(jpqr.payment_id, "9000000212345678901234");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct JpqrCode<'a> {
    /// The operator's code, 6 to 10 digits, usually 8.
    pub operator: &'a str,
    /// What the operator knows the payer by: printable ASCII.
    pub payment_id: &'a str,
    /// Text of the operator's own. Empty: none.
    pub free: &'a str,
}

impl JpqrCode<'_> {
    /// The text for the QR symbol.
    ///
    /// # Errors
    /// [`read`] would find anything at all to remark.
    pub fn build(&self) -> Result<String, BuildError> {
        let mut objects = Vec::new();
        put(&mut objects, tags::AID, self.operator.as_bytes())?;
        put(&mut objects, tags::TRACK2, self.payment_id.as_bytes())?;
        put_text(&mut objects, tags::FREE, self.free)?;
        let mut code = start(Format::Jpqr)?;
        put(&mut code, tags::APPLICATION, &objects)?;
        finish(&code)
    }
}

fn start(format: Format) -> Result<Vec<u8>, BuildError> {
    let mut code = Vec::new();
    put(&mut code, tags::FORMAT, format.indicator().as_bytes())?;
    Ok(code)
}

fn put_text(out: &mut Vec<u8>, tag: Tag, text: &str) -> Result<(), BuildError> {
    if text.is_empty() { Ok(()) } else { put(out, tag, text.as_bytes()) }
}

fn put(out: &mut Vec<u8>, tag: Tag, value: &[u8]) -> Result<(), BuildError> {
    ber::write(out, tag, value).map_err(|ber::TooLong| BuildError::TooLong { tag })
}

/// The rules live with the reader. Reading back keeps the two from drifting apart.
fn finish(code: &[u8]) -> Result<String, BuildError> {
    let text = base64::encode(code, Ending::CANONICAL);
    let findings = match read(&text) {
        Ok(code) => code.findings().to_vec(),
        Err(rejected) => rejected.findings().to_vec(),
    };
    if findings.is_empty() { Ok(text) } else { Err(BuildError::Faulty(findings)) }
}
