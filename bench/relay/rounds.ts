import type { Launched } from "../../test/support/launch.ts";
import type { Balancer } from "./balancers.ts";
import { BenchProcess } from "./bench-process.ts";
import type { Cores } from "./cores.ts";
import type { Windows } from "./measure.ts";
import { type ListenRequest, listening, type MeasureRequest, measurement } from "./messages.ts";
import type { BenchOptions } from "./options.ts";
import type { Sample } from "./results.ts";
import { WORKLOADS, type Workload } from "./workloads.ts";

/** Each balancer has backends of its own, so that none inherits the TIME_WAIT ports of another's connections. */
const BACKEND_HOSTS = ["127.0.1.1", "127.0.1.2", "127.0.1.3", "127.0.1.4"] as const;
/**
 * The round before the first, thrown away: until V8 has compiled what is used often, the Node processes are slower. A
 * connection runs much code, and each piece of it only once, so that takes thousands of connections.
 */
function rehearsalOf({ traffic }: Workload): Windows {
  return { warmUpMs: 0, windowMs: traffic.kind === "connections" ? 1500 : 150 };
}

/** A balancer that is up, and what it stands in front of. */
interface Entrant {
  readonly balancer: Balancer;
  readonly backends: readonly { readonly host: string; readonly port: number }[];
  readonly running: Launched;
}

/**
 * Runs every workload against every balancer, `options.rounds` times, the balancers taking turns within each workload of a
 * round (A B C D, A B C D, …) so that whatever else the machine does strikes all of them alike.
 * @param say is told what is going on, one line at a time
 * @throws Error when a balancer cannot be started or does not carry the bytes faithfully
 */
export async function runRounds(
  balancers: readonly Balancer[],
  options: BenchOptions,
  cores: Cores,
  say: (line: string) => void,
): Promise<readonly Sample[]> {
  const driver = new BenchProcess(new URL("./driver-process.js", import.meta.url), cores.load);
  const backend = new BenchProcess(new URL("./backend-process.js", import.meta.url), cores.load);
  const entrants: Entrant[] = [];
  // Ctrl-C would leave the balancers behind: they are foreign programs and do not know us.
  const interrupted = (signal: NodeJS.Signals): void => {
    for (const { running } of entrants) process.kill(running.pid, "SIGTERM");
    process.exit(signal === "SIGINT" ? 130 : 143);
  };
  process.once("SIGINT", interrupted).once("SIGTERM", interrupted);
  try {
    for (const balancer of balancers) {
      const request: ListenRequest = { hosts: [...BACKEND_HOSTS], seed: options.seed };
      const { ports } = listening.parse(await backend.ask(request));
      const backends = BACKEND_HOSTS.map((host, i) => ({ host, port: ports[i] ?? 0 }));
      const running = await balancer.start(backends, cores.balancer).catch((error: unknown) => {
        throw new Error(
          `${balancer.title} cannot be started: ${error instanceof Error ? error.message : String(error)}`,
        );
      });
      entrants.push({ balancer, backends, running });
    }
    const samples: Sample[] = [];
    for (let round = 0; round <= options.rounds; round++) {
      say(round === 0 ? "rehearsal (not counted)" : `round ${round} of ${options.rounds}`);
      for (const workload of WORKLOADS) {
        if (workload.traffic.kind === "idle" && (round === 0 || round > options.memoryRounds)) continue;
        for (const entrant of entrants) {
          const sample = await sampleOf(entrant, workload, round, round === 0 ? rehearsalOf(workload) : options, {
            driver,
            seed: options.seed,
            prefix: cores.balancer,
          });
          if (round > 0) samples.push(sample);
        }
      }
    }
    return samples;
  } finally {
    process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
    await Promise.all([driver.stop(), ...entrants.map(({ running }) => running.stop())]);
    await backend.stop();
  }
}

interface Means {
  readonly driver: BenchProcess;
  readonly seed: number;
  readonly prefix: readonly string[];
}

async function sampleOf(
  entrant: Entrant,
  workload: Workload,
  round: number,
  windows: Windows,
  { driver, seed, prefix }: Means,
): Promise<Sample> {
  const { balancer, backends } = entrant;
  // Memory that earlier work has left behind would be used again and hide the growth: a balancer of its own.
  const fresh = workload.traffic.kind === "idle" ? await balancer.start(backends, prefix) : undefined;
  const { host, port, pid } = fresh ?? entrant.running;
  try {
    const request: MeasureRequest = {
      workload: workload.id,
      target: { host, port },
      rootPid: pid,
      windows: { warmUpMs: windows.warmUpMs, windowMs: windows.windowMs },
      seed,
    };
    return { round, workload: workload.id, balancer: balancer.name, ...measurement.parse(await driver.ask(request)) };
  } catch (error) {
    const output = (fresh ?? entrant.running).output();
    throw new Error(`${balancer.title}, ${workload.title}, round ${round}: ${String(error)}\n${output}`.trimEnd());
  } finally {
    await fresh?.stop();
  }
}
