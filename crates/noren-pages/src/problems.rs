//! The pages of problems: what is said at the counter, in the reader's language and in the others, and
//! below it the reference for programmers. The reference is part of the API's description and stays in
//! English in every language.

use askama::Template;

use crate::{Language, Page, words};

/// All problems.
#[derive(Template)]
#[template(path = "problems/list.html")]
pub struct List {
    /// What all pages share.
    pub page: Page,
    /// By code.
    pub rows: Vec<Row>,
}

/// A problem in the list.
pub struct Row {
    /// Stable; names the page.
    pub code: &'static str,
    /// What happened, for programmers.
    pub title: &'static str,
}

impl List {
    fn said(&self, row: &Row) -> String {
        words::problem(self.page.language, row.code)
    }
}

/// One problem.
#[derive(Template)]
#[template(path = "problems/problem.html")]
pub struct Problem {
    /// What all pages share.
    pub page: Page,
    /// Stable.
    pub code: &'static str,
    /// HTTP status.
    pub status: u16,
    /// What happened, for programmers.
    pub title: &'static str,
    /// What to do, for programmers.
    pub remedy: &'static str,
    /// The member `retry`.
    pub retry: &'static str,
    /// What that means.
    pub retry_sentence: &'static str,
}

impl Problem {
    fn said(&self) -> String {
        words::problem(self.page.language, self.code)
    }

    /// The sentence in the other languages, in the order in which they are offered.
    fn said_elsewhere(&self) -> Vec<(Language, String)> {
        let others = Language::ALL.into_iter().filter(|other| *other != self.page.language);
        others.map(|language| (language, words::problem(language, self.code))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_said_in_every_language_and_each_is_marked() {
        let page = Page::new(Language::Ko, "/problems/order-paid", true);
        let problem = Problem {
            page,
            code: "order-paid",
            status: 409,
            title: "The order is paid.",
            remedy: "Do not pay again.",
            retry: "never",
            retry_sentence: "Sending the same request again will not help.",
        };
        let text = problem.render().unwrap();
        for language in Language::ALL {
            assert!(text.contains(&words::problem(language, "order-paid")), "{language:?}: {text}");
        }
        assert!(text.contains("<html lang=\"ko\">") && text.contains("lang=\"zh-Hans\""), "{text}");
        assert!(text.contains("<section class=\"card\" lang=\"en\">"), "{text}");
    }
}
