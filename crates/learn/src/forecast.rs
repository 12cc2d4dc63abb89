//! How the error will fall with more labels.

/// A line through the logarithms of errors and numbers of labels: ε = a N^b.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forecast {
    /// Logarithm of a.
    pub intercept: f64,
    /// The power b; below zero where labels help.
    pub power: f64,
}

impl Forecast {
    /// The line of least squares through `points`, each a number of labels and the error with them; none with fewer than three, or where
    /// the error does not fall.
    #[must_use]
    pub fn through(points: &[(f64, f64)]) -> Option<Self> {
        let logs: Vec<(f64, f64)> = points
            .iter()
            .filter(|(n, e)| *n > 0.0 && *e > 0.0 && e.is_finite())
            .map(|(n, e)| (n.ln(), e.ln()))
            .collect();
        if logs.len() < 3 {
            return None;
        }
        let count = logs.len() as f64;
        let [x, y] = [logs.iter().map(|p| p.0).sum::<f64>() / count, logs.iter().map(|p| p.1).sum::<f64>() / count];
        let square: f64 = logs.iter().map(|p| (p.0 - x).powi(2)).sum();
        let power = logs.iter().map(|p| (p.0 - x) * (p.1 - y)).sum::<f64>() / square;
        (power < 0.0).then_some(Self { intercept: y - power * x, power })
    }

    /// The error with `labels` labels.
    #[must_use]
    pub fn at(&self, labels: f64) -> f64 {
        (self.intercept + self.power * labels.ln()).exp()
    }
}
