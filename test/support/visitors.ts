import { setImmediate as nextTurn } from "node:timers/promises";
import type { RunningBalancer } from "./balancer-of.ts";
import { visit } from "./test-client.ts";

/** What a client met, in order: names of backends, `lost` for a connection that ended before it was served. */
export type Met = readonly string[];

/**
 * Clients that visit again and again, each after the other, until they are stopped: the load under which a test changes
 * the cluster.
 */
export class Visitors {
  readonly #met = new Map<string, string[]>();
  readonly #running: Promise<unknown>;
  #stopped = false;
  /** Rounds that every client has finished. */
  #rounds = 0;
  #wake: () => void = () => {};

  constructor(lengket: RunningBalancer, clients: readonly string[], atOnce = 20) {
    for (const client of clients) this.#met.set(client, []);
    this.#running = this.#run(lengket, clients, atOnce);
  }

  /** Resolves when every client has made `rounds` more visits that began after now. */
  async rounds(rounds: number): Promise<void> {
    // The round that is going on began before.
    const until = this.#rounds + rounds + 1;
    while (this.#rounds < until) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** What each client met so far, without repetitions in a row; a second call tells what it met since. */
  takePaths(): ReadonlyMap<string, Met> {
    const paths = new Map<string, Met>();
    for (const [client, names] of this.#met) {
      paths.set(
        client,
        names.filter((name, i) => name !== names[i - 1]),
      );
      names.length = 0;
    }
    return paths;
  }

  /** Resolves when nobody visits any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #run(lengket: RunningBalancer, clients: readonly string[], atOnce: number): Promise<void> {
    while (!this.#stopped) {
      const waiting = clients.values();
      const one = async (): Promise<void> => {
        for (const client of waiting) {
          this.#met.get(client)?.push(await visit(lengket.at(client)).catch(() => "lost"));
        }
      };
      await Promise.all(Array.from({ length: atOnce }, one));
      this.#rounds++;
      this.#wake();
      await nextTurn();
    }
  }
}
