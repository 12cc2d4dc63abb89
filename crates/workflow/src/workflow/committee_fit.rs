//! Several fits of the same input that differ in their first weights and in the order of their frames: a committee.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::RunMode;
use super::committee_room::make_committee_room;
use super::fit::{INPUT, Trained, begun_with, is_finished, train_call};
use super::fit_call::FitCall;
use super::folder::shown_path;
use crate::settings::{FitInput, Input, NetworkInput, StartInput, WallTime};
use cormorant_core::parallel::share;
use cormorant_core::{Error, Result};
use cormorant_fit::{FitData, FitEvent, difference};
use cormorant_network::{CommitteeFolder, load};

/// A member of a committee that was fitted.
pub struct TrainedMember {
    /// Its folder.
    pub folder: PathBuf,
    /// How its fit went; none for one that was finished before.
    pub trained: Option<Trained>,
}

/// What happens to a member of a committee.
pub enum MemberEvent<'e> {
    /// It was finished before and is left as it is.
    Finished,
    /// Its fit begins with so many parameters, on so many threads.
    Begun {
        /// Number of parameters.
        parameters: usize,
        /// Number of threads.
        threads: usize,
    },
    /// Its fit goes on.
    Fit(FitEvent<'e>),
}

/// Fits the committee that `call` asks for: `members` models in the folders `member-1`, `member-2`, … of its folder, and a list of them
/// there when all are whole.
///
/// The members have the seeds `seed`, `seed` + 1, … for their first weights and the order of their frames, and share training,
/// validation and test frames: what they disagree about is not what one of them has seen and another has not, and what is a test frame for
/// one is a test frame for their mean. Member 1 is the model that a fit of one with this seed gives, to the bit. Members that start from
/// one model do so with noise on its weights, each with its own, and so does member 1.
///
/// Side by side where there is a thread for each, else one after the other, each with all of `threads`. A time limit is that of all together:
/// members that follow each other have equal shares of it. `--resume` leaves members as they are that are finished and continues
/// the others; it takes more members than were asked for before. `report` is told the number of the member, from 0, and what happens to it, from
/// several threads at once. Checked by `suite::committee_fit`.
///
/// # Errors
/// When the folder is not available, a finished member is of other settings or other data, or a fit fails or is stopped; one that
/// fails stops the others, which can be continued.
pub fn train_committee(
    call: &FitCall<'_>,
    report: &(dyn Fn(usize, MemberEvent<'_>) + Sync),
) -> Result<Vec<TrainedMember>> {
    let FitCall { input, data, .. } = *call;
    let mut members = members(input)?;
    let count = members.len();
    let _claim = make_committee_room(&input.output.folder, count, call.mode)?;
    if let NetworkInput::Started(start) = &input.model
        && count > 1
        && !CommitteeFolder::is_at(&start.start_from)
    {
        set_apart(&mut members);
    }
    let at_once = at_once(input);
    let failed = AtomicBool::new(false);
    let stop = || (call.stop)() || failed.load(Ordering::Relaxed);
    let one = |index: usize| -> Result<TrainedMember> {
        if stop() {
            let shown = shown_path(&input.output.folder);
            let reason = format!("stopped before {} began", CommitteeFolder::member_name(index));
            return Err(Error::Interrupted(format!("{}: {reason}; fit again with --resume", shown.display())));
        }
        // Those that follow others begin their share of the time limit now.
        let later = (index > 0 && at_once == 1).then(|| FitData { begun: Instant::now(), ..data.clone() });
        let data = later.as_ref().unwrap_or(data);
        // There is room, and what stands in it is to be continued.
        let mode = RunMode { force: false, resume: true };
        fit_one(&FitCall { input: &members[index], data, mode, stop: &stop, ..*call }, &|event| report(index, event))
    };
    let done = share(&mut vec![(); at_once], count, |(), index| {
        let done = one(index);
        failed.fetch_or(done.is_err(), Ordering::Relaxed);
        Ok(done)
    })?;
    let interrupted = |error: &Error| matches!(error, Error::Interrupted(_));
    let (whole, mut errors): (Vec<_>, Vec<_>) = done.into_iter().partition(Result::is_ok);
    // What failed is why the others were stopped.
    errors.sort_by_key(|one| one.as_ref().err().is_some_and(interrupted));
    if let Some(Err(first)) = errors.into_iter().next() {
        return Err(first);
    }
    let whole: Vec<TrainedMember> = whole.into_iter().flatten().collect();
    let names = (0..count).map(CommitteeFolder::member_name).collect();
    CommitteeFolder { path: input.output.folder.clone(), members: names }.write()?;
    Ok(whole)
}

/// Lets members that start from one model begin with weights of their own, unless the input says how, or some were begun without noise by
/// an earlier version of the program.
fn set_apart(members: &mut [FitInput]) {
    let noise = members.iter().find_map(noise_before).unwrap_or(StartInput::NOISE_OF_MEMBERS);
    for member in members {
        if let NetworkInput::Started(start) = &mut member.model {
            // Without the key, the settings are those of the earlier members to the letter.
            start.start_noise = start.start_noise.or((noise > 0.0).then_some(noise));
        }
    }
}

/// The noise of a member that was begun before, or finished; `None` where there is no such member in its folder.
fn noise_before(member: &FitInput) -> Option<f64> {
    let folder = &member.output.folder;
    let text = if is_finished(folder) { fs::read_to_string(folder.join(INPUT)).ok() } else { begun_with(folder) };
    let table = text?.parse::<toml::Table>().ok()?;
    let model = table.get("model")?.as_table()?;
    model.contains_key("start_from").then(|| model.get("start_noise").and_then(toml::Value::as_float).unwrap_or(0.0))
}

/// Whether the committee of `input` is whole and has as many members as it asks for.
#[must_use]
pub fn is_finished_committee(input: &FitInput) -> bool {
    let folder = &input.output.folder;
    let found = CommitteeFolder::read(folder).ok().flatten();
    found
        .is_some_and(|found| found.members.len() == input.members && found.folders().iter().all(|one| is_finished(one)))
}

/// Members that are fitted at the same time.
fn at_once(input: &FitInput) -> usize {
    if input.run.threads >= input.members { input.members } else { 1 }
}

/// The fits of the members, each an input of its own.
fn members(input: &FitInput) -> Result<Vec<FitInput>> {
    let count = input.members;
    let most = i64::MAX as u64;
    if input.seed > most - count as u64 {
        return Err(Error::Invalid(format!(
            "{}: `seed` is too large for {count} members; use a smaller one",
            input.name
        )));
    }
    let at_once = at_once(input);
    (0..count)
        .map(|index| {
            let mut one = input.clone();
            one.name = format!("{}-{}", input.name, index + 1);
            one.members = 1;
            one.seed = input.seed + index as u64;
            one.data.split_seed = Some(input.data.split_seed.unwrap_or(input.seed));
            one.output.folder = input.output.folder.join(CommitteeFolder::member_name(index));
            let spare = usize::from(index < input.run.threads % at_once);
            one.run.threads = if at_once == 1 { input.run.threads } else { input.run.threads / at_once + spare };
            if let (1, Some(limit)) = (at_once, &input.run.time_limit) {
                let share = limit.duration().as_secs_f64() / count as f64;
                one.run.limit_time(WallTime::new(&format!("{share:.3} s"))?);
            }
            if let NetworkInput::Started(start) = &mut one.model {
                *start = start.of_member(index, count)?;
            }
            Ok(one)
        })
        .collect()
}

/// Fits a member, unless it is finished.
fn fit_one(call: &FitCall<'_>, report: &dyn Fn(MemberEvent<'_>)) -> Result<TrainedMember> {
    let folder = call.input.output.folder.clone();
    if is_finished(&folder) {
        require_same(call, &folder)?;
        report(MemberEvent::Finished);
        return Ok(TrainedMember { folder, trained: None });
    }
    let threads = call.input.run.threads;
    let mut begun = |parameters| report(MemberEvent::Begun { parameters, threads });
    let trained = train_call(call, &mut begun, &mut |event| report(MemberEvent::Fit(event)))?;
    Ok(TrainedMember { folder, trained: Some(trained) })
}

/// Refuses a finished member in `folder` that another fit left there.
fn require_same(call: &FitCall<'_>, folder: &Path) -> Result<()> {
    let refuse = |reason: String| {
        let remedy = "--force fits all members again";
        Err(Error::Invalid(format!("{}: is finished, but {reason}; {remedy}", shown_path(folder).display())))
    };
    let network = load(folder)?;
    let (was, is) = (&network.record().data.sha256, &call.data.hash);
    if was != is {
        return refuse(format!("was fitted to data with SHA-256 {was}, and these have {is}"));
    }
    let Input::Fit(mut stored) = Input::read(&folder.join(INPUT))? else {
        return refuse(format!("{INPUT} there is not the input of such a fit"));
    };
    stored.output.folder = folder.to_path_buf();
    let now = call.input.settled_with(call.data, call.networks)?.identity(folder)?;
    let then = stored.identity(folder)?;
    if then == now { Ok(()) } else { refuse(format!("its settings were others:\n{}\n", difference(&then, &now))) }
}
