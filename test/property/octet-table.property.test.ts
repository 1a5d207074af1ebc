import { expect } from "chai";
import fc from "fast-check";
import { OctetTable } from "../../src/http/octet-table.ts";

const word = fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), maxLength: 30 });

describe("OctetTable (property)", () => {
  it("finds what a Map finds, wherever the word lies, and nothing else", () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 200 }), fc.array(word), word, word, (words, others, before, behind) => {
        const map = new Map(words.map((text, i) => [text, i]));
        const table = new OctetTable(map);
        for (const text of [...words, ...others]) {
          const bytes = Buffer.from(before + text + behind, "latin1");
          expect(table.find(bytes, before.length, before.length + text.length)).to.equal(map.get(text));
        }
      }),
    );
  });

  it("keeps the first of two values for the same word", () => {
    const table = new OctetTable([
      ["a", 1],
      ["a", 2],
    ]);
    expect(table.find(Buffer.from("a"), 0, 1)).to.equal(1);
  });

  it("finds nothing in an empty table, and the empty word only where it is", () => {
    expect(new OctetTable([]).find(Buffer.from("a"), 0, 1)).to.equal(undefined);
    expect(new OctetTable([["", 7]]).find(Buffer.from("a"), 1, 1)).to.equal(7);
  });
});
