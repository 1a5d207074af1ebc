import { spawnSync } from "node:child_process";
import { expect } from "chai";

const MODULE = new URL("../../../src/platform/small-heap.js", import.meta.url).href;

describe("keepHeapSmall", function () {
  this.timeout(20_000);

  // In a process of its own, as it is for the whole process and for ever. What it does: test/integration/simulate-memory.test.ts.
  it("sets flags that this version of V8 knows", () => {
    const program = `
      import { keepHeapSmall } from ${JSON.stringify(MODULE)};
      keepHeapSmall();
      process.stdout.write("set");`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
      encoding: "utf8",
      env: { ...process.env, NODE_V8_COVERAGE: "", NODE_OPTIONS: "" },
    });
    // V8 complains of flags that it does not know, and goes on.
    expect({ status, stdout, stderr }).to.deep.equal({ status: 0, stdout: "set", stderr: "" });
  });
});
