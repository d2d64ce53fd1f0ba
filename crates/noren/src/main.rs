//! `noren`: the one binary.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use noren::output::out;
use noren::{
    bench, counter, demo, folder, ledger, payments, play, qr, sandboxes, serve, shop, sim,
};

/// A payment makes and frees some forty small things, and many of them are freed on another thread
/// than they were made on; this allocator does both in less time than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A switch for cross-border mobile payments in Japan: one code on the counter, any wallet on the
/// phone, yen in the till.
#[derive(Parser)]
#[command(name = "noren", version, before_help = EXAMPLES, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

/// What `noren` alone says.
const FIRST: &str =
    "noren demo                  the whole network on this machine, and a scripted day
noren demo --once --json    the same as one JSON document, and exit
noren serve                 the switch on a state folder
noren sandbox serve         the sandbox wallets of a state folder
noren sandbox env           their addresses and keys for a shell; list, users, code, pay, scenario
noren payments list         the newest payments of a shop; get, capture, void, cancel, refund
noren tills pair CODE       a browser becomes a till; list, revoke
noren staff add NAME        who works at the tills; list, remove
noren ledger verify         the books, proven whole; accounts, statement, balance read them
noren qr decode             what a payment code says; qr encode, draw and poster make them
noren sim --seeds 100       the network in a test tube
noren bench engine          what the engine does on this machine
noren bench store           the same, durable
noren bench pages           server time and bytes of each screen
noren bench qr              reading and writing payment codes
noren openapi               the API's description
noren --help                all of it, with options and exit codes";

const EXAMPLES: &str =
    "  noren demo                 the whole network on this machine, and a scripted day
  noren demo --once --json   the same as one JSON document, and exit";

const EXIT_CODES: &str =
    "Exit codes: 0 done, 1 failed, 2 usage, 3 not found, 4 not authorised, 5 conflict,
6 declined by the wallet, 7 cannot reach the server, 130 interrupted.";

#[derive(Subcommand)]
enum Command {
    /// Start the switch, all sandbox wallets and five fictitious shops, and play a day.
    #[command(before_help = "  noren demo\n  noren demo --once --port 0 --json | jq .totals")]
    Demo {
        /// Exit after the day; status 0 only when every payment ended as expected and the books
        /// balance.
        #[arg(long)]
        once: bool,
        /// The report as one JSON document on stdout.
        #[arg(long)]
        json: bool,
        /// First of forty ports in a row; 0 for any that are free.
        #[arg(long, default_value_t = 7400)]
        port: u16,
        /// The state folder; made when it is not there.
        #[arg(long, env = "NOREN_DATA", default_value = "noren-data")]
        data: PathBuf,
        /// How fast the wallets' ladders run.
        #[arg(long, value_enum, default_value_t = TempoArg::Demo)]
        tempo: TempoArg,
    },
    /// Run the switch on a state folder.
    #[command(before_help = "  noren serve --data noren-data\n  NOREN_LOG=info noren serve")]
    Serve {
        /// The state folder, with noren.toml in it.
        #[arg(long, env = "NOREN_DATA", default_value = "noren-data")]
        data: PathBuf,
    },
    /// Sandbox wallets.
    #[command(subcommand)]
    Sandbox(SandboxCommand),
    /// The API's description, OpenAPI 3.1.
    #[command(before_help = "  noren openapi | jq '.paths | keys'\n  noren openapi > openapi.json")]
    Openapi,
    /// Payments, by the merchant API.
    #[command(subcommand)]
    Payments(payments::Payments),
    /// Browsers that are tills, by the merchant API.
    #[command(subcommand)]
    Tills(counter::Tills),
    /// Who works at the tills, by the merchant API.
    #[command(subcommand)]
    Staff(counter::Staff),
    /// The books of a state folder: accounts, statements, and the proof that they are whole.
    #[command(subcommand)]
    Ledger(ledger::Ledger),
    /// Payment codes: read, write, draw.
    #[command(subcommand)]
    Qr(qr::Qr),
    /// Measure this machine.
    #[command(subcommand)]
    Bench(bench::Bench),
    /// The network in a test tube: engine and sandboxes under lost, late, doubled and reordered
    /// messages and crashes, from seeds.
    Sim(sim::Sim),
}

