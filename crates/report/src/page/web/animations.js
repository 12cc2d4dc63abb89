// Plays the frames of the page with 3Dmol.js; begins when the rest of the page can be read.
"use strict";
addEventListener("load", () => requestAnimationFrame(() => setTimeout(() => {
  const FEW = 20; // frames
  const element = (id) => document.getElementById(id);
  const films = JSON.parse(element("films").textContent);
  const [stage, choice, play, slider, label, speed, follow] =
    ["stage", "choice", "play", "frame", "label", "speed", "follow"].map(element);
  let viewer = null;
  try {
    viewer = $3Dmol.createViewer(stage, { backgroundAlpha: 0, antialias: true, disableFog: true, cartoonQuality: 1 });
  } catch { /* told below */ }
  if (!viewer) {
    stage.hidden = true;
    element("no-stage").hidden = false;
    return;
  }
  let film, atoms, model, coordinates, frame = 0, playing = false, last = 0, followed = null, home = null;

  // Coordinates are little-endian 16-bit numbers; DataView does not depend on the machine, but a typed array is faster.
  function decode(text) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    return new Int16Array(bytes.buffer);
  }

  // A cell stands still; a molecule would fly out of the window.
  const following = () => film.cells.length === 0;

  function middle(at) {
    if (followed !== null) return [0, 1, 2].map((axis) => coordinates[at + 3 * followed + axis] * film.scale);
    const sum = [0, 0, 0];
    for (let i = 0; i < 3 * atoms.length; i++) sum[i % 3] += coordinates[at + i];
    return sum.map((x) => (x * film.scale) / atoms.length);
  }

  function style() {
    const bonded = film.bonds.length > 0;
    film.symbols.forEach((symbol, atom) => {
      if (film.symbols.indexOf(symbol) !== atom) return; // once for each element
      const color = film.colors[atom];
      const looks = { sphere: { radius: film.radii[atom], color } };
      if (bonded) looks.stick = { radius: 0.13, color };
      model.setStyle({ elem: symbol }, looks);
    });
  }

  // The edges of the cell of this frame, from the corner at zero, relative to the origin of the coordinates.
  function edges() {
    const rows = film.cells[film.cells.length > 1 ? frame : 0];
    if (!rows) return [];
    const corner = (bits) => [0, 1, 2].map((axis) =>
      rows.reduce((sum, row, number) => sum + (bits >> number & 1) * row[axis], -film.origin[axis]));
    return [0, 1, 2, 3, 4, 5, 6, 7].flatMap((from) =>
      [1, 2, 4].filter((bit) => !(from & bit)).map((bit) => [corner(from), corner(from | bit)]));
  }

  function shapes(center) {
    viewer.removeAllShapes();
    const point = (p) => ({ x: p[0] - center[0], y: p[1] - center[1], z: p[2] - center[2] });
    for (const [from, to] of edges()) viewer.addLine({ start: point(from), end: point(to), color: "#808890", linewidth: 2 });
    const forces = film.forces[frame] || [];
    forces.forEach(([labeled, predicted], atom) => {
      const { x, y, z } = atoms[atom];
      for (const [force, color, radius] of [[labeled, "#56b4e9", 0.07], [predicted, "#e69f00", 0.05]]) {
        const length = Math.hypot(...force);
        if (length < 0.05) continue; // nothing to see
        const tip = force.map((component) => component * film.force_scale);
        viewer.addArrow({ start: { x, y, z }, end: { x: x + tip[0], y: y + tip[1], z: z + tip[2] }, color, radius, mid: 0.8 });
      }
    });
  }

  function show(number) {
    const count = film.labels.length;
    frame = Math.max(0, Math.min(count - 1, number));
    const at = 3 * atoms.length * frame;
    const center = follow.checked ? middle(at) : [0, 0, 0];
    atoms.forEach((atom, i) => {
      atom.x = coordinates[at + 3 * i] * film.scale - center[0];
      atom.y = coordinates[at + 3 * i + 1] * film.scale - center[1];
      atom.z = coordinates[at + 3 * i + 2] * film.scale - center[2];
    });
    style(); // makes 3Dmol build the model anew
    if (film.cells.length || film.forces.length) shapes(center);
    viewer.render();
    slider.value = frame;
    label.textContent = film.labels[frame];
    stage.dataset.frame = frame;
  }

  function load(number) {
    film = films[number];
    coordinates = decode(film.coordinates);
    followed = null;
    follow.checked = following();
    viewer.removeAllModels();
    viewer.removeAllShapes();
    model = viewer.addModel();
    const neighbors = film.symbols.map(() => []);
    for (const [a, b] of film.bonds) { neighbors[a].push(b); neighbors[b].push(a); }
    model.addAtoms(film.symbols.map((elem, i) => ({
      elem, x: coordinates[3 * i] * film.scale, y: coordinates[3 * i + 1] * film.scale, z: coordinates[3 * i + 2] * film.scale,
      serial: i, bonds: neighbors[i], bondOrder: neighbors[i].map(() => 1), properties: {},
    })));
    atoms = model.selectedAtoms({});
    model.setClickable({}, true, (atom) => {
      followed = followed === atom.index ? null : atom.index;
      follow.checked = true;
      show(frame);
    });
    slider.max = film.labels.length - 1;
    const single = film.labels.length < 2;
    for (const control of [play, slider]) control.disabled = single;
    speed.value = film.labels.length > FEW ? "30" : "1"; // a film, or pictures to look at one by one
    show(0);
    const turned = film.turn || [0, 0, 0, 1];
    viewer.setView([0, 0, 0, 0, ...turned]);
    viewer.zoomTo();
    viewer.zoom(film.cells.length ? 1.0 : 1.7);
    home = viewer.getView();
    viewer.render();
  }

  function run(wanted) {
    playing = wanted && film.labels.length > 1;
    play.textContent = playing ? "\u23F8 Pause" : "\u25B6 Play";
    last = performance.now();
    if (playing) requestAnimationFrame(tick);
  }

  function tick() {
    if (!playing) return;
    const now = performance.now();
    const steps = Math.floor(((now - last) / 1000) * Number(speed.value));
    if (steps > 0) {
      last = now;
      show((frame + steps) % film.labels.length);
    }
    requestAnimationFrame(tick);
  }

  const faster = (by) => { speed.selectedIndex = Math.max(0, Math.min(speed.options.length - 1, speed.selectedIndex + by)); };
  const reset = () => { followed = null; follow.checked = following(); show(frame); viewer.setView(home); viewer.render(); };
  const step = (by) => { run(false); show(frame + by); };
  const keys = {
    " ": () => run(!playing), ArrowLeft: () => step(-1), ArrowRight: () => step(1),
    Home: () => step(-Infinity), End: () => step(Infinity), "+": () => faster(1), "-": () => faster(-1),
    f: () => { follow.checked = !follow.checked; show(frame); }, r: reset,
  };
  document.addEventListener("keydown", (event) => {
    const busy = event.target.closest("select, button, summary, a");
    if (event.ctrlKey || event.metaKey || event.altKey || busy) return;
    const action = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    // The slider moves by itself; Home and End belong to the page unless the film has the focus.
    if (!action || (event.target === slider && event.key !== " ")) return;
    if ((event.key === "Home" || event.key === "End") && document.activeElement !== stage) return;
    event.preventDefault();
    action();
  });
  play.addEventListener("click", () => run(!playing));
  slider.addEventListener("input", () => { run(false); show(Number(slider.value)); });
  follow.addEventListener("change", () => show(frame));
  element("reset").addEventListener("click", reset);
  films.forEach((one, number) => choice.add(new Option(one.title, number)));
  choice.hidden = films.length < 2;
  choice.addEventListener("change", () => { run(false); load(Number(choice.value)); });
  new ResizeObserver(() => viewer.resize()).observe(stage);
  load(0);
})));
