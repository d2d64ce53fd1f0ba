//! The state folder: configuration, keys, databases. Keys are made at first start and never leave
//! the folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use noren_core::directory::{ApiKey, KeyRole};
use noren_core::id::StoreId;
use noren_core::time::Timestamp;
use noren_server::auth::mint_api_key;
use noren_wallets::link::{Link, Place};
use noren_wallets::signing::{RsaSigner, RsaVerifier, Secret};
use noren_wallets::tempo::Tempo;
use noren_wallets::{Entry, KeyKind};
use ring::rand::{SecureRandom, SystemRandom};
use serde::{Deserialize, Serialize};

/// `noren.toml`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// What `noren serve` does.
    pub switch: Switch,
    /// The connected wallets, by their folder's name.
    pub wallets: BTreeMap<String, WalletConfig>,
    /// Networks whose API the switch answers itself, for tills that were written for it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facades: BTreeMap<String, FacadeTable>,
    /// The phone of the sandbox wallets' users; a switch without sandboxes has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<PlayTable>,
    /// The small web shop of a demo, which uses the switch's merchant API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shop: Option<PlayTable>,
}

/// `[phone]` and `[shop]`: pages of those who play payers and shops, at addresses of their own.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlayTable {
    /// Address and port to listen on.
    pub listen: String,
    /// Where browsers reach it, when that is another address than the one listened on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
}

impl PlayTable {
    /// Where browsers reach it.
    pub fn url(&self) -> String {
        self.public_url.clone().unwrap_or_else(|| format!("http://{}", self.listen))
    }
}

/// `[switch]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Switch {
    /// Address and port to listen on.
    pub listen: String,
    /// Where tills and wallets reach it: `http://127.0.0.1:7400`.
    pub public_url: String,
    /// True when the money is real.
    #[serde(default)]
    pub livemode: bool,
    /// How fast the wallets' ladders run: `published`, `demo` or `test`.
    #[serde(default)]
    pub tempo: TempoName,
    /// True in a folder that `noren demo` made: fictitious shops and sandbox money. `demo` touches
    /// no other folder.
    #[serde(default)]
    pub demo: bool,
}

/// See [`Tempo`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TempoName {
    /// As the networks publish it.
    #[default]
    Published,
    /// Shortened, for people who watch.
    Demo,
    /// Shortened further, for tests.
    Test,
}

impl TempoName {
    pub fn tempo(self) -> Tempo {
        match self {
            Self::Published => Tempo::Published,
            Self::Demo => Tempo::Demo,
            Self::Test => Tempo::Test,
        }
    }
}

/// `[wallets.NAME]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WalletConfig {
    /// Where the network listens.
    pub address: String,
    /// The name under which the network knows us.
    pub client_id: String,
}

/// `[facades.NAME]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FacadeTable {
    /// Address and port to listen on; the API lies at its root.
    pub listen: String,
    /// Where tills reach it, when that is another address than the one listened on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// The tills that may call it.
    pub accounts: Vec<FacadeTill>,
}

/// `[[facades.NAME.accounts]]`. Its keys are made at first start, in `keys/facade-NAME-ID…`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FacadeTill {
    /// The name that we issued: API key, channel id, mchid, app id or client id.
    pub id: String,
    /// The store that is paid, `sto_…`.
    pub store: StoreId,
    /// Where the till is told of payments when an order names no address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notify_url: Option<String>,
}

impl FacadeTable {
    /// Where tills reach it.
    pub fn url(&self) -> String {
        self.public_url.clone().unwrap_or_else(|| format!("http://{}", self.listen))
    }
}

/// The folder and what it was told.
pub struct Folder {
    pub path: PathBuf,
    pub config: Config,
}

const FILE: &str = "noren.toml";
const DATABASE: &str = "switch.db";

