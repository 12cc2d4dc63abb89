// Opens reports from a file URL, without a network, and looks at what a reader would see.
//   node check.mjs FOLDER-FOR-SCREENSHOTS KIND=REPORT.html ...        KIND: one of those in EXPECTED
// Needs playwright-core and a Chromium (CHROMIUM, /usr/bin/chromium if unset). Exit status 1 if anything is amiss.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const { chromium } = createRequire(join(process.env.BROWSER_MODULES, "package.json"))("playwright-core");
const [screenshots, ...pages] = process.argv.slice(2);
mkdirSync(screenshots, { recursive: true });
const FLAGS = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
  "--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];
// Charts that a report of each kind must have, words that must stand in it, and whether it plays frames.
const RUN = ["temperature", "energies", "conserved", "kinetic", "timing"];
const FIT = ["learning-force", "learning-energy", "parity-force", "parity-energy", "force-by-element", "error-energy", "error-force", "short-range"];
const EXPECTED = {
  run: { charts: [...RUN, "vdos", "bonds", "angles", "dihedrals"], words: ["Certificate", "trajectories stable up to", "one in 2 of its 10001 frames"], film: true },
  periodic: { charts: [...RUN, "rdf", "pressure", "volume"], words: ["stochastic-cell-rescaling"], film: true },
  committee: { charts: [...RUN, "energy-spread", "largest-force-spread"], words: ["a committee of the fitted models"], film: true },
  guarded: { charts: RUN, words: ["Stopped by a guard", "limit of 500 K", "where a guard stopped the run"], film: true },
  replicas: { charts: ["temperature", "conserved", "potential", "acceptance", "walkers"], words: ["replica-04"], film: false },
  fit: { charts: FIT, words: ["Certificate", "what the checks of the data found", "Cost"], film: true },
  comparison: { charts: ["learning-force", "learning-energy"], words: ["Errors by element"], film: false },
};
const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };
const LOADED_WITHIN = 2000; // ms until the page can be read; told always, demanded with BROWSER_TIMED=1 only
const PATIENCE = 120_000; // ms, for machines that are busy

let failures = 0;
const check = (good, what) => {
  failures += !good;
  console.log(`  ${good ? "ok  " : "FAIL"} ${what}`);
};

