import { execFileSync } from "node:child_process";
import { formatAddress } from "../../src/proxy-protocol/address-text.ts";
import type { PeerClient } from "../../src/skew/peers/peer.ts";
import { createSeededRandom } from "../../src/skew/seeded-random.ts";
import { type Spread, spreadOf } from "../support/statistics.ts";
import type { Contender } from "./contenders.ts";

/** How often and how long. */
export interface PickRun {
  readonly rounds: number;
  /** Of each contender in each round, in ms; the round before the first is thrown away. */
  readonly windowMs: number;
}

/** What the rounds of one contender come to, for one number of backends. */
export interface PickCost {
  readonly name: string;
  readonly title: string;
  readonly isOurs: boolean;
  readonly backends: number;
  readonly nsPerDecision: Spread;
  /** The first build of a fresh process: nothing is compiled yet. */
  readonly coldBuildMs: Spread;
  readonly warmBuildMs: Spread;
}

/** More than caches of the processor hold by heart, and a power of two. */
const CLIENTS = 1 << 14;

/** What `npm run bench:pick` measures: contenders take turns in each round. */
export function measurePicks(
  contenders: readonly Contender[],
  backendCounts: readonly number[],
  run: PickRun,
  program: string,
): readonly PickCost[] {
  const clients = drawClients();
  return backendCounts.flatMap((backends) => {
    const found = contenders.map(() => ({ decisions: [] as number[], cold: [] as number[], warm: [] as number[] }));
    for (let round = 0; round <= run.rounds; round++) {
      for (const [i, contender] of contenders.entries()) {
        const cold = coldBuildMs(program, contender.name, backends);
        const { warm, decision } = warmCosts(contender, backends, clients, run.windowMs);
        if (round === 0) continue;
        found[i]?.cold.push(cold);
        found[i]?.warm.push(warm);
        found[i]?.decisions.push(decision);
      }
    }
    return contenders.map(({ name, title, isOurs }, i): PickCost => {
      const { decisions = [], cold = [], warm = [] } = found[i] ?? {};
      const [nsPerDecision, coldBuildMs, warmBuildMs] = [spreadOf(decisions), spreadOf(cold), spreadOf(warm)];
      if (nsPerDecision === undefined || coldBuildMs === undefined || warmBuildMs === undefined) {
        throw new Error(`${title} was not measured`);
      }
      return { name, title, isOurs, backends, nsPerDecision, coldBuildMs, warmBuildMs };
    });
  });
}

/** The time of one build, in ms. */
export function buildMs({ build }: Contender, backends: number): number {
  const start = performance.now();
  build(backends);
  return performance.now() - start;
}

function coldBuildMs(program: string, name: string, backends: number): number {
  return Number(execFileSync(process.execPath, [program, "--build", name, String(backends)], { encoding: "utf8" }));
}

function warmCosts(contender: Contender, backends: number, clients: readonly PeerClient[], windowMs: number) {
  const builds = Array.from({ length: 3 }, () => buildMs(contender, backends));
  const decide = contender.build(backends);
  const deadline = performance.now() + windowMs;
  const start = process.cpuUsage();
  let decisions = 0;
  let sum = 0;
  do {
    for (const client of clients) sum += decide(client);
    decisions += clients.length;
  } while (performance.now() < deadline);
  const { user, system } = process.cpuUsage(start);
  if (!(sum > 0)) throw new Error(`${contender.title} places nobody`);
  return { warm: Math.min(...builds), decision: ((user + system) * 1e3) / decisions };
}

function drawClients(): readonly PeerClient[] {
  const random = createSeededRandom(1, "clients");
  return Array.from({ length: CLIENTS }, () => {
    const bytes = Uint8Array.from({ length: 4 }, () => random.below(256));
    return { bytes, text: formatAddress(bytes) };
  });
}
