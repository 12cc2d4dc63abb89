//! Reports: what a reader sees must be what the files say.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine;
use cormorant::fit::Configuration;
use cormorant::io::TrajectoryFormat;
use cormorant::model::Model;
use cormorant::noise::{Consumer, Noise};
use cormorant::potential::{LennardJones, Truncation};
use cormorant::report::fit::Predictions;
use cormorant::report::molecule::{Animation, Picture, Scene, looks};
use cormorant::report::plot::{Axis, Chart, PlotStyle, Series, short};
use cormorant::report::run::{RunPlan, StagePlan, WrittenTrajectory, report_run};
use cormorant::report::{Sparkline, write_views};
use cormorant::settings::Input;
use cormorant::system::{Cell, Element};
use cormorant::units::BOLTZMANN;

use crate::cli::{argon, cormorant, text};

fn element(symbol: &str) -> Element {
    Element::from_symbol(symbol).unwrap()
}

fn stage(folder: &Path) -> StagePlan {
    StagePlan {
        name: "production".into(),
        ensemble: "velocity-verlet, langevin".into(),
        temperature: Some(300.0),
        canonical: true,
        duration: 10.0,
        time_step: 0.5,
        tables: vec![folder.join("energies.csv")],
        analyses: Vec::new(),
        quantum: Vec::new(),
        trajectories: vec![WrittenTrajectory { path: folder.join("trajectory.xyz"), every: 1 }],
    }
}

fn plan(folder: &Path, elements: Vec<Element>) -> RunPlan {
    RunPlan {
        name: "made-up <run>".into(),
        folder: folder.to_path_buf(),
        input: "version = 1".into(),
        structure: "from nowhere".into(),
        elements,
        potential: "a potential".into(),
        about_potential: Vec::new(),
        guards: "none".into(),
        stages: vec![stage(folder)],
    }
}

/// The sentence of a chart in a page.
fn sentence(page: &str, chart: &str) -> String {
    let figure = page.split(&format!("id=\"figure-{chart}\"")).nth(1).unwrap_or_else(|| panic!("no chart {chart}"));
    let text = figure.split("class=\"sentence\">").nth(1).unwrap();
    text.split("</p>").next().unwrap().to_string()
}

/// The number after `before` in a text.
fn number_after(text: &str, before: &str) -> f64 {
    let rest = text.split(before).nth(1).unwrap_or_else(|| panic!("no {before:?} in {text:?}")).trim_start();
    rest.split([' ', ',', ';']).next().unwrap().replace('−', "-").parse().unwrap()
}

/// Catches: a density with another shape or scale than N/2 and k_B T, ratios upside down, an error bar of the wrong size.
#[test]
fn kinetic_energies_are_gamma() {
    let folder = tempfile::tempdir().unwrap();
    let (freedom, temperature, rows) = (5_usize, 300.0, 20_000);
    let mut stream = Noise::new(7).stream(Consumer::Test, 1, 0);
    let mut table = String::from("step,time/ps,potential/eV,kinetic/eV,total/eV,conserved/eV,temperature/K\n");
    for row in 0..rows {
        // The sum of N squared normal deviates, half of k_B T each: by definition what N quadratic terms hold.
        let squares: f64 = (0..freedom).map(|_| stream.normal().powi(2)).sum();
        let kinetic = 0.5 * BOLTZMANN * temperature * squares;
        let instantaneous = 2.0 * kinetic / (freedom as f64 * BOLTZMANN);
        let time = f64::from(row) * 0.001;
        table += &format!("{row},{time},0,{kinetic:.12},0,{},{instantaneous:.9}\n", -2.0e-3 * time);
    }
    fs::write(folder.path().join("energies.csv"), table).unwrap();
    let page = report_run(&plan(folder.path(), vec![element("Ar"); 4])).unwrap();
    let page = fs::read_to_string(page).unwrap();
    let found = sentence(&page, "kinetic");
    assert!(found.starts_with("5 degrees of freedom"), "{found}");
    // 20,000 independent rows: the mean is right to √(2/5/20000) = 0.45 %, the variance to 1.5 %; four of these.
    assert!((number_after(&found, "the mean is") - 1.0).abs() < 0.018, "{found}");
    assert!((number_after(&found, "the variance") - 1.0).abs() < 0.06, "{found}");
    let csv = fs::read_to_string(folder.path().join("report/kinetic.csv")).unwrap();
    let exact: Vec<[f64; 2]> = csv
        .lines()
        .filter(|line| line.starts_with("exact"))
        .map(|line| [1, 2].map(|column| line.split(',').nth(column).unwrap().parse().unwrap()))
        .collect();
    let step = exact[1][0] - exact[0][0];
    let moment = |power: i32| exact.iter().map(|[energy, density]| energy.powi(power) * density * step).sum::<f64>();
    // 0.0001 of the gamma distribution of shape 5/2 are left out at either end, with them 0.00056 of its mean (scipy); a bin's mean
    // stands at its middle, which moves the first moment by less than a thousandth.
    assert!((moment(0) - 0.9998).abs() < 1.0e-6, "{}", moment(0));
    let mean = 0.5 * freedom as f64 * BOLTZMANN * temperature;
    assert!((moment(1) / mean - 0.99944).abs() < 0.003, "{} for {mean}", moment(1));
    // −2 meV/ps over four atoms.
    assert!((number_after(&sentence(&page, "conserved"), "drifts by") + 0.5).abs() < 1.0e-9);
    assert!(page.contains("made-up &lt;run&gt;") && !page.contains("made-up <run>"), "names are not markup");
    assert!(page.contains("This run has not ended yet"));
}

