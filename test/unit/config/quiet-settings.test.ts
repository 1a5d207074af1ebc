import { expect } from "chai";
import { configure } from "../../support/configure.ts";

const LEARN = { MODE: "http", COOKIE_MODE: "learn" };

/** Values that would be warned about beside others. */
const QUIET: readonly (readonly [title: string, settings: Readonly<Record<string, string>>, never: RegExp])[] = [
  [
    "a small Maglev table of another hash policy",
    { HASH_POLICY: "ring", MAGLEV_TABLE: "251", BACKENDS: "10.0.0.1:1,10.0.0.2:1,10.0.0.3:1" },
    /slots per backend/,
  ],
  [
    "many points of another hash policy",
    { HASH_POLICY: "maglev", RING_VNODES: "10000", BACKENDS: "a=10.0.0.1:1;weight=100" },
    /points on the ring/,
  ],
  [
    "intervals of checks that are off",
    { HEALTH: "off", HEALTH_FAST_INTERVAL: "9s", HEALTH_TIMEOUT: "9s", HEALTH_INTERVAL: "5s" },
    /longer than LENGKET_HEALTH_INTERVAL/,
  ],
  [
    "a quiet time where the end comes at once",
    { SHUTDOWN_MIN: "0", SHUTDOWN_TIMEOUT: "0", SHUTDOWN_QUIET: "5s" },
    /nobody waits so long/,
  ],
  [
    "what is hashed where cookies do not count, whatever NEW_SESSION says",
    { MODE: "http", COOKIE_MODE: "off", NEW_SESSION: "p2c", HASH_KEY: "header:x-tenant" },
    /nothing is placed by hash/,
  ],
  [
    "the name of the cookie that is learned",
    { ...LEARN, LEARN_FROM: "header:x-session,cookie:sid", COOKIE_NAME: "sid" },
    /says where session ids are/,
  ],
];

describe("settings that are not warned about", () => {
  for (const [title, settings, never] of QUIET) {
    it(title, () => {
      const problems = configure(settings).warnings.map(({ problem }) => problem);
      expect(problems.filter((problem) => never.test(problem))).to.deep.equal([]);
    });
  }
});

describe("settings that are warned about all the same", () => {
  it("COOKIE_NAME, where only a header of that name is learned", () => {
    const { warnings } = configure({ ...LEARN, LEARN_FROM: "header:sid", COOKIE_NAME: "sid" });
    expect(warnings.map(({ where }) => where)).to.deep.equal(["LENGKET_COOKIE_NAME"]);
  });

  for (const dates of [{ COOKIE_IDLE: "1h" }, { COOKIE_LIFE: "1h" }, { COOKIE_IDLE: "1h", COOKIE_LIFE: "1h" }]) {
    it(`a missing secret, which would keep the dates safe, too: ${Object.keys(dates).join(", ")}`, () => {
      const [warning, ...more] = configure({ MODE: "http", ...dates }).warnings;
      expect(warning?.problem).to.match(/can choose it, and renew dates$/);
      expect(more).to.deep.equal([]);
    });
  }

  it("a missing secret that keeps no dates", () => {
    expect(
      configure({ MODE: "http" })
        .warnings.map(({ problem }) => problem)
        .join(),
    ).to.match(/can choose it$/);
  });
});
