//! The auditor is a second model only as long as it decides everything by itself. It reads its
//! source and says what it may know of the engine: ids, `Money`, and the plain data that leaves
//! the switch or comes in. No function of the core that works something out is among it.

use std::collections::BTreeSet;
use std::path::Path;

/// All that the auditor imports from the core, and why it is more than ids and `Money`.
const IMPORTS: &[(&str, &[&str], &str)] = &[
    (
        "id",
        &[
            "About",
            "CaptureId",
            "CreditId",
            "MerchantId",
            "MovementId",
            "OrderId",
            "PaymentId",
            "QuoteId",
            "RefundId",
            "Slot",
            "StrayId",
            "TenantName",
            "WalletName",
        ],
        "names: what is the same thing as before",
    ),
    ("money", &["Currency", "Money"], "amounts: added up by the auditor, in integers"),
    ("time", &["Timestamp"], "instants: compared, never made"),
    ("command", &["Body", "Caller", "Command"], "what came in, and from whom: the proofs"),
    ("directory", &["Change"], "members of rows: the caps that the operator set"),
    (
        "effects",
        &["Credited", "Event", "EventKind", "Reply", "Row", "Seal"],
        "what went out: committed rows and replies",
    ),
    (
        "keys",
        &[
            "KeyName",
            "KeyOutcome",
            "KeyOwner",
            "KeyRecord",
            "Order",
            "OrderName",
            "OrderStand",
            "RequestHash",
            "Route",
            "Used",
            "UsedName",
            "Wanted",
        ],
        "members of rows: what a key or a name was used for",
    ),
    (
        "ledger",
        &[
            "Account",
            "AccountKind",
            "AccountName",
            "AccountOwner",
            "Cause",
            "Entry",
            "EntryKind",
            "Side",
        ],
        "members of rows: the postings, which it adds up again",
    ),
    (
        "payment",
        &[
            "Asked",
            "CancelledWhy",
            "Hold",
            "Part",
            "PartAsking",
            "PartEnd",
            "PartTerms",
            "Payment",
            "Release",
            "Rest",
            "ReversedBy",
            "State",
            "Undo",
            "VoidStep",
            "Way",
        ],
        "members of rows: what a payment is said to be",
    ),
    ("day", &["DayName", "DayTotal", "PayerHash"], "what is stored of a day, and whose"),
    ("movement", &["Direction", "Movement"], "rows: what a wallet placed beforehand"),
    ("due", &["Doubt"], "members of rows: how long an outcome is said not to be known"),
    (
        "directory",
        &["Change", "Merchant", "MidRate", "Wallet"],
        "rows of the directory: whose a merchant is and what it is paid in, the rates, a wallet's budget, \
         and when its \"not found\" is proof",
    ),
    (
        "settlement",
        &["Settled", "Settlement"],
        "members of rows: what a merchant is said to be owed",
    ),
    ("quote", &["Quote"], "a row: what was promised, until when, and what used it"),
    ("stray", &["ClaimEnd"], "what the operator reported of a claim"),
    (
        "refund",
        &["Refund", "RefundBy", "RefundState"],
        "members of rows: what a refund is said to be",
    ),
    ("credit", &["Credit", "CreditState"], "members of rows: what became of a credit"),
    ("stray", &["Stray", "StrayOrigin"], "members of rows: money beside its payment"),
    ("refusal", &["Refusal"], "what a caller was told instead"),
    (
        "wallet",
        &[
            "Ask",
            "Call",
            "CaptureAnswer",
            "PaymentAnswer",
            "Question",
            "Receipt",
            "Reference",
            "RefundAnswer",
            "RefundAsk",
        ],
        "the messages from and to wallets, without any wallet's rules",
    ),
    ("", &["Text"], "short texts: numbers and names that others chose"),
];

/// Functions of the core that the auditor calls: each hands out a member of a value, or its name.
const READS: &[(&str, &str)] = &[
    ("asked", "what a row says was asked of a wallet"),
    ("currency", "a member of `Money`"),
    ("exponent", "what ISO 4217 says of a currency"),
    ("hold", "what a row says is held"),
    ("minor", "a member of `Money`"),
    ("name", "the word for a state or kind"),
    ("ratio", "the members of a rate as it was published"),
    ("slot", "a part of an id"),
    ("status", "the word for the end of a capture"),
    ("wallet", "whom a row says was asked"),
    ("ymd", "a day as a year, a month and a day"),
];

/// Functions of the core whose names the standard library has as well, and which the auditor means
/// in that sense.
const OF_THE_LANGUAGE: &[&str] = &["new", "first", "take"];

fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                // Comments may name what the code must not.
                let code = text.lines().map(|line| line.split("//").next().unwrap_or(""));
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                found.push((name, code.collect::<Vec<_>>().join("\n")));
            }
        }
    }
    assert!(found.len() > 4, "{folder} has moved");
    found
}

/// Every path that begins here: `a::b`, or one for each in a group `a::{b, c::d}`.
fn paths(text: &str, before: &[String], found: &mut BTreeSet<String>) {
    let text = text.trim_start();
    if let Some(group) = text.strip_prefix('{') {
        let mut depth = 0_usize;
        let mut start = 0;
        for (at, letter) in group.char_indices() {
            match letter {
                '{' => depth += 1,
                '}' if depth > 0 => depth -= 1,
                ',' | '}' if depth == 0 => {
                    if !group[start..at].trim().is_empty() {
                        paths(&group[start..at], before, found);
                    }
                    start = at + 1;
                    if letter == '}' {
                        return;
                    }
                }
                _ => {}
            }
        }
        panic!("a group of imports that does not end: {text}");
    }
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let mut path = before.to_vec();
    path.push(if text.starts_with('*') { "*".to_owned() } else { text[..end].to_owned() });
    match text[end..].strip_prefix("::") {
        Some(rest) => paths(rest, &path, found),
        None => {
            found.insert(path.join("::"));
        }
    }
}

