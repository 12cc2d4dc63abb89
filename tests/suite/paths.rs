//! Minimum energy paths: against a surface whose saddle points are known, and through the program.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cormorant::learn::ExternalPotential;
use cormorant::paths::{
    BandSettings, ElasticBand, Ends, FreeMotion, InitialPath, PathState, PotentialSurface, Surface, interpolate,
};
use cormorant::potential::{Evaluation, LennardJones, Potential, RequestedProperties, Truncation};
use cormorant::system::vector::{difference, norm};
use cormorant::system::{Cell, Element, System};
use cormorant::{Error, Result};

use crate::cli::{cormorant, text};

/// The surface of Müller and Brown (1979, doi:10.1007/BF00547608) for x and y of one atom in Å, its energies times 0.01 eV, and a spring
/// along z.
struct MullerBrown;

const SCALE: f64 = 0.01;
const AMPLITUDES: [f64; 4] = [-200.0, -100.0, -170.0, 15.0];
const SQUARES: [[f64; 3]; 4] = [[-1.0, 0.0, -10.0], [-1.0, 0.0, -10.0], [-6.5, 11.0, -6.5], [0.7, 0.6, 0.7]];
const CENTERS: [[f64; 2]; 4] = [[1.0, 0.0], [0.0, 0.5], [-0.5, 1.5], [-1.0, 1.0]];

/// Its minima and the saddle point between the first two, by Newton's method on analytic gradients.
const FIRST: [f64; 2] = [-0.558_223_634_6, 1.441_725_841_8];
const SECOND: [f64; 2] = [-0.050_010_823_0, 0.466_694_104_9];
const THIRD: [f64; 2] = [0.623_499_404_9, 0.028_037_758_5];
const SADDLE: [f64; 2] = [-0.822_001_558_7, 0.624_312_802_8];
const ENERGIES: [f64; 3] = [-146.699_517_210_0, -80.767_818_129_7, -40.664_843_508_7];

impl Potential for MullerBrown {
    fn name(&self) -> String {
        "Müller-Brown".into()
    }

    fn cutoff(&self) -> Option<f64> {
        None
    }

    fn accepts(&self, _: Element) -> bool {
        true
    }

    fn is_external(&self) -> bool {
        true
    }

    fn evaluate(&mut self, system: &System, want: RequestedProperties, into: &mut Evaluation) -> Result<()> {
        into.reset(system.atom_count(), want);
        for (position, force) in system.positions.iter().zip(&mut into.forces) {
            for ((amplitude, [a, b, c]), [x0, y0]) in AMPLITUDES.iter().zip(SQUARES).zip(CENTERS) {
                let (x, y) = (position[0] - x0, position[1] - y0);
                let term = SCALE * amplitude * (a * x * x + b * x * y + c * y * y).exp();
                into.energy += term;
                force[0] -= term * (2.0 * a * x + b * y);
                force[1] -= term * (b * x + 2.0 * c * y);
            }
            into.energy += position[2] * position[2];
            force[2] -= 2.0 * position[2];
        }
        Ok(())
    }
}

fn element(symbol: &str) -> Element {
    Element::from_symbol(symbol).unwrap()
}

fn at([x, y]: [f64; 2]) -> System {
    System::new(vec![element("He")], vec![[x, y, 0.0]], None).unwrap()
}

fn potentials(count: usize) -> Vec<Box<dyn Potential>> {
    (0..count).map(|_| Box::new(MullerBrown) as Box<dyn Potential>).collect()
}

const TIGHT: BandSettings = BandSettings { spring: 2.0, climb: true, force_tolerance: 1.0e-4, most_steps: 3000 };

/// A band between two points of the surface, before its first step.
fn band(
    from: [f64; 2],
    to: [f64; 2],
    images: usize,
    settings: &BandSettings,
    surface: &mut dyn Surface,
) -> ElasticBand {
    let ends = Ends::new(at(from), at(to)).unwrap();
    let first = interpolate(&ends, images, FreeMotion::None, InitialPath::Linear).unwrap();
    let known = surface.evaluate(&[ends.first.positions.clone(), ends.second.positions.clone()]).unwrap();
    let known: [Evaluation; 2] = known.try_into().unwrap();
    ElasticBand::new(&ends, known, first, settings, FreeMotion::None, surface).unwrap()
}

