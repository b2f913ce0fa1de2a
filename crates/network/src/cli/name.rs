//! `sotto-network name`: names of a network that keeps its data in a folder, whether it runs or not.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use clap::{Args, Subcommand};
use sotto_network::{Names, NetworkError};

#[derive(Args)]
pub(super) struct Name {
    #[command(subcommand)]
    job: Job,
}

#[derive(Subcommand)]
enum Job {
    /// Registers a name for an Account ID.
    Add {
        /// 1 to 64 letters, digits, `_` and, not at the ends, `-`; capitals count as small letters.
        name: String,
        /// 66 hex digits that begin with 05.
        account_id: String,
        /// In the form from before 2021, which clients refuse; takes 256 MiB of memory for a moment.
        #[arg(long)]
        obsolete: bool,
        #[command(flatten)]
        folder: Folder,
    },
    /// Shows all names.
    List {
        #[command(flatten)]
        folder: Folder,
    },
    /// Gives a name back.
    Remove {
        /// The name.
        name: String,
        #[command(flatten)]
        folder: Folder,
    },
}

#[derive(Args)]
struct Folder {
    /// Data folder of the network. One that was started without it keeps its names in memory, out of reach.
    #[arg(long)]
    data: PathBuf,
}

impl Name {
    /// Does it, and tells the result on standard output.
    pub(super) fn run(self) -> Result<(), NetworkError> {
        let mut out = io::stdout().lock();
        // A closed standard output is no failure.
        let _ = match self.job {
            Job::Add { name, account_id, obsolete, folder } => {
                let names = Names::open(folder.data)?;
                match obsolete {
                    true => names.add_obsolete(&name, &account_id)?,
                    false => names.add(&name, &account_id)?,
                }
                writeln!(out, "{} stands for {account_id}", name.trim().to_ascii_lowercase())
            }
            Job::List { folder } => Names::open(folder.data)?.list()?.iter().try_for_each(|entry| {
                let note = if entry.obsolete { " (obsolete form)" } else { "" };
                writeln!(out, "{} {}{note}", entry.account, entry.name)
            }),
            Job::Remove { name, folder } => {
                Names::open(folder.data)?.remove(&name)?;
                writeln!(out, "{} is free", name.trim().to_ascii_lowercase())
            }
        };
        Ok(())
    }
}
