//! The committee of a round.

use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::{LearnEvent, Learner, Round};
use crate::settings::{Contradictions, DataInput, FitInput, NetworkInput};
use crate::workflow::{Closing, FitCall, MemberEvent, Models, RunMode, train_committee};
use cormorant_core::{Error, Result, atomic};
use cormorant_fit::FitEvent;
use cormorant_network::{Network, load};
use cormorant_potential::{Committee, LearnedPotential, Potential, Precision};

/// The frames that are fitted to, in the folder of a round.
const TRAIN: &str = "train.xyz";

impl Learner<'_> {
    /// The members fitted in round `round` to the first `known` labels but blind ones; those that are finished are read.
    pub(super) fn members(&mut self, round: usize, known: usize) -> Result<Vec<Box<dyn Network>>> {
        let folder = Round::folder(&self.folder, round);
        let epochs = self.input.committee.epochs_at_950_frames;
        self.fit(round, &folder, known, (Some(epochs), Closing { certificate: false, report: false }, "fits"))
    }

    /// Fits members in `folder`, which becomes a committee.
    pub(super) fn fit(
        &mut self,
        round: usize,
        folder: &Path,
        known: usize,
        how: (Option<u64>, Closing, &str),
    ) -> Result<Vec<Box<dyn Network>>> {
        let count = self.input.committee.members;
        let (epochs, closing, what) = how;
        let train = folder.join(TRAIN);
        let mut frames = Vec::new();
        for entry in self.fitted(known) {
            cormorant_io::extended_xyz::write_frame(&mut frames, &entry.request.system.elements, &entry.frame())
                .map_err(|source| Error::io(&train, source))?;
        }
        if fs::read(&train).ok().as_ref() != Some(&frames) {
            // The loop went on behind its first end: the final members are those of all labels.
            for member in 0..count {
                discard(&Round::member_folder(folder, member))?;
            }
            atomic::write(&train, &frames)?;
        }
        let committee = &self.input.committee;
        let start = self.input.start.model.as_deref();
        // The loop has a check of its own for forces against energies, of frames that it chooses for that.
        let data = DataInput { contradictions: Contradictions::Accept, ..DataInput::new(train) };
        let mut input = FitInput::with_defaults(data, folder, committee.preset, start)?;
        if let (NetworkInput::New(model), Some(moments)) = (&mut input.model, committee.electrostatics) {
            model.electrostatics = moments;
        }
        input.seed = self.input.seed;
        input.members = count;
        // Side by side, each on one thread: several threads for one member gain less.
        input.run.threads = input.run.threads.max(count);
        if let Some(epochs) = epochs {
            input.run.epochs_at_950_frames = Some(epochs);
        }
        let networks = Models::default();
        let data = input.data_plan_with(&networks).read()?;
        let (stop, report) = (self.stop.clone(), Mutex::new(&mut self.report));
        let progress = Mutex::new(vec![0.0; count]);
        let told = |member: usize, event: MemberEvent<'_>| {
            let share = match event {
                MemberEvent::Finished => 1.0,
                MemberEvent::Fit(FitEvent::Epoch { progress, .. }) => progress,
                _ => return,
            };
            let mut all = progress.lock().unwrap_or_else(PoisonError::into_inner);
            all[member] = share;
            let share = Some(all.iter().sum::<f64>() / count as f64);
            report.lock().unwrap_or_else(PoisonError::into_inner)(LearnEvent::Busy { round, what, share });
        };
        let call = FitCall {
            input: &input,
            data: &data,
            networks: &networks,
            mode: RunMode { force: false, resume: true },
            closing,
            stop: &|| stop.asked(),
        };
        train_committee(&call, &told)?;
        (0..count).map(|member| load(&Round::member_folder(folder, member))).collect()
    }
}

/// Removes a folder if it is there.
fn discard(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(Error::io(folder, source)),
        _ => Ok(()),
    }
}

/// The mean of `members` as runs of the loop use it: without the wall, which would bend the frames that are to be labeled.
///
/// # Errors
/// When a member gives no forces.
pub(super) fn committee(members: &[Box<dyn Network>]) -> Result<Box<dyn Potential>> {
    let member = |network: &dyn Network| {
        let potential = LearnedPotential::new(network, Precision::F32, 1)?.without_wall();
        Ok(Box::new(potential) as Box<dyn Potential>)
    };
    Ok(Box::new(Committee::new(members.iter().map(|network| member(network.as_ref())).collect::<Result<_>>()?)?))
}
