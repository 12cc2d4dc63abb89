//! A folder from which workers take frames, each frame by one of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::label::spool::write_answer;
use crate::label::{Answer, Request};
use cormorant_core::{Error, Result, atomic};

/// Extension of the files of frames.
const FRAME: &str = "xyz";
/// The file that a worker touches while it lives.
const ALIVE: &str = "alive";

/// `todo/KEY.xyz` waits; a worker takes it by renaming it into `running/HOST-PID/`; its answer is `done/KEY.xyz`, or `failed/KEY.xyz` with
/// the message under the key `error`. A rename succeeds for one worker alone.
#[derive(Debug, Clone)]
pub(super) struct Claims {
    folder: PathBuf,
}

impl Claims {
    /// The queue in `folder`, made if it is not there.
    pub(super) fn open(folder: &Path) -> Result<Self> {
        let claims = Self { folder: folder.to_path_buf() };
        for part in ["todo", "running", "done", "failed"] {
            let path = claims.folder.join(part);
            fs::create_dir_all(&path).map_err(|source| Error::io(&path, source))?;
        }
        Ok(claims)
    }

    /// Puts a request into the queue, unless it is somewhere in it; whether it was put there.
    pub(super) fn offer(&self, request: &Request) -> Result<bool> {
        let name = name(request);
        let known = ["todo", "done", "failed"].iter().any(|part| self.folder.join(part).join(&name).exists());
        if known || self.running().any(|worker| worker.join(&name).exists()) {
            return Ok(false);
        }
        atomic::write_with(&self.folder.join("todo").join(&name), |out| request.write(out))?;
        Ok(true)
    }

    /// The text of the answer to `request`, if there is one.
    pub(super) fn answer(&self, request: &Request) -> Option<Vec<u8>> {
        ["done", "failed"].iter().find_map(|part| fs::read(self.folder.join(part).join(name(request))).ok())
    }

    /// Takes the next frame for the worker `worker`: the path of the file that is now its own.
    pub(super) fn claim(&self, worker: &str) -> Result<Option<PathBuf>> {
        let own = self.folder.join("running").join(worker);
        fs::create_dir_all(&own).map_err(|source| Error::io(&own, source))?;
        touch(&own)?;
        let todo = self.folder.join("todo");
        let mut names: Vec<_> = files(&todo).filter_map(|path| path.file_name().map(ToOwned::to_owned)).collect();
        names.sort();
        // Another worker may be quicker with any of them.
        Ok(names.into_iter().find_map(|name| {
            let mine = own.join(&name);
            fs::rename(todo.join(&name), &mine).is_ok().then_some(mine)
        }))
    }

    /// The answer to a frame that was claimed, and the claim ends.
    pub(super) fn answered(&self, claim: &Path, request: &Request, answer: &Answer) -> Result<()> {
        let part = if matches!(answer, Answer::Label(_)) { "done" } else { "failed" };
        let path = self.folder.join(part).join(name(request));
        atomic::write_with(&path, |out| write_answer(out, request, answer))?;
        fs::remove_file(claim).map_err(|source| Error::io(claim, source))
    }

    /// The worker goes.
    pub(super) fn leave(&self, worker: &str) {
        let own = self.folder.join("running").join(worker);
        let _ = fs::remove_file(own.join(ALIVE));
        // What it had not finished goes back.
        self.give_back(&own);
    }

    /// Gives back what workers that are dead have claimed: those of this machine whose process is gone, and those that have not
    /// said for `silence` that they live.
    pub(super) fn give_back_of_the_dead(&self, silence: Duration) {
        for worker in self.running() {
            // A worker that is about to begin has its folder first.
            let sign = fs::metadata(worker.join(ALIVE)).or_else(|_| fs::metadata(&worker));
            let last = sign.and_then(|data| data.modified()).ok();
            let silent =
                last.and_then(|last| SystemTime::now().duration_since(last).ok()).is_none_or(|it| it > silence);
            if silent || is_gone(&worker) {
                let _ = fs::remove_file(worker.join(ALIVE));
                self.give_back(&worker);
            }
        }
    }

    fn give_back(&self, worker: &Path) {
        for claim in files(worker) {
            let Some(file) = claim.file_name() else { continue };
            // Killed between its answer and the end of the claim: the answer counts.
            let answered = ["done", "failed"].iter().any(|part| self.folder.join(part).join(file).exists());
            let _ = if answered {
                fs::remove_file(&claim)
            } else {
                fs::rename(&claim, self.folder.join("todo").join(file))
            };
        }
        let _ = fs::remove_dir(worker);
    }

    fn running(&self) -> impl Iterator<Item = PathBuf> {
        let entries = fs::read_dir(self.folder.join("running")).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).filter(|path| path.is_dir())
    }
}

/// Says that the worker whose folder this is lives.
pub(super) fn touch(worker: &Path) -> Result<()> {
    let path = worker.join(ALIVE);
    fs::write(&path, b"").map_err(|source| Error::io(&path, source))
}

/// The name of this process as a worker.
pub(super) fn worker_name() -> String {
    format!("{}-{}", host(), std::process::id())
}

fn host() -> String {
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    name.chars().map(|c| if c.is_alphanumeric() || c == '.' { c } else { '_' }).collect()
}

/// Whether the process of a worker of this machine has ended.
fn is_gone(worker: &Path) -> bool {
    let name = worker.file_name().unwrap_or_default().to_string_lossy();
    let Some((machine, process)) = name.rsplit_once('-') else { return false };
    let process = process.parse().ok().and_then(rustix::process::Pid::from_raw);
    machine == host()
        && process.is_some_and(|process| rustix::process::test_kill_process(process) == Err(rustix::io::Errno::SRCH))
}

fn name(request: &Request) -> String {
    format!("{}.{FRAME}", request.key)
}

/// The frames in a folder.
fn files(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|extension| extension == FRAME))
}
