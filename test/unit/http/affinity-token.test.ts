import { expect } from "chai";
import { buildTokenTable, type TokenOptions, type TokenTable } from "../../../src/http/affinity-token.ts";

const ids = ["app1", "app2", "10.0.0.11:3000", "größer"];
const secretA = Buffer.alloc(32, "a");
const secretB = Buffer.alloc(32, "b");
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = 1_795_353_753_355;

function table(options: Partial<TokenOptions> = {}, of: Iterable<string> = ids): TokenTable {
  return buildTokenTable(of, { value: "opaque", secrets: [secretA], idleMs: 0, lifeMs: 0, ...options });
}

function issued(tokens: TokenTable, backend: string, nowMs = NOW, issuedAtMs?: number): string {
  const token = tokens.issue(backend, nowMs, issuedAtMs);
  if (token === undefined) throw new Error(`no token for ${backend}`);
  return token;
}

/** The token with one character replaced by its neighbour in the alphabet. */
function tampered(token: string, at: number): string {
  return token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1);
}

describe("opaque tokens without dates", () => {
  it("name their backend, and that is all they tell", () => {
    const tokens = table();
    for (const backend of ids) {
      const token = issued(tokens, backend);
      expect(token).to.match(/^[A-Za-z0-9_-]{24}$/);
      expect(Buffer.from(token, "base64url").toString("latin1")).to.not.contain(backend.slice(0, 3));
      expect(tokens.verify(token, NOW)).to.deep.equal({
        state: "valid",
        backend,
        reissue: false,
        issuedAtMs: undefined,
      });
    }
    expect(new Set(ids.map((id) => issued(tokens, id))).size).to.equal(ids.length);
  });

  it("are the same on every replica, whatever the order of the list", () => {
    const here = table();
    const there = table({}, [...ids].reverse());
    for (const id of ids) expect(issued(here, id)).to.equal(issued(there, id));
    // A change here ends every session of an upgrade in place: it needs a new version byte beside the old one.
    expect(issued(here, "app1")).to.equal("ATe-m_soaYhQj8FpSKa31H4r");
    // Computed by another program from the description in token-bytes.ts.
    expect(issued(table({ idleMs: HOUR }), "app1")).to.equal(
      "AqcpMWLwn0Rv3-N8uEFHSR6AawLsmWsC7JlMtk0_cJ4lUrLFZXlbWDwO",
    );
    expect(issued(table({ secrets: [] }), "app1")).to.equal("A2b-3CpbvV_3OOG7r7PR-k1V");
  });

  it("differ between secrets, and between a secret and none", () => {
    const tables = [table(), table({ secrets: [secretB] }), table({ secrets: [] })];
    expect(new Set(tables.map((tokens) => issued(tokens, "app1"))).size).to.equal(3);
    for (const from of tables)
      for (const to of tables)
        expect(to.verify(issued(from, "app1"), NOW).state).to.equal(from === to ? "valid" : "unknown");
  });

  it("outlive a rotation of the secret, and are then written anew", () => {
    const before = table();
    const during = table({ secrets: [secretB, secretA] });
    const after = table({ secrets: [secretB] });
    const old = issued(before, "app2");
    expect(during.verify(old, NOW)).to.deep.include({ state: "valid", backend: "app2", reissue: true });
    const renewed = issued(during, "app2");
    expect(during.verify(renewed, NOW)).to.deep.include({ state: "valid", backend: "app2", reissue: false });
    expect(after.verify(renewed, NOW)).to.deep.include({ state: "valid", backend: "app2", reissue: false });
    expect(after.verify(old, NOW).state).to.equal("unknown");
  });

  it("are today's when the same secret is in the ring twice", () => {
    const tokens = table({ secrets: [secretA, secretA] });
    expect(tokens.verify(issued(tokens, "app1"), NOW)).to.deep.include({ state: "valid", reissue: false });
  });

  it("name nobody when their backend has left the list", () => {
    expect(table({}, ["app2"]).verify(issued(table(), "app1"), NOW).state).to.equal("unknown");
    expect(table({}, ["app2"]).issue("app1", NOW)).to.equal(undefined);
  });

  it("are told from what never was one", () => {
    const tokens = table();
    const token = issued(tokens, "app1");
    for (let at = 2; at < token.length; at++)
      expect(tokens.verify(tampered(token, at), NOW).state, `character ${at}`).to.equal("unknown");
    const longAndOdd = ["A".repeat(24), `_${token.slice(1)}`, "x".repeat(5000), "\xff".repeat(24)];
    for (const value of [
      "",
      "app1",
      token.slice(1),
      `${token}A`,
      `${token}=`,
      ` ${token}`,
      `${token}\0`,
      ...longAndOdd,
    ])
      expect(tokens.verify(value, NOW).state, value.slice(0, 40)).to.equal("invalid");
  });

  it("are not mixed up by names of objects", () => {
    for (const value of ["__proto__", "constructor", "toString"])
      expect(table().verify(value, NOW).state).to.equal("invalid");
  });
});

