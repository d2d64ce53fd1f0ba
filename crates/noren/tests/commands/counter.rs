//! `noren tills` and `noren staff` as a shell sees them: a browser becomes a till of a shop and is one no
//! more, and people begin and end to work there.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::demo::{Demo, Said, shell, store};

/// A shop's owner at a shell.
struct Owner<'a> {
    demo: &'a Demo,
    url: String,
    key_file: PathBuf,
}

impl<'a> Owner<'a> {
    async fn of(demo: &'a Demo, shop: &str) -> Self {
        demo.till(shop).await;
        let url = demo.setting("NOREN_URL").unwrap();
        Self { demo, url, key_file: demo.key_file(shop).await }
    }

    fn typing(&self, arguments: &[&str], typed: &str) -> Said {
        let mut command = self.demo.command(arguments);
        command.env("NOREN_URL", &self.url).env("NOREN_KEY_FILE", &self.key_file);
        shell(command, typed)
    }

    fn run(&self, arguments: &[&str]) -> Said {
        self.typing(arguments, "")
    }

    /// What a command prints, line by line.
    fn lines(&self, arguments: &[&str]) -> Vec<String> {
        let (code, said) = self.run(arguments);
        assert_eq!(code, 0, "{arguments:?}: {said}");
        said.lines().map(str::to_owned).collect()
    }

    fn objects(&self, arguments: &[&str]) -> Vec<Value> {
        let read = |line: &String| serde_json::from_str(line).unwrap();
        self.lines(arguments).iter().map(read).collect()
    }
}

/// A browser on the page that shows a code.
struct Counter {
    http: reqwest::Client,
    url: String,
    cookies: String,
    code: String,
}

impl Counter {
    async fn at(url: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let answer = http.get(format!("{url}/till/pair")).send().await.unwrap();
        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        let cookies = cookie.split(';').next().unwrap().to_owned();
        let (_, held) = cookies.split_once('=').unwrap();
        let code = held.split('.').next().unwrap().to_owned();
        let page = answer.text().await.unwrap();
        let shown = format!("{}-{}", &code[..4], &code[4..]);
        assert!(page.contains(&shown), "{shown} stands on the page: {page}");
        Self { http, url: url.to_owned(), cookies, code: shown }
    }

    /// Asks as the page's script does.
    async fn asks(&mut self) -> Value {
        let poll = self.http.post(format!("{}/till/pair/poll", self.url));
        let answer = poll.header("cookie", &self.cookies).send().await.unwrap();
        if let Some(cookie) = answer.headers().get("set-cookie") {
            self.cookies = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
        }
        answer.json().await.unwrap()
    }

    /// Whether the till's own door opens to it.
    async fn is_till(&self) -> bool {
        let http = reqwest::Client::builder().no_proxy();
        let http = http.redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let asked = http.get(format!("{}/till/today", self.url)).header("cookie", &self.cookies);
        let answer = asked.send().await.unwrap();
        answer.headers().get("location").is_none_or(|to| to != "/till/pair")
    }
}

#[tokio::test]
async fn a_shop_has_its_tills_and_its_people_from_a_shell() {
    let demo = Demo::start("counter");
    let owner = Owner::of(&demo, "soba").await;
    let store = store("soba");

    // A browser shows a code; the shop says which of its stores it stands in.
    let mut counter = Counter::at(&owner.url).await;
    assert_eq!(counter.asks().await["status"], "waiting");
    let code = counter.code.to_lowercase();
    let pairs = ["tills", "pair", &code, "--store", &store, "--title", "Terrace"];
    let till = owner.objects(&[&pairs[..], &["--jsonl"]].concat()).remove(0);
    assert_eq!((&till["object"], &till["title"]), (&json!("till"), &json!("Terrace")));
    assert_eq!(counter.asks().await["status"], "paired");
    assert!(counter.is_till().await);
    let id = till["id"].as_str().unwrap();
    let again = owner.objects(&[&pairs[..], &["--jsonl"]].concat()).remove(0);
    assert_eq!(again["id"], till["id"], "the same words twice are one till");
    let row = owner.lines(&["tills", "list"]).remove(0);
    assert!(row.starts_with(id) && row.contains("in use") && row.ends_with("Terrace"), "{row}");

    // It is one no more, and hears so at its next call.
    let row = owner.lines(&["tills", "revoke", id]).remove(0);
    assert!(row.starts_with(id) && row.contains("revoked"), "{row}");
    assert!(!counter.is_till().await);
    let ended = owner.objects(&["tills", "list", "--jsonl"]);
    assert!(ended.iter().any(|one| one["id"] == id && one["revoked_at"].is_string()), "{ended:?}");

    // People: the PIN by a pipe or a file, and it is printed nowhere.
    let adds = ["staff", "add", "健 三", "--role", "supervisor"];
    let (code, said) = owner.typing(&adds, "4711\n");
    assert_eq!((code, said.as_str()), (0, "supervisor 健 三\n"));
    let pin = demo.data.join("pin");
    std::fs::write(&pin, "90210").unwrap();
    let file = pin.to_str().unwrap();
    let clerk = owner.objects(&["staff", "add", "Aoi", "--pin-file", file, "--jsonl"]).remove(0);
    assert_eq!((&clerk["name"], &clerk["role"]), (&json!("Aoi"), &json!("clerk")));
    let (_, whole) = owner.run(&["staff", "list", "--json"]);
    assert!(!whole.contains("4711") && !whole.contains("90210"), "{whole}");
    let names = |owner: &Owner<'_>| owner.lines(&["staff", "list"]);
    assert!(names(&owner).contains(&"clerk      Aoi".to_owned()), "{:?}", names(&owner));
    assert_eq!(owner.lines(&["staff", "remove", "健 三"]), ["supervisor 健 三"]);
    assert!(names(&owner).iter().all(|line| !line.contains("健 三")));

    // What is wrong is said, and how bad it is stands in the exit code.
    let nobody = ["staff", "remove", "Nobody"];
    let unpaired = ["tills", "pair", "WDJC-MJHT", "--store", &store, "--title", "X"];
    let foreign = crate::demo::store("kusuri");
    let elsewhere = ["tills", "pair", "WDJC-MJHT", "--store", &foreign, "--title", "X"];
    let table: [(&[&str], &str, i32, &str); 7] = [
        (&nobody, "", 3, "staff-unknown"),
        (&["tills", "revoke", "till_00000000000000000000"], "", 3, "till-unknown"),
        (&unpaired, "", 3, "pairing-unknown"),
        (&elsewhere, "", 3, "shop-unknown"),
        (&["staff", "add", "Aoi"], "12\n", 2, "pin: Send 4 to 8 digits"),
        (
            &["staff", "add", "Aoi", "--pin-file", "/nowhere"],
            "",
            1,
            "reading the PIN from /nowhere",
        ),
        (&["staff", "add", "Aoi", "--role", "owner"], "", 2, "possible values: clerk, supervisor"),
    ];
    for (arguments, typed, exit, words) in table {
        let (code, said) = owner.typing(arguments, typed);
        assert_eq!(code, exit, "{arguments:?}: {said}");
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
    let stranger = Owner { key_file: demo.data.join("keys/operator.json"), ..owner };
    assert_eq!(stranger.run(&["tills", "list"]).0, 4, "an operator has no counters");
}
