//! Conformers: which are the same, and their order.

use std::fs;
use std::path::Path;

use cormorant::analysis::matched_deviation;
use cormorant::io::read_structure;
use cormorant::system::Element;
use cormorant::units::BOLTZMANN;

use crate::cli::{cormorant, text};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn ethanol() -> (Vec<Element>, Vec<[f64; 3]>) {
    let system = read_structure(&root().join("inputs/structures/ethanol.xyz"), None).unwrap();
    (system.elements, system.positions)
}

/// `points` turned by `angle` about the axis from `from` to `to`.
fn turned(points: &[[f64; 3]], which: &[usize], [from, to]: [[f64; 3]; 2], angle: f64) -> Vec<[f64; 3]> {
    use nalgebra::{Rotation3, Unit, Vector3};
    let origin = Vector3::from(from);
    let rotation = Rotation3::from_axis_angle(&Unit::new_normalize(Vector3::from(to) - origin), angle);
    let mut all = points.to_vec();
    for atom in which {
        all[*atom] = (rotation * (Vector3::from(points[*atom]) - origin) + origin).into();
    }
    all
}

/// Ethanol with its hydroxyl hydrogen turned by so many degrees from anti.
fn hydroxyl(degrees: f64) -> Vec<[f64; 3]> {
    let (_, points) = ethanol();
    turned(&points, &[3], [points[1], points[2]], degrees.to_radians())
}

fn frame(elements: &[Element], points: &[[f64; 3]]) -> String {
    let lines = elements.iter().zip(points).map(|(element, [x, y, z])| format!("{element} {x} {y} {z}\n"));
    format!("{}\n\n{}", elements.len(), lines.collect::<String>())
}

/// Catches: a comparison by numbers of atoms, for which a turned methyl group is another conformer; one that reflects; one that misses a
/// structure which lies elsewhere.
#[test]
fn identical_nuclei_may_exchange_and_mirrors_differ() {
    let (elements, points) = ethanol();
    let masses: Vec<f64> = elements.iter().map(|element| element.mass()).collect();
    let third = std::f64::consts::TAU / 3.0;
    let methyl = turned(&points, &[4, 5, 6], [points[1], points[0]], third);
    let all: Vec<usize> = (0..points.len()).collect();
    let moved = turned(&methyl, &all, [[1.0, 2.0, 3.0], [2.0, -1.0, 5.0]], 2.0);
    let moved: Vec<[f64; 3]> = moved.iter().map(|[x, y, z]| [x + 3.0, y - 7.0, z + 1.0]).collect();
    let plain = cormorant::analysis::Superposition::new(&moved, &points).deviation(&moved, &points);
    assert!(plain > 0.3, "the numbers alone: {plain}");
    assert!(
        matched_deviation((&elements, &masses), &moved, &points) < 0.05,
        "ideal angles are off by hundredths of an Å"
    );
    let (left, right) = (hydroxyl(120.0), hydroxyl(-120.0));
    let apart = matched_deviation((&elements, &masses), &left, &right);
    assert!(apart > 0.2, "gauche conformers are mirror images, not the same: {apart}");
    assert!(matched_deviation((&elements, &masses), &left, &points) > 0.2);
    assert!(matched_deviation((&elements, &masses), &left, &left) < 1e-9);
    // A turned methyl group with one deuterium is another structure.
    let mut heavy = masses.clone();
    heavy[4] = 2.014;
    assert!(matched_deviation((&elements, &heavy), &methyl, &points) > 0.2);
}

