import { expect } from "chai";
import { lostOutput } from "../../../src/cli/lost-output.ts";

describe("lostOutput", () => {
  it("says what is incomplete and why", () => {
    const error = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    expect(lostOutput(error)).to.deep.equal({
      text: "lengket: the output is incomplete: ENOSPC: no space left on device, write\n",
      code: 74,
    });
  });

  it("does not bother a reader who has seen enough", () => {
    expect(lostOutput(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }))).to.deep.equal({
      text: "",
      code: 141,
    });
  });
});