/// Catches: a page that grows without bound, or that leaves frames out and does not say so.
#[test]
fn ten_thousand_frames_stay_below_15_megabytes() {
    let folder = tempfile::tempdir().unwrap();
    let mut frames = String::new();
    for frame in 0..10_000 {
        frames += "9\nProperties=species:S:1:pos:R:3 pbc=\"F F F\"\n";
        for atom in 0..9 {
            frames += &format!("C {}.0 {} 0.5\n", 2 * atom, f64::from(frame) * 1.0e-4);
        }
    }
    fs::write(folder.path().join("trajectory.xyz"), frames).unwrap();
    let clock = std::time::Instant::now();
    let page = report_run(&plan(folder.path(), vec![element("C"); 9])).unwrap();
    println!("written in {:.1} s", clock.elapsed().as_secs_f64());
    let page = fs::read_to_string(page).unwrap();
    assert!(page.len() < 15_000_000, "{} bytes", page.len());
    assert!(page.contains("one in 2 of its 10000 frames (5000 in all"), "what was left out is told");
}

/// Catches: coordinates that lose their sign, their order or their scale on the way into the page.
#[test]
fn a_film_keeps_its_coordinates() {
    let positions = vec![vec![[0.0, -3.0, 1.0], [1.5, 0.25, 40.0]], vec![[0.1, -2.9, 1.1], [1.4, 0.35, 39.0]]];
    let elements = [element("O"), element("H")];
    let scene = Scene::new(&elements, &positions[0], None).unwrap();
    let film = Animation::new("two", &scene, &positions, vec!["a".into(), "b".into()]);
    let bytes = base64::engine::general_purpose::STANDARD.decode(&film.coordinates).unwrap();
    let numbers: Vec<i16> = bytes.as_chunks::<2>().0.iter().map(|pair| i16::from_le_bytes(*pair)).collect();
    let flat: Vec<f64> = positions.iter().flatten().flatten().copied().collect();
    assert_eq!(numbers.len(), flat.len());
    for (index, (number, expected)) in numbers.iter().zip(flat).enumerate() {
        let found = f64::from(*number) * film.scale + film.origin[index % 3];
        assert!((found - expected).abs() <= 0.5 * film.scale + 1.0e-12, "{found} for {expected}");
    }
    assert!(film.scale < 0.001, "thousandths of an Å, not {}", film.scale);
}

/// Catches: a picture that shows the far atom, mirrors the scene up and down, or paints the ground.
#[test]
fn a_picture_shows_what_is_in_front() {
    // A cell is looked at from its own axes, turned a little.
    let cell = Cell::cubic(6.0).unwrap();
    let scene = Scene::new(&[element("O"), element("N")], &[[3.0, 5.0, 3.0], [3.0, 1.0, 3.0]], Some(cell)).unwrap();
    let picture = Picture::new(&scene, 120, 120);
    let of = |symbol: &str| {
        let [red, green, blue] = looks(element(symbol)).color.map(i32::from);
        let near = |pixel: &[u8; 4]| {
            let [r, g, b, opacity] = pixel.map(i32::from);
            // The light changes how bright a color is, not which of its parts is the largest.
            opacity == 255
                && (red > blue) == (r > b + 20)
                && (red > green) == (r > g + 20)
                && (blue > red) == (b > r + 20)
        };
        let rows: Vec<usize> = (0..120 * 120).filter(|&at| near(&picture.pixels[at])).map(|at| at / 120).collect();
        rows.iter().sum::<usize>() as f64 / rows.len() as f64
    };
    assert!(of("O") < 50.0 && of("N") > 70.0, "oxygen is above: rows {} and {}", of("O"), of("N"));
    assert_eq!(picture.pixels[0][3], 0, "the ground is transparent");
    let png = picture.png().unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut bytes).unwrap();
    assert_eq!(bytes, picture.pixels.as_flattened());
}

