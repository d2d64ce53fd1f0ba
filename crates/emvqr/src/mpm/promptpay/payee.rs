//! Who is paid by a Thai code.

use alloc::string::String;

use crate::mpm::check::digits;
use crate::mpm::{Account, Mpm, Network, tags};
use crate::tlv::{Tag, Template};

/// Owner of a credit transfer.
const TRANSFER: &str = "A000000677010111";
/// Owner of a credit transfer with an OTA code.
pub(super) const TRANSFER_OTA: &str = "A000000677010114";

/// OTA code of a credit transfer; 01 to 04 are its proxies.
pub(super) const OTA_CODE: Tag = Tag::literal(5);
/// Biller of a bill.
pub(super) const BILLER: Tag = Tag::literal(1);
/// First reference of a bill.
pub(super) const REFERENCE_1: Tag = Tag::literal(2);
/// Second reference of a bill.
pub(super) const REFERENCE_2: Tag = Tag::literal(3);
/// Acquirer of a payment innovation.
pub(super) const ACQUIRER: Tag = Tag::literal(1);
/// Merchant of a payment innovation.
pub(super) const MERCHANT: Tag = Tag::literal(2);
/// Reference of a payment innovation.
const INNOVATION_REFERENCE: Tag = Tag::literal(4);

/// Whom a Thai account pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payee<'a> {
    /// Whoever registered a proxy.
    Transfer(Transfer<'a>),
    /// A biller. Often the shop's bank or processor; the references name the shop.
    Bill(Bill<'a>),
    /// A merchant by its acquirer.
    Innovation(Innovation<'a>),
}

/// The Thai accounts of a code that can be read, in its order. A shop's code often has a bill
/// and a payment innovation for the same shop.
pub fn payees<'a>(code: &Mpm<'a>) -> impl Iterator<Item = Payee<'a>> {
    code.accounts().filter_map(|account| Payee::of(&account))
}

impl<'a> Payee<'a> {
    /// The account by its meaning. Nothing when it is another network's, or names nobody, or
    /// two; the code has a warning then.
    #[must_use]
    pub fn of(account: &Account<'a>) -> Option<Self> {
        match account.network {
            Network::PromptPay => Transfer::of(account).map(Self::Transfer),
            Network::PromptPayBill => Bill::of(account).map(Self::Bill),
            Network::ThaiPaymentInnovation => Innovation::of(account).map(Self::Innovation),
            _ => None,
        }
    }
}

/// Whether an account names this owner.
pub(super) fn has_guid(account: &Account<'_>, guid: &str) -> bool {
    account.guid().is_some_and(|found| found.eq_ignore_ascii_case(guid))
}

/// A credit transfer, usually under 29.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transfer<'a> {
    /// Who is credited.
    pub proxy: Proxy<'a>,
    /// One-time code, 10 characters, where the payer shows the code.
    pub ota_code: Option<&'a str>,
}

impl<'a> Transfer<'a> {
    fn of(account: &Account<'a>) -> Option<Self> {
        let template = account.template?;
        let mut proxies = Proxy::all(&template);
        match (proxies.next(), proxies.next()) {
            (Some(proxy), None) => Some(Self { proxy, ota_code: template.get(OTA_CODE) }),
            (None, _) | (Some(_), Some(_)) => None,
        }
    }