describe("opaque tokens with dates", () => {
  const idleHour = { idleMs: HOUR, lifeMs: 0 };
  const both = { idleMs: HOUR, lifeMs: 8 * HOUR };

  it("tell when the binding began", () => {
    const tokens = table(both);
    const token = issued(tokens, "app1");
    expect(token).to.match(/^[A-Za-z0-9_-]{56}$/);
    const verdict = tokens.verify(token, NOW);
    expect(verdict).to.deep.equal({ state: "valid", backend: "app1", reissue: false, issuedAtMs: 1_795_353_753_000 });
  });

  it("keep the first date when they are renewed", () => {
    const tokens = table(both);
    const renewed = issued(tokens, "app1", NOW + HOUR, NOW);
    expect(tokens.verify(renewed, NOW + HOUR)).to.deep.include({ reissue: false, issuedAtMs: 1_795_353_753_000 });
  });

  it("are renewed sparingly: after a tenth of the idle time", () => {
    const tokens = table(idleHour);
    const token = issued(tokens, "app1", NOW - 355);
    const reissueAt = (age: number): unknown => {
      const verdict = tokens.verify(token, NOW - 355 + age);
      return verdict.state === "valid" ? verdict.reissue : verdict.state;
    };
    expect([0, MINUTE, 6 * MINUTE - 1].map(reissueAt)).to.deep.equal([false, false, false]);
    expect([6 * MINUTE, 30 * MINUTE, 60 * MINUTE].map(reissueAt)).to.deep.equal([true, true, true]);
  });

  it("expire when their client was idle, never before", () => {
    const tokens = table(idleHour);
    const token = issued(tokens, "app1", NOW - 355);
    expect(tokens.verify(token, NOW - 355 + 66 * MINUTE).state).to.equal("valid");
    expect(tokens.verify(token, NOW - 355 + 66 * MINUTE + 1)).to.deep.equal({ state: "expired", backend: "app1" });
    // Seen just before a refresh was due, then idle for exactly the idle time.
    expect(tokens.verify(token, NOW - 355 + 6 * MINUTE - 1 + HOUR).state).to.equal("valid");
  });

  it("get old however busy their client is", () => {
    const tokens = table(both);
    const busy = issued(tokens, "app1", NOW, NOW - 8 * HOUR);
    expect(tokens.verify(busy, NOW - 355)).to.deep.include({ state: "valid", backend: "app1" });
    expect(tokens.verify(busy, NOW + 1000)).to.deep.equal({ state: "old", backend: "app1" });
    expect(table({ lifeMs: HOUR }).verify(issued(table({ lifeMs: HOUR }), "app1"), NOW + 30 * MINUTE)).to.deep.include({
      state: "valid",
      reissue: false,
    });
  });

  it("may come from a clock that is a little ahead, not from the future", () => {
    const tokens = table(both);
    expect(tokens.verify(issued(tokens, "app1", NOW + 5 * MINUTE), NOW).state).to.equal("valid");
    expect(tokens.verify(issued(tokens, "app1", NOW + 6 * MINUTE), NOW).state).to.equal("invalid");
    expect(tokens.verify(issued(tokens, "app1", NOW, NOW + 6 * MINUTE), NOW).state).to.equal("invalid");
  });

  it("cannot be changed: not the dates, not the backend, not the form", () => {
    const tokens = table(both);
    const one = issued(tokens, "app1");
    const two = issued(tokens, "app2", NOW - MINUTE);
    for (let at = 24; at < one.length; at++)
      expect(tokens.verify(tampered(one, at), NOW).state, `character ${at}`).to.equal("invalid");
    expect(tokens.verify(one.slice(0, 24) + two.slice(24), NOW).state).to.equal("invalid");
    expect(tokens.verify(two.slice(0, 24) + one.slice(24), NOW).state).to.equal("invalid");
    // Without its dates it is no token without dates.
    expect(tokens.verify(one.slice(0, 24), NOW).state).to.equal("invalid");
    // base64 would take these for the same bytes.
    const dashed = issued(tokens, "app1", NOW + firstDashed(tokens));
    expect(tokens.verify(dashed, NOW).state).to.equal("valid");
    expect(tokens.verify(dashed.replaceAll("-", "+"), NOW).state).to.equal("invalid");
  });

  it("replace tokens without dates, and are replaced by them, as the settings change", () => {
    const dated = table(both);
    const undated = table();
    expect(dated.verify(issued(undated, "app1"), NOW)).to.deep.equal({
      state: "valid",
      backend: "app1",
      reissue: true,
      issuedAtMs: undefined,
    });
    expect(undated.verify(issued(dated, "app1"), NOW + 100 * HOUR)).to.deep.include({ state: "valid", reissue: true });
  });

  it("outlive a rotation of the secret, and are then written anew", () => {
    const old = issued(table(both), "app1");
    expect(table({ ...both, secrets: [secretB, secretA] }).verify(old, NOW)).to.deep.include({
      state: "valid",
      backend: "app1",
      reissue: true,
    });
    expect(table({ ...both, secrets: [secretB] }).verify(old, NOW).state).to.equal("unknown");
  });

  it("work without a secret, in a form of their own", () => {
    const tokens = table({ ...both, secrets: [] });
    const token = issued(tokens, "app1");
    expect(tokens.verify(token, NOW)).to.deep.include({ state: "valid", backend: "app1", reissue: false });
    expect(table(both).verify(token, NOW).state).to.equal("unknown");
  });

  it("write the last date that four bytes hold for every later one", () => {
    const tokens = table(both);
    expect(tokens.verify(issued(tokens, "app1", 2 ** 33 * 1000), (2 ** 32 - 1) * 1000).state).to.equal("valid");
    expect(tokens.verify(issued(tokens, "app1", -5), 0).state).to.equal("valid");
  });

  /** Seconds from NOW (in ms) until a token's dates hold a `-`, which plain base64 writes as `+`. */
  function firstDashed(tokens: TokenTable): number {
    for (let ms = 0; ms < 200_000; ms += 1000)
      if (
        issued(tokens, "app1", NOW + ms)
          .slice(24)
          .includes("-")
      )
        return ms;
    throw new Error("no token with a dash");
  }
});
