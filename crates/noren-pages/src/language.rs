//! The languages of the pages, and which one a reader is given.

/// A language that every sentence exists in. Japanese is the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// 日本語
    Ja,
    /// English
    En,
    /// 简体中文
    ZhHans,
    /// 한국어
    Ko,
    /// ไทย
    Th,
}

impl Language {
    /// In the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Ja, Self::En, Self::ZhHans, Self::Ko, Self::Th];

    /// The tag for `lang` (BCP 47).
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::En => "en",
            Self::ZhHans => "zh-Hans",
            Self::Ko => "ko",
            Self::Th => "th",
        }
    }

    /// Its name in itself.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::Ja => "日本語",
            Self::En => "English",
            Self::ZhHans => "简体中文",
            Self::Ko => "한국어",
            Self::Th => "ไทย",
        }
    }

    /// The one with that tag, as our own links and cookies write it.
    pub fn named(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// The one that speaks to a reader of `tag`, as browsers write it: `zh-CN`, `en-GB`. Readers of
    /// traditional characters are better served in simplified ones than in Japanese.
    fn for_reader(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next()?;
        match primary.to_ascii_lowercase().as_str() {
            "ja" => Some(Self::Ja),
            "en" => Some(Self::En),
            "zh" => Some(Self::ZhHans),
            "ko" => Some(Self::Ko),
            "th" => Some(Self::Th),
            _ => None,
        }
    }

    /// The best of an `Accept-Language` header (RFC 9110, section 12.5.4).
    pub fn accepted(header: &str) -> Option<Self> {
        let mut ranges: Vec<(u32, &str)> = header.split(',').filter_map(range).collect();
        // Stable: of two that are as welcome, the one that was named first.
        ranges.sort_by_key(|(quality, _)| std::cmp::Reverse(*quality));
        ranges.into_iter().find_map(|(_, tag)| Self::for_reader(tag))
    }
}

/// A tag and how welcome it is, in thousandths. What is not welcome at all is left out.
fn range(text: &str) -> Option<(u32, &str)> {
    let mut parts = text.split(';');
    let tag = parts.next()?.trim();
    let quality =
        parts.find_map(|part| part.trim().strip_prefix("q=")).map_or(Some(1000), thousandths)?;
    (quality > 0).then_some((quality, tag))
}

fn thousandths(text: &str) -> Option<u32> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    if part.len() > 3 || !part.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    match whole {
        "1" => Some(1000),
        "0" => format!("{part:0<3}").parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_given_what_it_likes_best() {
        for (header, language) in [
            ("ja", Some(Language::Ja)),
            ("en-GB,en;q=0.9", Some(Language::En)),
            ("zh-CN", Some(Language::ZhHans)),
            ("zh-TW,zh;q=0.8,en;q=0.5", Some(Language::ZhHans)),
            ("fr;q=0.9, ko;q=0.3, th;q=0.35", Some(Language::Th)),
            ("fr, de", None),
            ("en;q=0, ko", Some(Language::Ko)),
            ("en;q=2, th;q=x", None),
            ("", None),
        ] {
            assert_eq!(Language::accepted(header), language, "{header}");
        }
    }

    #[test]
    fn a_tag_of_ours_names_its_language_and_no_other() {
        for language in Language::ALL {
            assert_eq!(Language::named(language.tag()), Some(language));
        }
        assert_eq!(Language::named("zh"), None);
    }
}
