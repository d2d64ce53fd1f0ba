//! Writing codes of Hong Kong's Faster Payment System.

use alloc::string::String;

use crate::mpm::hkfps::{CLEARING, GUID, HkFps, TIMEOUT};
use crate::mpm::{BuildError, Profile, Writer, tags};
use crate::tlv::Tag;

/// The template that the Faster Payment System takes.
const ACCOUNT: Tag = Tag::literal(26);

/// The shop, of which the Faster Payment System needs nothing: by default `0000`, `NA`, `HK`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shop<'a> {
    /// Category, ISO 18245, four digits.
    pub mcc: &'a str,
    /// Name in printable ASCII, 1 to 25 characters.
    pub name: &'a str,
    /// City in printable ASCII, 1 to 15 characters.
    pub city: &'a str,
    /// Name in Chinese, 1 to 25 characters, Unicode normal form C.
    pub name_zh: Option<&'a str>,
}

impl Default for Shop<'_> {
    fn default() -> Self {
        Self { mcc: "0000", name: "NA", city: "HK", name_zh: None }
    }
}

/// What the Faster Payment System pays in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Currency {
    /// Hong Kong dollar, `344`.
    Hkd,
    /// Renminbi, `156`.
    Cny,
}

impl Currency {
    const fn number(self) -> &'static str {
        match self {
            Self::Hkd => "344",
            Self::Cny => "156",
        }
    }
}

/// A code to print once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StaticCode<'a> {
    /// Who is paid.
    pub payee: HkFps<'a>,
    /// The shop.
    pub shop: Shop<'a>,
    /// Of the payment.
    pub currency: Currency,
    /// Major units with at most two decimals, above zero, when it is always the same. Usually
    /// the payer types it.
    pub amount: Option<&'a str>,
    /// By which the merchant knows payments of this code, 1 to 25 characters.
    pub reference: Option<&'a str>,
}

impl StaticCode<'_> {
    /// The text for the QR symbol. [`crate::mpm::read_as`] takes it without any finding.
    ///
    /// # Errors
    /// Names what has to be changed.
    pub fn build(&self) -> Result<String, BuildError> {
        build("11", &self.payee, &self.shop, self.currency, self.amount, self.reference)
    }
}

/// A code for one order.
///
/// ```
/// use emvqr::mpm::hkfps::{Currency, DynamicCode, HkFps, Proxy, Shop};
///
/// let code = DynamicCode {
///     payee: HkFps { proxy: Proxy::FpsId("9999999"), clearing: None, timeout: None },
///     shop: Shop::default(),
///     currency: Currency::Hkd,
///     amount: "123",
///     reference: None,
/// };
/// assert_eq!(
///     code.build()?,
///     "00020101021226270012hk.com.hkicl0207999999952040000530334454031235802HK5902NA6002HK6304D1A3"
/// );
///
/// let payee = HkFps { proxy: Proxy::Mobile("91234567"), clearing: None, timeout: None };
/// let refused = DynamicCode { payee, ..code }.build().unwrap_err();
/// assert!(refused.to_string().contains("hkfps:mobile_form"));
/// # Ok::<(), emvqr::mpm::BuildError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DynamicCode<'a> {
    /// Who is paid.
    pub payee: HkFps<'a>,
    /// The shop.
    pub shop: Shop<'a>,
    /// Of the payment.
    pub currency: Currency,
    /// Major units with at most two decimals, above zero.
    pub amount: &'a str,
    /// By which the merchant will know the payment, 1 to 25 characters.
    pub reference: Option<&'a str>,
}

impl DynamicCode<'_> {
    /// The text for the QR symbol. [`crate::mpm::read_as`] takes it without any finding.
    ///
    /// # Errors
    /// Names what has to be changed.
    pub fn build(&self) -> Result<String, BuildError> {
        build("12", &self.payee, &self.shop, self.currency, Some(self.amount), self.reference)
    }
}

fn build(
    initiation: &str,
    payee: &HkFps<'_>,
    shop: &Shop<'_>,
    currency: Currency,
    amount: Option<&str>,
    reference: Option<&str>,
) -> Result<String, BuildError> {
    let (proxy, value) = payee.proxy.part();
    let account = [
        (tags::GUID, Some(GUID)),
        (CLEARING, payee.clearing),
        (proxy, Some(value)),
        (TIMEOUT, payee.timeout),
    ];
    let mut writer = Writer::default();
    writer.object(tags::INITIATION, initiation)?;
    writer.optional_template(ACCOUNT, &account)?;
    writer.object(tags::CATEGORY, shop.mcc)?;
    writer.object(tags::CURRENCY, currency.number())?;
    writer.optional(tags::AMOUNT, amount)?;
    writer.object(tags::COUNTRY, "HK")?;
    writer.object(tags::NAME, shop.name)?;
    writer.object(tags::CITY, shop.city)?;
    writer.optional_template(tags::ADDITIONAL, &[(tags::additional::REFERENCE, reference)])?;
    if let Some(name) = shop.name_zh {
        let parts = [(tags::language::CODE, "ZH"), (tags::language::NAME, name)];
        writer.template(tags::LANGUAGE, &parts)?;
    }
    writer.finish_as(Profile::HkFps)
}
