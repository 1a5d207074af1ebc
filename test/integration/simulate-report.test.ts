import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import type { Browser, Page } from "playwright-core";
import { runProgram } from "../../src/cli/program.ts";
import { startChromium } from "../support/apps/chromium.ts";
import { CapturedOutput } from "../support/captured-output.ts";
import { closeAfterEach } from "../support/close-after-each.ts";
import { requireProgram } from "../support/require-program.ts";

const PLOTS = ["heaviest-address", "load-over-time", "load-per-backend", "moved-keys"];
const FILES = [...PLOTS.flatMap((name) => [`${name}-dark.svg`, `${name}-light.svg`]), "report.html", "results.json"];
/** What a population file may say without being trusted. */
const EVIL = `<script>document.title = "run"; console.error("run")</script><img src="http://127.0.0.1:9/x">`;

describe("the report of lengket simulate", function () {
  this.timeout(60_000);
  const later = closeAfterEach();
  let folder: string;
  let report: string;
  let browser: Browser | undefined;

  before(async function () {
    browser = await startChromium(requireProgram(this, "chromium"));
    folder = mkdtempSync(join(tmpdir(), "lengket-report-"));
    report = join(folder, "one");
    await write(report);
  });
  after(async () => {
    await browser?.close();
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });

  async function write(to: string): Promise<void> {
    const population = join(folder, "<script>.json");
    const groups = [
      { name: "homes", addresses: 500, usersPerAddress: 1 },
      { name: "campus", at: ["198.51.100.7"], usersPerAddress: 200 },
    ];
    writeFileSync(population, JSON.stringify({ name: EVIL, title: EVIL, source: EVIL, groups }));
    const [stdout, stderr] = [new CapturedOutput(), new CapturedOutput()];
    const args = [
      "--population",
      population,
      "--policy",
      "ring,bounded-load,sticky-cookie,modulo,haproxy-consistent",
      "--report",
      to,
    ];
    const code = await runProgram(["simulate", ...args], { env: {}, stdout, stderr, version: "1.2.3" });
    expect({ code, err: stderr.text }).to.deep.equal({
      code: 0,
      err: `lengket: report in ${join(to, "report.html")}\n`,
    });
  }

  /** Opens the page; what it logs and asks for is kept. */
  async function open(colorScheme: "light" | "dark", width: number) {
    const context = await (browser ?? expect.fail("no browser")).newContext({
      colorScheme,
      viewport: { width, height: 900 },
    });
    later(() => context.close());
    const page = await context.newPage();
    const [messages, requests]: [string[], string[]] = [[], []];
    page.on("console", (message) => messages.push(message.text()));
    page.on("pageerror", (error) => messages.push(error.message));
    page.on("request", (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(join(report, "report.html")).href, { waitUntil: "load" });
    return { page, messages, requests };
  }

  /** The titles of the plots that can be seen. */
  function seenPlots(page: Page): Promise<readonly string[]> {
    const seen = `[...document.querySelectorAll("figure svg")].filter((svg) => svg.getBoundingClientRect().width > 0)`;
    return page.evaluate(`${seen}.map((svg) => svg.querySelector("title").id)`);
  }

  for (const scheme of ["light", "dark"] as const) {
    it(`opens in a browser in ${scheme}: no error, no request, each plot once`, async () => {
      const { page, messages, requests } = await open(scheme, 1100);
      expect(messages).to.deep.equal([]);
      expect(requests).to.deep.equal([pathToFileURL(join(report, "report.html")).href]);
      const plots = await seenPlots(page);
      expect([...plots].sort()).to.deep.equal(PLOTS.map((name) => `${name}-${scheme}-title`));
      expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).to.equal(
        scheme === "light" ? "rgb(255, 255, 255)" : "rgb(13, 17, 23)",
      );
    });
  }

  it("says what was measured, and lets nothing run that came from a file", async () => {
    const { page } = await open("light", 1100);
    const text = await page.evaluate<string>("document.body.innerText");
    for (const said of ["Lengket 1.2.3", EVIL, "Seed of the people", "Limits of the method", "LENGKET_MODE=http"]) {
      expect(text).to.contain(said);
    }
    expect(await page.title()).to.contain("Sticky balancing of <script>");
    expect(await page.evaluate("document.scripts.length + document.images.length")).to.equal(0);
  });

  it("shows every table whole on a screen of 1280 pixels, and every caption on any", async () => {
    const { page } = await open("light", 1280);
    const boxes = '[...document.querySelectorAll(".wide")].filter((box) => box.clientWidth > 0)';
    expect(await page.evaluate<number>(`${boxes}.length`)).to.be.above(8);
    const cut = `${boxes}.filter((box) => box.scrollWidth > box.clientWidth).map((box) => box.textContent.slice(0, 40))`;
    expect(await page.evaluate(cut)).to.deep.equal([]);
    await page.setViewportSize({ width: 400, height: 900 });
    const captions = `[...document.querySelectorAll(".caption")].map((text) => text.getBoundingClientRect().right)`;
    const ends = await page.evaluate<readonly number[]>(captions);
    expect(ends).to.have.length.above(3);
    expect(Math.max(...ends)).to.be.at.most(400);
  });

  it("has tables that the keyboard moves sideways, and that keep their first column", async () => {
    const { page } = await open("dark", 400);
    const moved = page.locator('.wide[aria-labelledby="changes-caption"]');
    const policy = moved.locator("tbody th").first();
    const before = await policy.boundingBox();
    await moved.focus();
    await moved.evaluate((box: { scrollTo(x: number, y: number): void }) => box.scrollTo(10_000, 0));
    expect(await moved.evaluate((box: { readonly scrollLeft: number }) => box.scrollLeft)).to.be.above(100);
    expect((await policy.boundingBox())?.x).to.equal(before?.x);
    expect(await moved.getAttribute("tabindex")).to.equal("0");
    const unnamed = `[...document.querySelectorAll("[role=region]")].filter((box) =>
      (document.getElementById(box.getAttribute("aria-labelledby"))?.textContent ?? "").trim() === "").length`;
    expect(await page.evaluate(unnamed)).to.equal(0);
  });

  it("fits a narrow screen, and prints in light", async () => {
    const { page } = await open("dark", 400);
    expect(await page.evaluate("document.documentElement.scrollWidth")).to.equal(400);
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    expect([...(await seenPlots(page))].sort()).to.deep.equal(PLOTS.map((name) => `${name}-light-title`));
  });

  it("has plots in which no text is cut off or lies on another", async () => {
    const { page } = await open("light", 1100);
    for (const name of PLOTS) {
      const problems = await page.evaluate<readonly string[]>(`(${overlaps.toString()})("${name}-light-title")`);
      expect(problems, name).to.deep.equal([]);
    }
  });

  it("consists of files that are well-formed, and the same twice", async () => {
    expect(readdirSync(report).sort()).to.deep.equal(FILES);
    const { page } = await open("light", 1100);
    const again = join(folder, "two");
    await write(again);
    for (const file of FILES) {
      const text = readFileSync(join(report, file), "utf8");
      expect(readFileSync(join(again, file), "utf8"), file).to.equal(text);
      if (!file.endsWith(".svg")) continue;
      const parsed = `new DOMParser().parseFromString(${JSON.stringify(text)}, "image/svg+xml")`;
      expect(await page.evaluate(`${parsed}.documentElement.nodeName`), file).to.equal("svg");
    }
    expect(() => JSON.parse(readFileSync(join(report, "results.json"), "utf8"))).to.not.throw();
  });
});

