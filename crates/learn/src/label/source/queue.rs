//! Labels from a folder that job scripts empty.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use super::claims::Claims;
use super::{LabelSource, Yielded};
use crate::label::{Answer, Request, answers};
use cormorant_core::{Error, Result};

/// Time between two looks at the folder.
const PATIENCE: Duration = Duration::from_millis(200);

/// Frames go into `todo` of a folder; any number of [`QueueWorker`](super::QueueWorker)s on any machine that sees the folder take
/// them one by one, and put the answers into `done` or `failed`, where they stay.
#[derive(Debug, Clone)]
pub struct QueueSource {
    /// The folder.
    pub folder: PathBuf,
    /// A command that starts workers; `{count}` in it is the number of frames that were added. Run once, if any were.
    pub submit: Option<String>,
    /// The folder in which that runs.
    pub submit_folder: PathBuf,
    /// Time without a sign of life after which what a worker has claimed goes back.
    pub silence: Duration,
}

impl QueueSource {
    fn submit(&self, count: usize) -> Result<()> {
        let Some(command) = &self.submit else { return Ok(()) };
        let command = command.replace("{count}", &count.to_string());
        let ended = Command::new("sh").args(["-c", &command]).current_dir(&self.submit_folder).output();
        let ended = ended.map_err(|error| Error::External(format!("`{command}` cannot be started: {error}")))?;
        if ended.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&ended.stderr).trim().to_string();
        Err(Error::External(format!("`{command}` ended with {}: {said}", ended.status)))
    }
}

impl LabelSource for QueueSource {
    fn label(
        &mut self,
        requests: &[Request],
        stop: &(dyn Fn() -> bool + Sync),
        answered: &mut dyn FnMut(usize, Answer) -> Result<()>,
    ) -> Result<Yielded> {
        let claims = Claims::open(&self.folder)?;
        let mut offered = 0;
        for request in requests {
            offered += usize::from(claims.offer(request)?);
        }
        if offered > 0 {
            self.submit(offered)?;
        }
        let mut open: Vec<usize> = (0..requests.len()).collect();
        while !open.is_empty() {
            if stop() {
                return Err(Error::Interrupted(format!("{} frames are still in the queue", open.len())));
            }
            let before = open.len();
            let mut waiting = Vec::with_capacity(before);
            for place in open {
                match claims.answer(&requests[place]) {
                    Some(text) => {
                        let found = answers(&text, std::slice::from_ref(&requests[place])).pop();
                        answered(place, found.unwrap_or_else(|| Answer::Failed("the answer is empty".into())))?;
                    }
                    None => waiting.push(place),
                }
            }
            open = waiting;
            if open.len() == before {
                claims.give_back_of_the_dead(self.silence);
                std::thread::sleep(PATIENCE);
            }
        }
        Ok(Yielded::All)
    }
}
