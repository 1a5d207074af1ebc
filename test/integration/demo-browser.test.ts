import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { Browser, Page } from "playwright-core";
import { startChromium } from "../support/apps/chromium.ts";
import { closeAfterEach } from "../support/close-after-each.ts";
import { within } from "../support/gathered.ts";
import { requireProgram } from "../support/require-program.ts";
import { printed, type Running, start } from "../support/run-demo.ts";

/** Runs in the page: its controls that have no name for those who cannot see them. */
const NAMELESS = `[...document.querySelectorAll("button, input, a, [role=region], section, ul[id]")]
  .filter((node) => {
    const labels = (node.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id));
    const said = labels.map((label) => label?.textContent ?? "").join("") + (node.getAttribute("aria-label") ?? "");
    const own = node.matches("button, a") ? node.textContent : (node.closest("label")?.textContent ?? "");
    return (said + own).trim() === "";
  })
  .map((node) => node.outerHTML.slice(0, 100))`;

/**
 * Runs in the page: texts whose contrast with the ground behind them is below 4.5 : 1 (WCAG 2.2, success criterion 1.4.3),
 * and how many were looked at.
 */
const FAINT = `(() => {
  const channels = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => [r, g, b]
    .map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (node) => {
    for (let at = node; at !== null; at = at.parentElement) {
      const color = channels(getComputedStyle(at).backgroundColor);
      if (color.length === 3) return color;
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const faint = [];
  let seen = 0;
  while (walker.nextNode()) {
    const { textContent, parentElement } = walker.currentNode;
    if (textContent.trim() === "" || parentElement.getClientRects().length === 0) continue;
    seen++;
    const [a, b] = [light(channels(getComputedStyle(parentElement).color)), light(ground(parentElement))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) faint.push(textContent.trim() + " " + ratio.toFixed(2));
  }
  return { seen, faint };
})()`;