fn paths_from(root: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (_, text) in sources("src/audit") {
        for (at, _) in text.match_indices(root) {
            paths(&text[at + root.len()..], &[], &mut found);
        }
    }
    found
}

/// `module::Type` of what was imported; of a variant, its type.
fn type_of(path: &str) -> String {
    let mut types = path.split("::").scan(false, |past, part| {
        let was = std::mem::replace(past, part.starts_with(|c: char| c.is_uppercase()));
        (!was).then_some(part)
    });
    let first = types.next().unwrap_or_default().to_owned();
    types.fold(first, |path, part| format!("{path}::{part}"))
}

#[test]
fn the_auditor_imports_only_ids_money_and_the_data_of_rows_and_messages() {
    let imported: BTreeSet<String> =
        paths_from("noren_core::").iter().map(|path| type_of(path)).collect();
    let listed: BTreeSet<String> = IMPORTS
        .iter()
        .flat_map(|(module, types, _)| {
            types.iter().map(move |name| match *module {
                "" => (*name).to_owned(),
                module => format!("{module}::{name}"),
            })
        })
        .collect();
    let new: Vec<_> = imported.difference(&listed).collect();
    assert!(
        new.is_empty(),
        "the auditor imports {new:?}: plain data belongs into IMPORTS with its reason, \
         anything that decides does not belong into the auditor"
    );
    let gone: Vec<_> = listed.difference(&imported).collect();
    assert!(gone.is_empty(), "listed and not imported any more: {gone:?}");
}

#[test]
fn the_auditor_knows_no_other_part_of_the_project() {
    for root in ["noren_store", "noren_wallets", "noren_runtime", "noren_server", "crate::"] {
        for (name, text) in sources("src/audit") {
            assert!(!text.contains(root), "{name} names {root}");
        }
    }
    // The only way up is to the auditor itself.
    let own: BTreeSet<String> =
        sources("src/audit").iter().map(|(name, _)| name.replace(".rs", "")).collect();
    for path in paths_from("use super::") {
        let first = path.split("::").next().unwrap_or_default();
        let inside = own.contains(first) || first.starts_with(|c: char| c.is_uppercase());
        assert!(inside || first == "broken", "super::{path} is not the auditor's");
    }
}

/// Names of functions in front of a bracket or handed over by their path.
fn called(text: &str) -> BTreeSet<String> {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let mut names = BTreeSet::new();
    for mark in [".", "::"] {
        for (at, _) in text.match_indices(mark) {
            let rest = &text[at + mark.len()..];
            let name = &rest[..rest.find(|c: char| !word(c)).unwrap_or(rest.len())];
            let after = &rest[name.len()..];
            if name.starts_with(|c: char| c.is_lowercase())
                && (after.starts_with('(') || (mark == "::" && !after.starts_with("::")))
            {
                names.insert(name.to_owned());
            }
        }
    }
    names
}

fn defined(text: &str, before: &str) -> BTreeSet<String> {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let defined = text.match_indices(before).map(|(at, _)| {
        let rest = &text[at + before.len()..];
        rest[..rest.find(|c: char| !word(c)).unwrap_or(rest.len())].to_owned()
    });
    defined.collect()
}

#[test]
fn the_auditor_calls_nothing_of_the_core_that_works_something_out() {
    let (mut of_core, mut own, mut calls) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for (_, text) in sources("../noren-core/src") {
        of_core.extend(defined(&text, "pub fn "));
        of_core.extend(defined(&text, "pub const fn "));
    }
    for (_, text) in sources("src/audit") {
        own.extend(defined(&text, "fn "));
        calls.extend(called(&text));
    }
    assert!(of_core.contains("refunds_counted") && calls.contains("minor"), "nothing was read");
    let reads: BTreeSet<String> = READS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let known = |name: &&String| {
        own.contains(*name) || reads.contains(*name) || OF_THE_LANGUAGE.contains(&name.as_str())
    };
    let new: Vec<_> = calls.intersection(&of_core).filter(|name| !known(name)).collect();
    assert!(
        new.is_empty(),
        "the auditor calls {new:?} of the core: what only reads a member belongs into READS with \
         its reason, all else is to be worked out by the auditor itself"
    );
    let gone: Vec<_> = reads.iter().filter(|name| !calls.contains(*name)).collect();
    assert!(gone.is_empty(), "listed and not called any more: {gone:?}");
}

#[test]
fn paths_are_read_as_the_compiler_reads_them() {
    let mut found = BTreeSet::new();
    paths("a::{B, c::D, e::{F, G}};", &[], &mut found);
    paths("Text| {", &[], &mut found);
    let expected = ["Text", "a::B", "a::c::D", "a::e::F", "a::e::G"];
    assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    assert_eq!(type_of("ledger::AccountKind::WalletReceivable"), "ledger::AccountKind");
    assert_eq!(type_of("Text"), "Text");
    assert_eq!(type_of("engine::planted"), "engine::planted");
}
