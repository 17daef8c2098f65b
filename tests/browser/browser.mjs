// Reports in a real browser: node browser.mjs DIRECTORY-OF-A-REPORT [STAGE…]. Prints what fails and `N passed, M failed`.
import { createRequire } from "node:module";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
const require = createRequire(import.meta.url);
const { chromium } = require("playwright-core");
const MarkdownIt = require("markdown-it");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const directory = resolve(process.argv[2]);
let passed = 0, failed = 0;
const ok = (what, good, why = "") => {
  if (good) passed++;
  else { failed++; console.log(`FAILED: ${what}${why ? `: ${why}` : ""}`); }
};
const same = (what, found, wanted) => ok(what, JSON.stringify(found) === JSON.stringify(wanted), `${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);

// What Debian's chromium needs as root, and to leave the network alone.
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

// A page of the report; whatever it asks for or says is a failure.
const open = async (file, options = {}) => {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  const page = await context.newPage();
  const url = pathToFileURL(join(directory, file.split("#")[0])).href + (file.includes("#") ? "#" + file.split("#")[1] : "");
  page.on("request", (r) => { if (r.url().split("#")[0] !== url.split("#")[0] && !r.url().startsWith("data:")) ok(`${file}: a request to ${r.url()}`, false); });
  page.on("console", (m) => ok(`${file}: console: ${m.text()}`, false));
  page.on("pageerror", (e) => ok(`${file}: ${e}`, false));
  await page.goto(url);
  return page;
};
const close = (page) => page.context().close();
const shown = (page) => page.$$eval("#matrix tbody tr", (rows) => rows.filter((r) => r.offsetParent).map((r) => r.cells[0].textContent));

// axe-core, as text where it finds something. It is not of the page: it goes in past the page's own policy.
const axed = async (page, what) => {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
  ok(`${what}: axe`, !violations.length, violations.map((v) => `${v.id} (${v.nodes.length}): ${v.nodes[0].html.slice(0, 200)}`).join("; "));
};

// --- the smallest and what its page can do
const filterAndSort = async () => {
  const page = await open("g3-smode.html");
  const all = await shown(page);
  ok("the matrix is there", all.length > 20);
  same("critical first", all[0], "smode");
  await page.selectOption("select[name=class]", "critical");
  same("filter by class", await shown(page), ["smode"]);
  same("the count", await page.textContent("output[name=count]"), `1 of ${all.length} shown`);
  await page.click("button[type=reset]");
  await page.waitForFunction((n) => document.querySelector("output[name=count]").value.startsWith(`${n} of`), all.length);
  await page.selectOption("select[name=field]", "TIMER");
  same("filter by field", (await shown(page)).sort(), ["ldt"]);
  await page.click("button[type=reset]");
  await page.selectOption("select[name=level]", "supervisor");
  const sensitive = await shown(page);
  ok("filter by level", sensitive.includes("lpsw") && sensitive.includes("smode") && !sensitive.includes("add"), sensitive.join());
  await page.click("button[type=reset]");
  await page.fill("input[name=text]", "shift");
  same("filter by name", await shown(page), ["shl", "shr"]);
  await page.click("button[type=reset]");
  const name = page.locator("#matrix thead th").first();
  await name.locator("button").click();
  same("sorted", (await shown(page)).slice(0, 3), ["add", "addi", "addv"]);
  same("aria-sort", await name.getAttribute("aria-sort"), "ascending");
  await name.locator("button").click();
  same("sorted down", (await shown(page))[0], "xor");
  await close(page);
};

const keyboard = async () => {
  const page = await open("g3-smode.html");
  await page.keyboard.press("Tab");
  same("first the skip link", await page.evaluate(() => document.activeElement.textContent), "Skip to the content");
  await page.keyboard.press("Enter");
  same("the skip link skips", await page.evaluate(() => location.hash), "#main");
  await page.focus("#matrix thead button");
  await page.keyboard.press("Enter");
  same("sort by keyboard", (await shown(page))[0], "add");
  const summary = page.locator("details.instruction summary").first();
  await summary.focus();
  await page.keyboard.press("Enter");
  ok("details by keyboard", await page.$eval("details.instruction", (d) => d.open));
  await page.click("#openers [data-open=yes]");
  ok("open all", await page.$$eval("details.instruction", (all) => all.every((d) => d.open)));
  await page.focus("#openers [data-open='']");
  await page.keyboard.press("Space");
  ok("close all", await page.$$eval("details.instruction", (all) => all.every((d) => !d.open)));
  await close(page);
};

const links = async () => {
  for (const javaScriptEnabled of [true, false]) {
    const page = await open("g3-smode.html#i-smode", { javaScriptEnabled });
    const visible = await page.locator("#i-smode svg.square").isVisible();
    ok(`deep link, scripts ${javaScriptEnabled}`, visible);
    const top = (await page.locator("#i-smode").boundingBox()).y;
    ok(`deep link scrolls, scripts ${javaScriptEnabled}`, top >= 0 && top < 900, `${top}`);
    await close(page);
  }
  const page = await open("g3-smode.html");
  await page.click("#matrix a[href='#i-smode']");
  ok("a link in the matrix opens", await page.locator("#i-smode").isVisible());
  const dead = await page.evaluate(() => [...document.querySelectorAll("a[href^='#']")].map((a) => a.getAttribute("href")).filter((h) => !document.getElementById(h.slice(1))));
  same("no link leads nowhere", dead, []);
  const twice = await page.evaluate(() => { const ids = [...document.querySelectorAll("[id]")].map((e) => e.id); return ids.filter((id, n) => ids.indexOf(id) !== n); });
  same("no anchor twice", twice, []);
  await close(page);
  const index = await open("index.html");
  const files = await index.$$eval("a[href]", (all) => [...new Set(all.map((a) => a.getAttribute("href").split("#")[0]))].filter((h) => h));
  for (const f of files) ok(`${f} is there`, existsSync(join(directory, f)));
  await close(index);
};

const withoutScripts = async () => {
  const page = await open("g3-smode.html", { javaScriptEnabled: false });
  ok("no scripts: no dead controls", !(await page.locator("#filter").isVisible()) && !(await page.locator("#openers").isVisible()) && (await page.locator("thead button").count()) === 0);
  ok("no scripts: the whole matrix", (await page.locator("#matrix tbody tr").count()) > 20);
  await close(page);
};

const print = async () => {
  const page = await open("g3-smode.html");
  await page.emulateMedia({ media: "print" });
  ok("print: details are open", await page.locator("#i-smode svg.square").isVisible());
  ok("print: no controls", !(await page.locator("#filter").isVisible()) && !(await page.locator("nav").first().isVisible()));
  same("print: black on white", await page.evaluate(() => [getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]), ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]);
  const pdf = await page.pdf({ format: "A4" });
  ok("print: a PDF", pdf.subarray(0, 5).toString() === "%PDF-" && pdf.length > 50000);
  await page.emulateMedia({ media: "screen" });
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  ok("before print, all are opened", await page.$$eval("details", (all) => all.every((d) => d.open)));
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  ok("after print, closed again", await page.$$eval("details.instruction", (all) => all.every((d) => !d.open)));
  await close(page);
};

// What a reader is told on the first screen, before scrolling.
const firstScreen = async () => {
  const page = await open("g3-smode.html");
  const text = await page.evaluate(() => [...document.querySelectorAll(".sentence, .changes td, .changes th")].filter((e) => e.getBoundingClientRect().bottom < innerHeight).map((e) => e.textContent).join(" "));
  for (const word of ["No:", "smode", "Let it trap", "X["]) ok(`first screen says ${word}`, text.includes(word), text);
  ok("the repair is shown, with what was proved of it", (await page.textContent(".advice")).includes("with it, equivalence is ✓ proved"));
  const verdict = await page.$eval(".sentence .v", (v) => [v.textContent.trim(), getComputedStyle(v).color]);
  same("verdict: shape", verdict[0], "✕");
  ok("verdict: word", (await page.textContent(".sentence")).includes("No:"));
  ok("verdict: colour", verdict[1] !== (await page.evaluate(() => getComputedStyle(document.body).color)));
  await close(page);
};

// Rows and instructions that are built like others are taken out, or axe takes minutes; what is left is opened.
const thin = (page, large) => page.evaluate((large) => {
  for (const e of document.querySelectorAll(`#matrix tbody tr:nth-child(n+9), #state tbody tr:nth-child(n+9), details.instruction:nth-of-type(n+${large ? 2 : 4})`)) e.remove();
  for (const d of document.querySelectorAll("details")) d.open = !large;
  dispatchEvent(new Event("resize"));
}, large);

