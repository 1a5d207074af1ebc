import type { TableOptions } from "../hashing/registry.ts";
import type { Backend, BackendId } from "../model/backend.ts";
import { invariant } from "../model/failure.ts";
import type { HashPolicy, HashTable, TableEntry } from "../model/hash-table.ts";
import { type ClusterSnapshot, type Member, type Published, Publisher } from "../model/snapshot.ts";
import type { Clock } from "../platform/clock.ts";
import type { Random } from "../platform/random.ts";
import type { ClusterEvent } from "./cluster-event.ts";
import { type ClusterRules, type ClusterState, drainDeadlineMs, emptyState, type Step } from "./cluster-state.ts";
import { Deadlines } from "./deadlines.ts";
import type { CheckResult } from "./health/check-result.ts";
import { Checker } from "./health/checker.ts";
import type { Probe } from "./health/probe.ts";
import type { CheckPlan } from "./health/schedule.ts";
import { type BuildEntries, emptySnapshot, projectSnapshot } from "./project-snapshot.ts";
import { reduce } from "./reduce.ts";
import { type ReloadReport, reloadReport } from "./reload-report.ts";
import { samePlace } from "./same-backend.ts";
import type { Transition } from "./transition.ts";

/** Builds a hash table; throws RangeError when it cannot. `buildTable` of `hashing/` but for tests. */
export type BuildTable = (policy: HashPolicy, entries: readonly TableEntry[], options: TableOptions) => HashTable;

/** The share of the key space (0–1) whose owner differs between two tables. */
export type MovedShare = (before: HashTable, after: HashTable) => number;

export interface ClusterOptions {
  readonly rules: ClusterRules;
  readonly hashPolicy: HashPolicy;
  readonly table: TableOptions;
  /** Active checks; undefined = HEALTH=off. */
  readonly checks:
    | {
        readonly plan: CheckPlan;
        readonly probe: Probe;
        /** HEALTH_INITIAL=check: `start` waits for the first check of every backend. */
        readonly awaitFirst: boolean;
      }
    | undefined;
}

export interface ClusterDeps {
  readonly clock: Clock;
  /** For the jitter of checks. */
  readonly random: Random;
  readonly buildTable: BuildTable;
  readonly movedShare: MovedShare;
  /** How many connections hold the ledger slot now. Asked when a member begins to drain: it may be empty already. */
  readonly openConnections: (slot: number) => number;
  /** One log line each; called after the publication that it explains. */
  readonly onTransition: (transition: Transition) => void;
  /** DRAIN_TIMEOUT passed: the owner of the connections closes those that the member still has. */
  readonly onDrainDeadline: (member: Member) => void;
}

/**
 * The control plane: the only writer of the cluster. Events go in one at a time, `reduce` judges, the snapshot is projected and
 * published once for each event that changed it. Owns the checks and the timers of ejections and drains.
 */
export class Cluster {
  readonly #options: ClusterOptions;
  readonly #deps: ClusterDeps;
  readonly #build: BuildEntries;
  readonly #publisher: Publisher<ClusterSnapshot>;
  readonly #checker: Checker | undefined;
  readonly #ejections: Deadlines<BackendId>;
  readonly #drains: Deadlines<BackendId>;
  readonly #queue: ClusterEvent[] = [];
  /** Backends whose first check `start` waits for, and how it is told. */
  readonly #awaited = new Set<BackendId>();
  #allAnswered: () => void = () => {};
  #state: ClusterState;
  #life: "new" | "started" | "stopped" = "new";
  #busy = false;

  constructor(options: ClusterOptions, deps: ClusterDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#build = (entries) => deps.buildTable(options.hashPolicy, entries, options.table);
    this.#state = emptyState(options.rules);
    this.#publisher = new Publisher(emptySnapshot(this.#build));
    const { clock, random } = deps;
    const { checks } = options;
    if (checks !== undefined) {
      const onResult = (id: BackendId, result: CheckResult): boolean => this.#checked(id, result);
      this.#checker = new Checker(checks.plan, { clock, random, probe: checks.probe, onResult });
    }
    this.#ejections = new Deadlines(clock, (id) => this.dispatch({ kind: "ejection-ended", id, atMs: clock.nowMs() }));
    this.#drains = new Deadlines(clock, (id) => this.dispatch({ kind: "drain-expired", id, atMs: clock.nowMs() }));
  }

  /** What the data plane reads. Version 0, without members, until the first list. */
  get published(): Published<ClusterSnapshot> {
    return this.#publisher;
  }

  /** All that is known, for those who explain and display. */
  get state(): ClusterState {
    return this.#state;
  }

  /** Whether a backend of that id is here, and at that address. */
  isAt(backend: Backend): boolean {
    const member = this.#state.members.get(backend.id);
    return member !== undefined && samePlace(member.backend, backend);
  }

