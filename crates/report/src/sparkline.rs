//! A curve in a line of text.

use std::collections::VecDeque;

/// Heights of a letter.
const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Letters of a line.
const LENGTH: usize = 20;

/// The last values of a quantity as bars between their lowest and their highest.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sparkline {
    values: VecDeque<f64>,
}

impl Sparkline {
    /// Take one more value; the oldest of more than twenty is forgotten. What is not finite is passed over.
    pub fn add(&mut self, value: f64) {
        if value.is_finite() {
            self.values.push_back(value);
            if self.values.len() > LENGTH {
                self.values.pop_front();
            }
        }
    }
}

impl std::fmt::Display for Sparkline {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let low = self.values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = self.values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let top = (LEVELS.len() - 1) as f64;
        let level = |value: f64| if high > low { ((value - low) / (high - low) * top).round() as usize } else { 3 };
        self.values.iter().try_for_each(|value| write!(out, "{}", LEVELS[level(*value)]))
    }
}
