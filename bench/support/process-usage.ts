import { readdirSync, readFileSync } from "node:fs";

/** Nanoseconds in one tick of /proc/PID/stat: USER_HZ is 100 on every Linux that Node runs on (proc(5)). */
const TICK_NS = 10_000_000;

export interface ProcessStat {
  readonly parentPid: number;
  /** User and system time of all threads, also ended ones, in ticks. */
  readonly cpuTicks: number;
}

/** Reads /proc/PID/stat (proc(5)). The command name may contain blanks and parentheses, so fields count from its last `)`. */
export function parseStat(text: string): ProcessStat {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [parentPid, userTicks, systemTicks] = [fields[1], fields[11], fields[12]].map(Number);
  if (!isCount(parentPid) || !isCount(userTicks) || !isCount(systemTicks)) {
    throw new Error(`not a /proc/PID/stat line: ${text}`);
  }
  return { parentPid, cpuTicks: userTicks + systemTicks };
}

/** Nanoseconds on a CPU, the first field of /proc/PID/schedstat (Documentation/scheduler/sched-stats.rst). */
export function parseSchedstat(text: string): number {
  const ns = Number(text.split(" ")[0] || Number.NaN);
  if (!isCount(ns)) throw new Error(`not a schedstat line: ${text}`);
  return ns;
}

/** Bytes in the line `Rss:` of smaps_rollup or `VmRSS:` of status. */
export function parseResidentBytes(text: string): number {
  const kibibytes = /^(?:Rss|VmRSS):\s+(\d+) kB$/m.exec(text)?.[1];
  if (kibibytes === undefined) throw new Error("no resident set size in the text");
  return Number(kibibytes) * 1024;
}

/** `root` and all its descendants, given the parent of every process. */
export function descendants(root: number, parents: ReadonlyMap<number, number>): readonly number[] {
  const found = [root];
  for (const ancestor of found) {
    for (const [pid, parent] of parents) if (parent === ancestor && !found.includes(pid)) found.push(pid);
  }
  return found;
}

/** The processes of a balancer: the one that was started and all it has started. */
export function processTree(rootPid: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const text = readIfPresent(`/proc/${name}/stat`);
    if (text !== undefined) parents.set(Number(name), parseStat(text).parentPid);
  }
  return descendants(rootPid, parents);
}

/**
 * User and system time of the processes, in ns: the sum over their threads of schedstat, which the scheduler keeps to the
 * nanosecond; /proc/PID/stat, the same clock in steps of 10 ms, where the kernel has no schedstat. Threads that ended are not in
 * the sum; none of the programs measured ends threads under load.
 * @throws Error when one of the processes is gone: its time would be missing.
 */
export function cpuTimeNs(pids: readonly number[]): number {
  let total = 0;
  for (const pid of pids)
    total += threadsTimeNs(pid) ?? parseStat(readFileSync(`/proc/${pid}/stat`, "utf8")).cpuTicks * TICK_NS;
  return total;
}

/** Resident memory of the processes in bytes, exact where the kernel offers smaps_rollup. Kernel memory (socket buffers) is not in it. */
export function residentBytes(pids: readonly number[]): number {
  let total = 0;
  for (const pid of pids) {
    const text = readIfPresent(`/proc/${pid}/smaps_rollup`) ?? readFileSync(`/proc/${pid}/status`, "utf8");
    total += parseResidentBytes(text);
  }
  return total;
}

function threadsTimeNs(pid: number): number | undefined {
  let total = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const text = readIfPresent(`/proc/${pid}/task/${thread}/schedstat`);
    if (text === undefined) return undefined;
    total += parseSchedstat(text);
  }
  return total;
}

/** Undefined also for a file of a process that has just ended or belongs to someone else. */
function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isSafeInteger(value) && value >= 0;
}
