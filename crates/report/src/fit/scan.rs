//! Two atoms drawn together: what the potential does where it has seen nothing.

use std::collections::BTreeMap;

use crate::page::{PageTable, Section};
use crate::plot::{Axis, Chart, PlotStyle, Series, short};
use cormorant_core::system::{Element, System};
use cormorant_potential::{Evaluation, Potential, RequestedProperties};

/// Distances that are tried.
const POINTS: usize = 120;
/// The nearest distance as a share of the sum of the covalent radii.
const NEAREST: f64 = 0.3;
/// Highest and lowest energy that is drawn, in eV.
const WINDOW: [f64; 2] = [-12.0, 12.0];

/// The energy of every pair of elements over their distance, alone in space; `shortest` are the shortest distances of the training
/// frames in Å, by pair (`C-H`).
pub(super) fn scan(potential: &mut dyn Potential, shortest: &BTreeMap<String, f64>) -> Section {
    let elements = potential.elements();
    let farthest = potential.cutoff().unwrap_or(6.0).min(6.0);
    let mut chart = Chart::new(
        "short-range",
        "Two atoms alone",
        Axis::new("Distance / Å"),
        Axis::new("Energy − energy far apart / eV"),
    );
    let mut rows = Vec::new();
    let mut repulsive = 0;
    for (index, &first) in elements.iter().enumerate() {
        for &second in &elements[index..] {
            let nearest = NEAREST * (first.covalent_radius() + second.covalent_radius());
            let Some(points) = pair(potential, first, second, [nearest, farthest]) else { continue };
            let name = format!("{first}-{second}");
            let seen = shortest.get(&name).or_else(|| shortest.get(&format!("{second}-{first}"))).copied();
            // Below the distances that were seen, or what a bond takes where none was, every step inwards should cost energy.
            let known = seen.unwrap_or(first.covalent_radius() + second.covalent_radius());
            let below: Vec<&[f64; 2]> = points.iter().filter(|point| point[0] < 0.9 * known).collect();
            let rises = below.windows(2).all(|pair| pair[0][1] > pair[1][1]);
            repulsive += usize::from(rises);
            let seen = seen.map_or("not seen".into(), |seen| short(seen, 3));
            rows.push(vec![name.clone(), seen, short(points[0][1], 3), if rises { "yes" } else { "no" }.to_string()]);
            chart = chart.with(Series::new(
                name,
                if rows.len() > 7 { PlotStyle::Dashed } else { PlotStyle::Line },
                rows.len() - 1,
                points,
            ));
        }
    }
    let drawn = chart.series.iter().flat_map(|series| &series.points).map(|point| point[1]);
    let (low, high) = drawn.fold((0.0_f64, 1.0_f64), |(low, high), value| (low.min(value), high.max(value)));
    chart.y = chart.y.between(low.max(WINDOW[0]) * 1.05 - 0.2, high.min(WINDOW[1]));
    let sentence = format!(
        "{repulsive} of {} pairs repel at every distance below those of the training frames; what does not may let atoms fall into \
         each other in a hot run.",
        rows.len()
    );
    let heads = ["pair", "shortest distance seen / Å", "energy at the left edge / eV", "repels all the way in"];
    Section {
        heading: "Short range".into(),
        text: "Pairs of free atoms are far from the training data: the shape has a meaning, the depth does not.".into(),
        tables: vec![PageTable { caption: String::new(), heads: heads.map(str::to_string).to_vec(), rows }],
        charts: vec![chart.saying(sentence)],
        ..Section::default()
    }
}

/// Energies between `ends` (Å) less that of the farthest distance; `None` if one cannot be computed.
fn pair(potential: &mut dyn Potential, first: Element, second: Element, ends: [f64; 2]) -> Option<Vec<[f64; 2]>> {
    let mut found = Evaluation::default();
    let mut energy = |distance: f64| {
        let system = System::new(vec![first, second], vec![[0.0; 3], [distance, 0.0, 0.0]], None).ok()?;
        potential.evaluate(&system, RequestedProperties::default(), &mut found).ok()?;
        Some(found.energy)
    };
    let apart = energy(ends[1])?;
    let step = (ends[1] - ends[0]) / (POINTS - 1) as f64;
    (0..POINTS)
        .map(|point| ends[0] + step * point as f64)
        .map(|distance| Some([distance, energy(distance)? - apart]))
        .collect()
}
