import { expect } from "chai";
import { changedSettings, endsAllCookies, withLiveSettings } from "../../../src/config/changed-settings.ts";
import { SETTINGS } from "../../../src/config/settings.ts";
import { configure } from "../../support/configure.ts";

const { settings: before } = configure({});
const changes = (env: Record<string, string>) => changedSettings(before, configure(env).settings);

describe("endsAllCookies", () => {
  const [a, b, c] = ["a", "b", "c"].map((letter) => letter.repeat(32));
  const reading = (secrets: string, env: Record<string, string> = {}) =>
    configure({ MODE: "http", COOKIE_SECRET: secrets, ...env }).settings;

  it("is so when no secret stays", () => {
    expect(endsAllCookies(reading(`${a},${b}`), reading(`${c}`))).to.equal(true);
    expect(endsAllCookies(reading(`${a}`), reading(""))).to.equal(true);
  });

  it("is not so while one of them stays, or where cookies are not signed", () => {
    expect(endsAllCookies(reading(`${a}`), reading(`${b},${a}`))).to.equal(false);
    expect(endsAllCookies(reading(`${b},${a}`), reading(`${b}`))).to.equal(false);
    expect(endsAllCookies(reading(""), reading(`${a}`))).to.equal(false);
    for (const env of [{ MODE: "tcp" }, { COOKIE_MODE: "off" }, { COOKIE_VALUE: "id" }])
      expect(endsAllCookies(reading(`${a}`, env), reading(`${b}`, env)), JSON.stringify(env)).to.equal(false);
  });
});

describe("changedSettings", () => {
  it("finds nothing in two readings of the same texts, or of texts that mean the same", () => {
    expect(changes({})).to.deep.equal({ live: [], restart: [] });
    expect(changes({ IDLE_TIMEOUT: "600s", BUFFER: "511k" })).to.deep.equal({ live: [], restart: [] });
  });

  it("tells what a reload applies from what needs a restart", () => {
    expect(changes({ LOG_LEVEL: "debug", ALLOW: "10.0.0.0/8", LISTEN: ":1", IDLE_TIMEOUT: "1h" })).to.deep.equal({
      live: ["LENGKET_ALLOW", "LENGKET_LOG_LEVEL"],
      restart: ["LENGKET_LISTEN", "LENGKET_IDLE_TIMEOUT"],
    });
  });

  it("sees a change inside a backend, also from another setting", () => {
    expect(changes({ BACKENDS: "app1=10.0.0.11:3000;weight=2,app2=10.0.0.12:3000" }).live).to.deep.equal([
      "LENGKET_BACKENDS",
    ]);
    expect(changes({ BACKEND_MAX_CONNECTIONS: "5" }).live).to.deep.equal([
      "LENGKET_BACKENDS",
      "LENGKET_BACKEND_MAX_CONNECTIONS",
    ]);
  });

  it("knows exactly which settings are live", () => {
    const live = Object.values(SETTINGS).filter((setting) => setting.live);
    expect(live.map(({ name }) => name)).to.deep.equal([
      "BACKENDS",
      "BACKEND_MAX_CONNECTIONS",
      "COOKIE_SECRET",
      "COOKIE_SECRET_FILE",
      "TRUSTED_PROXIES",
      "PROXY_PROTOCOL_TRUSTED",
      "ALLOW",
      "DENY",
      "MAX_CONNECTIONS_PER_CLIENT",
      "RATE_PER_CLIENT",
      "LOG_LEVEL",
      "ACCESS_LOG_SAMPLE",
      "ACCESS_LOG_ALWAYS",
      "ACCESS_LOG_SLOW",
      "ACCESS_LOG_MASK",
      "SKEW_ADVICE",
    ]);
  });
});

describe("withLiveSettings", () => {
  it("takes the live ones and leaves the others", () => {
    const after = configure({ LOG_LEVEL: "debug", IDLE_TIMEOUT: "1h" }).settings;
    const inForce = withLiveSettings(before, after);
    expect(inForce).to.include({ logLevel: "debug", idleTimeoutMs: 600_000 });
    expect(changedSettings(inForce, after)).to.deep.equal({ live: [], restart: ["LENGKET_IDLE_TIMEOUT"] });
  });
});
