import { readFileSync } from "node:fs";
import { expect } from "chai";
import { parseEnvFile } from "../../../src/config/env-file.ts";
import { readConfiguration } from "../../../src/config/read-configuration.ts";
import { renderEnvExample } from "../../../src/config/render-env-example.ts";
import { renderSettingsPage } from "../../../src/config/render-settings-page.ts";
import { readText } from "../../../src/config/setting-type.ts";
import { settingEntries } from "../../../src/config/settings.ts";
import { configure } from "../../support/configure.ts";

const entries = settingEntries();

describe("the table of settings", () => {
  it("is whole", () => {
    expect(entries).to.have.length.of.at.least(115);
  });

  it("has every name once, in capitals, and none that Kubernetes makes", () => {
    const names = entries.map(([, { name }]) => name);
    expect(new Set(names).size).to.equal(names.length);
    for (const name of names) {
      expect(name).to.match(/^[A-Z][A-Z0-9_]*$/);
      expect(name).to.not.match(/^(PORT|SERVICE)(_|$)/);
    }
  });

  it("has a unit in the key of every duration and size", () => {
    for (const [key, { label }] of entries) {
      if (label === "duration") expect(key).to.match(/Ms$/);
      if (label === "size") expect(key).to.match(/Bytes$/);
    }
  });

  for (const [key, setting] of entries) {
    it(`${setting.name} reads its default and its example, and says what unset means`, () => {
      expect(readText(setting.schema, setting.default).ok).to.equal(true);
      expect(readText(setting.schema, setting.example).ok).to.equal(true);
      if (setting.default === "") expect(setting.unset, key).to.match(/\S/);
      expect(setting.meaning, "one line").to.match(/^[^\n]{5,120}$/);
    });
  }

  it("has the defaults that were decided", () => {
    const { settings } = configure({});
    expect(settings).to.include({
      listenBacklog: 4096,
      tcpKeepAliveMs: 30_000,
      hashPolicy: "ring",
      ringVnodes: 1024,
      maglevTable: 65_537,
      clientPrefixV4: 32,
      clientPrefixV6: 64,
      boundedLoad: 0,
      overflowPinMs: 600_000,
      natSplitShare: 1,
      healthIntervalMs: 2000,
      healthTimeoutMs: 1000,
      healthRise: 2,
      healthFall: 3,
      healthFastIntervalMs: 500,
      healthJitter: 0.2,
      passiveFailures: 3,
      ejectMaxPercent: 50,
      retries: 2,
      retryDelayMs: 50,
      drainTimeoutMs: 0,
      shutdownMinMs: 5000,
      shutdownQuietMs: 2000,
      shutdownTimeoutMs: 30_000,
      connectTimeoutMs: 3000,
      idleTimeoutMs: 600_000,
      halfClosedTimeoutMs: 30_000,
      maxConnections: "auto",
      bufferBytes: 523_264,
      accessLogBufferBytes: 4_194_304,
      strict: true,
    });
    expect(settings).to.include({
      cookieMode: "insert",
      cookieName: "lengket",
      cookiePath: "/",
      cookieDomain: undefined,
      cookieSecure: "auto",
      cookieHttpOnly: true,
      cookieSameSite: "lax",
      cookiePartitioned: false,
      cookieMaxAgeMs: 0,
      cookieIdleMs: 0,
      cookieLifeMs: 0,
      cookieValue: "opaque",
      cookieHide: true,
      cookieNoCache: true,
      cookiePreserve: false,
      cookieInvalid: "repin",
      drainCookies: true,
      learnTtlMs: 3_600_000,
      learnMax: 100_000,
      routeSeparator: ".",
      newSessionHintMs: 2000,
      upstreamReuse: "shared",
      upstreamIdle: 64,
      upstreamIdleTimeoutMs: 30_000,
      upstreamMaxRequests: 0,
      forwardedHeader: "x-forwarded-for",
      forwardedOut: "append",
      realIpHeader: undefined,
      httpHeadTimeoutMs: 10_000,
      httpKeepAliveTimeoutMs: 60_000,
      httpResponseTimeoutMs: 0,
      upgradeIdleTimeoutMs: 3_600_000,
      httpMaxHeadBytes: 16_384,
      httpMaxHeaders: 100,
      mode: "tcp",
      hashKey: "client_ip",
    });
    expect(settings.cookieSecrets).to.deep.equal([]);
    expect(settings.ratePerClient).to.equal(undefined);
    expect(settings.accessLogAlways).to.deep.equal(["errors", "slow"]);
    expect(settings.healthExpect).to.deep.equal([{ from: 200, to: 399 }]);
  });
});

describe("what is made from the table", () => {
  it("docs/settings.md is up to date", () => {
    const message = "run: node dist/main.js help-env --docs > docs/settings.md";
    expect(readFileSync("docs/settings.md", "utf8") === renderSettingsPage(), message).to.equal(true);
  });

  it(".env.example is up to date", () => {
    const message = "run: node dist/main.js help-env --example > .env.example";
    expect(readFileSync(".env.example", "utf8") === renderEnvExample(), message).to.equal(true);
  });

  it(".env.example is a configuration, and so is every line that it has commented out", () => {
    const text = renderEnvExample();
    const read = (content: string) =>
      readConfiguration({ flags: {}, env: {}, envFile: { path: ".env", text: content }, readFile: () => "" });
    expect(read(text).warnings).to.deep.equal([]);
    const uncommented = parseEnvFile(text.replace(/^#(LENGKET_)/gm, "$1"));
    expect(uncommented.problems).to.deep.equal([]);
    expect(uncommented.entries.map(({ name }) => name)).to.deep.equal(entries.map(([, { name }]) => `LENGKET_${name}`));
  });

  it("docs/settings.md has a row for every setting, with as many cells as the head", () => {
    const rows = renderSettingsPage()
      .split("\n")
      .filter((line) => line.startsWith("| `LENGKET_"));
    expect(rows).to.have.lengthOf(entries.length);
    for (const row of rows) expect(row.replaceAll("\\|", "").split("|")).to.have.lengthOf(9);
  });
});
