//! One call of a program.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use cormorant_core::{Error, Result};

use crate::label::spool::{discard, one_line};
use crate::label::{Answer, Request, answers};
use crate::process_group::end_group;

/// Time between two looks at a program that runs.
const PATIENCE: Duration = Duration::from_millis(20);
/// The name of the folder for scratch files in the environment of the program.
const SCRATCH: &str = "CORMORANT_SCRATCH";
/// Most characters of what a program says that go into a message.
const MOST_SAID: usize = 400;

/// A program that is called by the shell.
#[derive(Debug, Clone)]
pub(super) struct Call<'c> {
    /// The command line.
    pub command: &'c str,
    /// The folder in which it runs.
    pub folder: &'c Path,
    /// Time after which it is ended.
    pub time_limit: Duration,
}

/// What a call has given.
pub(super) enum Called {
    /// One answer for each request.
    Answers(Vec<Answer>),
    /// Somebody asked to stop.
    Stopped,
}

impl Call<'_> {
    /// Runs the program on `requests`, with a folder of its own at `scratch`, which stays when something went wrong.
    pub(super) fn run(&self, requests: &[Request], scratch: &Path, stop: &(dyn Fn() -> bool + Sync)) -> Result<Called> {
        discard(scratch);
        fs::create_dir_all(scratch).map_err(|source| Error::io(scratch, source))?;
        let [input, output, errors] = ["frames.xyz", "answer.xyz", "messages.txt"].map(|name| scratch.join(name));
        write_frames(&input, requests)?;
        let ended = match self.start(&input, &output, &errors, scratch)?.wait(self.time_limit, stop)? {
            Ended::Stopped => {
                discard(scratch);
                return Ok(Called::Stopped);
            }
            ended => ended,
        };
        let found = match ended {
            Ended::Exited(status) if status.success() => {
                answers(&fs::read(&output).map_err(|source| Error::io(&output, source))?, requests)
            }
            Ended::Exited(status) => {
                vec![Answer::Failed(format!("the label source ended with {status}{}", said(&errors))); requests.len()]
            }
            _ => {
                let limit = self.time_limit.as_secs_f64();
                let message = format!("the label source took longer than {limit} s and was ended{}", said(&errors));
                vec![Answer::Failed(message); requests.len()]
            }
        };
        if found.iter().all(|answer| matches!(answer, Answer::Label(_))) {
            discard(scratch);
        }
        Ok(Called::Answers(found))
    }

    fn start(&self, input: &Path, output: &Path, errors: &Path, scratch: &Path) -> Result<Running> {
        let open = |path: &Path| File::open(path).map_err(|source| Error::io(path, source));
        let make = |path: &Path| File::create(path).map_err(|source| Error::io(path, source));
        let child = Command::new("sh")
            .args(["-c", self.command])
            .current_dir(self.folder)
            .stdin(open(input)?)
            .stdout(make(output)?)
            .stderr(make(errors)?)
            .env(SCRATCH, scratch)
            .process_group(0)
            .spawn()
            .map_err(|error| {
                Error::External(format!("the shell that runs the label source cannot be started: {error}"))
            })?;
        Ok(Running { child })
    }
}

fn write_frames(path: &PathBuf, requests: &[Request]) -> Result<()> {
    let failed = |source| Error::io(path, source);
    let mut out = std::io::BufWriter::new(File::create(path).map_err(failed)?);
    requests.iter().try_for_each(|request| request.write(&mut out)).and_then(|()| out.flush()).map_err(failed)
}

/// The end of what a program wrote to its standard error, for a message.
fn said(errors: &Path) -> String {
    let text = fs::read(errors).unwrap_or_default();
    let text = one_line(&String::from_utf8_lossy(&text[text.len().saturating_sub(4 * MOST_SAID)..]));
    let skipped = text.chars().count().saturating_sub(MOST_SAID);
    let text: String = text.chars().skip(skipped).collect();
    if text.is_empty() { String::new() } else { format!(": {text}") }
}

/// A program that runs, with all that it has started.
struct Running {
    child: Child,
}

enum Ended {
    Exited(ExitStatus),
    Late,
    Stopped,
}

impl Running {
    fn wait(mut self, limit: Duration, stop: &(dyn Fn() -> bool + Sync)) -> Result<Ended> {
        let start = Instant::now();
        loop {
            let found = self.child.try_wait();
            let found =
                found.map_err(|error| Error::External(format!("the label source cannot be waited for: {error}")))?;
            if let Some(status) = found {
                return Ok(Ended::Exited(status));
            }
            let ended = match (stop(), start.elapsed() > limit) {
                (true, _) => Ended::Stopped,
                (_, true) => Ended::Late,
                _ => {
                    std::thread::sleep(PATIENCE);
                    continue;
                }
            };
            end_group(&mut self.child);
            return Ok(ended);
        }
    }
}
