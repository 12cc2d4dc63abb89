//! `cormorant run` with `[replicas]`.

use std::io::{IsTerminal, Write};

use indicatif::{MultiProgress, ProgressBar};

use super::show;
use cormorant_core::Result;
use cormorant_dynamics::replicas::Replica;
use cormorant_dynamics::simulation::{Observer, Stop};
use cormorant_report::{Display, Progress};
use cormorant_workflow::settings::RunInput;
use cormorant_workflow::workflow::{Models, ReplicasWatch, RunMode, run_replicas};

/// Run all replicas of `run` on `threads` threads.
pub(super) fn run(run: &RunInput, networks: &Models, threads: Option<u16>, mode: RunMode, quiet: bool) -> Result<()> {
    let mut terminal = Terminal { run, bars: MultiProgress::new(), quiet };
    let mut done = run_replicas(run, networks, threads.map(usize::from), mode, Stop::on_signals()?, &mut terminal)?;
    if !quiet {
        print!("{}", done.summary());
        for warning in &done.warnings {
            println!("{warning}");
        }
        println!("results are in {}", show::path(&run.output.folder).display());
    }
    done.all_ended_well()?;
    show::report(done.report, quiet)
}

/// A row or lines for each replica.
struct Terminal<'r> {
    run: &'r RunInput,
    bars: MultiProgress,
    quiet: bool,
}

impl ReplicasWatch for Terminal<'_> {
    fn observer(&mut self, name: &str) -> Box<dyn Observer> {
        Box::new(Progress::new(display(name, &self.bars, self.quiet)))
    }

    fn begun(&mut self, members: &[Replica], threads: usize, warnings: &[String]) {
        if !self.quiet {
            announce(self.run, members, threads);
            for warning in warnings {
                println!("{warning}");
            }
        }
    }
}

fn announce(run: &RunInput, members: &[Replica], threads: usize) {
    let Some(first) = members.first() else { return };
    let every = run.replicas.as_ref().and_then(|replicas| replicas.exchange_every.as_ref());
    let exchange = every.map_or_else(String::new, |every| format!(", exchanging configurations every {every}"));
    println!(
        "{}: {} replicas of {} ({} atoms) on {} threads, {} steps each{exchange}",
        run.name,
        members.len(),
        cormorant_core::system::formula(&first.simulation.system.elements),
        first.simulation.system.atom_count(),
        threads.min(members.len()),
        first.simulation.run_steps(),
    );
}

fn display(name: &str, bars: &MultiProgress, quiet: bool) -> Display {
    if quiet {
        Display::Lines(Box::new(std::io::sink()))
    } else if std::io::stderr().is_terminal() {
        Display::Row(bars.add(ProgressBar::new(0)), name.into())
    } else {
        Display::Lines(Box::new(Named { name: name.into(), line: Vec::new() }))
    }
}

/// Standard error, each line with the name of a replica in front and written in one piece.
struct Named {
    name: String,
    line: Vec<u8>,
}

impl Write for Named {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.line.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        let whole = [self.name.as_bytes(), b": ", &self.line].concat();
        self.line.clear();
        std::io::stderr().write_all(&whole)
    }
}
