//! What a poster says, in each language: one table, no sentence glued from pieces.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A language of posters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// Japanese.
    Ja,
    /// English.
    En,
    /// Chinese in simplified characters.
    ZhHans,
    /// Korean.
    Ko,
    /// Thai.
    Th,
}

impl Language {
    /// All, in the order in which they stand on a poster.
    pub const ALL: [Self; 5] = [Self::Ja, Self::En, Self::ZhHans, Self::Ko, Self::Th];

    /// The BCP 47 tag: `zh-Hans`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::En => "en",
            Self::ZhHans => "zh-Hans",
            Self::Ko => "ko",
            Self::Th => "th",
        }
    }

    /// Fonts that the systems of today bring, best first. The same character is drawn
    /// differently for Japanese and Chinese readers, so each language has its own.
    pub(super) const fn fonts(self) -> &'static str {
        match self {
            Self::Ja => {
                "'Hiragino Sans', 'Hiragino Kaku Gothic ProN', 'Yu Gothic', Meiryo, \
                 'Noto Sans CJK JP', 'Noto Sans JP', sans-serif"
            }
            Self::En => "'Helvetica Neue', Arial, 'Noto Sans', 'Liberation Sans', sans-serif",
            Self::ZhHans => {
                "'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif"
            }
            Self::Ko => {
                "'Apple SD Gothic Neo', 'Malgun Gothic', 'Noto Sans CJK KR', 'Noto Sans KR', \
                 sans-serif"
            }
            Self::Th => {
                "Thonburi, 'Leelawadee UI', 'Noto Sans Thai', 'Noto Sans Thai UI', Loma, \
                 sans-serif"
            }
        }
    }

    /// Whether a shop's Japanese name goes before its Latin one. Chinese readers make more of
    /// kanji than of rōmaji.
    pub(super) const fn reads_kanji(self) -> bool {
        match self {
            Self::Ja | Self::ZhHans => true,
            Self::En | Self::Ko | Self::Th => false,
        }
    }

    pub(super) const fn words(self) -> &'static Words {
        match self {
            Self::Ja => &Words {
                title: "コードを読み取ってお支払い",
                steps: ["決済アプリを開く", "コードを読み取る", "金額を入力する"],
                sentence: "決済アプリを開き、このコードを読み取って、金額を入力してください。",
                wallets: "ご利用いただけるアプリ",
                merchant_id: "加盟店番号",
            },
            Self::En => &Words {
                title: "Scan to pay",
                steps: ["Open your wallet app", "Scan this code", "Enter the amount"],
                sentence: "Open your wallet app, scan this code and enter the amount.",
                wallets: "Wallets accepted",
                merchant_id: "Merchant ID",
            },
            Self::ZhHans => &Words {
                title: "扫码支付",
                steps: ["打开支付应用", "扫描二维码", "输入金额"],
                sentence: "请打开支付应用，扫描此二维码，然后输入金额。",
                wallets: "支持的支付应用",
                merchant_id: "商户编号",
            },
            Self::Ko => &Words {
                title: "스캔하여 결제",
                steps: ["결제 앱 열기", "QR코드 스캔", "금액 입력"],
                sentence: "결제 앱을 열고 이 QR코드를 스캔한 후 금액을 입력해 주세요.",
                wallets: "이용 가능한 결제 앱",
                merchant_id: "가맹점 번호",
            },
            Self::Th => &Words {
                title: "สแกนเพื่อชำระเงิน",
                steps: ["เปิดแอปชำระเงิน", "สแกนคิวอาร์โค้ด", "ใส่จำนวนเงิน"],
                sentence: "เปิดแอปชำระเงิน สแกนคิวอาร์โค้ดนี้ แล้วใส่จำนวนเงิน",
                wallets: "แอปชำระเงินที่รับ",
                merchant_id: "รหัสร้านค้า",
            },
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

/// Not one of the five.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("no posters in this language: choose ja, en, zh-Hans, ko or th")]
pub struct NotALanguage;

/// A tag without regard to case; `zh` and `zh-CN` are taken as `zh-Hans`.
impl FromStr for Language {
    type Err = NotALanguage;

    fn from_str(tag: &str) -> Result<Self, NotALanguage> {
        let is = |name: &str| tag.eq_ignore_ascii_case(name);
        if is("zh") || is("zh-CN") {
            return Ok(Self::ZhHans);
        }
        Self::ALL.into_iter().find(|l| is(l.tag())).ok_or(NotALanguage)
    }
}

/// All texts of one language.
pub(super) struct Words {
    /// What the code is for.
    pub title: &'static str,
    /// What the payer does, in order.
    pub steps: [&'static str; 3],
    /// The same in one sentence, for the languages that are not the main one.
    pub sentence: &'static str,
    /// Above the names of wallets.
    pub wallets: &'static str,
    /// Before the merchant's id.
    pub merchant_id: &'static str,
}

impl Words {
    /// Every text: a new field must be named here to compile.
    #[cfg(test)]
    pub fn all(&self) -> [&'static str; 7] {
        let Self { title, steps: [one, two, three], sentence, wallets, merchant_id } = self;
        [title, one, two, three, sentence, wallets, merchant_id]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_text_in_its_own_words_and_script() {
        let in_script = |language: Language, c: char| match language {
            Language::Ja => matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}'),
            Language::En => c.is_ascii_alphabetic(),
            Language::ZhHans => matches!(c, '\u{4e00}'..='\u{9fff}'),
            Language::Ko => matches!(c, '\u{ac00}'..='\u{d7a3}'),
            Language::Th => matches!(c, '\u{0e00}'..='\u{0e7f}'),
        };
        for language in Language::ALL {
            let texts = language.words().all();
            for (i, text) in texts.iter().enumerate() {
                assert!(text.chars().any(|c| in_script(language, c)), "{language} {text}");
                assert!(!texts[..i].contains(text), "{language} says {text} twice");
                for other in Language::ALL.into_iter().filter(|&o| o != language) {
                    assert_ne!(*text, other.words().all()[i], "{language} and {other}");
                }
            }
        }
    }

    #[test]
    fn tags_are_read_back() {
        for language in Language::ALL {
            assert_eq!(language.tag().to_uppercase().parse(), Ok(language));
        }
        assert_eq!("zh-CN".parse(), Ok(Language::ZhHans));
        assert_eq!("zh-Hant".parse::<Language>(), Err(NotALanguage));
    }
}
