//! The frames of one part of a split, ready for a network.

use std::borrow::Cow;
use std::sync::Arc;

use super::graph::Graph;
use super::objective::Objective;
use cormorant_core::Result;

/// Frames with their labels, and their graphs where these are few enough to keep; else a graph is made whenever it is needed.
pub(super) struct Frames<L> {
    /// Every graph, or none.
    pub(super) graphs: Vec<Graph>,
    /// The frames.
    pub(super) labels: Arc<Vec<L>>,
}

impl<L> Frames<L> {
    /// Keeps the graphs if they take no more than `most` bytes. Every frame is looked at once, so that a graph can be made later.
    ///
    /// # Errors
    /// When a frame does not fit the objective.
    pub(super) fn new<O>(labels: Arc<Vec<L>>, objective: &O, cutoff: Option<f64>, most: usize) -> Result<Self>
    where
        O: Objective<Label = L>,
    {
        let (mut graphs, mut bytes) = (Vec::new(), 0);
        for label in labels.iter() {
            let graph = objective.graph(label, cutoff)?;
            if bytes <= most {
                bytes += graph.bytes();
                graphs.push(graph);
            }
        }
        if bytes > most {
            graphs = Vec::new();
        }
        Ok(Self { graphs, labels })
    }

    /// The graph of a frame.
    ///
    /// # Errors
    /// As for [`Frames::new`], which has made it once.
    pub(super) fn graph<O>(&self, frame: usize, objective: &O, cutoff: Option<f64>) -> Result<Cow<'_, Graph>>
    where
        O: Objective<Label = L>,
    {
        match self.graphs.get(frame) {
            Some(graph) => Ok(Cow::Borrowed(graph)),
            None => objective.graph(&self.labels[frame], cutoff).map(Cow::Owned),
        }
    }

    /// Whether graphs are made when they are needed.
    pub(super) fn makes_graphs(&self) -> bool {
        self.graphs.is_empty()
    }
}