/** Runs in the page: texts of a plot that leave it, or that lie on each other. */
function overlaps(titleId: string): readonly string[] {
  interface Box {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  }
  interface Part {
    readonly textContent: string;
    getBoundingClientRect(): Box;
    closest(
      selector: string,
    ): { querySelectorAll(selector: string): Iterable<Part>; getBoundingClientRect(): Box } | null;
  }
  const { document } = globalThis as unknown as { document: { getElementById(id: string): Part | null } };
  const svg = document.getElementById(titleId)?.closest("svg");
  if (svg === null || svg === undefined) return [`no plot ${titleId}`];
  const frame = svg.getBoundingClientRect();
  const texts = [...svg.querySelectorAll("text")]
    .filter(({ textContent }) => textContent !== "")
    .map((text) => ({ text: text.textContent, box: text.getBoundingClientRect() }));
  const problems = texts
    .filter(
      ({ box }) => box.left < frame.left || box.right > frame.right || box.top < frame.top || box.bottom > frame.bottom,
    )
    .map(({ text }) => `${text} leaves the plot`);
  texts.forEach(({ text, box }, i) => {
    for (const other of texts.slice(i + 1)) {
      const wide = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
      const high = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
      // The same text at the same place is its halo.
      if (wide > 1 && high > 3 && text !== other.text) problems.push(`${text} lies on ${other.text}`);
    }
  });
  return texts.length < 5 ? ["hardly any text"] : problems;
}