fn relaxed(from: [f64; 2], to: [f64; 2], images: usize, settings: &BandSettings) -> ElasticBand {
    let mut potentials = potentials(1);
    let template = at(from);
    let mut surface = PotentialSurface::new(&mut potentials, &template);
    let mut band = band(from, to, images, settings, &mut surface);
    band.relax(&mut surface, &mut |_| Ok(())).unwrap();
    band
}

/// Catches: a climbing image that keeps its spring or is pushed the wrong way, a tangent of the wrong side, springs that pull the band
/// off the path.
#[test]
fn the_saddle_point_of_a_known_surface_is_found() {
    let band = relaxed(FIRST, SECOND, 7, &TIGHT);
    assert!(band.converged(), "{} steps, {:?}", band.steps(), band.residuals());
    let top = band.band().highest().unwrap();
    assert_eq!(band.climbing(), Some(top));
    let place = band.band().positions[top][0];
    let off = norm(difference(place, [SADDLE[0], SADDLE[1], 0.0]));
    assert!(off < 1.0e-4, "the saddle point is at {place:?}, off by {off}");
    let [first, second, saddle] = ENERGIES.map(|energy| energy * SCALE);
    assert!((band.band().energy(top) - saddle).abs() < 1.0e-7);
    let last = band.band().len() - 1;
    assert!((band.band().energy(0) - first).abs() < 1.0e-7 && (band.band().energy(last) - second).abs() < 1.0e-7);
    // The curve goes through the images, and its highest point is the saddle point.
    let profile = band.profile();
    assert!(profile.slopes[top].abs() < 1.0e-3, "{:?}", profile.slopes);
    let highest = profile.curve(50).into_iter().map(|[_, energy]| energy).fold(f64::NEG_INFINITY, f64::max);
    assert!((highest - saddle).abs() < 2.0e-3 * (saddle - first), "{highest} against {saddle}");
    // Springs along the path keep the images of each side of the climbing one equally far apart.
    let steps: Vec<f64> = profile.distances.windows(2).map(|pair| pair[1] - pair[0]).collect();
    for side in [&steps[..top], &steps[top..]] {
        let mean = side.iter().sum::<f64>() / side.len() as f64;
        assert!(side.iter().all(|step| (step / mean - 1.0).abs() < 0.1), "{steps:?}");
    }
}

/// Catches: a barrier of the highest image that is taken for that of the saddle point without climbing; a minimum on the way that
/// nobody is told of; limits that do not hold.
#[test]
fn without_climbing_the_top_is_below_and_rests_are_seen() {
    let band = relaxed(FIRST, SECOND, 4, &BandSettings { climb: false, ..TIGHT });
    assert!(band.converged() && band.climbing().is_none());
    let top = band.band().highest().unwrap();
    assert!(band.band().energy(top) < ENERGIES[2] * SCALE - 1.0e-3);
    let whole = relaxed(FIRST, THIRD, 15, &TIGHT);
    assert!(whole.converged(), "{:?}", whole.residuals());
    let rests = whole.band().rests(1.0e-3);
    assert_eq!(rests.len(), 1, "{rests:?}");
    let off = norm(difference(whole.band().positions[rests[0]][0], [SECOND[0], SECOND[1], 0.0]));
    assert!(off < 0.15, "{off}");
    let short = relaxed(FIRST, SECOND, 7, &BandSettings { most_steps: 5, ..TIGHT });
    assert!(!short.converged() && short.steps() == 5);
}

