// Opens every page of the guide from a file URL, without a network, at desktop and phone width, light and dark.
//   node guide.mjs FOLDER-OF-THE-BOOK FOLDER-FOR-SCREENSHOTS [PAGE ...]      PAGE: those to keep a screenshot of, "all" for all
// Needs playwright-core and a Chromium (CHROMIUM, /usr/bin/chromium if unset). Exit status 1 if anything is amiss.
import { mkdirSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const { chromium } = createRequire(join(process.env.BROWSER_MODULES, "package.json"))("playwright-core");
const [book, screenshots, ...kept] = process.argv.slice(2);
mkdirSync(screenshots, { recursive: true });
const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };
const LOOKED_AT_DARK = ["theory.html", "accuracy.html", "simulate.html"];
const pages = readdirSync(book).filter((name) => name.endsWith(".html") && !["404.html", "print.html", "toc.html", "index.html"].includes(name));
if (pages.length < 20) throw new Error(`only ${pages.length} pages in ${book}`);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"],
});
let failures = 0;
const colors = {};
for (const [size, viewport] of Object.entries(SIZES)) {
  for (const colorScheme of ["light", "dark"]) {
    const context = await browser.newContext({ viewport, colorScheme, hasTouch: size === "phone", isMobile: size === "phone" });
    await context.setOffline(true);
    // Colors do not change the layout: a few dark pages are enough.
    for (const name of pages.filter((name) => colorScheme === "light" || LOOKED_AT_DARK.includes(name) || kept.includes("all"))) {
      const page = await context.newPage();
      const complaints = [];
      page.on("console", (message) => { if (message.type() === "error") complaints.push(message.text()); });
      page.on("pageerror", (error) => complaints.push(String(error)));
      page.on("request", (request) => { if (!/^(file|data|blob):/.test(request.url())) complaints.push(`asks for ${request.url()}`); });
      await page.goto(pathToFileURL(resolve(book, name)).href);
      const found = await page.evaluate(() => ({
        // Wider than the window: something that should scroll by itself, such as a table, pushes the page aside.
        wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        cut: [...document.querySelectorAll("main table, main pre")].filter((one) => {
          const box = one.closest(".table-wrapper") || one;
          return one.scrollWidth > box.clientWidth + 1 && !/auto|scroll/.test(getComputedStyle(box).overflowX + getComputedStyle(one.querySelector("code") || one).overflowX);
        }).length,
        missing: [...document.images].filter((image) => image.complete && image.naturalWidth === 0).map((image) => image.src),
        words: document.querySelector("main").innerText.length,
        color: getComputedStyle(document.documentElement).backgroundColor + getComputedStyle(document.body).backgroundColor,
      }));
      if (found.wide > 1) complaints.push(`${found.wide} px wider than the window`);
      if (found.cut) complaints.push(`${found.cut} tables or blocks are cut off`);
      if (found.missing.length) complaints.push(`no picture ${found.missing}`);
      if (found.words < 300) complaints.push("hardly any text");
      colors[colorScheme] = found.color;
      if (complaints.length) {
        failures += 1;
        console.log(`FAIL ${name} ${size} ${colorScheme}: ${complaints.join("; ")}`);
      }
      const short = name.replace(".html", "");
      if (complaints.length || kept.includes(short) || kept.includes("all")) {
        await page.screenshot({ path: join(screenshots, `guide-${short}-${size}-${colorScheme}.png`), fullPage: !kept.includes("all") });
      }
      await page.close();
    }
    await context.close();
  }
}
if (colors.light === colors.dark) {
  failures += 1;
  console.log("FAIL the dark pages look like the light ones");
}
await browser.close();
console.log(`${pages.length} pages of the guide, ${failures} failures`);
process.exit(failures ? 1 : 0);
