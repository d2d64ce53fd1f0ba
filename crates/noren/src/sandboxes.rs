//! Starts the sandboxes of a state folder, each at its own address with a file of its own.

use anyhow::Context;
use noren_wallets::Entry;
use noren_wallets::sandbox::SandboxConfig;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::folder::{End, Folder, random};
use crate::phone;
use crate::sandbox_host::{Host, Screen, open_records};

/// Serves one sandbox at `listener` until the set is dropped.
pub fn serve_one(
    folder: &Folder,
    name: &str,
    listener: TcpListener,
    tasks: &mut JoinSet<anyhow::Result<()>>,
) -> anyhow::Result<()> {
    let entry = Entry::named(name)
        .with_context(|| format!("this program has no wallet folder named {name}"))?;
    let (file, records) = open_records(&folder.file(&format!("sandbox-{name}.db")))?;
    let seed = folder.key(&format!("sandbox-{name}.seed"), || Ok(random::<8>()?.to_vec()))?;
    let seed = seed.try_into().map(u64::from_le_bytes).ok().context("a seed has eight bytes")?;
    let config = SandboxConfig {
        link: folder.link(name, End::Network)?,
        seed,
        pace: folder.config.switch.tempo.tempo().pace(),
    };
    let sandbox = (entry.sandbox)(config, &records)?;
    let switch = folder.config.switch.public_url.clone();
    let address = folder.config.wallets.get(name).map(|config| config.address.clone());
    let phone = folder.config.phone.as_ref().map(|phone| phone.url());
    let screen = address.zip(phone).map(|(address, phone)| Screen { address, phone });
    tasks.spawn(Host::serve(sandbox, file, listener, switch, screen));
    Ok(())
}

/// Serves all sandboxes of the folder at the addresses of its configuration.
pub async fn serve_all(
    folder: &Folder,
    tasks: &mut JoinSet<anyhow::Result<()>>,
) -> anyhow::Result<()> {
    for (name, config) in &folder.config.wallets {
        let listen = config
            .address
            .strip_prefix("http://")
            .context("a sandbox listens at http://host:port")?;
        let listener =
            TcpListener::bind(listen).await.with_context(|| format!("listening on {listen}"))?;
        serve_one(folder, name, listener, tasks)?;
    }
    if let Some(table) = &folder.config.phone {
        let listener = TcpListener::bind(&table.listen)
            .await
            .with_context(|| format!("listening on {} for the phone", table.listen))?;
        phone::serve_on(folder, listener, tasks)?;
    }
    Ok(())
}