/// Catches: numbering that decides; a ring that is flipped is the same, whatever its atoms are called.
#[test]
fn any_order_of_the_atoms_is_the_same_shape() {
    let carbon = Element::from_symbol("C").unwrap();
    let hydrogen = Element::from_symbol("H").unwrap();
    let chlorine = Element::from_symbol("Cl").unwrap();
    let at = |radius: f64, corner: usize| {
        let angle = std::f64::consts::TAU * corner as f64 / 6.0;
        [radius * angle.cos(), radius * angle.sin(), 0.0]
    };
    let mut elements = vec![carbon; 6];
    elements.extend([hydrogen; 6]);
    elements[6] = chlorine;
    let mut points: Vec<[f64; 3]> = (0..6).map(|corner| at(1.39, corner)).collect();
    points.extend((0..6).map(|corner| at(if corner == 0 { 3.1 } else { 2.47 }, corner)));
    let masses: Vec<f64> = elements.iter().map(|element| element.mass()).collect();
    // Around the axis of the bond C-Cl: corner k becomes corner −k.
    let flipped: Vec<[f64; 3]> = (0..12).map(|atom| points[atom / 6 * 6 + (6 - atom % 6) % 6]).collect();
    assert!(matched_deviation((&elements, &masses), &flipped, &points) < 1e-6);
    // Carbon and hydrogen in the order in which they happen to be written.
    let order = [0, 3, 1, 5, 2, 4, 6, 9, 11, 7, 8, 10];
    let shuffled: Vec<[f64; 3]> = order.iter().map(|atom| points[*atom]).collect();
    assert!(matched_deviation((&elements, &masses), &shuffled, &points) < 1e-6);
}

/// Catches: copies that count twice, weights that are not Boltzmann's, an order that is not that of the energies, units mixed up.
#[test]
fn conformers_of_ethanol_are_ranked() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let (elements, anti) = ethanol();
    let methyl = turned(&anti, &[4, 5, 6], [anti[1], anti[0]], std::f64::consts::TAU / 3.0);
    let frames = [hydroxyl(115.0), anti, hydroxyl(-118.0), methyl, hydroxyl(125.0)];
    let content: String = frames.iter().map(|points| frame(&elements, points)).collect();
    fs::write(here.join("conformers.xyz"), content).unwrap();
    let model = root().join("models/ethanol").display().to_string();
    let output = cormorant(
        here,
        &["rank", "conformers.xyz", "--model", &model, "--out", "ranked.xyz", "--temperature", "400 K"],
    );
    let out = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(out.contains("5 frames, 3 different minima") && out.contains("weight at 400 K"), "{out}");
    let table = fs::read_to_string(here.join("ranked.csv")).unwrap();
    let rows: Vec<Vec<&str>> = table.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let number = |row: usize, column: usize| rows[row][column].parse::<f64>().unwrap();
    let energies: Vec<f64> = (0..3).map(|row| number(row, 2)).collect();
    assert!(energies.is_sorted(), "{energies:?}");
    let mut groups: Vec<&str> = rows.iter().map(|row| row[6]).collect();
    groups.sort_unstable();
    assert!(groups.iter().any(|group| *group == "1 3" || *group == "3 1"), "{groups:?}: anti and its copy");
    assert!(groups.iter().any(|group| *group == "0 4" || *group == "4 0"), "{groups:?}: gauche twice");
    assert!(groups.contains(&"2"), "{groups:?}: its mirror image");
    let factors: Vec<f64> =
        energies.iter().map(|energy| (-(energy - energies[0]) / (BOLTZMANN * 400.0)).exp()).collect();
    for row in 0..3 {
        let relative = energies[row] - energies[0];
        assert!((number(row, 3) - relative * 23.060_548).abs() < 1e-3, "{table}");
        assert!((number(row, 4) - relative * 96.485_332).abs() < 1e-3, "{table}");
        assert!((number(row, 5) - factors[row] / factors.iter().sum::<f64>()).abs() < 1e-5, "{table}");
        assert_eq!(&rows[row][9..], ["true", "false"], "{table}");
    }
    let written = fs::read_to_string(here.join("ranked.xyz")).unwrap();
    assert_eq!(written.matches("source_frame=").count(), 3);
}

/// Catches: relative energies between different molecules.
#[test]
fn different_molecules_are_not_ranked() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let (elements, points) = ethanol();
    let less = frame(&elements[..8], &points[..8]);
    fs::write(here.join("mixed.xyz"), frame(&elements, &points) + &less).unwrap();
    let output = cormorant(here, &["rank", "mixed.xyz", "--model", "organic", "--out", "ranked.xyz"]);
    assert_eq!(output.status.code(), Some(1));
    let err = text(&output.stderr);
    assert!(err.contains("mixed.xyz: frame 1: has not the atoms of the first frame"), "{err}");
    assert!(!here.join("ranked.xyz").exists());
}
