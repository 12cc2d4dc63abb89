//! Fewer points that look the same.

/// Points of a line beyond this are thinned; more cannot be distinguished at the width of a page.
const MOST: usize = 2400;

/// At most about [`MOST`] points of a line: of each stretch the lowest and the highest, so that no spike is lost.
pub(super) fn thin(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
    if points.len() <= MOST {
        return points.to_vec();
    }
    let stretch = points.len().div_ceil(MOST / 2);
    let mut kept = Vec::with_capacity(MOST + 2);
    for part in points.chunks(stretch) {
        let by_height = |a: &(usize, &[f64; 2]), b: &(usize, &[f64; 2])| a.1[1].total_cmp(&b.1[1]);
        let low = part.iter().enumerate().min_by(by_height);
        let high = part.iter().enumerate().max_by(by_height);
        if let (Some((first, low)), Some((second, high))) = (low, high) {
            match first.cmp(&second) {
                std::cmp::Ordering::Less => kept.extend([*low, *high]),
                std::cmp::Ordering::Equal => kept.push(*low),
                std::cmp::Ordering::Greater => kept.extend([*high, *low]),
            }
        }
    }
    kept
}