impl Folder {
    /// Opens a folder that was set up before.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let file = path.join(FILE);
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => bail!(
                "{} is not there. It needs three settings:\n\n\
                 [switch]\n\
                 listen = \"127.0.0.1:7400\"              # where to listen\n\
                 public_url = \"http://127.0.0.1:7400\"   # where tills and wallets reach it\n\
                 \n\
                 [wallets.noren]                        # one table for each wallet\n\
                 address = \"http://127.0.0.1:7401\"\n\
                 client_id = \"noren-switch\"\n\n\
                 `noren demo` makes such a folder with everything in it.",
                file.display()
            ),
            Err(error) => return Err(error).with_context(|| format!("reading {}", file.display())),
        };
        let config =
            toml::from_str(&text).with_context(|| format!("reading {}", file.display()))?;
        Ok(Self { path: path.to_owned(), config })
    }

    /// Makes a demo's folder, or takes one as it is; addresses are the newest, keys and books
    /// stay. A folder that was not made by a demo is not touched.
    pub fn set_up(path: &Path, config: Config) -> anyhow::Result<Self> {
        if path.join(FILE).exists() {
            let there = Self::open(path)?;
            if !there.config.switch.demo || there.config.switch.livemode {
                bail!("{} is not a demo's state folder; name another with --data", path.display());
            }
        }
        std::fs::create_dir_all(path.join("keys"))
            .with_context(|| format!("making the state folder {}", path.display()))?;
        let database = path.join(DATABASE);
        if noren_store::sqlite::is_locked(&database) {
            bail!(
                "a switch runs on {} already; end it, or name another folder with --data",
                path.display()
            );
        }
        let folder = Self { path: path.to_owned(), config };
        folder.write()?;
        folder.make_keys()?;
        Ok(folder)
    }

    /// Writes the configuration, whole or not at all.
    fn write(&self) -> anyhow::Result<()> {
        let unfinished = self.path.join(format!("{FILE}.new"));
        std::fs::write(&unfinished, toml::to_string_pretty(&self.config)?)?;
        std::fs::rename(&unfinished, self.path.join(FILE))?;
        Ok(())
    }

    /// A file in the folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The switch's database.
    pub fn database(&self) -> PathBuf {
        self.file(DATABASE)
    }

    /// The key of that name; `make` is asked for it when there is none. Whole or not at all: a
    /// crash while it is made leaves no half key behind.
    pub fn key(
        &self,
        name: &str,
        make: impl FnOnce() -> anyhow::Result<Vec<u8>>,
    ) -> anyhow::Result<Vec<u8>> {
        let path = self.path.join("keys").join(name);
        if !path.exists() {
            std::fs::create_dir_all(self.path.join("keys"))?;
            let unfinished = path.with_extension(format!("new-{}", std::process::id()));
            write_private(&unfinished, &make()?)?;
            std::fs::rename(&unfinished, &path)?;
        }
        std::fs::read(&path).with_context(|| format!("reading the key {}", path.display()))
    }

    /// 256 random bits.
    pub fn secret(&self, name: &str) -> anyhow::Result<Secret> {
        Ok(Secret::new(self.key(name, || Ok(random::<32>()?.to_vec()))?))
    }

    /// 128 random bits in 32 hexadecimal digits: a secret that people paste into settings.
    pub fn secret_text(&self, name: &str) -> anyhow::Result<Secret> {
        let made = || {
            let bits = u128::from_be_bytes(random()?);
            Ok(format!("{bits:032x}").into_bytes())
        };
        Ok(Secret::new(self.key(name, made)?))
    }

    /// An RSA key of 2048 bits: the private half as PKCS #8 (`NAME.pk8`, and as text `NAME.key.pem`),
    /// with the public half beside it as `NAME.pub.pem`. Made here for sandboxes and demos; a real network's contract says how the
    /// real one is made.
    pub fn rsa_private(&self, name: &str) -> anyhow::Result<Vec<u8>> {
        use rsa::pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey, LineEnding};
        let private = self.key(&format!("{name}.pk8"), || {
            let key = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2_048)?;
            Ok(key.to_pkcs8_der()?.as_bytes().to_vec())
        })?;
        self.key(&format!("{name}.key.pem"), || {
            let key = rsa::RsaPrivateKey::from_pkcs8_der(&private)?;
            Ok(key.to_pkcs8_pem(LineEnding::LF)?.as_bytes().to_vec())
        })?;
        self.key(&format!("{name}.pub.pem"), || {
            let key = rsa::RsaPrivateKey::from_pkcs8_der(&private)?;
            Ok(key.to_public_key().to_public_key_pem(LineEnding::LF)?.into_bytes())
        })?;
        Ok(private)
    }

    /// The other end's public half.
    pub fn rsa_public(&self, name: &str) -> anyhow::Result<String> {
        let path = self.path.join("keys").join(format!("{name}.pub.pem"));
        std::fs::read_to_string(&path)
            .with_context(|| format!("reading the public key {}", path.display()))
    }

    /// An API key of that name: its token, and the record of it for the directory.
    pub fn api_key(&self, name: &str, role: KeyRole) -> anyhow::Result<(String, ApiKey)> {
        let kept = self.key(&format!("{name}.json"), || {
            let (token, record) = mint_api_key(random()?, role, Timestamp(0));
            Ok(serde_json::to_vec_pretty(&KeptKey { token: token.reveal().to_owned(), record })?)
        })?;
        let KeptKey { token, record } = serde_json::from_slice(&kept)?;
        Ok((token, record))
    }

    /// One end of the connection to a wallet.
    pub fn link(&self, name: &str, end: End) -> anyhow::Result<Link> {
        let config = self
            .config
            .wallets
            .get(name)
            .with_context(|| format!("noren.toml has no table [wallets.{name}]"))?;
        let entry = Entry::named(name)
            .with_context(|| format!("this program has no wallet folder named {name}"))?;
        let network = Place::new(&config.address)?;
        let switch = Place::new(&self.config.switch.public_url)?;
        let (ours, theirs) = match end {
            End::Switch => ("switch", "network"),
            End::Network => ("network", "switch"),
        };
        let places = (network, switch);
        self.keyed(entry.keys, places, &config.client_id, name, (ours, theirs))
    }

    /// Our end of the connection to a till that was written for a network's API.
    pub fn facade_link(&self, name: &str, table: &FacadeTable, id: &str) -> anyhow::Result<Link> {
        let entry = Entry::named(name)
            .with_context(|| format!("this program has no wallet folder named {name}"))?;
        let place = Place::new(&table.url())?;
        let base = facade_keys(name, id);
        self.make_keys_of(entry.keys, &base, ("switch", "till"))?;
        self.keyed(entry.keys, (place.clone(), place), id, &base, ("switch", "till"))
    }

    /// The till's end of that connection, for a demo that plays the till.
    pub fn till_link(&self, name: &str, table: &FacadeTable, id: &str) -> anyhow::Result<Link> {
        let entry = Entry::named(name)
            .with_context(|| format!("this program has no wallet folder named {name}"))?;
        let place = Place::new(&table.url())?;
        let base = facade_keys(name, id);
        self.keyed(entry.keys, (place.clone(), place), id, &base, ("till", "switch"))
    }

    /// A link with the keys whose files begin with `base`; `ours` and `theirs` tell the ends apart.
    fn keyed(
        &self,
        keys: KeyKind,
        (network, switch): (Place, Place),
        client_id: &str,
        base: &str,
        (ours, theirs): (&str, &str),
    ) -> anyhow::Result<Link> {
        let secret = format!("{base}.secret");
        Ok(match keys {
            KeyKind::SharedSecret => {
                Link::shared(network, switch, client_id, self.secret(&secret)?)
            }
            KeyKind::SharedText => {
                Link::shared(network, switch, client_id, self.secret_text(&secret)?)
            }
            KeyKind::RsaPairs | KeyKind::RsaPairsAndText => {
                let private = self.rsa_private(&format!("{base}-{ours}"))?;
                let public = self.rsa_public(&format!("{base}-{theirs}"))?;
                let secret = match keys {
                    KeyKind::RsaPairsAndText => Some(Arc::new(self.secret_text(&secret)?)),
                    KeyKind::RsaPairs | KeyKind::SharedSecret | KeyKind::SharedText => None,
                };
                Link {
                    network,
                    switch,
                    client_id: client_id.to_owned(),
                    sign: Arc::new(RsaSigner::from_pkcs8(&private)?),
                    verify: Arc::new(RsaVerifier::from_pem(&public)?),
                    secret,
                }
            }
        })
    }

    fn make_keys_of(
        &self,
        keys: KeyKind,
        base: &str,
        (one, other): (&str, &str),
    ) -> anyhow::Result<()> {
        let secret = format!("{base}.secret");
        match keys {
            KeyKind::SharedSecret => drop(self.secret(&secret)?),
            KeyKind::SharedText | KeyKind::RsaPairsAndText => drop(self.secret_text(&secret)?),
            KeyKind::RsaPairs => {}
        }
        match keys {
            KeyKind::RsaPairs | KeyKind::RsaPairsAndText => {
                self.rsa_private(&format!("{base}-{one}"))?;
                self.rsa_private(&format!("{base}-{other}"))?;
            }
            KeyKind::SharedSecret | KeyKind::SharedText => {}
        }
        Ok(())
    }

    /// Makes every key that both ends of every connection need, so that neither has to wait for
    /// the other.
    pub fn make_keys(&self) -> anyhow::Result<()> {
        for name in self.config.wallets.keys() {
            let entry = Entry::named(name)
                .with_context(|| format!("this program has no wallet folder named {name}"))?;
            self.make_keys_of(entry.keys, name, ("switch", "network"))?;
        }
        for (name, table) in &self.config.facades {
            for till in &table.accounts {
                self.facade_link(name, table, &till.id)?;
            }
        }
        Ok(())
    }
}

/// What the key files of a facade's account begin with.
pub fn facade_keys(name: &str, id: &str) -> String {
    format!("facade-{name}-{id}")
}

/// Which end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The switch's.
    Switch,
    /// The network's, for its sandbox.
    Network,
}

#[derive(Serialize, Deserialize)]
struct KeptKey {
    token: String,
    record: ApiKey,
}

/// Random bytes of the system's generator.
pub fn random<const N: usize>() -> anyhow::Result<[u8; N]> {
    let mut bytes = [0; N];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| anyhow::anyhow!("the system gives no random bytes"))?;
    Ok(bytes)
}

fn write_private(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).with_context(|| format!("writing {}", path.display()))?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(())
}