  /** Whether clients failed to connect to it lately: only then does a success interest the passive checks. */
  isSuspect(id: BackendId): boolean {
    return (this.#state.members.get(id)?.failures.length ?? 0) > 0;
  }

  /**
   * Applies one event. Listeners of a publication may dispatch further events; those wait until everybody has seen this
   * one, so that versions are seen in order.
   */
  dispatch(event: ClusterEvent): void {
    this.#queue.push(event);
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) this.#apply(next);
    } finally {
      this.#busy = false;
    }
  }

  /**
   * Takes a new list of backends, publishes at most once and says what changed. Throws when no table can be built from the list
   * (RangeError) or an id comes twice (InvariantError); the old list then stays. Not to be called from a listener.
   */
  reload(backends: readonly Backend[]): ReloadReport {
    invariant(!this.#busy, "reload was called from within a publication");
    const before = this.#listed();
    const oldTable = this.#publisher.current.primary.table;
    this.dispatch({ kind: "discovered", backends, atMs: this.#deps.clock.nowMs() });
    const table = this.#publisher.current.primary.table;
    const nobodyMoved = table === oldTable || oldTable.entries.length === 0;
    return reloadReport(before, backends, nobodyMoved ? 0 : this.#deps.movedShare(oldTable, table));
  }

  /**
   * Begins to check. Resolves when every backend listed now was checked once, if HEALTH_INITIAL=check, else at once. A check
   * takes no longer than HEALTH_TIMEOUT, so this does neither.
   */
  start(): Promise<void> {
    invariant(this.#life === "new", "a cluster is started once");
    this.#life = "started";
    const { checks } = this.#options;
    if (checks?.awaitFirst === true) for (const { id } of this.#listed()) this.#awaited.add(id);
    this.#checker?.track(this.#listed());
    if (this.#awaited.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#allAnswered = resolve;
    });
  }

  /** Ends all checks and timers. Events are still taken, so that the last connections are accounted for. */
  stop(): void {
    this.#life = "stopped";
    this.#checker?.stop();
    this.#syncDeadlines();
    this.#allAnswered();
  }

  #apply(event: ClusterEvent): void {
    const reduced = reduce(this.#state, event);
    if (reduced.quiet) {
      this.#state = reduced.state;
      return;
    }
    const step = this.#forgetEmpty(reduced, event.atMs);
    const previous = this.#publisher.current;
    // May throw for a list that no table can be built from; nothing is changed by then.
    const next = projectSnapshot(step.state, previous, this.#build);
    this.#state = step.state;
    if (event.kind === "discovered") this.#followList();
    this.#syncDeadlines();
    if (next !== previous) this.#publisher.publish(next);
    for (const transition of step.transitions) this.#deps.onTransition(transition);
    if (event.kind === "drain-expired") this.#expire(next, event.id);
  }

  /** A member that drains without a connection will never be reported as emptied: nothing is left that could end. */
  #forgetEmpty(step: Step, atMs: number): Step {
    let { state, transitions } = step;
    for (const [id, member] of step.state.members) {
      if (member.drainSinceMs === undefined) continue;
      if (this.#deps.openConnections(member.slot) > 0) continue;
      const emptied = reduce(state, { kind: "emptied", id, atMs });
      state = emptied.state;
      transitions = [...transitions, ...emptied.transitions];
    }
    return { state, transitions, quiet: false };
  }

  #followList(): void {
    if (this.#life !== "started") return;
    const listed = this.#listed();
    this.#checker?.track(listed);
    const ids = new Set(listed.map(({ id }) => id));
    for (const id of this.#awaited) if (!ids.has(id)) this.#answered(id);
  }

  #checked(id: BackendId, result: CheckResult): boolean {
    this.dispatch({ kind: "checked", id, result, atMs: this.#deps.clock.nowMs() });
    this.#answered(id);
    const member = this.#state.members.get(id);
    return member !== undefined && (member.health === "unknown" || member.against > 0);
  }

  #answered(id: BackendId): void {
    if (this.#awaited.delete(id) && this.#awaited.size === 0) this.#allAnswered();
  }

  #syncDeadlines(): void {
    const ejections = new Map<BackendId, number>();
    const drains = new Map<BackendId, number>();
    if (this.#life !== "stopped") {
      for (const [id, member] of this.#state.members) {
        if (member.ejection !== undefined) ejections.set(id, member.ejection.untilMs);
        if (!member.drainExpired) drains.set(id, drainDeadlineMs(member, this.#state.rules));
      }
    }
    this.#ejections.sync(ejections);
    this.#drains.sync(drains);
  }

  #expire(snapshot: ClusterSnapshot, id: BackendId): void {
    const member = snapshot.members.find(({ backend }) => backend.id === id);
    if (member !== undefined) this.#deps.onDrainDeadline(member);
  }

  #listed(): readonly Backend[] {
    return [...this.#state.members.values()].filter((member) => member.listed).map((member) => member.backend);
  }
}