/// Catches: thinning that loses the one spike that matters, numbers in files that are not those drawn.
#[test]
fn charts_keep_their_extremes_and_their_numbers() {
    let mut points: Vec<[f64; 2]> = (0..100_000).map(|x| [f64::from(x), (f64::from(x) * 0.01).sin()]).collect();
    points[54_321][1] = 7.5;
    let chart = Chart::new("a", "A", Axis::new("Time / ps"), Axis::new("Value / eV")).with(Series::new(
        "b, c",
        PlotStyle::Line,
        0,
        points,
    ));
    assert!(chart.series[0].points.len() < 3000, "{}", chart.series[0].points.len());
    assert!(chart.series[0].points.contains(&[54_321.0, 7.5]));
    let csv = chart.csv();
    assert!(csv.starts_with("series,Time / ps,Value / eV\n\"b, c\",0,0\n"), "{}", &csv[..60]);
    assert_eq!(csv.lines().count(), 1 + chart.series[0].points.len());
    let drawing = chart.draw().unwrap();
    assert!(drawing.svg.contains("Time / ps") && drawing.svg.contains("Value / eV"));
    assert!(drawing.themed().contains("var(--series-0)") && !drawing.themed().contains("#0072B2"));
    let [x, y] = drawing.ranges;
    assert!(x[0] <= 0.0 && x[1] >= 99_999.0 && y[0] <= -1.0 && y[1] >= 7.5);
}

/// Catches: a line that runs along the edge of the picture where its values are beyond, instead of leaving it.
#[test]
fn lines_end_at_the_edge_of_the_picture() {
    let points = vec![[0.0, 0.0], [1.0, 0.5], [2.0, 4.5], [3.0, 9.0], [4.0, 0.5], [5.0, -9.0], [6.0, 9.0]];
    let axis = Axis::new("y").between(0.0, 1.0);
    let chart =
        Chart::new("a", "A", Axis::new("x").between(0.0, 6.0), axis).with(Series::new("", PlotStyle::Line, 0, points));
    let drawing = chart.draw().unwrap();
    let [left, top, right, bottom] = drawing.field.map(f64::from);
    let lines: Vec<Vec<[f64; 2]>> = drawing
        .svg
        .split("<polyline")
        .skip(1)
        .filter(|line| line.contains("#0072B2"))
        .map(|line| {
            let points = line.split("points=\"").nth(1).unwrap().split('"').next().unwrap();
            let number = |word: &str| word.parse::<f64>().unwrap();
            let pair = |pair: &str| pair.split_once(',').map(|(x, y)| [number(x), number(y)]).unwrap();
            points
                .split_whitespace()
                .map(pair)
                .map(|[x, y]| [(x - left) / (right - left) * 6.0, (bottom - y) / (bottom - top)])
                .collect()
        })
        .collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    // By the straight lines between the points: up through 1 at 1.125, down through it at 3 + 8/8.5, through 0 at 4 + 0.5/9.5, and
    // across from 0 to 1 between 5.5 and 5.5 + 1/18.
    let ends: Vec<[f64; 2]> = lines.iter().map(|line| [line[0][0], line[line.len() - 1][0]]).collect();
    for (found, expected) in
        ends.iter().zip([[0.0, 1.125], [3.0 + 8.0 / 8.5, 4.0 + 0.5 / 9.5], [5.5, 5.5 + 1.0 / 18.0]])
    {
        assert!(
            (found[0] - expected[0]).abs() < 0.01 && (found[1] - expected[1]).abs() < 0.01,
            "{found:?} for {expected:?}"
        );
    }
}

