import { InvariantError, invariant } from "../../model/failure.ts";
import type { BackendState, Placed, PolicyBalancer } from "../policies/compared-policy.ts";
import type { Course } from "./course.ts";
import { LoadWatch, type SeenLoad } from "./load-watch.ts";
import { type SeenSessions, SessionWatch } from "./session-watch.ts";
import type { PlannedChange } from "./time-study.ts";
import type { Workload } from "./workload.ts";

/** What a policy did to a workload. */
export type Replayed = SeenLoad & SeenSessions;

/**
 * Plays `workload` to a fresh balancer that knows the backends which are there at the start. At one instant connections end
 * first, then the backends change, then connections are opened.
 *
 * Whoever loses a connection to a failure opens another one at once, for what was left of it, when all of them are cut. A
 * connection that is refused does not come again; its session goes on with the next.
 */
export function replay(workload: Workload, course: Course, balancer: PolicyBalancer): Replayed {
  return new Replay(workload, course, balancer).run();
}

class Replay {
  readonly #workload: Workload;
  readonly #course: Course;
  readonly #balancer: PolicyBalancer;
  readonly #load: LoadWatch;
  readonly #sessions: SessionWatch;
  /** By backend; undefined = it has not joined yet. */
  readonly #states: (BackendState | undefined)[];
  readonly #indices: ReadonlyMap<string, number>;
  /** By connection; undefined = it is not open. */
  readonly #open: (Placed | undefined)[];
  #changesDone = 0;
  #joined: number;

  constructor(workload: Workload, course: Course, balancer: PolicyBalancer) {
    const { backends, atStart, warmUpMs } = course;
    this.#workload = workload;
    this.#course = course;
    this.#balancer = balancer;
    this.#load = new LoadWatch(course);
    this.#states = backends.map((_, i) => (i < atStart ? "up" : undefined));
    this.#sessions = new SessionWatch(balancer.policy.kind, workload.clientOf.length, this.#states, warmUpMs);
    this.#indices = new Map(backends.map(({ id }, i) => [id, i]));
    this.#open = Array.from(workload.sessionOf, () => undefined);
    this.#joined = atStart;
  }

  run(): Replayed {
    const { events, startMs, endMs } = this.#workload;
    for (const event of events) {
      const connection = event >>> 1;
      if ((event & 1) === 1) {
        const nowMs = startMs[connection] ?? 0;
        this.#changeUntil(nowMs);
        this.#opens(connection, nowMs);
      } else {
        const nowMs = endMs[connection] ?? 0;
        this.#changeUntil(nowMs - 1);
        this.#ends(connection, nowMs);
      }
    }
    this.#changeUntil(this.#course.lengthMs);
    invariant(this.#load.total === 0, "connections are open at the end of a simulation");
    return { ...this.#load.finish(), ...this.#sessions.finish(this.#measuredSessions()) };
  }

  #opens(connection: number, nowMs: number): void {
    const session = this.#workload.sessionOf[connection] ?? 0;
    const client = this.#workload.clientOf[session];
    if (client === undefined) throw new InvariantError(`session ${session} comes from nowhere`);
    const placed = this.#balancer.place({ bytes: client.bytes, text: client.text, user: session, nowMs });
    const state = placed === undefined ? "down" : this.#states[placed.backend];
    if (state === undefined)
      throw new InvariantError(`backend ${placed?.backend} was chosen, which has not joined yet`);
    if (placed === undefined || state === "down") {
      // Some choose a dead backend rather than none when hardly any is left (Envoy's panic): nobody answers there.
      placed?.close(nowMs);
      this.#sessions.refused(session, nowMs);
      return;
    }
    this.#open[connection] = placed;
    this.#load.change(placed.backend, nowMs, 1);
    this.#sessions.placed(session, placed.backend, placed.home, nowMs);
  }

  #ends(connection: number, nowMs: number): void {
    this.#close(connection, nowMs);
    const { sessionOf, firstOf } = this.#workload;
    const session = sessionOf[connection] ?? 0;
    if (connection + 1 !== firstOf[session + 1]) return;
    this.#balancer.forget(session);
    this.#sessions.ended(session);
  }

  #close(connection: number, nowMs: number): void {
    const placed = this.#open[connection];
    if (placed === undefined) return;
    this.#open[connection] = undefined;
    placed.close(nowMs);
    this.#load.change(placed.backend, nowMs, -1);
  }

  #changeUntil(nowMs: number): void {
    const { changes } = this.#course;
    for (;;) {
      const change = changes[this.#changesDone];
      if (change === undefined || change.atMs > nowMs) return;
      this.#changesDone++;
      this.#change(change);
    }
  }

  #change({ kind, backend: id, atMs }: PlannedChange): void {
    const backend = this.#indices.get(id);
    if (backend === undefined) throw new InvariantError(`there is no backend ${id}`);
    this.#sessions.changed();
    switch (kind) {
      case "fails":
        this.#become(backend, "down", atMs);
        this.#sessions.failed(backend);
        this.#reconnect(backend, atMs);
        break;
      case "drains":
        this.#become(backend, "draining", atMs);
        break;
      case "returns":
        this.#become(backend, "up", atMs);
        break;
      case "joins":
        this.#joined++;
        this.#balancer.setBackends(this.#course.backends.slice(0, this.#joined));
        this.#become(backend, "up", atMs);
        break;
    }
  }

  #become(backend: number, state: BackendState, atMs: number): void {
    this.#states[backend] = state;
    this.#balancer.setState(backend, state);
    this.#load.setUp(backend, atMs, state === "up");
  }

  /** All connections are cut before the first one is opened again, in the order of the sessions. */
  #reconnect(backend: number, atMs: number): void {
    const cut: number[] = [];
    this.#open.forEach((placed, connection) => {
      if (placed?.backend === backend) cut.push(connection);
    });
    for (const connection of cut) this.#close(connection, atMs);
    for (const connection of cut) this.#opens(connection, atMs);
  }

  #measuredSessions(): number {
    const { clientOf, firstOf, endMs } = this.#workload;
    let sessions = 0;
    for (let session = 0; session < clientOf.length; session++) {
      const last = (firstOf[session + 1] ?? 0) - 1;
      if ((endMs[last] ?? 0) > this.#course.warmUpMs) sessions++;
    }
    return sessions;
  }
}
