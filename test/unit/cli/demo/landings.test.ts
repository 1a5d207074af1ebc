import { expect } from "chai";
import { at, having, type Landing, moved, namesOf, samePeople, serverOf } from "../../../../src/cli/demo/landings.ts";

function landing(name: string, server: string | undefined, cart: readonly string[] = []): Landing {
  return { visitor: { name, address: "203.0.113.1" }, server, cart };
}

const BEFORE = [landing("Ana", "a", ["tea"]), landing("Budi", "b", ["bread", "tea"]), landing("Citra", "b")];

describe("landings", () => {
  it("are found by server, in their order", () => {
    expect(namesOf(at("b", BEFORE))).to.deep.equal(["Budi", "Citra"]);
    expect(at("c", BEFORE)).to.deep.equal([]);
    expect([...serverOf(BEFORE)]).to.deep.equal([
      ["Ana", "a"],
      ["Budi", "b"],
      ["Citra", "b"],
    ]);
  });

  it("are found by cart: all items must be in it", () => {
    expect(namesOf(having(["tea"], BEFORE))).to.deep.equal(["Ana", "Budi"]);
    expect(namesOf(having(["bread", "tea"], BEFORE))).to.deep.equal(["Budi"]);
  });

  it("tell who moved, in any order of the people; who is no longer served moved too", () => {
    const after = [landing("Citra", "b"), landing("Budi", "c"), landing("Ana", undefined)];
    expect(moved(BEFORE, after)).to.deep.equal(["Budi", "Ana"]);
    expect(moved(BEFORE, [...BEFORE].reverse())).to.deep.equal([]);
  });

  it("name the same people only when nobody is missing and nobody is new", () => {
    expect(samePeople(["Ana", "Budi"], ["Budi", "Ana"])).to.equal(true);
    expect(samePeople([], [])).to.equal(true);
    expect(samePeople(["Ana"], ["Budi"])).to.equal(false);
    expect(samePeople(["Ana", "Budi"], ["Ana"])).to.equal(false);
    expect(samePeople(["Ana"], ["Ana", "Budi"])).to.equal(false);
  });
});
