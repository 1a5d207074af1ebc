import { Socket } from "node:net";
import { expect } from "chai";
import { type Door, inTurn } from "../../../../src/cli/demo/doors.ts";

const ANA = { name: "Ana", address: "203.0.113.1" };

describe("doors in turn", () => {
  it("are used one after the other, whoever comes", () => {
    const used: string[] = [];
    const doorOf =
      (id: string): Door =>
      () => {
        used.push(id);
        return new Socket();
      };
    const door = inTurn([doorOf("a"), doorOf("b"), doorOf("c")]);
    for (let i = 0; i < 7; i++) door(ANA).destroy();
    expect(used.join("")).to.equal("abcabca");
  });

  it("refuse to be no doors", () => {
    expect(() => inTurn([])(ANA)).to.throw(RangeError);
  });
});
