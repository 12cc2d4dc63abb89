//! The committee of a round.

use std::fs;
use std::path::{Path, PathBuf};

use super::{LearnEvent, Learner, Round};
use crate::settings::{DataInput, FitInput};
use crate::workflow::{Models, RunMode, is_finished, train_with};
use cormorant_core::{Error, Result, atomic};
use cormorant_fit::FitEvent;
use cormorant_network::{Network, load};
use cormorant_potential::{Committee, LearnedPotential, Potential, Precision};

/// The frames that are fitted to, in the folder of a round.
const TRAIN: &str = "train.xyz";

impl Learner<'_> {
    /// The members fitted in round `round` to all labels but blind ones; those that are finished are read.
    pub(super) fn members(&mut self, round: usize) -> Result<Vec<Box<dyn Network>>> {
        let folder = Round::folder(&self.folder, round);
        let epochs = self.input.committee.epochs_at_950_frames;
        self.fit(round, &folder, Some(epochs), "fits")
    }

    /// Fits members in `folder`, one after the other.
    pub(super) fn fit(
        &mut self,
        round: usize,
        folder: &Path,
        epochs: Option<u64>,
        what: &str,
    ) -> Result<Vec<Box<dyn Network>>> {
        let count = self.input.committee.members;
        let train = folder.join(TRAIN);
        let mut frames = Vec::new();
        for entry in self.fitted_entries() {
            cormorant_io::extended_xyz::write_frame(&mut frames, &entry.request.system.elements, &entry.frame())
                .map_err(|source| Error::io(&train, source))?;
        }
        if fs::read(&train).ok().as_ref() != Some(&frames) {
            // The loop went on behind its first end: the final members are those of all labels.
            for member in 0..count {
                discard(&member_folder(folder, member))?;
            }
            atomic::write(&train, &frames)?;
        }
        let mut members = Vec::new();
        for member in 0..count {
            let place = member_folder(folder, member);
            if !is_finished(&place) {
                self.fit_member(&train, &place, member, epochs, [round, count], what)?;
            }
            members.push(load(&place)?);
        }
        Ok(members)
    }

    fn fit_member(
        &mut self,
        train: &Path,
        place: &Path,
        member: usize,
        epochs: Option<u64>,
        [round, count]: [usize; 2],
        what: &str,
    ) -> Result<()> {
        let committee = &self.input.committee;
        let start = self.input.start.model.as_deref();
        let mut input = FitInput::with_defaults(DataInput::new(train.to_path_buf()), place, committee.preset, start)?;
        input.seed = self.input.seed + member as u64;
        if let Some(epochs) = epochs {
            input.run.epochs_at_950_frames = Some(epochs);
        }
        let data = input.data_plan_with(&Models::default()).read()?;
        let mode = RunMode { force: false, resume: place.exists() };
        let (stop, report) = (self.stop.clone(), &mut self.report);
        let mut told = |event: FitEvent<'_>| {
            if let FitEvent::Epoch { progress, .. } = event {
                let share = (member as f64 + progress) / count as f64;
                report(LearnEvent::Busy { round, what, share: Some(share) });
            }
        };
        train_with(&input, &data, &Models::default(), mode, &|| stop.asked(), &mut |_| {}, &mut told).map(|_| ())
    }
}

/// Removes a folder if it is there.
fn discard(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(Error::io(folder, source)),
        _ => Ok(()),
    }
}

/// The folder of a member.
pub(super) fn member_folder(folder: &Path, member: usize) -> PathBuf {
    folder.join(format!("member-{}", member + 1))
}

/// The mean of `members` as runs of the loop use it: without the wall, which would bend the frames that are to be labeled.
///
/// # Errors
/// When a member gives no forces.
pub(super) fn committee(members: &[Box<dyn Network>]) -> Result<Box<dyn Potential>> {
    let member = |network: &Box<dyn Network>| {
        let potential = LearnedPotential::new(network.as_ref(), Precision::F32, 1)?.without_wall();
        Ok(Box::new(potential) as Box<dyn Potential>)
    };
    Ok(Box::new(Committee::new(members.iter().map(member).collect::<Result<_>>()?)?))
}
