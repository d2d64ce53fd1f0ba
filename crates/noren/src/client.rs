//! A client that does what a till should: the same call with the same key until it is answered.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context;
use serde_json::Value;

/// Something that was acknowledged to a caller, and must stay true.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: String,
    pub path: String,
    pub key: Option<String>,
    pub body: Option<Value>,
    pub answer: Answer,
}

/// Keeps what was acknowledged, for a test to hold the switch to it.
pub type Witness = Arc<Mutex<Vec<Seen>>>;

/// Calls one server with one key.
#[derive(Clone)]
pub struct Client {
    witness: Option<Witness>,
    http: reqwest::Client,
    base: String,
    key: Option<String>,
    patience: Duration,
    wait: Option<u32>,
}

/// An answer: its HTTP status and its JSON.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
}

impl Answer {
    /// The body of a 2xx answer; an error with the problem's own words otherwise.
    pub fn success(self) -> anyhow::Result<Value> {
        if (200..300).contains(&self.status) {
            return Ok(self.body);
        }
        let Some(code) = self.body["code"].as_str() else {
            anyhow::bail!("the answer is {}: {}", self.status, self.body);
        };
        let word = |name: &str| self.body[name].as_str().unwrap_or_default();
        let (title, request) = (word("title"), word("request_id"));
        // Which member is wrong, and why; all of them where there are several.
        let faults: Vec<String> = self.body["errors"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|fault| Some((fault["param"].as_str()?, fault["detail"].as_str()?)))
            .map(|(param, detail)| format!("{param}: {detail}"))
            .collect();
        let said = if faults.is_empty() { word("detail").to_owned() } else { faults.join(" ") };
        anyhow::bail!("{title} {said} ({code}, {}, request {request})", self.status)
    }
}

impl Client {
    /// Never through a proxy: the key would go with it. `patience` is how long a call is repeated while nobody answers.
    pub fn new(base: &str, key: Option<String>, patience: Duration) -> anyhow::Result<Self> {
        let http =
            reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(30)).build()?;
        let base = base.trim_end_matches('/').to_owned();
        Ok(Self { witness: None, http, base, key, patience, wait: None })
    }

    /// The same client, with everything that it hears written down.
    pub fn witnessed(mut self, witness: &Witness) -> Self {
        self.witness = Some(witness.clone());
        self
    }

    /// The same client, which likes its answers held back for so many seconds until there is
    /// something to say.
    pub fn waiting(mut self, seconds: u32) -> Self {
        self.wait = Some(seconds);
        self
    }

    /// Reads.
    pub async fn get(&self, path: &str) -> anyhow::Result<Answer> {
        self.call("GET", path, None, None).await
    }

    /// Writes. With a key of idempotency it may be repeated without harm, and is.
    pub async fn post(
        &self,
        path: &str,
        key: Option<&str>,
        body: &Value,
    ) -> anyhow::Result<Answer> {
        self.call("POST", path, key, Some(body)).await
    }

    /// Sets: however often, it is the same.
    pub async fn put(&self, path: &str, body: &Value) -> anyhow::Result<Answer> {
        self.call("PUT", path, None, Some(body)).await
    }

    /// Removes.
    pub async fn delete(&self, path: &str) -> anyhow::Result<Answer> {
        self.call("DELETE", path, None, None).await
    }

    async fn call(
        &self,
        method: &str,
        path: &str,
        key: Option<&str>,
        sent: Option<&Value>,
    ) -> anyhow::Result<Answer> {
        let until = Instant::now() + self.patience;
        let mut pause = Duration::from_millis(10);
        loop {
            let mut request = self.http.request(method.parse()?, format!("{}{path}", self.base));
            if let Some(token) = &self.key {
                request = request.bearer_auth(token);
            }
            if let Some(key) = key {
                request = request.header("Idempotency-Key", key);
            }
            if let Some(seconds) = self.wait {
                request = request.header("Prefer", format!("wait={seconds}"));
            }
            if let Some(body) = sent {
                request = request.json(body);
            }
            let outcome = match request.send().await {
                Ok(response) => {
                    let status = response.status().as_u16();
                    response.bytes().await.map(|bytes| (status, bytes))
                }
                Err(error) => Err(error),
            };
            match outcome {
                // Stopping, starting or full: nothing was recorded.
                Ok((429 | 502 | 503 | 504, _)) if Instant::now() < until => {}
                Ok((status, bytes)) => {
                    let body = if bytes.is_empty() {
                        Value::Null
                    } else {
                        serde_json::from_slice(&bytes).unwrap_or_else(|_| {
                            Value::String(String::from_utf8_lossy(&bytes).into_owned())
                        })
                    };
                    let answer = Answer { status, body };
                    if let Some(witness) = &self.witness {
                        let mut seen = witness.lock().unwrap_or_else(PoisonError::into_inner);
                        seen.push(Seen {
                            method: method.to_owned(),
                            path: path.to_owned(),
                            key: key.map(str::to_owned),
                            body: sent.cloned(),
                            answer: answer.clone(),
                        });
                    }
                    return Ok(answer);
                }
                Err(_) if Instant::now() < until => {}
                Err(error) => {
                    return Err(error)
                        .with_context(|| format!("{method} {}{path} got no answer", self.base));
                }
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(200));
        }
    }
}
