// Opens pages in a headless Chromium as readers do, and prints as JSON what is wrong with each, by path:
// `html_in_browser.mjs CHROMIUM TASK PAGE...`, with TASK one of quiet, axe, axe-everywhere, keyboard, print.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PHONE = { width: 360, height: 740 };
const LAPTOP = { width: 1280, height: 800 };
const EVERYWHERE = [PHONE, LAPTOP].flatMap((viewport) => [
  { viewport, colorScheme: "light", media: "screen" },
  { viewport, colorScheme: "dark", media: "screen" },
  { viewport, colorScheme: "dark", media: "print" },
]);

const [executablePath, task, ...paths] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath,
  args: [
    ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
    ...["--disable-component-update", "--disable-sync"],
  ],
});

/** Open a page, and gather what it says, asks for or does by itself. */
async function opened(path, { viewport, colorScheme, media }) {
  const context = await browser.newContext({ viewport, colorScheme });
  const page = await context.newPage();
  const told = [];
  const own = pathToFileURL(path).href;
  page.on("console", (message) => told.push(`console ${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => told.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => (told.push(`dialog: ${dialog.message()}`), dialog.dismiss()));
  page.on("request", (request) => request.url() !== own && told.push(`asks for ${request.url().slice(0, 200)}`));
  await page.emulateMedia({ media });
  await page.goto(own, { waitUntil: "load" });
  return { page, told };
}

/** Nothing is said, asked for or run, and the page is no wider than the screen. */
async function quiet(path) {
  const { page, told } = await opened(path, { viewport: LAPTOP, colorScheme: "light", media: "screen" });
  await unfolded(page);
  for (const viewport of [LAPTOP, PHONE]) {
    await page.setViewportSize(viewport);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    if (width > viewport.width) told.push(`is ${width} pixels wide on a screen of ${viewport.width}`);
  }
  await page.context().close();
  return told;
}

async function unfolded(page) {
  await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
}

/** axe-core finds nothing, all of the page unfolded; what it cannot decide is no violation. */
async function axe(path, mode) {
  const { page, told } = await opened(path, mode);
  if (mode.media === "screen") await unfolded(page);
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  await page.context().close();
  const where = `${mode.viewport.width} px, ${mode.colorScheme}, ${mode.media}`;
  const found = violations.map(
    ({ id, help, nodes }) => `${id} (${where}): ${help}: ${nodes.length} times, ${nodes[0].html.slice(0, 300)}`,
  );
  return [...told, ...found];
}

/** Tab reaches all that can be opened, followed or scrolled, and shows where it is; Enter unfolds; arrows scroll. */
async function keyboard(path) {
  const { page, told } = await opened(path, { viewport: PHONE, colorScheme: "light", media: "screen" });
  const wrong = told;
  for (const folded of [true, false]) {
    if (!folded) await unfolded(page);
    const wanted = await page.evaluate(() => {
      const scrolls = [...document.querySelectorAll("*")].filter(
        (one) => one.scrollWidth > one.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(one).overflowX),
      );
      const all = new Set([...document.querySelectorAll("a[href], summary"), ...scrolls]);
      const seen = [...all].filter((one) => one.checkVisibility());
      seen.forEach((one, at) => one.setAttribute("data-wanted", at));
      return seen.map((one) => one.outerHTML.slice(0, 120));
    });
    if (wanted.length === 0) wrong.push("there is nothing to reach");
    const reached = new Set();
    await page.evaluate(() => (document.activeElement.blur(), window.getSelection().removeAllRanges()));
    await page.mouse.click(1, 1);
    for (let presses = 0; presses < wanted.length * 2 + 20 && reached.size < wanted.length; presses += 1) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(() => {
        const one = document.activeElement;
        const visible = one !== document.body && getComputedStyle(one).outlineStyle !== "none";
        return visible ? one.getAttribute("data-wanted") : null;
      });
      if (at !== null) reached.add(Number(at));
    }
    wanted.forEach((html, at) => reached.has(at) || wrong.push(`Tab does not reach, or does not show: ${html}`));
  }
  wrong.push(...(await used(page)));
  await page.context().close();
  return wrong;
}

/** What is wrong with using what the keyboard reached. */
async function used(page) {
  const wrong = [];
  const summary = page.locator("summary").first();
  const isOpen = () => summary.evaluate((one) => one.parentElement.open);
  const before = await isOpen();
  await summary.focus();
  await page.keyboard.press("Enter");
  if ((await isOpen()) === before) wrong.push("Enter neither folds nor unfolds");
  await unfolded(page);
  const region = page.locator("[tabindex='0']").filter({ visible: true }).first();
  const [wide, shown] = await region.evaluate((one) => [one.scrollWidth, one.clientWidth]);
  await region.focus();
  for (let presses = 0; presses < 5; presses += 1) await page.keyboard.press("ArrowRight");
  await page.waitForTimeout(300);
  if (wide > shown && (await region.evaluate((one) => one.scrollLeft)) === 0) wrong.push("arrows do not scroll");
  return wrong;
}

/** It prints to PDF on sheets of A4, and what is folded on the screen is on the paper. */
async function print(path) {
  const { page, told } = await opened(path, { viewport: LAPTOP, colorScheme: "dark", media: "print" });
  const wrong = told;
  const hidden = await page.evaluate(() =>
    [...document.querySelectorAll("details > :not(summary), details td, details dd")]
      .filter((one) => !one.checkVisibility())
      .map((one) => one.outerHTML.slice(0, 120)),
  );
  if (hidden.length) wrong.push(`${hidden.length} pieces are folded on paper too: ${hidden[0]}`);
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
  const sheets = pdf.match(/\/Type\s*\/Page\b/g) ?? [];
  const a4 = pdf.match(/\/MediaBox\s*\[0 0 59[45][.\d]* 84[12][.\d]*\]/g) ?? [];
  if (!pdf.startsWith("%PDF-") || sheets.length === 0) wrong.push("no PDF is made");
  if (a4.length !== sheets.length) wrong.push(`${sheets.length - a4.length} of ${sheets.length} sheets are not A4`);
  const [paper, ink] = await page.evaluate(() => {
    const style = getComputedStyle(document.documentElement);
    return [style.backgroundColor, style.color];
  });
  if (paper !== "rgb(255, 255, 255)") wrong.push(`paper is ${paper}, with ink of ${ink}`);
  await page.context().close();
  return wrong;
}

const TASKS = {
  quiet,
  keyboard,
  print,
  axe: (path) => axe(path, { viewport: LAPTOP, colorScheme: "light", media: "screen" }),
  "axe-everywhere": async (path) => {
    const wrong = [];
    for (const mode of EVERYWHERE) wrong.push(...(await axe(path, mode)));
    return wrong;
  },
};

const told = {};
for (const path of paths) {
  try {
    told[path] = await TASKS[task](path);
  } catch (error) {
    told[path] = [String(error).slice(0, 500)];
  }
}
await browser.close();
console.log(JSON.stringify(told));