/// Catches: an axis of ratios without a tick, names of curves that run out of the picture.
#[test]
fn ticks_and_names_are_there() {
    let drawn = |highest: f64, names: usize| {
        let chart = Chart::new("a", "A", Axis::new("x"), Axis::new("y").logarithmic());
        let series = |number| {
            Series::new(format!("curve number {number}"), PlotStyle::Line, number, vec![[0.0, 2.0], [1.0, highest]])
        };
        (0..names).map(series).fold(chart, Chart::with).draw().unwrap()
    };
    assert_eq!((drawn(20.0, 1).logarithmic, drawn(200.0, 1).logarithmic), ([false, false], [false, true]));
    let (few, many) = (drawn(200.0, 2), drawn(200.0, 8));
    assert!(many.field[1] > few.field[1] + 40, "the field begins at {} and {}", few.field[1], many.field[1]);
}

/// Catches: wrong powers, lost signs, digits that were never there.
#[test]
fn numbers_are_short() {
    for (value, digits, expected) in [
        (0.0, 3, "0"),
        (-0.000_012_34, 3, "−1.23×10⁻⁵"),
        (0.30000000000000004, 6, "0.3"),
        (4209.6, 3, "4210"),
        (1.0e7, 3, "10⁷"),
        (-2.5, 3, "−2.5"),
    ] {
        assert_eq!(short(value, digits), expected);
    }
    let mut line = Sparkline::default();
    for value in [1.0, f64::NAN, 2.0, 3.0] {
        line.add(value);
    }
    assert_eq!(line.to_string(), "▁▅█");
}

/// The page of a run whose analyses wrote these tables.
fn analyzed(files: &[(&str, &str)]) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let mut plan = plan(folder.path(), vec![element("C"); 9]);
    let tables = files.iter().map(|(name, _)| name).filter(|name| !name.contains("-numbers"));
    plan.stages[0].analyses = tables.map(|name| folder.path().join(name)).collect();
    let page = fs::read_to_string(report_run(&plan).unwrap()).unwrap();
    (folder, page)
}

/// Catches: a mean of dihedral angles that lies between the wells, maxima of the wrong curve, a spectrum flattened by its zero.
#[test]
fn analyses_are_told_in_words() {
    let mut wells = String::from("angle/deg,p(C-C-O-H)/(1/deg)\n");
    for angle in 0..360 {
        let angle = f64::from(angle) - 179.5;
        // 50 % in trans, 30 % in +gauche, 20 % in −gauche.
        let share = if angle.abs() > 160.0 {
            0.5 / 40.0
        } else if (40.0..80.0).contains(&angle) {
            0.3 / 40.0
        } else if (-80.0..-40.0).contains(&angle) {
            0.2 / 40.0
        } else {
            0.0
        };
        wells += &format!("{angle},{share}\n");
    }
    let mut spectrum = String::from("wavenumber/(1/cm),D(all)/cm,error of D(all)/cm\n");
    for number in 0..600 {
        let wavenumber = 10.0 * f64::from(number);
        let height = 2.0 * (-wavenumber / 20.0).exp() + 0.1 * (-((wavenumber - 3000.0) / 30.0).powi(2)).exp();
        spectrum += &format!("{wavenumber},{height},0.01\n");
    }
    let maxima = "quantity,value,error,unit\nmaximum 1,2999.7,,1/cm\n";
    let lengths = "r/Å,p(C-O)/(1/Å)\n1.40,0\n1.42,25\n1.44,25\n1.46,0\n";
    let means = "quantity,value,error,unit\nmean of C-O,1.43,0.0021,Å\nstandard deviation of C-O,0.01,,Å\n";
    let (folder, page) = analyzed(&[
        ("wells.csv", &wells),
        ("spectrum.csv", &spectrum),
        ("spectrum-numbers.csv", maxima),
        ("lengths.csv", lengths),
        ("lengths-numbers.csv", means),
    ]);
    assert_eq!(
        sentence(&page, "wells"),
        "By thirds of the circle: C-C-O-H 50 % around 180°, 30 % around 60°, 20 % around −60°."
    );
    let found = sentence(&page, "spectrum");
    assert!(found.starts_with("Maxima at 3000 cm⁻¹.") && found.contains("goes up to 2 cm and is cut off"), "{found}");
    let drawn = page.split("id=\"figure-spectrum\"").nth(1).unwrap();
    let top: f64 = drawn
        .split("data-y=\"0,")
        .nth(1)
        .or(drawn.split("data-y=\"0.0,").nth(1))
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    assert!((0.1..0.2).contains(&top), "the picture ends at {top} cm");
    assert_eq!(sentence(&page, "lengths"), "Means: C-O 1.4300 ± 0.0021 Å.");
    assert!(folder.path().join("report/lengths.svg").exists() && folder.path().join("report/lengths.csv").exists());
}

