//! What a run may do, and the command that says so.

use super::swarm;

/// What a run may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// After so many steps nothing new begins; what runs is brought to its end.
    pub steps: u64,
    /// Kinds of faults and habits that this run leaves out, by name: [`super::kinds`].
    pub calm: Vec<&'static str>,
    /// All tills are those of one merchant.
    pub one_shop: bool,
    /// How many payments that have ended, and names of each kind, stay in the engine's memory. `None`: as
    /// the seed has it.
    pub keep: Option<usize>,
    /// A known mistake to plant in the engine.
    #[cfg(feature = "faults")]
    pub plant: Option<noren_core::fault::Fault>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            steps: 2_500,
            calm: Vec::new(),
            one_shop: false,
            keep: None,
            #[cfg(feature = "faults")]
            plant: None,
        }
    }
}

impl Options {
    /// Leaves a kind of fault or habit out. Errors name the kinds that there are.
    pub fn leave_out(&mut self, name: &str) -> Result<(), String> {
        let Some(kind) = swarm::kinds().find(|kind| *kind == name) else {
            let kinds: Vec<_> = swarm::kinds().collect();
            return Err(format!("{name} is no kind of fault: {}", kinds.join(", ")));
        };
        if !self.calm.contains(&kind) {
            self.calm.push(kind);
        }
        Ok(())
    }

    /// Plants a known mistake by its name. Errors say what is missing: the build for it, or such
    /// a mistake.
    pub fn plant_named(&mut self, name: &str) -> Result<(), String> {
        #[cfg(feature = "faults")]
        {
            let all = noren_core::fault::Fault::ALL;
            let Some((_, fault)) = all.iter().find(|(known, _)| *known == name) else {
                let names: Vec<_> = all.iter().map(|(name, _)| *name).collect();
                return Err(format!("{name} is no planted fault: {}", names.join(", ")));
            };
            self.plant = Some(*fault);
            Ok(())
        }
        #[cfg(not(feature = "faults"))]
        Err(format!("{name} needs a test build: {} -- sim", Self::test_build()))
    }

    const fn test_build() -> &'static str {
        "cargo run --release -p noren --features noren-sim/faults"
    }

    /// The command that makes this run again.
    pub fn command(&self, seed: u64) -> String {
        let usual = Self::default();
        let mut command = String::from("cargo run --release");
        let mut flags = format!("--start {seed} --seeds 1");
        if self.steps != usual.steps {
            flags += &format!(" --steps {}", self.steps);
        }
        if !self.calm.is_empty() {
            flags += &format!(" --without {}", self.calm.join(","));
        }
        if self.one_shop {
            flags += " --one-shop";
        }
        if let Some(keep) = self.keep {
            flags += &format!(" --keep {keep}");
        }
        #[cfg(feature = "faults")]
        if let Some(fault) = self.plant {
            let all = noren_core::fault::Fault::ALL;
            let known = all.iter().find(|(_, known)| *known == fault);
            command = Self::test_build().to_owned();
            flags += &format!(" --break {}", known.map_or("?", |(name, _)| *name));
        }
        command += " -- sim ";
        command + &flags
    }
}
