import { expect } from "chai";
import { assignCores, parseCpuList } from "../../../bench/support/cores.ts";

describe("cores of the relay benchmark", () => {
  it("reads the kernel's lists of CPUs", () => {
    expect(parseCpuList("0-3,8")).to.deep.equal([0, 1, 2, 3, 8]);
    expect(parseCpuList("5\n")).to.deep.equal([5]);
    expect(parseCpuList("10,2-3")).to.deep.equal([2, 3, 10]);
  });

  it("refuses anything else", () => {
    for (const text of ["", "a", "1-", "1,,2", "0x3"])
      expect(() => parseCpuList(text), text).to.throw("not a list of CPUs");
  });

  it("keeps balancer and load apart", () => {
    const cores = assignCores([0, 1, 2, 3], "/usr/bin/taskset");
    expect(cores.balancer).to.deep.equal(["/usr/bin/taskset", "-c", "3"]);
    expect(cores.load).to.deep.equal(["/usr/bin/taskset", "-c", "2"]);
    expect(cores.note).to.equal("balancer on CPU 3, driver and backend on CPU 2");
  });

  it("pins nothing and says why on one CPU or without taskset", () => {
    expect(assignCores([0], "/usr/bin/taskset")).to.deep.include({ balancer: [], load: [] });
    expect(assignCores([0], "/usr/bin/taskset").note).to.contain("two CPUs");
    expect(assignCores([0, 1], undefined)).to.deep.include({ balancer: [], load: [] });
    expect(assignCores([0, 1], undefined).note).to.contain("taskset");
  });
});
