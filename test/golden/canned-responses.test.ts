import { readFileSync } from "node:fs";
import { expect } from "chai";
import { buildCannedResponses, CANNED_KINDS } from "../../src/http/canned-responses.ts";

/** kind -> the whole answer, connection closing. */
const golden = JSON.parse(readFileSync("test/golden/canned-responses.json", "utf8")) as Readonly<Record<string, string>>;

describe("golden canned responses", () => {
  const responses = buildCannedResponses();

  it("are there, each kind once", () => {
    expect(Object.keys(golden)).to.have.members([...CANNED_KINDS]);
    expect([...responses.keys()]).to.have.members([...CANNED_KINDS]);
    const statuses = new Set([...responses.values()].map(({ status }) => status));
    expect([...statuses].sort()).to.deep.equal([400, 403, 405, 408, 413, 414, 417, 431, 500, 501, 502, 503, 504, 505]);
  });

  for (const kind of CANNED_KINDS) {
    it(`say what they always said: ${kind}`, () => {
      expect(responses.get(kind)?.closing.toString("latin1")).to.equal(golden[kind]);
    });
  }
});
