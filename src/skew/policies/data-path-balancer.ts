import { keyHash } from "../../hashing/murmur3.ts";
import type { BackendId } from "../../model/backend.ts";
import type { Chosen } from "../../model/choice.ts";
import { type ChoosePolicy, choose } from "../../path/choose.ts";
import { clientKey, type KeyOptions } from "../../path/client-address.ts";
import { createPicker } from "../../path/create-picker.ts";
import { Ledger } from "../../path/ledger.ts";
import { ClientCounts, type NatSplitOptions, splitStart } from "../../path/nat-split.ts";
import type { NewSessionPicker } from "../../path/new-session.ts";
import { Pins, pinEffect, pinName } from "../../path/pins.ts";
import { createSeededRandom } from "../seeded-random.ts";
import { ComparedCluster } from "./compared-cluster.ts";
import type {
  BackendState,
  ComparedBackend,
  ComparedPolicy,
  Placed,
  PolicyBalancer,
  Visit,
} from "./compared-policy.ts";
import type { OwnRules } from "./policy-definitions.ts";
import type { PolicyOptions } from "./policy-options.ts";

/** The place of an address in the key space, and its name in pins and counts where there are any. */
interface Client {
  readonly keyHash: number;
  readonly name: string;
}

const NAMELESS = "";
const IPV4_BYTES = 4;

/** The defaults of CLIENT_PREFIX_V4 and CLIENT_PREFIX_V6. */
const KEYS: KeyOptions = Object.freeze({ prefixV4: 32, prefixV6: 64, withPort: false });
/** The key is the connection: there are no ports here. */
const NO_PORT = 0;
const FAIL_BACK = "now";

/**
 * Our own balancer without sockets: `choose`, the ledger, the pins, the counts and the picker are those of the data path, with
 * its default settings (ON_DOWN=rehash, FAIL_BACK=now, no queue, no slow start, DRAIN_COOKIES=true).
 *
 * For a cookie, what the client brings along is kept here instead: the backend that served it last. Every open place counts
 * as load, so for least connections (which counts requests in flight in http mode) a session weighs as long as its places are
 * open. NEW_SESSION_HINT is left out: nobody's first requests come at the same time.
 */
export class DataPathBalancer implements PolicyBalancer {
  readonly policy: ComparedPolicy;
  readonly #rules: OwnRules;
  readonly #hashSeed: number;
  readonly #choosePolicy: ChoosePolicy;
  readonly #natSplit: NatSplitOptions;
  readonly #cluster: ComparedCluster;
  readonly #ledger = new Ledger();
  readonly #counts = new ClientCounts();
  readonly #pins: Pins;
  readonly #picker: NewSessionPicker | undefined;
  /** By the array of the address, which is the same one every time; as long as the caller keeps it. */
  readonly #clients = new WeakMap<Uint8Array, Client>();
  /** What the users' cookies say. */
  readonly #cookies = new Map<number, BackendId>();
  #connections = 0;

  /** @throws RangeError for an id, a weight or an option that the settings would not accept either */
  constructor(policy: ComparedPolicy, rules: OwnRules, backends: readonly ComparedBackend[], options: PolicyOptions) {
    const { hashSeed, table, boundedLoad, overflowPinMs, natSplit } = options;
    this.policy = policy;
    this.#rules = rules;
    this.#hashSeed = hashSeed;
    this.#choosePolicy = { boundedLoad: rules.bounded ? boundedLoad : 0, onDown: "rehash" };
    this.#natSplit = { ...natSplit, key: "connection", portBlock: 1 };
    this.#cluster = new ComparedCluster(rules.table, { ...table, seed: hashSeed }, backends);
    this.#pins = new Pins(rules.pinned ? overflowPinMs : 0);
    // Least connections draws nothing; a source of randomness is asked for all the same.
    this.#picker = rules.cookie ? createPicker("least_conn", createSeededRandom(hashSeed, "picker")) : undefined;
  }

  place(visit: Visit): Placed | undefined {
    const client = this.#clientOf(visit);
    const { cookie, pinned, split: mayBeSplit } = this.#rules;
    // As the data path does: a connection counts for its own address from the start.
    if (mayBeSplit) this.#counts.opened(client.name);
    const split = mayBeSplit ? this.#splitOf(client) : undefined;
    const name = pinName(client.name, split);
    const choice = choose(
      this.#cluster.snapshot,
      {
        keyHash: client.keyHash,
        bound: cookie ? this.#cookies.get(visit.user) : undefined,
        boundMayDrain: true,
        pinned: pinned ? this.#pins.find(name, visit.nowMs) : undefined,
        picker: this.#picker,
        split,
        mayQueue: false,
        nowMs: visit.nowMs,
      },
      this.#choosePolicy,
      this.#ledger,
    );
    if (choice.kind !== "chosen") {
      if (mayBeSplit) this.#counts.closed(client.name);
      return undefined;
    }
    if (cookie) this.#cookies.set(visit.user, choice.member.backend.id);
    return this.#take(choice, client.name, name);
  }

  forget(user: number): void {
    this.#cookies.delete(user);
  }

  setState(backend: number, state: BackendState): void {
    this.#cluster.setState(backend, state);
  }

  setBackends(backends: readonly ComparedBackend[]): void {
    this.#cluster.setBackends(backends);
  }

  /** Places that are open, over all backends. */
  get open(): number {
    return this.#ledger.total;
  }

  /** An IPv4 address is its own key; more is worked out at the first visit of an address, where it is needed. */
  #clientOf({ bytes }: Visit): Client {
    const isNamed = this.#rules.pinned || this.#rules.split;
    if (!isNamed && bytes.length === IPV4_BYTES) return { keyHash: keyHash(bytes, this.#hashSeed), name: NAMELESS };
    const known = this.#clients.get(bytes);
    if (known !== undefined) return known;
    const key = clientKey(bytes, NO_PORT, KEYS);
    const client = { keyHash: keyHash(key.bytes, this.#hashSeed), name: key.text };
    this.#clients.set(bytes, client);
    return client;
  }

  #splitOf({ name, keyHash: hash }: Client): { readonly over: number; readonly start: number } | undefined {
    const { over, share } = this.#natSplit;
    const connection = this.#connections++;
    const backends = this.#cluster.snapshot.primary.members.length;
    if (over < 2 || !this.#counts.isHeavy(name, share, this.#ledger.total, backends)) return undefined;
    return { over, start: splitStart(this.#natSplit, hash, NO_PORT, connection) };
  }

  #take(chosen: Chosen, client: string, name: string): Placed {
    const { member, home } = chosen;
    const { id } = member.backend;
    const lease = this.#ledger.lease(member.slot);
    const isPinned = this.#pin(chosen, name);
    const backend = this.#cluster.indexOf(id);
    let isOpen = true;
    return {
      backend,
      home: home === id ? backend : this.#cluster.indexOf(home),
      close: (nowMs) => {
        if (!isOpen) return;
        isOpen = false;
        if (isPinned) this.#pins.closed(name, id, nowMs);
        lease.release();
        if (this.#rules.split) this.#counts.closed(client);
      },
    };
  }

  /** Whether the place keeps its client where it is. */
  #pin({ reason, member }: Chosen, name: string): boolean {
    const effect = this.#rules.pinned ? pinEffect(reason, FAIL_BACK) : undefined;
    if (effect === "keep") this.#pins.opened(name, member.backend.id);
    else if (effect === "drop") this.#pins.forget(name);
    return effect === "keep";
  }
}
