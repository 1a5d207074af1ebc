import { expect } from "chai";
import { AffinityRig, type AskOptions } from "../../../support/affinity-rig.ts";
import { clusterOf } from "../../../support/clusters.ts";

/** What is left of the lines of an answer that our cookie is added to, without the cookie. */
function guarded(
  lines: readonly string[],
  status = 200,
  request: AskOptions = {},
  rig = new AffinityRig(clusterOf({ a: {} })),
): readonly string[] {
  const answer = rig.answer(rig.ask([], request).binding, "a", lines, { status });
  expect(answer.out).to.equal("inserted");
  return answer.lines.filter((line) => !line.startsWith("Set-Cookie: sid="));
}

const SAID = ["Cache-Control: private"];

describe("an answer that our cookie is added to", () => {
  it("is made private where caches keep it unasked", () => {
    for (const status of [200, 203, 204, 206, 300, 301, 304, 308, 404, 405, 410, 414, 501]) {
      expect(guarded([], status), `${status}`).to.deep.equal(SAID);
      expect(guarded([], status, { method: "HEAD" }), `HEAD ${status}`).to.deep.equal(SAID);
    }
  });

  it("is left alone where they do not", () => {
    for (const status of [201, 302, 303, 307, 400, 401, 403, 500, 502, 503]) {
      expect(guarded([], status), `${status}`).to.deep.equal([]);
    }
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
      expect(guarded([], 200, { method }), method).to.deep.equal([]);
    }
  });

  it("is made private where somebody says how long it is good for", () => {
    expect(guarded(["Cache-Control: max-age=60"], 302)).to.deep.equal(["Cache-Control: private, max-age=60"]);
    expect(guarded(["Cache-Control: max-age=60"], 200, { method: "POST" })).to.deep.equal([
      "Cache-Control: private, max-age=60",
    ]);
    expect(guarded(["Expires: Thu, 01 Dec 2094 16:00:00 GMT"], 302)).to.deep.equal([
      "Expires: Thu, 01 Dec 2094 16:00:00 GMT",
      ...SAID,
    ]);
    expect(guarded(["Cache-Control: must-revalidate"], 302)).to.deep.equal(["Cache-Control: must-revalidate"]);
  });

  const unchanged = [
    "private",
    "PRIVATE",
    "no-store",
    "max-age=60, private",
    "private , max-age=60",
    "no-cache, no-store, must-revalidate",
    'private="x", private',
  ];
  for (const value of unchanged) {
    it(`keeps ${value}`, () => {
      expect(guarded([`Cache-Control: ${value}`])).to.deep.equal([`Cache-Control: ${value}`]);
    });
  }

  const changed: readonly (readonly [string, string])[] = [
    ["public", "private"],
    ["public, max-age=60", "private, max-age=60"],
    ["Public,s-maxage=600,max-age=60", "private, max-age=60"],
    ["s-maxage=600", "private"],
    ["no-cache", "private, no-cache"],
    ['no-cache="set-cookie, x"', 'private, no-cache="set-cookie, x"'],
    ['private="x, public"', "private"],
    ["no-store, must-understand", "private, no-store, must-understand"],
    ["", "private"],
    [" , ,", "private"],
    ['max-age=60,, ext="a\\"b, public"', 'private, max-age=60, ext="a\\"b, public"'],
    ['max-age="60, private', 'private, max-age="60, private'],
    ["private-ish, publicity", "private, private-ish, publicity"],
  ];
  for (const [given, expected] of changed) {
    it(`makes ${expected} of ${given === "" ? "nothing" : given}`, () => {
      expect(guarded([`Cache-Control: ${given}`])).to.deep.equal([`Cache-Control: ${expected}`]);
    });
  }

  it("reads all lines together", () => {
    expect(guarded(["Cache-Control: max-age=60", "X: y", "cache-control: private"])).to.deep.equal([
      "Cache-Control: max-age=60",
      "X: y",
      "cache-control: private",
    ]);
    expect(
      guarded(["Cache-Control: public", "cache-control: s-maxage=5", "Cache-Control: max-age=6, public"]),
    ).to.deep.equal(["Cache-Control: private", "Cache-Control: max-age=6"]);
  });

  it("says the same whatever was answered before", () => {
    const rig = new AffinityRig(clusterOf({ a: {} }));
    const values = [...unchanged, ...changed.map(([given]) => given), "max-age=60", "max-age=6", "max-age=60 "];
    for (const before of values) {
      for (const value of [before, ...values]) {
        const lines = [`Cache-Control: ${value}`];
        expect(guarded(lines, 200, {}, rig), `${value} behind ${before}`).to.deep.equal(guarded(lines));
      }
    }
  });
});
