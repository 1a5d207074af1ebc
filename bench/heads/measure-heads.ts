import { ratioSpread, type Spread, spreadOf } from "../support/statistics.ts";
import type { HeadScanner } from "./scanners.ts";

/** How often and how long. */
export interface HeadRun {
  readonly rounds: number;
  /** Of each scanner in each round, in ms; the round before the first is thrown away. */
  readonly windowMs: number;
}

/** What the rounds of one scanner come to. */
export interface HeadCost {
  readonly name: string;
  readonly title: string;
  /** Per head. */
  readonly ns: Spread;
  /** To the first scanner's in the same round. */
  readonly ratio: Spread;
}

/** Heads between two looks at the clock. */
const BATCH = 500;

/** The CPU time that `scanners` need for the same head, taking turns in each round. */
export function measureHeads(scanners: readonly HeadScanner[], head: Buffer, run: HeadRun): readonly HeadCost[] {
  const costs = scanners.map(() => new Map<number, number>());
  for (let round = 0; round <= run.rounds; round++) {
    for (const [i, scanner] of scanners.entries()) {
      const ns = nsPerHead(scanner, head, run.windowMs);
      if (round > 0) costs[i]?.set(round, ns);
    }
  }
  const [yardstick = new Map<number, number>()] = costs;
  return scanners.map(({ name, title }, i) => {
    const own = costs[i] ?? yardstick;
    const ns = spreadOf([...own.values()]);
    const ratio = ratioSpread(own, yardstick);
    if (ns === undefined || ratio === undefined) throw new Error(`${title} was not measured`);
    return { name, title, ns, ratio };
  });
}

/** CPU time of this thread and of the garbage it leaves. */
function nsPerHead(scanner: HeadScanner, head: Buffer, windowMs: number): number {
  const start = process.cpuUsage();
  const deadlineMs = performance.now() + windowMs;
  let heads = 0;
  do {
    for (let i = 0; i < BATCH; i++) scanner.scan(head);
    heads += BATCH;
  } while (performance.now() < deadlineMs);
  const { user, system } = process.cpuUsage(start);
  return ((user + system) * 1e3) / heads;
}