const accessible = async (files) => {
  for (const file of files) {
    const page = await open(file);
    await thin(page, file === "rv64.html");
    await axed(page, file);
    await close(page);
  }
  const dark = await open("g3-smode.html", { colorScheme: "dark" });
  await thin(dark);
  await axed(dark, "dark");
  await close(dark);
  const narrow = await open("g3-smode.html", { viewport: { width: 360, height: 740 } });
  await thin(narrow);
  await axed(narrow, "narrow");
  ok("narrow: the page does not scroll sideways", await narrow.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${await narrow.evaluate(() => document.documentElement.scrollWidth)}`);
  await close(narrow);
  const contrast = await open("g3-smode.html", { contrast: "more" });
  same("high contrast", await contrast.evaluate(() => getComputedStyle(document.body).color), "rgb(0, 0, 0)");
  await close(contrast);
  const forced = await open("g3-smode.html", { forcedColors: "active" });
  await thin(forced);
  await axed(forced, "forced colours");
  await close(forced);
};

// Text from a description stays text. `window.pwned` is what every attempt would set.
const hostile = async () => {
  const page = await open("hostile.html");
  await page.evaluate(() => { for (const d of document.querySelectorAll("details")) d.open = true; });
  same("hostile: nothing ran", await page.evaluate(() => window.pwned ?? null), null);
  same("hostile: no element of its own", await page.evaluate(() => document.querySelectorAll("img, iframe, object, embed, [onload], [onerror], [onmouseover], main script, main style, b > script").length), 0);
  same("hostile: one script, one style", await page.evaluate(() => [document.scripts.length, document.querySelectorAll("style").length]), [1, 1]);
  same("hostile: no script links", await page.evaluate(() => [...document.querySelectorAll("a")].filter((a) => /^javascript:/i.test(a.getAttribute("href"))).length), 0);
  const text = await page.evaluate(() => document.body.textContent);
  for (const n of [1, 3, 5, 7, 9, 10, 12, 13, 15, 16, 17]) ok(`hostile: attempt ${n} is shown as text`, text.includes(`window.pwned=${n}`));
  ok("hostile: no control characters", !/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(await page.content()));
  // Without the page's policy too: escaping is what protects, the policy only comes on top.
  const bare = await browser.newPage();
  bare.on("request", (r) => { if (!r.url().startsWith("about:") && !r.url().startsWith("data:")) ok(`hostile: a request to ${r.url()}`, false); });
  const html = readFileSync(join(directory, "hostile.html"), "utf8");
  ok("the page has a policy", html.includes("Content-Security-Policy"));
  await bare.setContent(html.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, ""));
  await bare.waitForTimeout(100);
  same("hostile: nothing ran without the policy", await bare.evaluate(() => window.pwned ?? null), null);
  const markdown = readFileSync(join(directory, "hostile.md"), "utf8");
  await bare.setContent(new MarkdownIt({ html: true, linkify: false }).render(markdown));
  await bare.waitForTimeout(100);
  same("hostile Markdown: nothing ran", await bare.evaluate(() => window.pwned ?? null), null);
  same("hostile Markdown: no markup of its own", await bare.evaluate(() => document.querySelectorAll("img, script, a, svg, style, em, del, h1 b, p strong + em").length), 0);
  const cells = await bare.evaluate(() => [...document.querySelectorAll("table")].every((t) => [...t.rows].every((r) => r.cells.length === t.rows[0].cells.length)));
  ok("hostile Markdown: no cell more", cells);
  same("hostile Markdown: headings are ours", await bare.evaluate(() => document.querySelectorAll("h1").length), 1);
  await bare.close();
  await close(page);
};

// A recorded run: forward, back, jumps, keys; the trap's way; without scripts the list of all steps.
const stepping = async () => {
  const page = await open("run.html");
  const where = () => page.textContent("output[name=where]");
  const cell = (name, column) => page.$eval(`#states tr[data-name="${name}"]`, (row, column) => row.cells[column].textContent, column);
  const lit = () => page.$$eval("#way .on[data-part]", (all) => all.map((e) => e.dataset.part).sort());
  const total = (await page.$$("#steps tbody tr")).length;
  same("at the start", await where(), `0 of ${total}`);
  await page.click("[data-go=forward]");
  same("forward", await where(), `1 of ${total}`);
  same("mapped level", [await cell("M", 1), await cell("M", 2), await cell("M", 4)], ["supervisor", "supervisor", "user"]);
  same("the allocator composes first", await lit(), ["allocator", "direct", "guest"]);
  const after = await cell("P", 1);
  await page.click("[data-go=forward]");
  same("executed directly", await lit(), ["direct", "guest"]);
  ok("the pc moves", (await cell("P", 1)) !== after);
  await page.click("[data-go=back]");
  same("back", [await where(), await cell("P", 1)], [`1 of ${total}`, after]);
  await page.click("[data-go=trap]");
  ok("a trap goes through dispatcher and interpreter", (await lit()).includes("dispatcher") && (await lit()).includes("interpreter"));
  ok("and is told", (await page.textContent("#path")).includes("interpreter"));
  await page.click("[data-go=difference]");
  ok("the difference is shown", (await page.textContent("#instruction")).includes("differs in IE") && (await cell("IE", 2)).includes("✕") && (await cell("IE", 1)) === "0x1");
  const at = await where();
  await page.focus("[data-go=first]");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowRight");
  same("arrows", await where(), at);
  await page.keyboard.press("End");
  same("end", await where(), `${total} of ${total}`);
  await page.keyboard.press("Home");
  same("home", await where(), `0 of ${total}`);
  await page.$eval("input[name=at]", (e) => { e.value = 100; e.dispatchEvent(new Event("input", { bubbles: true })); });
  same("slider", await where(), `100 of ${total}`);
  await page.click("[data-go=last]");
  ok("the console", (await page.textContent("#console")).length > 0);
  await axed(page, "run.html");
  await close(page);
  const linked = await open("run.html#step-9");
  same("a link to a step", await linked.textContent("output[name=where]"), `9 of ${total}`);
  await close(linked);
  const plain = await open("run.html", { javaScriptEnabled: false });
  ok("no scripts: all steps", (await plain.locator("#steps tbody tr").first().isVisible()) && !(await plain.locator("#controls").isVisible()));
  await close(plain);
};

const largest = async () => {
  const file = readdirSync(directory).filter((f) => f.endsWith(".html") && f !== "run.html").map((f) => [readFileSync(join(directory, f)).length, f]).sort((a, b) => b[0] - a[0])[0];
  ok(`${file[1]} is under 5 MB`, file[0] < 5e6, `${file[0]}`);
  const page = await open(file[1]);
  await page.selectOption("select[name=class]", "critical");
  const critical = await shown(page);
  ok("largest: filter", critical.length > 0 && critical.length < (await page.$$("#matrix tbody tr")).length, critical.join());
  await close(page);
};

const tests = { filterAndSort, keyboard, links, withoutScripts, print, firstScreen, stepping, hostile, largest,
  accessible: () => accessible(["index.html", "g3.html", "g3-smode.html", "hostile.html", "rv64.html"].filter((f) => existsSync(join(directory, f)))) };
for (const [name, test] of Object.entries(tests)) {
  if (process.argv.length > 3 && !process.argv.slice(3).includes(name)) continue;
  const start = Date.now();
  try { await test(); } catch (e) { ok(name, false, e.message.split("\n").slice(0, 3).join(" ")); }
  if (process.env.TIMES) console.log(`${name} ${Date.now() - start} ms`);
}
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