/// Catches: a model whose limits a reader of the run is not told.
#[test]
fn the_report_of_a_run_shows_the_certificate_of_its_model() {
    let input = Input::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("inputs/simulate-ethanol-nvt.toml")).unwrap();
    let Input::Run(run) = input else { panic!("not a run") };
    let plan = run.report_plan().unwrap();
    let fact = |name: &str| plan.about_potential.iter().find(|fact| fact.name == name).map(|fact| fact.value.clone());
    let certificate = fact("Certificate").unwrap();
    let header = Model::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("models/ethanol")).unwrap().header;
    let highest = header.certificate.unwrap().highest_temperature();
    assert!(certificate.contains(&format!("stable up to {} K", short(highest, 4))), "{certificate}");
    assert!(fact("Errors").is_some() && fact("Fitted to").is_some());
}

/// Catches: a file of predictions that gives back other numbers, or errors that are not those of the frames.
#[test]
fn predictions_survive_their_file() {
    let folder = tempfile::tempdir().unwrap();
    let argon = element("Ar");
    let mut potential = LennardJones::new(8.0, Truncation::Shifted).unwrap().with(argon, argon, 0.0103, 3.405).unwrap();
    let label = |distance: f64| Configuration {
        elements: vec![argon, argon],
        positions: vec![[0.0; 3], [distance, 0.0, 0.0]],
        // Frames in cells of different size, and one without.
        cell: (distance > 3.55).then(|| Cell::cubic(5.0 * distance).unwrap()),
        energy: Some(0.25),
        forces: vec![[0.5, 0.0, 0.0], [-0.5, 0.0, 0.0]],
        ..Configuration::default()
    };
    let frames: Vec<Configuration> = (0..10).map(|frame| label(3.5 + 0.1 * f64::from(frame))).collect();
    let found = Predictions::new(
        &mut potential,
        &[("test", frames.iter().collect()), ("validation", Vec::new())],
        vec!["fine".into()],
    )
    .unwrap();
    assert_eq!(found.parts.len(), 1);
    let path = folder.path().join("predictions.safetensors");
    found.write(&path).unwrap();
    let again = Predictions::read(&path).unwrap();
    assert_eq!((&again.findings, &again.parts[0].errors), (&found.findings, &found.parts[0].errors));
    assert_eq!(again.worst.len(), 6);
    for (old, new) in found.parts[0].frames.iter().zip(&again.parts[0].frames) {
        assert_eq!((old.index, old.energy, old.label.energy), (new.index, new.energy, new.label.energy));
        assert!((old.force_rmse() - new.force_rmse()).abs() < 1.0e-7);
        assert_eq!(old.label.cell, new.label.cell);
    }
    assert!(again.worst.windows(2).all(|pair| pair[0].force_rmse() >= pair[1].force_rmse()));
    fs::write(&path, b"12345678").unwrap();
    assert!(Predictions::read(&path).unwrap_err().to_string().contains("damaged"));
}

/// Catches: a box drawn where there is none, or none where there is one; a script that works in one folder only.
#[test]
fn viewers_get_the_cell_that_there_is() {
    let folder = tempfile::tempdir().unwrap();
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let cell = Cell::from_lengths_and_angles([10.0, 11.0, 12.0], [90.0, 90.0, 80.0]).unwrap();
    let xyz = folder.path().join("trajectory.xyz");
    write_views(&xyz, TrajectoryFormat::ExtendedXyz, None, Some(&cell)).unwrap();
    assert!(
        read("view.vmd")
            .contains("pbc set {10.000000 11.000000 12.000000 90.000000 90.000000 80.000000} -all; pbc box")
    );
    assert!(read("view.pml").contains("set_symmetry(\"system\", 10.000000, 11.000000, 12.000000"));
    write_views(&xyz, TrajectoryFormat::ExtendedXyz, None, None).unwrap();
    assert!(!read("view.vmd").contains("pbc") && !read("view.pml").contains("symmetry"));
    let dcd: PathBuf = folder.path().join("trajectory.dcd");
    write_views(&dcd, TrajectoryFormat::Dcd, Some(&folder.path().join("topology.pdb")), Some(&cell)).unwrap();
    assert!(read("view.vmd").contains("pbc box") && !read("view.vmd").contains("pbc set"), "DCD holds its cells");
    for name in ["view.vmd", "view.pml", "view.py"] {
        assert!(
            read(name).contains("topology.pdb") && !read(name).contains(&folder.path().display().to_string()),
            "{name}"
        );
    }
}

