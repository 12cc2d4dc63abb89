//! One slice.

/// The energy along one coordinate.
#[derive(Debug, Clone, PartialEq)]
pub struct Slice {
    /// What changes, e.g. `turn about C5-N7`.
    pub name: String,
    /// The coordinate with its unit, for an axis.
    pub axis: String,
    /// By value of the coordinate.
    pub points: Vec<SlicePoint>,
    /// Values of the coordinate in labeled structures; none where they have no such value.
    pub labeled: Vec<f64>,
    /// Width of the range after which the coordinate begins anew, e.g. 360 degrees.
    pub period: Option<f64>,
}

/// One structure of a slice.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SlicePoint {
    /// Value of the coordinate.
    pub value: f64,
    /// Mean energy of the members above that of the minimum, in eV.
    pub energy: f64,
    /// Standard deviation of that of the members, in eV: none for a single member.
    pub spread: Option<f64>,
    /// Whether the bonds are those of the minimum.
    pub same_bonds: bool,
}

impl Slice {
    /// The point where members disagree most.
    #[must_use]
    pub fn least_certain(&self) -> Option<&SlicePoint> {
        let spread = |point: &SlicePoint| point.spread.unwrap_or(0.0);
        self.points.iter().max_by(|a, b| spread(a).total_cmp(&spread(b)))
    }

    /// The widest part of the slice without a labeled structure; none where no labeled structure has a value.
    #[must_use]
    pub fn widest_gap(&self) -> Option<[f64; 2]> {
        let [first, last] = [self.points.first()?.value, self.points.last()?.value];
        let mut values: Vec<f64> = self.labeled.iter().copied().filter(|x| x.is_finite()).collect();
        values.sort_by(f64::total_cmp);
        let [low, high] = [*values.first()?, *values.last()?];
        let inner = values.windows(2).map(|pair| [pair[0], pair[1]]);
        let outer = match self.period {
            Some(period) => vec![[high, low + period]],
            None => vec![[first, low], [high, last]],
        };
        inner.chain(outer).max_by(|a, b| (a[1] - a[0]).total_cmp(&(b[1] - b[0])))
    }
}
