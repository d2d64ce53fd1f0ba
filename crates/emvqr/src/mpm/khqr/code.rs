//! Writing KHQR codes.

use alloc::string::{String, ToString};

use crate::mpm::khqr::{self, Currency, Payee, times};
use crate::mpm::{BuildError, Profile, Writer, tags, unionpay};
use crate::tlv::Tag;

/// Who is paid, and in what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merchant<'a> {
    /// The account at Bakong.
    pub payee: Payee<'a>,
    /// Account at `UnionPay`, usually a [`MerchantAccount`](unionpay::MerchantAccount)'s text.
    /// Only with riel.
    pub unionpay: Option<&'a str>,
    /// Category, ISO 18245, four digits; [`khqr::CATEGORY_DEFAULT`] if in doubt.
    pub mcc: &'a str,
    /// Of the amount, also where the payer types it.
    pub currency: Currency,
    /// Name in printable ASCII, 1 to 25 characters.
    pub name: &'a str,
    /// City in printable ASCII, 1 to 15 characters; [`khqr::CITY_DEFAULT`] if in doubt.
    pub city: &'a str,
    /// Name and city in another script.
    pub local: Option<Local<'a>>,
}

/// Name and city in the merchant's language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Local<'a> {
    /// ISO 639, two letters: `km`.
    pub language: &'a str,
    /// 1 to 25 code points. Khmer vowel signs and subscripts count each.
    pub name: &'a str,
    /// 1 to 15 code points.
    pub city: Option<&'a str>,
}

/// What the payment is for, 1 to 25 characters each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Labels<'a> {
    /// Number of the bill.
    pub bill: Option<&'a str>,
    /// Telephone number.
    pub mobile: Option<&'a str>,
    /// Store.
    pub store: Option<&'a str>,
    /// Terminal or cashier.
    pub terminal: Option<&'a str>,
    /// Purpose.
    pub purpose: Option<&'a str>,
}

/// A code to print once: the payer types the amount. It has no times.
///
/// ```
/// use emvqr::mpm::khqr::{self, BakongAccount, Currency, Labels, Merchant, Payee, StaticCode};
/// use emvqr::mpm;
///
/// let payee = Payee::Merchant {
///     account: BakongAccount::new("khqr@devb").unwrap(),
///     id: Some("123456"),
///     bank: Some("Dev Bank"),
/// };
/// let merchant = Merchant {
///     payee,
///     unionpay: None,
///     mcc: khqr::CATEGORY_DEFAULT,
///     currency: Currency::Riel,
///     name: "John Smith",
///     city: khqr::CITY_DEFAULT,
///     local: None,
/// };
/// let text = StaticCode { merchant, labels: Labels::default() }.build().unwrap();
/// assert_eq!(khqr::payees(&mpm::read(&text).unwrap()).next(), Some(payee));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StaticCode<'a> {
    /// Who is paid.
    pub merchant: Merchant<'a>,
    /// What the payment is for.
    pub labels: Labels<'a>,
}

impl StaticCode<'_> {
    /// The text for the QR symbol. [`crate::mpm::read`] takes it without any finding.
    ///
    /// # Errors
    /// Names what has to be changed.
    pub fn build(&self) -> Result<String, BuildError> {
        common("11", &self.merchant, &self.labels)?.finish_as(Profile::Khqr)
    }
}

/// A code for one order.
///
/// ```
/// # use emvqr::mpm::khqr::{self, BakongAccount, Currency, Labels, Merchant, Payee};
/// # use emvqr::mpm;
/// use emvqr::mpm::khqr::{DynamicCode, Times, Validity};
///
/// # let account = BakongAccount::new("sokha@aclb").unwrap();
/// # let merchant = Merchant {
/// #     payee: Payee::Individual { account, information: None, bank: None },
/// #     unionpay: None, mcc: khqr::CATEGORY_DEFAULT, currency: Currency::Riel,
/// #     name: "Sokha", city: khqr::CITY_DEFAULT, local: None,
/// # };
/// let code = DynamicCode {
///     merchant,
///     amount: "4000",
///     created_ms: 1_727_249_364_974,
///     expires_ms: 1_727_249_484_974,
///     labels: Labels { bill: Some("INV-1"), ..Labels::default() },
/// };
/// let text = code.build().unwrap();
/// let times = Times::of(&mpm::read(&text).unwrap());
/// assert_eq!(times.validity(code.created_ms), Validity::Current);
///
/// let in_sen = DynamicCode { amount: "4000.50", ..code };
/// assert!(in_sen.build().unwrap_err().to_string().contains("khqr:amount_decimals"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DynamicCode<'a> {
    /// Who is paid.
    pub merchant: Merchant<'a>,
    /// Decimal text above zero, 13 characters at most: whole riel, or dollars with up to two
    /// decimals.
    pub amount: &'a str,
    /// When the code is made, milliseconds since the start of 1970, UTC; 13 digits.
    pub created_ms: i64,
    /// From when on it is no longer good, in the same unit.
    pub expires_ms: i64,
    /// What the payment is for.
    pub labels: Labels<'a>,
}

impl DynamicCode<'_> {
    /// The text for the QR symbol. [`crate::mpm::read`] takes it without any finding.
    ///
    /// # Errors
    /// Names what has to be changed.
    pub fn build(&self) -> Result<String, BuildError> {
        let mut writer = common("12", &self.merchant, &self.labels)?;
        writer.object(tags::AMOUNT, self.amount)?;
        let (created, expires) = (self.created_ms.to_string(), self.expires_ms.to_string());
        writer.template(times::TIMES, &[(times::CREATED, &created), (times::EXPIRES, &expires)])?;
        writer.finish_as(Profile::Khqr)
    }
}

/// What all codes have.
fn common(
    initiation: &str,
    merchant: &Merchant<'_>,
    labels: &Labels<'_>,
) -> Result<Writer, BuildError> {
    let mut writer = Writer::default();
    writer.object(tags::INITIATION, initiation)?;
    writer.optional(unionpay::TAG, merchant.unionpay)?;
    let (tag, account, number, bank) = match merchant.payee {
        Payee::Individual { account, information, bank } => {
            (khqr::INDIVIDUAL, account, information, bank)
        }
        Payee::Merchant { account, id, bank } => (khqr::MERCHANT, account, id, bank),
    };
    writer.optional_template(
        tag,
        &[(khqr::ACCOUNT, Some(account.as_str())), (khqr::NUMBER, number), (khqr::BANK, bank)],
    )?;
    writer.object(tags::CATEGORY, merchant.mcc)?;
    writer.object(tags::CURRENCY, merchant.currency.code())?;
    writer.object(tags::COUNTRY, "KH")?;
    writer.object(tags::NAME, merchant.name)?;
    writer.object(tags::CITY, merchant.city)?;
    let labels: [(Tag, Option<&str>); 5] = [
        (tags::additional::BILL, labels.bill),
        (tags::additional::MOBILE, labels.mobile),
        (tags::additional::STORE, labels.store),
        (tags::additional::TERMINAL, labels.terminal),
        (tags::additional::PURPOSE, labels.purpose),
    ];
    writer.optional_template(tags::ADDITIONAL, &labels)?;
    if let Some(local) = merchant.local {
        writer.optional_template(
            tags::LANGUAGE,
            &[
                (tags::language::CODE, Some(local.language)),
                (tags::language::NAME, Some(local.name)),
                (tags::language::CITY, local.city),
            ],
        )?;
    }
    Ok(writer)
}