/// Catches: commands that write no report, reports that need the network, a guard that fires and is not told.
#[test]
fn runs_leave_reports() {
    let folder = argon();
    let here = folder.path();
    let first = cormorant(here, &["run", "argon.toml"]);
    assert!(first.status.success(), "{}", text(&first.stderr));
    assert!(text(&first.stdout).contains("report: outputs/argon/report.html"), "{}", text(&first.stdout));
    let report = here.join("outputs/argon/report.html");
    let page = fs::read_to_string(&report).unwrap();
    for part in [
        "Ar₆₄ (64 atoms)",
        "id=\"figure-temperature\"",
        "id=\"figure-pressure\"",
        "id=\"figure-rdf\"",
        "id=\"figure-timing\"",
        "id=\"films\"",
    ] {
        assert!(page.contains(part), "{part} is missing");
    }
    for (at, _) in page.match_indices("src=\"") {
        assert!(page[at..].starts_with("src=\"data:"), "{}", &page[at..at + 60]);
    }
    assert!(!page.contains("<link rel=\"stylesheet\"") && !page.contains("@import"));
    fs::remove_file(&report).unwrap();
    fs::remove_file(here.join("outputs/argon/outcome.json")).unwrap();
    let again = cormorant(here, &["report", "outputs/argon"]);
    assert!(again.status.success(), "{}", text(&again.stderr));
    assert!(fs::read_to_string(&report).unwrap().contains("This run has not ended yet"));

    let input = fs::read_to_string(here.join("argon.toml")).unwrap();
    let hot = input.replace("name = \"argon\"", "name = \"hot\"") + "\n[guards]\nhighest_temperature = \"20 K\"\n";
    fs::write(here.join("hot.toml"), hot).unwrap();
    assert_eq!(cormorant(here, &["run", "hot.toml"]).status.code(), Some(1));
    let page = fs::read_to_string(here.join("outputs/hot/report.html")).unwrap();
    assert!(page.contains("Stopped by a guard or a failure: step") && page.contains("limit of 20 K"));

    let both = cormorant(here, &["compare", "outputs/argon", "outputs/hot", "--out", "both.html"]);
    assert!(both.status.success(), "{}", text(&both.stderr));
    let page = fs::read_to_string(here.join("both.html")).unwrap();
    assert!(page.contains(">hot</th>") && page.contains(">argon</th>") && page.contains("id=\"figure-temperature\""));
    let neither = cormorant(here, &["report", "."]);
    assert!(text(&neither.stderr).contains("contains neither a run"), "{}", text(&neither.stderr));
    let drawn = cormorant(here, &["picture", "argon.xyz", "--out", "argon.png", "--width", "120", "--height", "90"]);
    assert!(drawn.status.success() && fs::read(here.join("argon.png")).unwrap().starts_with(b"\x89PNG"));
}

/// Catches: a shipped model whose report cannot be made in a fresh clone.
#[test]
fn the_shipped_model_has_a_report() {
    let here = tempfile::tempdir().unwrap();
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/ethanol");
    fs::create_dir(here.path().join("ethanol")).unwrap();
    for name in ["model.safetensors", "learning-curve.csv", "predictions.safetensors", "fit.toml"] {
        fs::copy(shipped.join(name), here.path().join("ethanol").join(name)).unwrap();
    }
    let made = cormorant(here.path(), &["report", "ethanol"]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    let page = fs::read_to_string(here.path().join("ethanol/report.html")).unwrap();
    for chart in ["learning-force", "parity-force", "parity-energy", "force-by-element", "error-force", "short-range"] {
        sentence(&page, chart);
    }
    // The predictions are those of this model: the header was written by the fit, the sentence comes from the file beside it.
    let recorded = cormorant::model::Model::load(&shipped).unwrap().header.errors["test"].force_mae;
    assert!((number_after(&sentence(&page, "parity-force"), "Mean absolute error") - recorded).abs() < 0.01);
}

/// Catches: pictures in the README that grow beyond what a page should load.
#[test]
fn the_pictures_of_the_readme_are_small() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let name = |rest: &str| rest.split_once("](docs/").and_then(|(_, rest)| rest.split(')').next()).map(str::to_string);
    let pictures: Vec<String> = readme.split("![").skip(1).filter_map(name).collect();
    assert!(pictures.len() >= 2, "{pictures:?}");
    for name in pictures {
        let size = fs::metadata(root.join("docs").join(&name)).unwrap().len();
        assert!(size < 200 * 1024, "{name}: {size} bytes");
    }
}
