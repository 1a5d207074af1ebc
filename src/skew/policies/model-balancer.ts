import { HaproxyConsistent } from "../peers/haproxy-consistent.ts";
import type { PeerServer, Placement } from "../peers/peer.ts";
import { buildPeer, type PeerPolicy } from "../peers/peer-policy.ts";
import type {
  BackendState,
  ComparedBackend,
  ComparedPolicy,
  Placed,
  PolicyBalancer,
  Visit,
} from "./compared-policy.ts";
import type { PeerRules } from "./policy-definitions.ts";
import { balanceFactor, type PolicyOptions } from "./policy-options.ts";

/**
 * Another program's balancer, by its exact model. Its state of a server:
 * - `down` is its own marking: nginx `down`, HAProxy a server that has failed its checks, Envoy an unhealthy host, IPVS weight
 *   0 (which turns the clients of that server away).
 * - `draining` is what it has for that: HAProxy's state `drain`, which takes no one new either, as `balance source` remembers
 *   nobody; for nginx `down`, for Envoy the status `DRAINING` of its discovery, which counts as unhealthy, for IPVS weight 0.
 *   So for none of them it differs from `down` as to who is placed where.
 *
 * Every change is a new configuration: what nginx's round robin remembered is gone. The order of the list is the order of the
 * configuration's lines (of IPVS: as the kernel lists them).
 */
export class ModelBalancer implements PolicyBalancer {
  readonly policy: ComparedPolicy;
  readonly #rules: PeerRules;
  readonly #factor: number;
  #backends: readonly ComparedBackend[];
  readonly #states = new Map<string, BackendState>();
  /** Open places by backend id: connections to a backend outlive a change of the list. */
  readonly #open = new Map<string, { count: number }>();
  /** The same in the order of the list. */
  #served: readonly { count: number }[] = [];
  #model: Placement;
  /** Everybody up and idle; `#model` itself when that is so, or does not matter. */
  #ideal: Placement;
  #homes = new WeakMap<Uint8Array, number>();

  /** @throws RangeError for a weight or an option that the program does not accept */
  constructor(policy: ComparedPolicy, rules: PeerRules, backends: readonly ComparedBackend[], options: PolicyOptions) {
    this.policy = policy;
    this.#rules = rules;
    this.#factor = rules.bounded ? balanceFactor(options) : 0;
    this.#backends = backends;
    this.#ideal = this.#buildIdeal();
    this.#model = this.#build();
  }

  place(visit: Visit): Placed | undefined {
    const home = this.#homeOf(visit);
    const backend = this.#model === this.#ideal ? home : this.#model.place(visit);
    const served = backend === undefined ? undefined : this.#served[backend];
    if (backend === undefined || served === undefined) return undefined;
    served.count++;
    let isOpen = true;
    return {
      backend,
      home: home ?? backend,
      close: () => {
        if (isOpen) served.count--;
        isOpen = false;
      },
    };
  }

  /** It knows no users. */
  forget(): void {}

  /** @throws RangeError when there is no such backend */
  setState(backend: number, state: BackendState): void {
    const known = this.#backends[backend];
    if (known === undefined) throw new RangeError(`there is no backend ${backend}`);
    this.#states.set(known.id, state);
    this.#model = this.#build();
  }

  /** @throws RangeError for a weight that the program does not accept */
  setBackends(backends: readonly ComparedBackend[]): void {
    this.#backends = backends;
    this.#homes = new WeakMap();
    this.#ideal = this.#buildIdeal();
    this.#model = this.#build();
  }

  /** Places that are open, over all backends. */
  get open(): number {
    let open = 0;
    for (const { count } of this.#open.values()) open += count;
    return open;
  }

  #homeOf(visit: Visit): number | undefined {
    if (!isSlow(this.#rules.peer)) return this.#ideal.place(visit);
    const known = this.#homes.get(visit.bytes);
    if (known !== undefined) return known;
    const home = this.#ideal.place(visit);
    if (home !== undefined) this.#homes.set(visit.bytes, home);
    return home;
  }

  #buildIdeal(): Placement {
    return buildPeer(
      this.#rules.peer,
      this.#servers(() => false),
    );
  }

  #build(): Placement {
    this.#served = this.#backends.map(({ id }) => this.#placesOf(id));
    const isAway = (id: string): boolean => (this.#states.get(id) ?? "up") !== "up";
    if (!this.#rules.bounded) {
      return this.#backends.some(({ id }) => isAway(id))
        ? buildPeer(this.#rules.peer, this.#servers(isAway))
        : this.#ideal;
    }
    return new HaproxyConsistent(this.#servers(isAway), {
      hashBalanceFactor: this.#factor,
      served: (index) => this.#served[index]?.count ?? 0,
    });
  }

  #servers(isAway: (id: string) => boolean): readonly PeerServer[] {
    return this.#backends.map(({ id, address, weight }) => ({ address, weight, down: isAway(id), backup: false }));
  }

  #placesOf(id: string): { count: number } {
    const known = this.#open.get(id) ?? { count: 0 };
    this.#open.set(id, known);
    return known;
  }
}

/**
 * Envoy's 64-bit hash is slow in JavaScript, and depends on the address alone: it is asked once for each. (nginx lets servers
 * of one name take turns, so it has to be asked every time.)
 */
function isSlow(peer: PeerPolicy): boolean {
  return peer.startsWith("envoy-");
}
