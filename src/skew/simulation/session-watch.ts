import { type Stickiness, StickinessMeter } from "../measures/stickiness.ts";
import type { BackendState, PolicyKind } from "../policies/compared-policy.ts";
import type { SessionFigures } from "./time-study.ts";

const NOWHERE = -1;
/** What has happened to a session in the measured time. */
const LOST = 1;
const MOVED_BY_CHANGE = 2;
const MOVED_BY_LOAD = 4;
const REFUSED = 8;
const MOVED = MOVED_BY_CHANGE | MOVED_BY_LOAD;

/** What a {@link SessionWatch} saw. */
export interface SeenSessions {
  readonly sessions: SessionFigures;
  readonly stickiness: Stickiness;
}

/**
 * Follows where each session keeps its state: on the backend that it was placed on last, unless that one has failed since.
 *
 * A move is by load when nothing has changed about the backends since the session's last connection; of policies that know
 * load also when the backend that it left takes new clients, and its home is the same, and took new clients, at both
 * connections: then a change did not touch it, and only load can be the reason. All other moves are by change.
 */
export class SessionWatch {
  readonly #kind: PolicyKind;
  readonly #states: readonly (BackendState | undefined)[];
  readonly #measuredFromMs: number;
  readonly #meter = new StickinessMeter<number, number>();
  /** By session: the backend that has its state. */
  readonly #own: Int32Array;
  /** By session, at its last connection. */
  readonly #home: Int32Array;
  readonly #wasHomeUp: Uint8Array;
  readonly #changesThen: Uint32Array;
  /** By session: what has happened to it, as bits. */
  readonly #marks: Uint8Array;
  /** How sticky the warm-up was; undefined until the first connection after it. */
  #warmUp: Stickiness | undefined;
  #changes = 0;
  #lost = 0;
  #refused = 0;

  /**
   * @param states - of the backends by index, which the caller keeps up to date
   * @param measuredFromMs - what happens earlier is followed, but not counted
   */
  constructor(
    kind: PolicyKind,
    sessions: number,
    states: readonly (BackendState | undefined)[],
    measuredFromMs: number,
  ) {
    this.#kind = kind;
    this.#states = states;
    this.#measuredFromMs = measuredFromMs;
    this.#own = new Int32Array(sessions).fill(NOWHERE);
    this.#home = new Int32Array(sessions).fill(NOWHERE);
    this.#wasHomeUp = new Uint8Array(sessions);
    this.#changesThen = new Uint32Array(sessions);
    this.#marks = new Uint8Array(sessions);
  }

  /** A connection of `session` has its place. */
  placed(session: number, backend: number, home: number, atMs: number): void {
    const own = this.#own[session];
    const isHomeUp = this.#states[home] === "up";
    if (atMs >= this.#measuredFromMs) {
      this.#warmUp ??= this.#meter.result;
      const isFirstMove = ((this.#marks[session] ?? 0) & MOVED) === 0;
      if (own !== NOWHERE && own !== backend && isFirstMove) {
        this.#mark(session, this.#isByLoad(session, home, isHomeUp) ? MOVED_BY_LOAD : MOVED_BY_CHANGE);
      }
    }
    this.#meter.placed(session, backend, home);
    this.#own[session] = backend;
    this.#home[session] = home;
    this.#wasHomeUp[session] = isHomeUp ? 1 : 0;
    this.#changesThen[session] = this.#changes;
  }

  /** A connection of `session` found no backend. */
  refused(session: number, atMs: number): void {
    if (atMs < this.#measuredFromMs) return;
    this.#mark(session, REFUSED);
    this.#refused++;
  }

  /** Something changes about the backends; what a failure took is told by {@link failed}. */
  changed(): void {
    this.#changes++;
  }

  /** A backend fails: the sessions that have their state there have it no more. */
  failed(backend: number): void {
    this.#own.forEach((own, session) => {
      if (own !== backend) return;
      this.#own[session] = NOWHERE;
      this.#mark(session, LOST);
      this.#lost++;
    });
  }

  ended(session: number): void {
    this.#own[session] = NOWHERE;
    this.#meter.forget(session);
  }

  /** @param sessions - how many are there in the measured time */
  finish(sessions: number): SeenSessions {
    const count = (bits: number): number => this.#marks.reduce((sum, mark) => sum + ((mark & bits) === 0 ? 0 : 1), 0);
    return {
      sessions: {
        sessions,
        lost: this.#lost,
        moved: count(MOVED),
        movedByChange: count(MOVED_BY_CHANGE),
        movedByLoad: count(MOVED_BY_LOAD),
        undisturbed: sessions - count(LOST | MOVED | REFUSED),
        refused: this.#refused,
      },
      stickiness: since(this.#warmUp ?? this.#meter.result, this.#meter.result),
    };
  }

  #isByLoad(session: number, home: number, isHomeUp: boolean): boolean {
    if (this.#changesThen[session] === this.#changes) return true;
    const isOwnUp = this.#states[this.#own[session] ?? NOWHERE] === "up";
    const isSameHome = this.#home[session] === home;
    return this.#kind === "bounded" && isOwnUp && isSameHome && isHomeUp && this.#wasHomeUp[session] === 1;
  }

  #mark(session: number, bit: number): void {
    this.#marks[session] = (this.#marks[session] ?? 0) | bit;
  }
}

/** What came after `before`. */
function since(before: Stickiness, all: Stickiness): Stickiness {
  const placements = all.placements - before.placements;
  const repeats = all.repeats - before.repeats;
  const breaks = all.breaks - before.breaks;
  const overflowed = all.overflowed - before.overflowed;
  return {
    placements,
    repeats,
    breaks,
    breakRate: repeats === 0 ? 0 : breaks / repeats,
    overflowed,
    overflowShare: placements === 0 ? 0 : overflowed / placements,
  };
}
