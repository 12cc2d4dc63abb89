//! A worker that empties a queue.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::claims::{Claims, touch, worker_name};
use super::{CommandSource, LabelSource};
use crate::label::{Answer, Request};
use cormorant_core::{Error, Result};
use cormorant_io::ExtendedXyzReader;

/// Time between two signs of life.
const HEARTBEAT: Duration = Duration::from_secs(20);
/// Time between two looks at an empty queue.
const PATIENCE: Duration = Duration::from_millis(200);

/// Takes frames out of a queue folder and labels them with a command, until the queue is empty.
#[derive(Debug, Clone)]
pub struct QueueWorker {
    /// The folder of the queue.
    pub folder: PathBuf,
    /// What makes the labels.
    pub source: CommandSource,
    /// How long to wait for frames when there are none.
    pub wait: Duration,
    /// Time without a sign of life after which what another worker has claimed goes back.
    pub silence: Duration,
}

impl QueueWorker {
    /// Works until the queue is empty; the numbers of labels and of frames without one. `report` is told every frame.
    ///
    /// # Errors
    /// When the folder cannot be read or written, or `stop` says so; a claim that is not finished then goes back.
    pub fn run(
        &mut self,
        stop: &(dyn Fn() -> bool + Sync),
        report: &mut dyn FnMut(&Request, &Answer),
    ) -> Result<[u64; 2]> {
        let claims = Claims::open(&self.folder)?;
        let name = worker_name();
        let counts = self.work(&claims, &name, stop, report);
        claims.leave(&name);
        counts
    }

    fn work(
        &mut self,
        claims: &Claims,
        name: &str,
        stop: &(dyn Fn() -> bool + Sync),
        report: &mut dyn FnMut(&Request, &Answer),
    ) -> Result<[u64; 2]> {
        let mut counts = [0, 0];
        let mut idle = Instant::now();
        while !stop() {
            claims.give_back_of_the_dead(self.silence);
            let Some(claim) = claims.claim(name)? else {
                if idle.elapsed() >= self.wait {
                    break;
                }
                std::thread::sleep(PATIENCE);
                continue;
            };
            let request = request(&claim)?;
            let answer = alive_while(claim.parent(), || self.answer(&request, stop))?;
            claims.answered(&claim, &request, &answer)?;
            counts[usize::from(matches!(answer, Answer::Failed(_)))] += 1;
            report(&request, &answer);
            idle = Instant::now();
        }
        Ok(counts)
    }

    fn answer(&mut self, request: &Request, stop: &(dyn Fn() -> bool + Sync)) -> Result<Answer> {
        let mut found = Answer::Failed("the label source said nothing".into());
        self.source.label(std::slice::from_ref(request), stop, &mut |_, answer| {
            found = answer;
            Ok(())
        })?;
        Ok(found)
    }
}

/// Does `work`, and meanwhile says that the worker with this folder lives.
fn alive_while<T>(folder: Option<&Path>, work: impl FnOnce() -> T) -> T {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut last = Instant::now();
            while !done.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(20));
                if last.elapsed() >= HEARTBEAT {
                    // The next sign of life may succeed.
                    let _ = folder.map(touch);
                    last = Instant::now();
                }
            }
        });
        let found = work();
        done.store(true, Ordering::Relaxed);
        found
    })
}

/// The request that a file of the queue holds.
fn request(path: &Path) -> Result<Request> {
    let mut reader = ExtendedXyzReader::open(path)?;
    let frame = reader.next_frame()?.ok_or_else(|| Error::structure(path, "holds no frame"))?;
    Request::from_frame(frame).map_err(|error| error.in_structure(path))
}
