//! Writing UPI links.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::{Key, SCHEME};
use crate::finding::Finding;
use crate::link::{percent, read};

/// A UPI link to write. Text goes in as it is to be read; [`Draft::build`] encodes it.
///
/// A signature is not written: it goes over the finished text, as the signer's rules say.
///
/// ```
/// use emvqr::link::upi::Draft;
///
/// let draft = Draft {
///     amount_paise: Some(14_950),
///     reference: Some("ORD-42"),
///     ..Draft::new("chaipoint@okaxis", "Chai Point")
/// };
/// assert_eq!(
///     draft.build().unwrap(),
///     "upi://pay?pa=chaipoint@okaxis&pn=Chai%20Point&tr=ORD-42&am=149.50&cu=INR"
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draft<'a> {
    /// Address of who is paid, `name@handle`.
    pub payee: &'a str,
    /// Name of who is paid.
    pub payee_name: &'a str,
    /// Merchant category, four digits.
    pub category: Option<&'a str>,
    /// Transaction id, made by the payee's software.
    pub transaction_id: Option<&'a str>,
    /// The payee's order. Needed with the modes `15` and `16`.
    pub reference: Option<&'a str>,
    /// Note for the payer.
    pub note: Option<&'a str>,
    /// Amount in paise, above zero. Without it the payer types the amount.
    pub amount_paise: Option<u64>,
    /// Least amount in paise that the payer may change the amount to.
    pub minimum_paise: Option<u64>,
    /// Link with more about the transaction.
    pub url: Option<&'a str>,
    /// How the link reaches the payer, two digits.
    pub mode: Option<&'a str>,
    /// Purpose, two digits.
    pub purpose: Option<&'a str>,
    /// Organisation that makes the link.
    pub organisation: Option<&'a str>,
}

impl<'a> Draft<'a> {
    /// Only who is paid: the payer types the amount.
    #[must_use]
    pub const fn new(payee: &'a str, payee_name: &'a str) -> Self {
        Self {
            payee,
            payee_name,
            category: None,
            transaction_id: None,
            reference: None,
            note: None,
            amount_paise: None,
            minimum_paise: None,
            url: None,
            mode: None,
            purpose: None,
            organisation: None,
        }
    }

    /// The text for the QR symbol. [`read`] takes it without any finding.
    ///
    /// # Errors
    /// [`read`] would have something to remark; the findings name what to change.
    pub fn build(&self) -> Result<String, Faulty> {
        let rupees = |paise: u64| format!("{}.{:02}", paise / 100, paise % 100);
        let amount = self.amount_paise.map(rupees);
        let minimum = self.minimum_paise.map(rupees);
        let values = [
            (Key::Pa, Some(self.payee)),
            (Key::Pn, Some(self.payee_name)),
            (Key::Mc, self.category),
            (Key::Tid, self.transaction_id),
            (Key::Tr, self.reference),
            (Key::Tn, self.note),
            (Key::Am, amount.as_deref()),
            (Key::Mam, minimum.as_deref()),
            (Key::Cu, Some("INR")),
            (Key::Url, self.url),
            (Key::Mode, self.mode),
            (Key::Purpose, self.purpose),
            (Key::Orgid, self.organisation),
        ];
        let mut text = format!("{SCHEME}://pay");
        let given = values.into_iter().filter_map(|(key, value)| Some((key, value?)));
        for (index, (key, value)) in given.enumerate() {
            text.push(if index == 0 { '?' } else { '&' });
            text.push_str(key.name());
            text.push('=');
            percent::encode(&mut text, value);
        }

        // The rules live with the reader. Reading back keeps the two from drifting apart.
        let findings = match read(&text) {
            Ok(link) => link.findings().to_vec(),
            Err(rejected) => rejected.findings().to_vec(),
        };
        if findings.is_empty() { Ok(text) } else { Err(Faulty { findings }) }
    }
}

/// A link that is not written, as readers would find fault with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faulty {
    findings: Vec<Finding>,
}

impl Faulty {
    /// What readers would find; at least one.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

impl fmt::Display for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("readers would find fault with the link")?;
        self.findings.iter().try_for_each(|finding| write!(f, "; {finding}"))
    }
}

impl core::error::Error for Faulty {}
