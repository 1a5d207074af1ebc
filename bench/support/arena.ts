import type { Launched } from "../../test/support/launch.ts";
import type { Balancer } from "./balancer.ts";
import type { Bench } from "./bench.ts";
import { BenchProcess } from "./bench-process.ts";
import type { Cores } from "./cores.ts";
import { type ListenRequest, listening, type MeasureRequest, measurement } from "./messages.ts";
import type { Measurement, Windows } from "./metering.ts";
import type { Workload } from "./workload.ts";

/** The addresses of each balancer's backends. */
const BACKEND_HOSTS = ["127.0.1.1", "127.0.1.2", "127.0.1.3", "127.0.1.4"] as const;

/** A balancer that takes part, and what it stands in front of. */
export interface Entrant {
  readonly balancer: Balancer;
  readonly backends: readonly { readonly host: string; readonly port: number }[];
}

/**
 * Owns every process of a run: driver, backend and balancers. `close` ends them all. The driver answers a `MeasureRequest`
 * with a `Measurement`, the backend a `ListenRequest` with its ports.
 */
export class Arena {
  readonly #cores: Cores;
  readonly #seed: number;
  readonly #driver: BenchProcess;
  readonly #backend: BenchProcess;
  readonly #running = new Set<Launched>();

  constructor({ driver, backend }: Pick<Bench, "driver" | "backend">, cores: Cores, seed: number) {
    this.#cores = cores;
    this.#seed = seed;
    this.#driver = new BenchProcess(driver, cores.load);
    this.#backend = new BenchProcess(backend, cores.load);
  }

  /** Gives a balancer backends of its own, so that none inherits the TIME_WAIT ports of another's connections. */
  async enter(balancer: Balancer): Promise<Entrant> {
    const request: ListenRequest = { hosts: [...BACKEND_HOSTS], seed: this.#seed };
    const { ports } = listening.parse(await this.#backend.ask(request));
    return { balancer, backends: BACKEND_HOSTS.map((host, i) => ({ host, port: ports[i] ?? 0 })) };
  }

  /** @throws Error with the balancer's own words when it does not start */
  async start({ balancer, backends }: Entrant): Promise<Launched> {
    try {
      const launched = await balancer.start(backends, this.#cores.balancer);
      this.#running.add(launched);
      return launched;
    } catch (error) {
      throw new Error(`${balancer.title} cannot be started: ${messageOf(error)}`);
    }
  }

  async stop(launched: Launched): Promise<void> {
    await launched.stop();
    this.#running.delete(launched);
  }

  /** @throws Error when the bytes do not come through faithfully; see `measure` of the benchmark */
  async measure(workload: Workload, launched: Launched, windows: Windows): Promise<Measurement> {
    const request: MeasureRequest = {
      workload: workload.id,
      target: { host: launched.host, port: launched.port },
      rootPid: launched.pid,
      windows: { warmUpMs: windows.warmUpMs, windowMs: windows.windowMs },
      seed: this.#seed,
    };
    try {
      return measurement.parse(await this.#driver.ask(request));
    } catch (error) {
      throw new Error(`${messageOf(error)}\n${launched.output()}`.trimEnd());
    }
  }

  /** Also while something is under way: whoever waits for it gets an error. */
  async close(): Promise<void> {
    await Promise.all([this.#driver.stop(), ...[...this.#running].map((launched) => launched.stop())]);
    await this.#backend.stop();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
