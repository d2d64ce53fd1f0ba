//! Where the money may go: objects 02-51 (EMVCo MPM 1.1, table 4.1).

use crate::mpm::{Profile, jpqr, tags};
use crate::tlv::{Object, Tag, Template};

/// Whether a tag names a merchant account.
#[inline]
pub(super) const fn is_account(tag: Tag) -> bool {
    matches!(tag.number(), 2..=51)
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
    /// Whose account an object with this tag is. From 26 on the GUID would tell.
    #[inline]
    pub(super) const fn of_tag(tag: u8) -> Self {
        match tag {
            2 | 3 => Self::Visa,
            4 | 5 => Self::Mastercard,
            9 | 10 => Self::Discover,
            11 | 12 => Self::Amex,
            13 | 14 => Self::Jcb,
            15 | 16 => Self::UnionPay,
            6 | 7 | 8 | 17 | 18 | 19 | 20 | 21 | 22 | 23 | 24 | 25 => Self::Emvco,
            _ => Self::Unknown,
        }
    }
}

/// How to tell whose account a template is that no known GUID claims.
pub(super) type Customs = fn(&Object<'_>) -> Network;

/// Of a country, by its two letters.
pub(super) fn customs_of(country: &str) -> Option<Customs> {
    match country {
        "ID" => Some(indonesian),
        "KH" => Some(cambodian),
        _ => None,
    }
}

/// Acquirers all have names of their own with the same ending.
fn indonesian(object: &Object<'_>) -> Network {
    match object.tag.number() {
        26..=51 if guid(object).is_some_and(ends_in_www) => Network::Qris,
        _ => Network::Unknown,
    }
}

/// There is no GUID: in its place is the account, `name@bank`.
fn cambodian(object: &Object<'_>) -> Network {
    match object.tag.number() {
        29 | 30 if guid(object).is_some_and(|guid| guid.contains('@')) => Network::Khqr,
        _ => Network::Unknown,
    }
}

/// The owner's name, of what is known to be a template.
fn guid<'a>(object: &Object<'a>) -> Option<&'a str> {
    if object.inside == 0 {
        return None;
    }
    object.template().ok()?.get(tags::GUID)
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

/// By length, which of [`GUIDS`] are so long: bit n for the n-th. Few are, mostly one or none.
const OF_LENGTH: [u32; 33] = {
    let mut of_length = [0; 33];
    let mut index = 0;
    while index < GUIDS.len() {
        of_length[GUIDS[index].0.len()] |= 1 << index;
        index += 1;
    }
    of_length
};

/// Whose GUID it is.
pub(super) fn owner(guid: &str) -> Network {
    let mut candidates = OF_LENGTH.get(guid.len()).copied().unwrap_or(0);
    while candidates != 0 {
        let (known, network) = GUIDS[candidates.trailing_zeros() as usize];
        // Many begin alike, few end alike.
        let last = |text: &str| text.bytes().next_back().map(|byte| byte.to_ascii_lowercase());
        if last(known) == last(guid) && known.eq_ignore_ascii_case(guid) {
            return network;
        }
        candidates &= candidates - 1;
    }
    Network::Unknown
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
        let template = if object.inside > 0 { object.template().ok() } else { None };
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