/// Catches: images whose order depends on threads; a state that lacks a velocity, the step in time or whether an image climbs.
#[test]
fn threads_and_interruptions_leave_the_bits_alone() {
    let whole = relaxed(FIRST, SECOND, 7, &TIGHT);
    let template = at(FIRST);
    let mut pair = potentials(2);
    let mut surface = PotentialSurface::new(&mut pair, &template);
    let mut other = band(FIRST, SECOND, 7, &TIGHT, &mut surface);
    other.relax(&mut surface, &mut |_| Ok(())).unwrap();
    assert_eq!(other, whole);
    for steps in [1, whole.steps() / 2, whole.steps() - 1] {
        let mut killed = band(FIRST, SECOND, 7, &TIGHT, &mut surface);
        let stop = |band: &ElasticBand| {
            if band.steps() == steps { Err(Error::Interrupted("a test".into())) } else { Ok(()) }
        };
        assert!(killed.relax(&mut surface, &mut { stop }).is_err());
        let state = killed.state();
        let mut again = band(FIRST, SECOND, 7, &TIGHT, &mut surface);
        again.restore(&state, &mut surface).unwrap();
        again.relax(&mut surface, &mut |_| Ok(())).unwrap();
        assert_eq!(again, whole, "interrupted after {steps} steps");
        assert!(again.restore(&state[1..], &mut surface).is_err());
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Ethanol whose hydroxyl hydrogen (the fourth atom) is turned by so many degrees about the bond of oxygen and carbon.
fn ethanol(degrees: f64) -> System {
    use nalgebra::{Rotation3, Unit, Vector3};
    let mut system = cormorant::io::read_structure(&root().join("inputs/structures/ethanol.xyz"), None).unwrap();
    let [carbon, oxygen, hydrogen] = [1, 2, 3].map(|atom| Vector3::from(system.positions[atom]));
    let turn = Rotation3::from_axis_angle(&Unit::new_normalize(oxygen - carbon), degrees.to_radians());
    system.positions[3] = (turn * (hydrogen - oxygen) + oxygen).into();
    system
}

/// Catches: a pair potential with the wrong sign or gradient, which leaves atoms where straight lines put them.
#[test]
fn first_images_keep_their_bonds() {
    let ends = Ends::new(ethanol(0.0), ethanol(120.0)).unwrap();
    let bond = |image: &Vec<[f64; 3]>| norm(difference(image[3], image[2]));
    let shortest = |initial| {
        let images = interpolate(&ends, 5, FreeMotion::All, initial).unwrap();
        images.iter().map(bond).fold(f64::INFINITY, f64::min)
    };
    let (straight, pairs) = (shortest(InitialPath::Linear), shortest(InitialPath::Idpp));
    assert!(straight < 0.75, "{straight}");
    assert!(pairs > 0.9, "{pairs}");
}

/// Catches: a second end that is left turned or moved, or an image of an atom on the other side of the cell.
#[test]
fn the_second_end_is_laid_upon_the_first() {
    let first = ethanol(0.0);
    let mut second = first.clone();
    // A quarter turn about z and a step.
    second.positions.iter_mut().for_each(|r| *r = [5.0 - r[1], r[0] - 3.0, r[2] + 1.0]);
    let laid = FreeMotion::All.superposed(&first, &second);
    assert!(first.positions.iter().zip(&laid).all(|(a, b)| norm(difference(*a, *b)) < 1.0e-9), "{laid:?}");

    let cell = Cell::new([[4.0, 0.0, 0.0], [0.0, 4.0, 0.0], [0.0, 0.0, 4.0]]).unwrap();
    let crystal = |places: [[f64; 3]; 2]| System::new(vec![element("Ar"); 2], places.to_vec(), Some(cell)).unwrap();
    let mut ends =
        Ends::new(crystal([[0.1, 0.0, 0.0], [2.0; 3]]), crystal([[3.9, 0.0, 0.0], [2.2, 2.0, 2.0]])).unwrap();
    ends.superpose(FreeMotion::Translations).unwrap();
    let steps: Vec<_> = ends.first.positions.iter().zip(&ends.second.positions).map(|(a, b)| b[0] - a[0]).collect();
    assert!((steps[0] + 0.2).abs() < 1e-9 && (steps[1] - 0.2).abs() < 1e-9, "{steps:?}");
}

/// Catches: ends of a path that are left as far apart as their files happen to have them when another program computes, so that
/// the images crowd where the molecule turns; a molecule that is turned although a field from outside holds it.
#[test]
fn what_holds_a_molecule_in_space_is_known() {
    let molecule = ethanol(0.0);
    // It is not started before it is asked.
    let program = ExternalPotential::new("none", PathBuf::from("."), true, Duration::from_secs(1));
    assert_eq!(FreeMotion::of(&molecule, &program), FreeMotion::All);
    assert_eq!(FreeMotion::of(&molecule, potentials(1)[0].as_ref()), FreeMotion::None);
    let mut crystal = molecule;
    crystal.cell = Some(Cell::new([[20.0, 0.0, 0.0], [0.0, 20.0, 0.0], [0.0, 0.0, 20.0]]).unwrap());
    assert_eq!(FreeMotion::of(&crystal, &program), FreeMotion::Translations);
}

/// Catches: ends that do not belong together and give a path of nonsense.
#[test]
fn ends_that_do_not_belong_together_are_refused() {
    let good = ethanol(0.0);
    let message = |second: System| Ends::new(good.clone(), second).unwrap_err().to_string();
    let mut swapped = good.clone();
    swapped.elements.swap(2, 3);
    let said = message(swapped);
    assert!(said.contains("atom 3 is O in the first and H in the second"), "{said}");
    let mut shorter = good.clone();
    shorter.elements.pop();
    shorter.positions.pop();
    assert!(message(shorter).contains("atom 9 is H in the first and none in the second (9 and 8 atoms)"));
    let mut charged = good.clone();
    charged.state.charge = Some(1);
    assert!(message(charged).contains("total charge or spin"));
    let mut boxed = good.clone();
    boxed.cell = Some(Cell::new([[9.0, 0.0, 0.0], [0.0, 9.0, 0.0], [0.0, 0.0, 9.0]]).unwrap());
    assert!(message(boxed).contains("different cells"));
    let mut same = Ends::new(good.clone(), good.clone()).unwrap();
    assert!(same.superpose(FreeMotion::All).unwrap_err().to_string().contains("both ends are the same structure"));
}

/// A column of a table by its head.
pub fn column(path: &Path, head: &str) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    let place = lines.next().unwrap().split(',').position(|name| name == head);
    let place = place.unwrap_or_else(|| panic!("no column {head} in\n{text}"));
    lines.map(|line| line.split(',').nth(place).unwrap().to_string()).collect()
}

pub fn numbers(path: &Path, head: &str) -> Vec<f64> {
    column(path, head).iter().map(|number| number.parse().unwrap()).collect()
}

/// Catches: a path of the program whose saddle point is none, files that are missing, results that depend on threads or on an
/// interruption, one that did not converge and does not say so.
///
/// The proton of acetylacetone goes from one oxygen to the other. Both ends are mirror images, so that both barriers are equal.
#[test]
fn a_proton_is_transferred() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let input = fs::read_to_string(root().join("inputs/path-acetylacetone.toml")).unwrap();
    let input = input.replace("\"structures", &format!("\"{}/inputs/structures", root().display()));
    let input = input.replace("\"../models", &format!("\"{}/models", root().display()));
    fs::write(here.join("whole.toml"), &input).unwrap();
    let output = cormorant(here, &["path", "whole.toml", "--threads", "1"]);
    let said = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(said.contains("converged after") && said.contains("exactly one is imaginary"), "{said}");
    assert!(said.contains("bonds broken: O") && said.contains("bonds formed: O"), "{said}");
    let results = here.join("outputs/acetylacetone-path");
    let table = results.join("path.csv");
    let energies = numbers(&table, "relative_energy/eV");
    let top = energies.iter().copied().fold(0.0, f64::max);
    let last = energies[energies.len() - 1];
    assert!(last.abs() < 1.0e-3 * top, "{energies:?}");
    // The model has 0.0105 eV; its reference, a generalized-gradient functional, is known for low barriers of short hydrogen bonds.
    assert!((0.005..0.03).contains(&top), "{energies:?}");
    assert!(numbers(&table, "largest_perpendicular_force/(eV/Å)").iter().all(|force| *force <= 0.01));
    assert_eq!(column(&table, "role").iter().filter(|role| *role == "climbing").count(), 1);
    for (name, lines) in [("path.xyz", 17 * energies.len()), ("saddle.xyz", 17)] {
        assert_eq!(fs::read_to_string(results.join(name)).unwrap().lines().count(), lines, "{name}");
    }
    assert!(fs::read_to_string(results.join("path.svg")).unwrap().contains("<svg"));
    let bytes = fs::read(results.join("path.xyz")).unwrap();

    // Interrupted by its limit of steps, then continued on two threads.
    let short = input.replace("[path]\n", "[path]\nmost_steps = 7\n").replace("acetylacetone-path", "short");
    let short = short.replace("check_saddle = true\n", "");
    fs::write(here.join("short.toml"), &short).unwrap();
    let output = cormorant(here, &["path", "short.toml"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("NOT CONVERGED after 7 steps"), "{}", text(&output.stdout));
    assert!(fs::read_to_string(here.join("outputs/short/path.xyz")).unwrap().contains("converged=\"F\""));
    let refused = cormorant(here, &["path", "short.toml"]);
    assert!(!refused.status.success() && text(&refused.stderr).contains("already exists"), "{refused:?}");
    fs::write(here.join("short.toml"), short.replace("images = ", "images = 1")).unwrap();
    let refused = cormorant(here, &["path", "short.toml", "--resume"]);
    assert!(text(&refused.stderr).contains("belongs to another input"), "{refused:?}");
    fs::write(here.join("short.toml"), short.replace("most_steps = 7", "most_steps = 2000")).unwrap();
    let output = cormorant(here, &["path", "short.toml", "--resume", "--threads", "2"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(fs::read(here.join("outputs/short/path.xyz")).unwrap(), bytes, "the continuation has other bits");
}

/// Catches: an atom that goes the long way through a cell instead of across its face, overall motion of a crystal left in the path.
///
/// An atom of argon hops into a vacancy at the corner of the cell; both ends are alike.
#[test]
fn an_atom_hops_across_the_face_of_a_cell() {
    let (edge, cells) = (5.27, 2);
    let mut sites = Vec::new();
    for cell in 0..cells * cells * cells {
        let corner = [cell % cells, cell / cells % cells, cell / cells / cells].map(f64::from);
        for site in [[0.0; 3], [0.0, 0.5, 0.5], [0.5, 0.0, 0.5], [0.5, 0.5, 0.0]] {
            sites.push([0, 1, 2].map(|k| (corner[k] + site[k]) * edge));
        }
    }
    let length = edge * f64::from(cells);
    let neighbor = [length - 0.5 * edge, length - 0.5 * edge, 0.0];
    let hopping = sites.iter().position(|site| norm(difference(*site, neighbor)) < 1.0e-9).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    for (name, place) in [("first.xyz", neighbor), ("second.xyz", [0.0; 3])] {
        sites[hopping] = place;
        // The vacancy is the first site.
        let atoms: String = sites[1..].iter().map(|[x, y, z]| format!("Ar {x} {y} {z}\n")).collect::<Vec<_>>().concat();
        let head =
            format!("Lattice=\"{length} 0 0 0 {length} 0 0 0 {length}\" Properties=species:S:1:pos:R:3 pbc=\"T T T\"");
        fs::write(here.join(name), format!("{}\n{head}\n{atoms}", sites.len() - 1)).unwrap();
    }
    let input = "version = 1\nname = \"vacancy\"\nstructure = { file = \"first.xyz\" }\nfinal_structure = { file = \"second.xyz\" }\n\
                 potential = { kind = \"lennard-jones\", epsilon = \"0.0103 eV\", sigma = \"3.405 Å\", cutoff = \"5 Å\", \
                 truncation = \"switched\", switch_from = \"4.5 Å\" }\npath = { images = 5, force_tolerance = \"1 meV/Å\" }\n";
    fs::write(here.join("vacancy.toml"), input).unwrap();
    let output = cormorant(here, &["path", "vacancy.toml"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let table = here.join("outputs/vacancy/path.csv");
    let (energies, distances) = (numbers(&table, "relative_energy/eV"), numbers(&table, "distance/Å"));
    for image in 0..7 {
        assert!((energies[image] - energies[6 - image]).abs() < 1.0e-5, "{energies:?}");
    }
    assert!(energies[3] > 0.05 && energies[3] < 0.12, "{energies:?}");
    // The hop is edge/√2, and the neighbors give way a little.
    assert!(distances[6] > 0.7 * edge && distances[6] < 0.85 * edge, "{distances:?}");
}

/// Catches: a damaged state that is believed.
#[test]
fn damaged_states_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("restart.safetensors");
    let state = PathState {
        ends: [vec![[0.0, 1.0, 2.0]; 2], vec![[0.5, -1.0, 1.0e-9]; 2]],
        band: vec![1.0, 0.0, 2.0, 3.0],
        input: "version = 1\n".into(),
    };
    state.write(&path).unwrap();
    assert_eq!(PathState::read(&path).unwrap(), state);
    let good = fs::read(&path).unwrap();
    for place in 0..good.len() {
        let mut bad = good.clone();
        bad[place] ^= 1;
        fs::write(&path, &bad).unwrap();
        assert!(PathState::read(&path).is_err(), "byte {place} of {}", good.len());
        fs::write(&path, &good[..place]).unwrap();
        assert!(PathState::read(&path).is_err(), "{place} bytes of {}", good.len());
    }
}

/// Catches: arguments that do nothing, or a mistake without a remedy.
#[test]
fn bad_arguments_of_path_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let (model, ethanol) =
        (root().join("models/ethanol").display().to_string(), root().join("inputs/structures/ethanol.xyz"));
    let ethanol = ethanol.display().to_string();
    let toluene = root().join("inputs/structures/toluene.xyz").display().to_string();
    let start = ["path", "--model", &model, "--structure", &ethanol];
    for (more, expected) in [
        (&[][..], "add for example: --to product.xyz"),
        (&["--to", &ethanol][..], "both ends are the same structure"),
        (&["--to", &toluene][..], "atom 3 is O in the first and C in the second"),
        (&["--to", &ethanol, "--force-tolerance", "1 eV"][..], "force_tolerance"),
        (&["--to", &ethanol, "--resume"][..], "has no restart.safetensors"),
    ] {
        let output = cormorant(here, &[&start[..], more].concat());
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{more:?}: {said}");
        assert!(said.contains(expected), "{more:?} should say {expected:?}, but says\n{said}");
        assert!(!here.join("outputs").join("ethanol-path").exists(), "{more:?} left a folder");
    }
}

/// Catches: an image that is thrown away by the forces of atoms which meet: it stepped back by the speed that these had given it, however
/// far.
#[test]
fn atoms_that_meet_are_not_thrown_away() {
    let argon = Element::from_symbol("Ar").unwrap();
    let chain = |places: [f64; 3]| System::new(vec![argon; 3], places.map(|z| [0.0, 0.0, z]).to_vec(), None).unwrap();
    // The first two atoms change places along the line on which they stand.
    let (first, second) = (chain([-3.8, 0.0, 3.8]), chain([0.0, -3.8, 3.8]));
    let ends = Ends { first, second };
    // With a middle one they would meet in it, which is said.
    let meeting = interpolate(&ends, 9, FreeMotion::All, InitialPath::Linear).unwrap_err().to_string();
    assert!(meeting.contains("atoms 1 (Ar) and 2 (Ar) meet in image 5"), "{meeting}");
    let images = interpolate(&ends, 8, FreeMotion::All, InitialPath::Linear).unwrap();
    let potential = LennardJones::new(10.0, Truncation::ShiftedForce).unwrap().with(argon, argon, 0.0104, 3.4).unwrap();
    let mut potentials: Vec<Box<dyn Potential>> = vec![Box::new(potential)];
    let mut surface = PotentialSurface::new(&mut potentials, &ends.first);
    let known = surface.evaluate(&[ends.first.positions.clone(), ends.second.positions.clone()]).unwrap();
    let known: [Evaluation; 2] = known.try_into().unwrap();
    let settings = BandSettings { spring: 2.0, climb: true, force_tolerance: 0.01, most_steps: 300 };
    let mut band =
        ElasticBand::new(&ends, known.clone(), images.clone(), &settings, FreeMotion::All, &mut surface).unwrap();
    let mut before: Option<Vec<Vec<[f64; 3]>>> = None;
    band.relax(&mut surface, &mut |band| {
        let now = &band.band().positions;
        for (old, new) in before.iter().flatten().flatten().zip(now.iter().flatten()) {
            // At most half of the largest step back and one forward.
            assert!(norm(difference(*new, *old)) < 0.5, "an atom moved by {} Å", norm(difference(*new, *old)));
        }
        before = Some(now.clone());
        Ok(())
    })
    .unwrap();
    // Whoever is far away all the same is named.
    let thrown: Vec<Vec<[f64; 3]>> = images
        .into_iter()
        .map(|mut image| {
            image[1][0] += 40.0;
            image
        })
        .collect();
    let mut band = ElasticBand::new(&ends, known, thrown, &settings, FreeMotion::All, &mut surface).unwrap();
    let said = band.relax(&mut surface, &mut |_| Ok(())).unwrap_err().to_string();
    assert!(said.contains("image 1 of the path flew apart: atom 2 is"), "{said}");
}