describe("the demo in Chromium", () => {
  const later = closeAfterEach();
  let browser: Browser | undefined;
  let running: Running | undefined;
  let url = "";

  before(async function () {
    browser = await startChromium(requireProgram(this, "chromium"));
    running = start(["demo"]);
    await printed(running, "Ctrl-C ends the demo.");
    url = /^ +(http:\/\/127\.0\.0\.1:\d+\/)$/m.exec(running.stdout())?.[1] ?? "";
  });
  after(async () => {
    running?.child.kill("SIGKILL");
    await browser?.close();
  });

  async function openPage(at: string, options: Parameters<Browser["newContext"]>[0] = {}): Promise<Page> {
    const context = await (browser ?? expect.fail("no browser")).newContext(options);
    later(() => context.close());
    const page = await context.newPage();
    page.on("pageerror", (error) => expect.fail(`the page: ${error.message}`));
    await page.goto(at);
    await page.waitForSelector("#news p");
    return page;
  }

  const text = (page: Page, selector: string): Promise<string> => page.innerText(selector);
  /** Waits until a visible part of the page says this. The page's policy allows no code of a test's own to look. */
  const says = (page: Page, selector: string, part: string): Promise<void> =>
    page.locator(selector).filter({ hasText: part, visible: true }).first().waitFor();
  const serverOf = async (page: Page): Promise<string> => text(page, "#you-where .chip");

  it("keeps a cart on its server, says where, and survives a reload", async () => {
    const page = await openPage(url);
    const server = await serverOf(page);
    for (const item of ["tea", "tea", "mango"])
      await page.getByRole("button", { name: `Add ${item} to your cart` }).click();
    await says(page, "#you-where", "3 items");
    expect(await text(page, "#you-where")).to.equal(`You are on server ${server}, 3 items`);
    await page.getByRole("button", { name: "Remove one mango from your cart" }).click();
    await says(page, "#you-where", "2 items");
    expect(await text(page, "#you-cart"))
      .to.include("tea × 2")
      .and.not.include("mango");
    await page.getByLabel("only mine").check();
    await says(page, "#requests", "remove mango");
    const rows = await page.locator("#requests tr").allInnerTexts();
    expect(rows.length).to.be.at.least(5);
    for (const row of rows)
      expect(row)
        .to.include("You")
        .and.match(new RegExp(`\\t${server}\\t`));
    await page.reload();
    await says(page, "#you-where", `server ${server}, 2 items`);
  });

  it("moves you once when your server is killed, nobody else, and nobody when it is revived", async () => {
    const page = await openPage(url);
    await page.getByRole("button", { name: "Add bread to your cart" }).click();
    await says(page, "#you-where", "1 item");
    const home = await serverOf(page);
    await page.getByRole("button", { name: `Kill server ${home}` }).click();
    await says(page, "#news", "You were moved once");
    await says(page, "#you-where", "0 items");
    const refuge = await serverOf(page);
    expect(refuge).to.not.equal(home);
    await says(page, "#news", "Nobody else moved");
    expect(await text(page, "#news"))
      .to.include("Your cart was there, so it is gone.")
      .and.include(`to ${refuge}`);
    await says(page, `#server-${home}`, "dead");
    await page.getByRole("button", { name: `Revive server ${home}` }).click();
    await says(page, "#news", `you stay on ${refuge}`);
    await says(page, `#server-${home}`, "up");
    expect(await serverOf(page)).to.equal(refuge);
    expect(await text(page, `#server-${home} .figures`)).to.include("0 visitors");
  });

  it("is another visitor at localhost in the same browser, behind the same address", async () => {
    const here = await openPage(url);
    await here.getByRole("button", { name: "Add tea to your cart" }).click();
    await says(here, "#you-where", "1 item");
    const there = await here.context().newPage();
    await there.goto(
      await here
        .locator("footer a")
        .getAttribute("href")
        .then((href) => href ?? ""),
    );
    await there.waitForSelector("#news p");
    expect(await text(there, "#you-where")).to.match(/^You are on server [abc], 0 items$/);
    await there.getByRole("button", { name: "Add mango to your cart" }).click();
    await says(there, "#you-where", "1 item");
    await here.reload();
    await says(here, "#you-where", "1 item");
    expect(await text(here, "#you-cart"))
      .to.include("tea")
      .and.not.include("mango");
    await says(here, ".people li", "another tab");
  });

  it("says so when the browser does not keep its cookies", async () => {
    const page = await openPage(url);
    await page.context().clearCookies();
    await page.getByRole("button", { name: "Add tea to your cart" }).click();
    await says(page, "#trouble", "keeps no cookies");
  });

  for (const [look, options] of [
    ["light", { colorScheme: "light", viewport: { width: 1280, height: 900 } }],
    ["dark", { colorScheme: "dark", viewport: { width: 1280, height: 900 } }],
    ["phone", { colorScheme: "dark", viewport: { width: 400, height: 800 } }],
    ["narrow", { colorScheme: "light", viewport: { width: 320, height: 700 } }],
  ] as const) {
    it(`can be read and used by keyboard: ${look}`, async () => {
      const page = await openPage(url, options);
      await page.getByRole("button", { name: "Add tea to your cart" }).click();
      await says(page, "#you-where", "1 item");
      const dead = await serverOf(page);
      await page.locator(`#server-${dead} .power`).focus();
      await page.keyboard.press("Enter");
      await says(page, `#server-${dead}`, "Revive");
      await says(page, "#news", "died");
      expect(await page.evaluate("document.activeElement.textContent")).to.equal(`Revive server ${dead}`);
      expect(await page.evaluate(NAMELESS)).to.deep.equal([]);
      const { seen, faint } = (await page.evaluate(FAINT)) as { seen: number; faint: string[] };
      expect(seen).to.be.greaterThan(50);
      expect(faint).to.deep.equal([]);
      expect(
        await page.evaluate("document.documentElement.scrollWidth - innerWidth"),
        "scrolls sideways",
      ).to.be.at.most(0);
      // On the narrowest screens the table of requests may be moved sideways in its own box.
      const cutOff = await page.evaluate(
        "Math.max(...[...document.querySelectorAll('.scroll')].map((box) => box.scrollWidth - box.clientWidth))",
      );
      if (options.viewport.width >= 400) expect(cutOff, "the table is cut off").to.equal(0);
      const folder = await mkdtemp(join(tmpdir(), "lengket-demo-"));
      later(() => rm(folder, { recursive: true }));
      const image = await page.screenshot({ path: join(folder, `${look}.png`), fullPage: true });
      expect(image.length).to.be.greaterThan(20_000);
      await page.keyboard.press("Enter");
      await says(page, `#server-${dead}`, "up");
      await says(page, "#news", "is back");
    });
  }

  it("ends at once at Ctrl-C, with the page open", async () => {
    const page = await openPage(url);
    const demo = running ?? expect.fail("no demo");
    demo.child.kill("SIGINT");
    expect(await within(2000, "the end", demo.ended)).to.equal(0);
    expect(demo.stderr()).to.equal("");
    await says(page, "#trouble", "it has ended");
  });
});
