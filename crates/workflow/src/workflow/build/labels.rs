//! A label source from its input.

use std::path::Path;

use super::potential_source::PotentialSource;
use crate::settings::{CallsInput, LabelSourceInput, LabelsInput, Quantity};
use cormorant_core::{Error, Result};
use cormorant_learn::ase_command;
use cormorant_learn::ipi::Address;
use cormorant_learn::label::{
    CommandSource, HandSource, IpiSource, LabelLimits, LabelSource, QueueSource, QueueWorker, Theory,
};

impl LabelsInput {
    /// The theory of the labels.
    ///
    /// # Errors
    /// When it has no name, or a file of `depends_on` cannot be read.
    pub fn named_theory(&self) -> Result<Theory> {
        Theory::new(self.theory_name(), &self.depends_on)
    }

    /// What labels must look like.
    #[must_use]
    pub fn limits(&self) -> LabelLimits {
        let [force, net_force] = [&self.largest_force, &self.largest_net_force].map(Quantity::value);
        LabelLimits { force, net_force, ..LabelLimits::default() }
    }

    /// Who makes them, with files of its own in `folder`, that of the labels.
    ///
    /// # Errors
    /// When that folder cannot be written.
    pub fn label_source(&self, folder: &Path) -> Result<Box<dyn LabelSource>> {
        Ok(match &self.source {
            LabelSourceInput::Potential { potential } => Box::new(PotentialSource::new((**potential).clone())),
            LabelSourceInput::Hand {} => Box::new(HandSource::new(folder.to_path_buf())),
            LabelSourceInput::Ipi { ipi, time_limit, patience, tries, box_edge } => {
                let mut source = IpiSource::new(Address::named(ipi));
                source.time_limit = time_limit.duration();
                source.patience = patience.duration();
                source.tries = *tries;
                source.box_edge = box_edge.as_ref().map(Quantity::value);
                Box::new(source)
            }
            LabelSourceInput::Queue { queue, submit, silence } => Box::new(QueueSource {
                folder: queue.clone(),
                submit: submit.clone(),
                submit_folder: queue.parent().map(Path::to_path_buf).unwrap_or_default(),
                silence: silence.duration(),
            }),
            LabelSourceInput::Command { .. } | LabelSourceInput::Ase { .. } => Box::new(self.command_source(folder)?),
        })
    }

    /// The command that makes them.
    ///
    /// # Errors
    /// When there is none, or the folder cannot be written.
    pub fn command_source(&self, folder: &Path) -> Result<CommandSource> {
        let (command, calls) = match &self.source {
            LabelSourceInput::Command { command, calls } => (command.clone(), calls),
            LabelSourceInput::Ase { calculator, python, calls } => (ase_command(calculator, python, folder)?, calls),
            LabelSourceInput::Queue { .. }
            | LabelSourceInput::Ipi { .. }
            | LabelSourceInput::Hand {}
            | LabelSourceInput::Potential { .. } => {
                return Err(Error::Invalid(
                    "frames of a queue are labeled by a command or a calculator; name one".into(),
                ));
            }
        };
        let CallsInput { folder: place, frames_per_call, calls_at_once, time_limit, tries } = calls;
        Ok(CommandSource {
            frames_per_call: *frames_per_call,
            calls_at_once: *calls_at_once,
            time_limit: time_limit.duration(),
            tries: *tries,
            ..CommandSource::new(&command, place.clone(), folder.join("calls"))
        })
    }

    /// A worker that labels the frames of the queue in `queue`.
    ///
    /// # Errors
    /// As for [`command_source`](Self::command_source).
    pub fn queue_worker(
        &self,
        queue: &Path,
        wait: std::time::Duration,
        silence: std::time::Duration,
    ) -> Result<QueueWorker> {
        let own = queue.join("workers").join(std::process::id().to_string());
        let source = CommandSource { calls_at_once: 1, frames_per_call: 1, ..self.command_source(&own)? };
        Ok(QueueWorker { folder: queue.to_path_buf(), source, wait, silence })
    }
}
