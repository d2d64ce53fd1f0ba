//! Writing DuitNow codes.

use alloc::string::String;

use super::{ACQUIRER, BILL_REFERENCES, Channel, DESCRIPTOR, DuitNow, GUID, HASH, ID, MOBILE};
use crate::mpm::qris::CHANNEL;
use crate::mpm::{BuildError, Initiation, Profile, Writer, tags};
use crate::tlv::Tag;

/// The tag that DuitNow usually takes.
const ACCOUNT: Tag = Tag::literal(26);

/// Additional data of a code, all of it optional.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Labels<'a> {
    /// Store label, 1 to 25 characters.
    pub store: Option<&'a str>,
    /// The merchant's name for the payment, 1 to 25 characters.
    pub reference: Option<&'a str>,
    /// Terminal label, 1 to 25 characters.
    pub terminal: Option<&'a str>,
    /// How and where the code is shown.
    pub channel: Option<Channel>,
    /// First and second reference of a JomPAY bill.
    pub bill_references: [Option<&'a str>; 2],
}

/// A code to print or to show.
///
/// ```
/// use emvqr::mpm::duitnow::{DuitNow, DuitNowCode, Labels};
/// use emvqr::mpm::Initiation;
///
/// let code = DuitNowCode {
///     initiation: Initiation::Static,
///     account: DuitNow {
///         acquirer: "501664",
///         id: "123456789",
///         descriptor: None,
///         mobile: None,
///     },
///     mcc: "9999",
///     amount: Some("10.00"),
///     name: "QRCSDNBHD",
///     city: "BANGI",
///     postal_code: None,
///     labels: Labels::default(),
///     hash: None,
/// };
/// assert_eq!(
///     code.build().unwrap(),
///     "00020201021126410014A000000615000101065016640209123456789\
///      520499995303458540510.005802MY5909QRCSDNBHD6005BANGI6304343F",
/// );
///
/// let far = DuitNowCode { postal_code: Some("1420"), ..code };
/// assert!(far.build().unwrap_err().to_string().contains("duitnow:postal_form"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DuitNowCode<'a> {
    /// Static codes may have an amount too.
    pub initiation: Initiation,
    /// Whom it pays. The account as a whole has room for 99 characters, four short of all its
    /// parts at their longest.
    pub account: DuitNow<'a>,
    /// Category, ISO 18245, four digits: `0000` for a person, `6010` for cash, `1111` for
    /// JomPAY and only there.
    pub mcc: &'a str,
    /// Ringgit, decimal text with up to two decimals, at most 13 characters. Nothing when the
    /// payer types it.
    pub amount: Option<&'a str>,
    /// Name in printable ASCII, 1 to 25 characters.
    pub name: &'a str,
    /// City in printable ASCII, 1 to 15 characters. `MY` where it does not matter.
    pub city: &'a str,
    /// Five digits.
    pub postal_code: Option<&'a str>,
    /// Additional data.
    pub labels: Labels<'a>,
    /// What the acquirer gave for 82, up to 99 characters of printable ASCII without blanks.
    pub hash: Option<&'a str>,
}

impl DuitNowCode<'_> {
    /// The text for the QR symbol. [`crate::mpm::read`] takes it with no finding but those that
    /// every DuitNow code has: 02 in 00, and a hash in 82 that is no template.
    ///
    /// # Errors
    /// Names what has to be changed.
    pub fn build(&self) -> Result<String, BuildError> {
        let mut writer = Writer::with_indicator("02");
        let initiation = match self.initiation {
            Initiation::Static => "11",
            Initiation::Dynamic => "12",
        };
        writer.object(tags::INITIATION, initiation)?;
        writer.optional_template(
            ACCOUNT,
            &[
                (tags::GUID, Some(GUID)),
                (ACQUIRER, Some(self.account.acquirer)),
                (ID, Some(self.account.id)),
                (DESCRIPTOR, self.account.descriptor),
                (MOBILE, self.account.mobile),
            ],
        )?;
        writer.object(tags::CATEGORY, self.mcc)?;
        writer.object(tags::CURRENCY, "458")?;
        writer.optional(tags::AMOUNT, self.amount)?;
        writer.object(tags::COUNTRY, "MY")?;
        writer.object(tags::NAME, self.name)?;
        writer.object(tags::CITY, self.city)?;
        writer.optional(tags::POSTAL, self.postal_code)?;
        let channel = self.labels.channel.map(|channel| String::from_iter(channel.digits()));
        let ([tag1, tag2], [bill1, bill2]) = (BILL_REFERENCES, self.labels.bill_references);
        writer.optional_template(
            tags::ADDITIONAL,
            &[
                (tags::additional::STORE, self.labels.store),
                (tags::additional::REFERENCE, self.labels.reference),
                (tags::additional::TERMINAL, self.labels.terminal),
                (CHANNEL, channel.as_deref()),
                (tag1, bill1),
                (tag2, bill2),
            ],
        )?;
        writer.optional(HASH, self.hash)?;
        writer.finish_as(Profile::DuitNow)
    }
}
