import { expect } from "chai";
import fc from "fast-check";
import {
  buildTokenTable,
  type TokenOptions,
  type TokenTable,
  type TokenVerdict,
} from "../../src/http/affinity-token.ts";
import { DATES_LENGTH, NAME_LENGTH } from "../../src/http/token-bytes.ts";

const HOUR = 3_600_000;
const NOW = 1_795_353_753_355;

const id = fc.oneof(
  fc.constantFrom("a", "aa", "app1", "app11", "10.0.0.1:80", "[::1]:80"),
  fc.stringMatching(/^[A-Za-z0-9._:@/[\]-]{1,20}$/),
);
const ids = fc.uniqueArray(id, { minLength: 1, maxLength: 6 });
const secret = fc.uint8Array({ minLength: 32, maxLength: 48 });
const secrets = fc.uniqueArray(secret, { maxLength: 4, comparator: (a, b) => Buffer.compare(a, b) === 0 });
const life = fc.constantFrom({ idleMs: 0, lifeMs: 0 }, { idleMs: HOUR, lifeMs: 0 }, { idleMs: HOUR, lifeMs: 9 * HOUR });
const value = fc.constantFrom("opaque" as const, "id" as const);
const options: fc.Arbitrary<TokenOptions> = fc
  .record({ value, secrets, life })
  .map(({ life: l, ...rest }) => ({ ...rest, ...l }));

/** Both ways to ask must agree. */
function verdictOf(table: TokenTable, text: string, nowMs: number): TokenVerdict {
  const verdict = table.verify(text, nowMs);
  const found = table.find(Buffer.from(`=${text};`, "latin1"), 1, 1 + text.length);
  if (found !== undefined) expect(found).to.deep.equal(verdict);
  else if (verdict.state === "valid") expect(hasDate(text), text).to.equal(true);
  return verdict;
}

function hasDate(token: string): boolean {
  return token.includes("|") || token.length === NAME_LENGTH + DATES_LENGTH;
}

describe("affinity tokens", () => {
  it("name the backend they were issued for, in every list that holds it, and nobody in a list without it", () => {
    fc.assert(
      fc.property(ids, ids, options, (here, there, how) => {
        const issuer = buildTokenTable(here, how);
        const verifier = buildTokenTable(there, how);
        for (const backend of here) {
          const token = issuer.issue(backend, NOW);
          expect(token).to.match(/^[!#-+\--:<-[\]-~]+$/);
          const verdict = verdictOf(verifier, token ?? "", NOW);
          if (there.includes(backend)) expect(verdict).to.deep.include({ state: "valid", backend, reissue: false });
          else expect(verdict).to.deep.equal({ state: "unknown" });
        }
      }),
      { numRuns: 150 },
    );
  });

  it("outlive every rotation that keeps their secret, and no other", () => {
    fc.assert(
      fc.property(
        ids,
        fc.uniqueArray(secret, { minLength: 2, maxLength: 4, comparator: (a, b) => Buffer.compare(a, b) === 0 }),
        life,
        fc.nat(),
        (list, ring, dates, pick) => {
          const old = ring[pick % ring.length] ?? new Uint8Array(32);
          const before = buildTokenTable(list, { value: "opaque", secrets: [old], ...dates });
          const during = buildTokenTable(list, { value: "opaque", secrets: ring, ...dates });
          const after = buildTokenTable(list, {
            value: "opaque",
            secrets: ring.filter((one) => one !== old),
            ...dates,
          });
          for (const backend of list) {
            const token = before.issue(backend, NOW) ?? "";
            expect(verdictOf(during, token, NOW)).to.deep.include({
              state: "valid",
              backend,
              reissue: old !== ring[0],
            });
            expect(verdictOf(after, token, NOW)).to.deep.equal({ state: "unknown" });
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("never name a backend when a character was changed, added, taken away, or put together from two", () => {
    fc.assert(
      fc.property(
        ids,
        options.filter((how) => how.value === "opaque"),
        fc.nat(),
        fc.nat(),
        fc.stringMatching(/^[A-Za-z0-9_+/=. -]$/),
        (list, how, pick, place, char) => {
          const tokens = buildTokenTable(list, how);
          const token = tokens.issue(list[pick % list.length] ?? "", NOW) ?? "";
          const other = tokens.issue(list[(pick + 1) % list.length] ?? "", NOW - 60_000) ?? "";
          const at = place % token.length;
          const forged = [
            token.slice(0, at) + char + token.slice(at + 1),
            token.slice(0, at) + char + token.slice(at),
            token.slice(0, at) + token.slice(at + 1),
            token.slice(0, at) + other.slice(at),
          ];
          for (const text of forged) {
            const genuine = text === token || text === other;
            expect(verdictOf(tokens, text, NOW).state === "valid", text).to.equal(genuine);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it("are never found in arbitrary text, and reading it never throws", () => {
    const text = fc.oneof(
      fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
      fc.uint8Array({ minLength: 18, maxLength: 18 }).map((bytes) => Buffer.from(bytes).toString("base64url")),
      fc.uint8Array({ minLength: 42, maxLength: 42 }).map((bytes) => Buffer.from(bytes).toString("base64url")),
      fc.stringMatching(/^[A-D|]{0,14}$/),
    );
    fc.assert(
      fc.property(ids, options, text, (list, how, guess) => {
        const verdict = verdictOf(buildTokenTable(list, how), guess, NOW);
        const named = how.value === "id" ? guess.split("|")[0] : undefined;
        if (named === undefined || !list.includes(named)) expect(verdict.state).to.be.oneOf(["invalid", "unknown"]);
      }),
      { numRuns: 500 },
    );
  });

  it("last as long as their client keeps coming, and no longer than it may be idle", () => {
    const gaps = fc.array(fc.integer({ min: 0, max: HOUR }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(value, gaps, fc.integer({ min: 66 * 60_000 + 4001, max: 50 * HOUR }), (kind, visits, silence) => {
        const tokens = buildTokenTable(["app1"], { value: kind, secrets: [], idleMs: HOUR, lifeMs: 0 });
        let now = NOW;
        let token = tokens.issue("app1", now) ?? "";
        for (const gap of visits) {
          now += gap;
          const verdict = verdictOf(tokens, token, now);
          expect(verdict.state).to.equal("valid");
          if (verdict.state === "valid" && verdict.reissue) token = tokens.issue("app1", now, verdict.issuedAtMs) ?? "";
        }
        expect(verdictOf(tokens, token, now + silence).state).to.equal("expired");
      }),
      { numRuns: 200 },
    );
  });
});
