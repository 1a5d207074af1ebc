import type { Launched } from "../../test/support/launch.ts";
import { Arena, type Entrant } from "./arena.ts";
import type { Balancer } from "./balancer.ts";
import type { Bench } from "./bench.ts";
import type { Cores } from "./cores.ts";
import type { Measurement, Windows } from "./metering.ts";
import type { BenchOptions } from "./options.ts";
import type { Sample } from "./results.ts";
import type { Workload } from "./workload.ts";

/**
 * Runs every workload against every balancer, `options.rounds` times, the balancers taking turns within each workload of a
 * round (A B C D, A B C D, …) so that whatever else the machine does strikes all of them alike.
 * @param say is told what is going on, one line at a time
 * @throws Error when a balancer cannot be started or does not carry the bytes faithfully, or on SIGINT and SIGTERM
 */
export async function runRounds(
  bench: Pick<Bench, "workloads" | "driver" | "backend">,
  balancers: readonly Balancer[],
  options: BenchOptions,
  cores: Cores,
  say: (line: string) => void,
): Promise<readonly Sample[]> {
  const arena = new Arena(bench, cores, options.seed);
  let interruption: NodeJS.Signals | undefined;
  // The balancers are foreign programs: without this they would outlive us. A second signal ends this process at once.
  const interrupt = (signal: NodeJS.Signals): void => {
    interruption = signal;
    void arena.close();
  };
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  try {
    const field = new Map<Entrant, Launched>();
    for (const balancer of balancers) {
      const entrant = await arena.enter(balancer);
      field.set(entrant, await arena.start(entrant));
    }
    const samples: Sample[] = [];
    for (let round = 0; round <= options.rounds; round++) {
      say(round === 0 ? "rehearsal (not counted)" : `round ${round} of ${options.rounds}`);
      for (const workload of bench.workloads) {
        if (workload.unit === "KiB" && (round === 0 || round > options.memoryRounds)) continue;
        const windows =
          round === 0 ? { warmUpMs: 0, windowMs: workload.rehearsalMs * options.rehearsalShare } : options;
        for (const [entrant, running] of field) {
          const { name, title } = entrant.balancer;
          try {
            const result = await measureOne(arena, entrant, running, workload, windows);
            if (round > 0) samples.push({ round, workload: workload.id, balancer: name, ...result });
          } catch (error) {
            throw new Error(
              `${title}, ${workload.title}, round ${round}: ${error instanceof Error ? error.message : error}`,
            );
          }
        }
      }
    }
    return samples;
  } catch (error) {
    throw interruption === undefined ? error : new Error(`interrupted by ${interruption}`);
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
    await arena.close();
  }
}

async function measureOne(
  arena: Arena,
  entrant: Entrant,
  running: Launched,
  workload: Workload,
  windows: Windows,
): Promise<Measurement> {
  if (workload.unit !== "KiB") return arena.measure(workload, running, windows);
  // Memory that earlier work has left behind would be used again and hide the growth: a balancer of its own.
  const fresh = await arena.start(entrant);
  try {
    return await arena.measure(workload, fresh, windows);
  } finally {
    await arena.stop(fresh);
  }
}