async function look(browser, kind, file, size, scheme) {
  const name = `${kind}-${size}-${scheme}`;
  console.log(`${name}: ${file}`);
  const context = await browser.newContext({ viewport: SIZES[size], colorScheme: scheme, hasTouch: size === "phone", isMobile: size === "phone" });
  await context.setOffline(true);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const complaints = [];
  page.on("console", (message) => {
    // Drivers without a graphics card tell how slow they are; that is not the page's doing.
    if (message.type() === "error" || (message.type() === "warning" && !/GL Driver|swiftshader|GPU stall/i.test(message.text()))) {
      complaints.push(message.text());
    }
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => { if (!/^(file|data|blob):/.test(request.url())) complaints.push(`asks for ${request.url()}`); });
  const begun = Date.now();
  await page.goto(pathToFileURL(resolve(file)).href);
  await page.waitForLoadState("load");
  const took = Date.now() - begun;
  check(took < LOADED_WITHIN || !process.env.BROWSER_TIMED, `opens in ${took} ms`);
  if (await page.$("#stage")) {
    await page.waitForSelector("#stage[data-frame]");
    console.log(`       the atoms stand after ${Date.now() - begun} ms`);
  }

  const figures = await page.$$eval("figure", (all) => all.map((figure) => ({
    id: figure.id.replace("figure-", ""),
    drawn: figure.querySelectorAll("svg polyline, svg circle, svg rect, svg path").length,
    letters: figure.querySelectorAll("svg text").length,
    sentence: figure.querySelector(".sentence").textContent,
  })));
  const expected = EXPECTED[kind];
  for (const wanted of expected.charts) check(figures.some((figure) => figure.id === wanted), `has the chart ${wanted}`);
  for (const { id, drawn, letters, sentence } of figures) {
    if (drawn < 3 || letters < 4) check(false, `chart ${id}: ${drawn} marks, ${letters} texts`);
    if (!/\d/.test(sentence)) check(false, `chart ${id} has no number: "${sentence}"`);
  }
  check(figures.length >= expected.charts.length, `${figures.length} charts, each with marks, axes and a number`);
  const text = await page.evaluate(() => document.body.textContent);
  for (const words of expected.words) check(text.includes(words), `says "${words}"`);
  const links = await page.$$eval(".files a", (all) => all.map((link) => new URL(link.href).pathname));
  check(links.every((path) => existsSync(decodeURIComponent(path))), `${links.length} SVG and CSV files exist`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  check(wide <= 1, `fits its window (${wide} px beyond)`);
  check(expected.film === Boolean(await page.$("#stage")), expected.film ? "has a 3D view" : "has no 3D view");
  if (expected.film) await film(page, kind);
  check(complaints.length === 0, `no errors${complaints.map((text) => `: ${text}`).join("")}`);
  await page.evaluate(() => scrollTo(0, 0));
  await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
  await context.close();
}

async function film(page, kind) {
  const stage = page.locator("#stage");
  await stage.scrollIntoViewIfNeeded();
  const pixels = async () => (await stage.screenshot()).toString("base64");
  const frame = async () => Number(await stage.getAttribute("data-frame"));
  const first = await pixels();
  check(await page.locator("#stage canvas").count() > 0 && first.length > 8000, "the 3D view draws atoms");
  await stage.focus();
  await page.keyboard.press("ArrowRight");
  await page.waitForTimeout(100);
  check(await frame() === 1 && await pixels() !== first, "right arrow: the next frame looks different");
  await page.keyboard.press("ArrowLeft");
  await page.waitForTimeout(100);
  check(await frame() === 0, "left arrow: back");
  await page.keyboard.press("End");
  const last = Number(await page.locator("#frame").getAttribute("max"));
  check(await frame() === last, `End: frame ${last}`);
  await page.keyboard.press("Home");
  await page.keyboard.press("Space");
  let running = 0;
  if (last > 0) {
    const moved = await page.waitForFunction(() => Number(document.getElementById("stage").dataset.frame) > 0).catch(() => null);
    running = moved ? await frame() : 0;
  }
  await page.keyboard.press("Space");
  check(running > 0, `space: plays (came to frame ${running})`);
  const stopped = await frame();
  await page.waitForTimeout(300);
  check(await frame() === stopped, "space: stops");
  const speed = async () => Number(await page.locator("#speed").inputValue());
  const before = await speed();
  await page.keyboard.press("+");
  check(await speed() > before, "+: faster");
  const following = await page.locator("#follow").isChecked(); // a molecule is followed, a cell stands still
  check(following === (kind !== "periodic"), `follows at the beginning: ${following}`);
  await page.keyboard.press("f");
  check(await page.locator("#follow").isChecked() !== following, "f: follows or no longer does");
  await page.keyboard.press("r");
  check(await page.locator("#follow").isChecked() === following, "r: the view at the beginning");
  const target = Math.max(1, Math.floor(last / 2));
  await page.locator("#frame").fill(String(target));
  check(await frame() === target, `slider: frame ${target}`);
  await page.keyboard.press("-");
}

const profile = mkdtempSync(join(tmpdir(), "cormorant-browser-"));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: FLAGS, headless: true,
  env: { ...process.env, HOME: profile },
});
try {
  for (const [kind, file] of pages.map((page) => page.split("="))) {
    const size = readFileSync(file).length;
    check(size < 15e6, `${file} has ${(size / 1e6).toFixed(2)} MB, less than 15`);
    await look(browser, kind, file, "desktop", "light");
    await look(browser, kind, file, "desktop", "dark");
    await look(browser, kind, file, "phone", "light");
  }
} finally {
  await browser.close();
  rmSync(profile, { recursive: true, force: true });
}
if (failures) {
  console.log(`${failures} checks failed`);
  process.exit(1);
}
console.log(`all reports are as they should be; screenshots in ${screenshots}`);