    pub(super) fn parts(&self) -> [(Tag, Option<&'a str>); 3] {
        let guid = if self.ota_code.is_some() { TRANSFER_OTA } else { TRANSFER };
        [
            (tags::GUID, Some(guid)),
            (self.proxy.tag(), Some(self.proxy.value())),
            (OTA_CODE, self.ota_code),
        ]
    }
}

/// By what a payee is known. The text is as in the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Proxy<'a> {
    /// 13 digits, `0066` and nine of the number; [`mobile_proxy`] makes one.
    Mobile(&'a str),
    /// National or tax id, 13 digits.
    NationalId(&'a str),
    /// 15 digits.
    EWallet(&'a str),
    /// Three digits of bank and the account number, up to 43 characters in all.
    BankAccount(&'a str),
}

impl<'a> Proxy<'a> {
    /// All that a template names, in its order. There should be one.
    pub(super) fn all(template: &Template<'a>) -> impl Iterator<Item = Self> + use<'a> {
        template.objects().filter_map(|object| match object.tag.number() {
            1 => Some(Self::Mobile(object.value)),
            2 => Some(Self::NationalId(object.value)),
            3 => Some(Self::EWallet(object.value)),
            4 => Some(Self::BankAccount(object.value)),
            _ => None,
        })
    }

    pub(super) const fn tag(&self) -> Tag {
        Tag::literal(match self {
            Self::Mobile(_) => 1,
            Self::NationalId(_) => 2,
            Self::EWallet(_) => 3,
            Self::BankAccount(_) => 4,
        })
    }

    /// The text, whatever its kind.
    #[must_use]
    pub const fn value(&self) -> &'a str {
        match self {
            Self::Mobile(value)
            | Self::NationalId(value)
            | Self::EWallet(value)
            | Self::BankAccount(value) => value,
        }
    }

    /// Whether the text has the length and the characters of its kind.
    #[must_use]
    pub fn is_well_formed(&self) -> bool {
        match self {
            Self::Mobile(value) => digits(13..=13)(value) && value.starts_with("0066"),
            Self::NationalId(value) => digits(13..=13)(value),
            Self::EWallet(value) => digits(15..=15)(value),
            Self::BankAccount(value) => {
                value.len() <= 43
                    && self.bank_and_number().is_some_and(|(_, rest)| !rest.is_empty())
            }
        }
    }

    /// Bank code and account number. Nothing for other kinds, or without three digits of bank.
    #[must_use]
    pub fn bank_and_number(&self) -> Option<(&'a str, &'a str)> {
        match self {
            Self::BankAccount(value) => {
                value.split_at_checked(3).filter(|(bank, _)| digits(3..=3)(bank))
            }
            Self::Mobile(_) | Self::NationalId(_) | Self::EWallet(_) => None,
        }
    }
}

/// The text of [`Proxy::Mobile`] for a Thai number as people write it: `081-234-5678`,
/// `+66 81 234 5678`. Nothing when it is not nine digits after `0`, `66` or `0066`.
///
/// ```
/// use emvqr::mpm::promptpay::mobile_proxy;
///
/// assert_eq!(mobile_proxy("081-234-5678").as_deref(), Some("0066812345678"));
/// assert_eq!(mobile_proxy("+66 81 234 5678").as_deref(), Some("0066812345678"));
/// assert_eq!(mobile_proxy("02-123-456"), None);
/// ```
#[must_use]
pub fn mobile_proxy(number: &str) -> Option<String> {
    let number: String = number.chars().filter(|mark| !matches!(mark, ' ' | '-')).collect();
    let rest = ["0066", "+66", "66", "0"].iter().find_map(|start| number.strip_prefix(start))?;
    digits(9..=9)(rest).then(|| alloc::format!("0066{rest}"))
}

/// Where a bill may be paid from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BillScope {
    /// Thai apps.
    Domestic,
    /// Apps of other countries too.
    CrossBorder,
}

impl BillScope {
    const fn guid(self) -> &'static str {
        match self {
            Self::Domestic => "A000000677010112",
            Self::CrossBorder => "A000000677012006",
        }
    }
}

/// A bill payment, usually under 30. A third reference may be in 62, see [`super::reference3`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bill<'a> {
    /// Where it may be paid from.
    pub scope: BillScope,
    /// 13 to 15 digits: the biller's tax id and a suffix.
    pub biller_id: &'a str,
    /// Up to 20 characters.
    pub reference1: Option<&'a str>,
    /// Up to 20 characters.
    pub reference2: Option<&'a str>,
}

/// Whether a text has the form of a biller's id.
pub(super) fn is_biller(text: &str) -> bool {
    digits(13..=15)(text)
}

impl<'a> Bill<'a> {
    fn of(account: &Account<'a>) -> Option<Self> {
        let abroad = has_guid(account, BillScope::CrossBorder.guid());
        Some(Self {
            scope: if abroad { BillScope::CrossBorder } else { BillScope::Domestic },
            biller_id: account.get(BILLER)?,
            reference1: account.get(REFERENCE_1),
            reference2: account.get(REFERENCE_2),
        })
    }

    pub(super) const fn parts(&self) -> [(Tag, Option<&'a str>); 4] {
        [
            (tags::GUID, Some(self.scope.guid())),
            (BILLER, Some(self.biller_id)),
            (REFERENCE_1, self.reference1),
            (REFERENCE_2, self.reference2),
        ]
    }
}

/// Which of the two identifiers a payment innovation has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InnovationKind {
    /// Shown by shops.
    Standard,
    /// Made through an acquirer's API.
    Api,
}

impl InnovationKind {
    const fn guid(self) -> &'static str {
        match self {
            Self::Standard => "A000000677010113",
            Self::Api => "A000000677012004",
        }
    }
}

/// A payment innovation, usually under 31.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Innovation<'a> {
    /// Which identifier it has.
    pub kind: InnovationKind,
    /// Three digits, the bank code in the codes that were seen.
    pub acquirer: &'a str,
    /// The acquirer's name for the merchant.
    pub merchant: &'a str,
    /// The merchant's name for the payment.
    pub reference: Option<&'a str>,
}

impl<'a> Innovation<'a> {
    fn of(account: &Account<'a>) -> Option<Self> {
        let api = has_guid(account, InnovationKind::Api.guid());
        Some(Self {
            kind: if api { InnovationKind::Api } else { InnovationKind::Standard },
            acquirer: account.get(ACQUIRER)?,
            merchant: account.get(MERCHANT)?,
            reference: account.get(INNOVATION_REFERENCE),
        })
    }

    pub(super) const fn parts(&self) -> [(Tag, Option<&'a str>); 4] {
        [
            (tags::GUID, Some(self.kind.guid())),
            (ACQUIRER, Some(self.acquirer)),
            (MERCHANT, Some(self.merchant)),
            (INNOVATION_REFERENCE, self.reference),
        ]
    }
}
