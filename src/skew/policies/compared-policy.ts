/** How a policy comes to its choice, which says what it can and cannot do for shared addresses. */
export type PolicyKind =
  /** The address decides alone: sticky, and as uneven as the addresses are. */
  | "address"
  /** The address decides, until its backend has too much. */
  | "bounded"
  /** What the user brings along decides: every user for itself. */
  | "cookie";

/** A way of choosing that is compared with others. */
export interface ComparedPolicy {
  /** What it is called on the command line and in data, e.g. `ring` or `nginx-ip-hash`. */
  readonly name: string;
  /** For people, short enough for a table: at most 26 characters. */
  readonly title: string;
  readonly kind: PolicyKind;
  /** The program and version that chooses so, e.g. `nginx 1.22.1`; `Lengket` for ours. */
  readonly program: string;
  /** The lines of that program's configuration that select it. */
  readonly configuration: readonly string[];
}

/** A backend of a comparison. */
export interface ComparedBackend {
  readonly id: string;
  /** `host:port` as it would be configured; some programs hash this very text. */
  readonly address: string;
  /** Whole, ≥ 1. */
  readonly weight: number;
}

/** `down`: nobody can use it · `draining`: what is there stays, nobody new comes. */
export type BackendState = "up" | "down" | "draining";

/** Somebody who wants a connection (or, of http, a request). */
export interface Visit {
  /** Raw bytes of the address, 4 or 16; the same array for the same client, not changed. */
  readonly bytes: Uint8Array;
  /** The same as canonical text. */
  readonly text: string;
  /** Who it is behind the address: what a cookie tells apart. Unique among all users of a run. */
  readonly user: number;
  readonly nowMs: number;
}

/** A connection that has its place. */
export interface Placed {
  /** Index of the backend in the list. */
  readonly backend: number;
  /** Where the visit would have gone with all idle and up: index; the same as `backend` when nothing kept it from there. */
  readonly home: number;
  /** The connection is over. A second call does nothing. */
  close(nowMs: number): void;
}

/**
 * A balancer without sockets, of one policy: our own data path's `choose` with its ledger and pins, or the exact model of
 * another program. Visits have to come in the order of time.
 */
export interface PolicyBalancer {
  readonly policy: ComparedPolicy;
  /** Takes a place for a visit; undefined when it would be refused. */
  place(visit: Visit): Placed | undefined;
  /** The user's session is over, or its cookie is gone: the next visit is a first one. */
  forget(user: number): void;
  /** From now on a backend is in this state. */
  setState(backend: number, state: BackendState): void;
  /** Another list: backends known by their id keep their connections, state and what is remembered of them. */
  setBackends(backends: readonly ComparedBackend[]): void;
}