#[derive(Subcommand)]
enum SandboxCommand {
    /// Run the sandboxes of a state folder as a process of their own.
    #[command(before_help = "  noren sandbox serve\n  noren sandbox serve --data noren-data")]
    Serve {
        /// The state folder, with noren.toml in it.
        #[arg(long, env = "NOREN_DATA", default_value = "noren-data")]
        data: PathBuf,
    },
    #[command(flatten)]
    Play(play::Play),
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum TempoArg {
    /// As the networks publish it: minutes.
    Published,
    /// Shortened, for people who watch.
    Demo,
    /// Shortened further, for tests.
    Test,
}

impl From<TempoArg> for folder::TempoName {
    fn from(tempo: TempoArg) -> Self {
        match tempo {
            TempoArg::Published => Self::Published,
            TempoArg::Demo => Self::Demo,
            TempoArg::Test => Self::Test,
        }
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_env("NOREN_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .init();
    // One crypto library for everything.
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        eprintln!("error: a TLS provider was installed before ours");
        return ExitCode::FAILURE;
    }
    let Some(command) = cli.command else {
        eprintln!("{FIRST}");
        return ExitCode::from(2);
    };
    match run(command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Bench(bench) => bench::run(bench).map(|()| ExitCode::SUCCESS),
        Command::Openapi => {
            out(format_args!("{:#}", noren_server::openapi()));
            Ok(ExitCode::SUCCESS)
        }
        Command::Sim(options) => sim::run(&options),
        Command::Payments(payments) => on_threads(payments::run(payments)),
        Command::Tills(tills) => on_threads(counter::tills(tills)),
        Command::Staff(staff) => on_threads(counter::staff(staff)),
        Command::Ledger(command) => ledger::run(&command),
        Command::Qr(command) => qr::run(command),
        Command::Demo { once, json, port, data, tempo } => {
            let options = demo::Options { data, port, once, json, tempo: tempo.into() };
            on_threads(async {
                Ok(match demo::run(options).await? {
                    demo::Ended::Good => ExitCode::SUCCESS,
                    demo::Ended::Bad => ExitCode::FAILURE,
                    demo::Ended::Stopped(code) => ExitCode::from(code),
                })
            })
        }
        Command::Serve { data } => on_threads(async move {
            let folder = folder::Folder::open(&data)?;
            let listen = &folder.config.switch.listen;
            let listener = tokio::net::TcpListener::bind(listen).await.map_err(|error| {
                anyhow::anyhow!(
                    "cannot listen on {listen}: {error}; change switch.listen in noren.toml"
                )
            })?;
            let facades = serve::listen(&folder).await?;
            let shop = shop::listen(&folder).await?;
            let switch = serve::Switch::start(&folder).await?;
            eprintln!("noren serves at {}", folder.config.switch.public_url);
            if let Some(listener) = shop {
                tokio::spawn(shop::WebShop::open(&folder)?.serve(listener));
            }
            switch
                .serve(listener, facades, async {
                    serve::stop_signal().await;
                })
                .await?;
            Ok(ExitCode::SUCCESS)
        }),
        Command::Sandbox(SandboxCommand::Play(command)) => on_threads(play::run(command)),
        Command::Sandbox(SandboxCommand::Serve { data }) => on_threads(async move {
            let folder = folder::Folder::open(&data)?;
            let mut tasks = tokio::task::JoinSet::new();
            sandboxes::serve_all(&folder, &mut tasks).await?;
            for (name, wallet) in &folder.config.wallets {
                eprintln!("sandbox {name} at {}", wallet.address);
            }
            if let Some(phone) = &folder.config.phone {
                eprintln!("wallet on a phone at {}/wallet", phone.url());
            }
            tokio::select! {
                _ = serve::stop_signal() => Ok(ExitCode::SUCCESS),
                ended = tasks.join_next() => match ended {
                    Some(Ok(Err(error))) => Err(error),
                    _ => anyhow::bail!("a sandbox stopped serving"),
                },
            }
        }),
    }
}

fn on_threads(work: impl Future<Output = anyhow::Result<ExitCode>>) -> anyhow::Result<ExitCode> {
    let threads = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let code = threads.block_on(work);
    // A caller that a sandbox leaves without an answer must not keep the process.
    threads.shutdown_background();
    code
}
