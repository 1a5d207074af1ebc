import { expect } from "chai";
import { inheritedSockets } from "../../../src/platform/inherited-sockets.ts";

const PID = 4242;

function passed(more: Readonly<Record<string, string | undefined>>) {
  return inheritedSockets({ LISTEN_PID: String(PID), LISTEN_FDS: "2", ...more }, PID);
}

describe("inheritedSockets", () => {
  it("counts from descriptor 3 and takes the names in order", () => {
    expect(passed({ LISTEN_FDNAMES: "web:admin" })).to.deep.equal([
      { fd: 3, name: "web" },
      { fd: 4, name: "admin" },
    ]);
  });

  it("names those without a name by their descriptor", () => {
    const unnamed = [
      { fd: 3, name: "fd:3" },
      { fd: 4, name: "fd:4" },
    ];
    expect(passed({})).to.deep.equal(unnamed);
    expect(passed({ LISTEN_FDNAMES: "" })).to.deep.equal(unnamed);
    expect(passed({ LISTEN_FDNAMES: "web" })).to.deep.equal([{ fd: 3, name: "web" }, unnamed[1]]);
    expect(passed({ LISTEN_FDNAMES: ":admin:more" })).to.deep.equal([unnamed[0], { fd: 4, name: "admin" }]);
  });

  it("takes nothing that is meant for another process", () => {
    expect(passed({ LISTEN_PID: "4243" })).to.deep.equal([]);
    expect(passed({ LISTEN_PID: undefined })).to.deep.equal([]);
    expect(passed({ LISTEN_PID: " 4242" })).to.deep.equal([]);
  });

  for (const count of [undefined, "", "0", "-1", "1.5", "two", "NaN"]) {
    it(`LISTEN_FDS=${count}: none`, () => expect(passed({ LISTEN_FDS: count })).to.deep.equal([]));
  }
});
