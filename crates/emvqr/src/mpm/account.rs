//! Where the money may go: objects 02-51 (EMVCo MPM 1.1, table 4.1).

use crate::mpm::{Profile, jpqr, tags};
use crate::tlv::{Object, Tag, Template};

/// Whether a tag names a merchant account.
pub(super) fn is_account(tag: Tag) -> bool {
    (2..=51).contains(&tag.number())
}

/// Declares the networks once: name, label, and the profile that their codes follow.
macro_rules! networks {
    ($($(#[$doc:meta])* $name:ident $label:literal $(=> $profile:ident)?,)+) => {
        /// Whom an account belongs to.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Network { $($(#[$doc])* $name,)+ }

        impl Network {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// Lower-case name, stable.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self { $(Self::$name => $label,)+ }
            }

            /// The rule book that a code with such an account claims to follow.
            #[must_use]
            pub const fn profile(self) -> Option<Profile> {
                match self { $(Self::$name => networks!(@profile $($profile)?),)+ }
            }
        }
    };
    (@profile) => { None };
    (@profile $profile:ident) => { Some(Profile::$profile) };
}

networks! {
    /// Tags 02-03.
    Visa "visa",
    /// Tags 04-05.
    Mastercard "mastercard",
    /// Tags 06-08 and 17-25, kept by EMVCo. India has RuPay in 06, bank accounts in 08.
    Emvco "emvco",
    /// Tags 09-10.
    Discover "discover",
    /// Tags 11-12.
    Amex "amex",
    /// Tags 13-14.
    Jcb "jcb",
    /// Tags 15-16.
    UnionPay "unionpay",
    /// Japan's shared code.
    Jpqr "jpqr" => Jpqr,
    /// Thailand: credit transfer.
    PromptPay "promptpay" => PromptPay,
    /// Thailand: bill payment.
    PromptPayBill "promptpay-bill" => PromptPay,
    /// Thailand: payment innovation.
    ThaiPaymentInnovation "thai-payment-innovation" => PromptPay,
    /// Indonesia.
    Qris "qris" => Qris,
    /// Cambodia.
    Khqr "khqr" => Khqr,
    /// Singapore: the number of a shared code, which names no payee itself.
    Sgqr "sgqr" => Sgqr,
    /// Singapore: transfer to a proxy.
    PayNow "paynow" => Sgqr,
    /// Singapore: NETS.
    Nets "nets",
    /// Malaysia.
    DuitNow "duitnow" => DuitNow,
    /// India.
    Upi "upi" => BharatQr,
    /// Vietnam: NAPAS.
    VietQr "vietqr" => VietQr,
    /// Vietnam: VNPAY.
    VnPay "vnpay" => VietQr,
    /// Philippines: to a merchant.
    QrPh "qrph" => QrPh,
    /// Philippines: to a person.
    QrPhPerson "qrph-p2p" => QrPh,
    /// Hong Kong.
    HkFps "hkfps" => HkFps,
    /// Alipay inside of an EMV code.
    Alipay "alipay",
    /// WeChat Pay inside of an EMV code.
    WeChat "wechat",
    /// Brazil.
    Pix "pix",
    /// A template whose GUID this crate does not know, or that has none.
    Unknown "unknown",
}

impl Network {
    /// Whose account an object is, of which only the owner's name in 00 is known to have a
    /// fixed place: by tag up to 25, by GUID from 26 on, where tags float.
    pub(super) fn of(tag: Tag, guid: Option<&str>) -> Self {
        match tag.number() {
            2..=3 => Self::Visa,
            4..=5 => Self::Mastercard,
            9..=10 => Self::Discover,
            11..=12 => Self::Amex,
            13..=14 => Self::Jcb,
            15..=16 => Self::UnionPay,
            ..=25 => Self::Emvco,
            _ => guid.map_or(Self::Unknown, owner),
        }
    }

    /// Whose account a template is that no known GUID claims, in countries with customs of
    /// their own.
    pub(super) fn by_country(object: &Object<'_>, country: Option<&str>) -> Self {
        let guid = || object.template().ok()?.get(tags::GUID);
        match (object.tag.number(), country) {
            // Indonesian acquirers all have names of their own with the same ending.
            (26..=51, Some("ID")) if guid().is_some_and(ends_in_www) => Self::Qris,
            // Cambodia has no GUID: in its place is the account, `name@bank`.
            (29 | 30, Some("KH")) if guid().is_some_and(|guid| guid.contains('@')) => Self::Khqr,
            _ => Self::Unknown,
        }
    }
}

/// Owners of templates (`qr` facts, sections 3.1, 4 and 5). Compared without regard to case.
const GUIDS: [(&str, Network); 24] = [
    (jpqr::GUID, Network::Jpqr),
    ("A000000677010111", Network::PromptPay),
    ("A000000677010114", Network::PromptPay),
    ("A000000677010112", Network::PromptPayBill),
    ("A000000677012006", Network::PromptPayBill),
    ("A000000677010113", Network::ThaiPaymentInnovation),
    ("A000000677012004", Network::ThaiPaymentInnovation),
    ("SG.SGQR", Network::Sgqr),
    ("SG.PAYNOW", Network::PayNow),
    ("SG.COM.NETS", Network::Nets),
    ("A0000006150001", Network::DuitNow),
    ("A000000524", Network::Upi),
    ("A000000727", Network::VietQr),
    ("A000000775", Network::VnPay),
    ("ph.ppmi.p2m", Network::QrPh),
    ("ph.ppmi.p2micro", Network::QrPh),
    ("com.p2pqrpay", Network::QrPhPerson),
    ("hk.com.hkicl", Network::HkFps),
    ("com.alipay", Network::Alipay),
    ("COM.ALIPAY.OPENAPI", Network::Alipay),
    ("COM.QQ.WEIXIN.PAY", Network::WeChat),
    ("br.gov.bcb.pix", Network::Pix),
    ("br.gov.bcb.spi", Network::Pix),
    ("ID.CO.QRIS.WWW", Network::Qris),
];

fn owner(guid: &str) -> Network {
    let known = GUIDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(guid));
    known.map_or(Network::Unknown, |(_, network)| *network)
}

fn ends_in_www(guid: &str) -> bool {
    guid.len() > 4 && guid.as_bytes()[guid.len() - 4..].eq_ignore_ascii_case(b".WWW")
}

/// One of the accounts that a code offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account<'a> {
    /// 02 to 51. Says whose account it is only up to 25.
    pub tag: Tag,
    /// The account as the network wrote it.
    pub value: &'a str,
    /// Byte index of the object in the payload.
    pub position: usize,
    /// Whose account it is: by tag up to 25, by GUID from 26 on, where tags float.
    pub network: Network,
    /// The objects inside, for tags from 26 on whose value is a template.
    pub template: Option<Template<'a>>,
}

impl<'a> Account<'a> {
    pub(super) fn new(object: &Object<'a>, network: Network) -> Self {
        let template = if object.template { object.template().ok() } else { None };
        let (tag, value, position) = (object.tag, object.value, object.position);
        Self { tag, value, position, network, template }
    }

    /// Identifier of the owner: an application id, a UUID or a reversed domain name.
    #[must_use]
    pub fn guid(&self) -> Option<&'a str> {
        self.get(tags::GUID)
    }

    /// Value of an object inside.
    #[must_use]
    pub fn get(&self, sub: Tag) -> Option<&'a str> {
        self.template?.get(sub)
    }
}
