//! The rule books on top of EMVCo's. Each is a module of its own beside this one, and a line
//! in the table below.

use crate::finding::{Finding, Findings};
use crate::mpm::{Mpm, bharatqr, duitnow, hkfps, jpqr, khqr, promptpay, qris, qrph, sgqr, vietqr};

/// Declares the profiles once: name, label, and the module with its rules.
macro_rules! profiles {
    ($($(#[$doc:meta])* $name:ident $label:literal $rules:ident,)+) => {
        /// A rule book on top of EMVCo's.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Profile { $($(#[$doc])* $name,)+ }

        impl Profile {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// Lower-case name, stable.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self { $(Self::$name => $label,)+ }
            }

            pub(super) fn check(self, code: &Mpm<'_>, findings: &mut Findings) {
                match self { $(Self::$name => $rules::check(code, findings),)+ }
            }

            /// Whether a breach of EMVCo's rules is the custom of this profile, so that a
            /// writer need not mind.
            pub(super) fn excuses(self, finding: &Finding) -> bool {
                match self { $(Self::$name => $rules::excuses(finding),)+ }
            }
        }
    };
}

profiles! {
    /// Japan, see [`jpqr`].
    Jpqr "jpqr" jpqr,
    /// Indonesia.
    Qris "qris" qris,
    /// Cambodia.
    Khqr "khqr" khqr,
    /// Singapore: SGQR and PayNow.
    Sgqr "sgqr" sgqr,
    /// Malaysia.
    DuitNow "duitnow" duitnow,
    /// Thailand: PromptPay and bill payment.
    PromptPay "promptpay" promptpay,
    /// India.
    BharatQr "bharatqr" bharatqr,
    /// Vietnam: VietQR and VNPAY.
    VietQr "vietqr" vietqr,
    /// Philippines.
    QrPh "qrph" qrph,
    /// Hong Kong: the Faster Payment System.
    HkFps "hkfps" hkfps,
}

impl Profile {
    /// The profile with this label.
    #[must_use]
    pub fn named(label: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|profile| profile.label() == label)
    }
}

/// A set of profiles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Profiles(u16);

impl Profiles {
    pub(super) fn insert(&mut self, profile: Profile) {
        self.0 |= 1 << profile as u16;
    }

    /// Whether it is one of them.
    #[must_use]
    pub const fn contains(self, profile: Profile) -> bool {
        self.0 >> profile as u16 & 1 != 0
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those in the set, in the order of [`Profile::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Profile> {
        Profile::ALL.iter().copied().filter(move |profile| self.contains(*profile))
    }
}

impl FromIterator<Profile> for Profiles {
    fn from_iter<I: IntoIterator<Item = Profile>>(profiles: I) -> Self {
        let mut set = Self::default();
        profiles.into_iter().for_each(|profile| set.insert(profile));
        set
    }
}
