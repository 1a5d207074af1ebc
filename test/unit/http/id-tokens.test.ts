import { expect } from "chai";
import { buildTokenTable, type TokenTable } from "../../../src/http/affinity-token.ts";
import { isCookieId } from "../../../src/http/id-tokens.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** When HAProxy 2.6 wrote `SRV=app1|awLsn|awLsn` (`cookie SRV insert indirect nocache maxidle 1h maxlife 8h`). */
const NOW = 1_795_353_753_355;

function table(idleMs = 0, lifeMs = 0, ids: readonly string[] = ["app1", "app2", "größer"]): TokenTable {
  return buildTokenTable(ids, { value: "id", secrets: [], idleMs, lifeMs });
}

describe("ids as tokens", () => {
  it("are the id itself", () => {
    expect(table().issue("app1", NOW)).to.equal("app1");
    expect(table().verify("app1", NOW)).to.deep.equal({
      state: "valid",
      backend: "app1",
      reissue: false,
      issuedAtMs: undefined,
    });
    expect(table().verify("app3", NOW).state).to.equal("unknown");
    for (const value of ["", " app1", "app 1", "app1,", "app1|a|b|c", "app1~x", "|", "\xe4pp"])
      expect(table().verify(value, NOW).state, value).to.equal("invalid");
  });

  it("are not given to ids that no cookie can hold", () => {
    expect(table().issue("größer", NOW)).to.equal(undefined);
    expect(table().issue("app3", NOW)).to.equal(undefined);
    for (const id of ["app1", "10.0.0.11:3000", "[2001:db8::1]:80", "a@b/c", "!#$%&'()*+-.:<=>?[]^_`{}"])
      expect(isCookieId(id), id).to.equal(true);
    for (const id of ["", "a b", 'a"b', "a,b", "a;b", "a\\b", "a|b", "a~b", "é", "a\n", "\x7f"])
      expect(isCookieId(id), JSON.stringify(id)).to.equal(false);
  });

  it("carry the dates that HAProxy writes", () => {
    expect(table(HOUR, 8 * HOUR).issue("app1", NOW)).to.equal("app1|awLsn|awLsn");
    expect(table(HOUR).issue("app1", NOW)).to.equal("app1|awLsn");
    expect(table(0, HOUR).issue("app1", NOW)).to.equal("app1|awLsn|awLsn");
    expect(table(HOUR, 8 * HOUR).issue("app1", NOW, NOW - 4 * HOUR)).to.equal("app1|awLsn|awK0X");
  });

  /** Each of these was also sent to HAProxy 2.6, which set a new cookie for all but `fresh`. */
  const verdicts: readonly (readonly [string, number, number, string])[] = [
    ["fresh", -1000, -1000, "valid"],
    ["stale", -HOUR / 2, -4 * HOUR, "valid, reissue"],
    ["idle for two hours", -2 * HOUR, -3 * HOUR, "expired"],
    ["issued nine hours ago", -1000, -9 * HOUR, "old"],
    ["from a clock that is a time zone ahead", 12 * HOUR, 12 * HOUR, "valid"],
    ["from the day after tomorrow", 2 * DAY, 0, "invalid"],
  ];
  for (const [label, seen, first, expected] of verdicts) {
    it(`are judged by them: ${label}`, () => {
      const tokens = table(HOUR, 8 * HOUR);
      const verdict = tokens.verify(tokens.issue("app1", NOW + seen, NOW + first) ?? "", NOW);
      expect(verdict.state + (verdict.state === "valid" && verdict.reissue ? ", reissue" : "")).to.equal(expected);
    });
  }

  it("are accepted without dates, and written anew with them", () => {
    const valid = { state: "valid", backend: "app1", reissue: true };
    for (const value of ["app1", "app1|", "app1|awLs", "app1|????|", "app1|AAAAA", "app1|awLsn"])
      expect(table(HOUR, 8 * HOUR).verify(value, NOW), value).to.deep.include(valid);
  });

  it("lose dates that nobody asks for any more", () => {
    for (const value of ["app1|awLsn", "app1|awLsn|awLsn", "app1|AAAAB|AAAAB"])
      expect(table().verify(value, NOW), value).to.deep.include({ state: "valid", backend: "app1", reissue: true });
    expect(table(HOUR).verify("app1|awLsn|awLsn", NOW)).to.deep.include({ state: "valid", reissue: true });
    expect(table(HOUR).verify("app1|awLsn", NOW)).to.deep.include({ state: "valid", reissue: false });
  });
});
