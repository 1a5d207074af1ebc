import { readFileSync } from "node:fs";
import { findProgram } from "../../test/support/require-program.ts";

/** Which command to put before a program to keep it on its core. Empty = wherever the kernel likes. */
export interface Cores {
  readonly balancer: readonly string[];
  readonly load: readonly string[];
  /** For the report: what was pinned where, or why nothing was. */
  readonly note: string;
}

/** The CPUs of a list such as `0-3,8` (the kernel's format, cpuset(7)), ascending. */
export function parseCpuList(text: string): readonly number[] {
  const cpus: number[] = [];
  for (const part of text.trim().split(",")) {
    const range = /^(\d+)(?:-(\d+))?$/.exec(part);
    if (range === null) throw new Error(`not a list of CPUs: "${text}"`);
    const last = Number(range[2] ?? range[1]);
    for (let cpu = Number(range[1]); cpu <= last; cpu++) cpus.push(cpu);
  }
  return cpus.sort((a, b) => a - b);
}

/** The last CPU for the balancer, the one before it for driver and backend: interrupts tend to land on the first ones. */
export function assignCores(cpus: readonly number[], taskset: string | undefined): Cores {
  const [balancer, load] = [cpus.at(-1), cpus.at(-2)];
  if (taskset === undefined)
    return { balancer: [], load: [], note: "nothing is pinned: taskset (util-linux) is not installed" };
  if (balancer === undefined || load === undefined) {
    return { balancer: [], load: [], note: "nothing is pinned: two CPUs are needed" };
  }
  const pin = (cpu: number): readonly string[] => [taskset, "-c", String(cpu)];
  return {
    balancer: pin(balancer),
    load: pin(load),
    note: `balancer on CPU ${balancer}, driver and backend on CPU ${load}`,
  };
}

/** The cores of this machine that this process may use. */
export function coresOfThisMachine(): Cores {
  const allowed = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  return assignCores(allowed === undefined ? [] : parseCpuList(allowed), findProgram("taskset"));
}
