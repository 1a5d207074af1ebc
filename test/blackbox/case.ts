import type { Observation } from "./observe/observation.ts";

/** P0 = exploitable if wrong, P1 = wrong or fragile, P2 = quality. */
export type Rank = 0 | 1 | 2;

/** Whose message is in question: the client's or the backend's. */
export type Side = "request" | "response";

/**
 * One thing a client does. Times are events, never durations: `read` = the balancer has read what was sent so far ·
 * `answers` = this many final answers came · `interim` = this many 1xx came · `tunnelled` = this many bytes came behind a 101 · `seen` = a backend has the head of the request
 * `/{id}/part` · `answered` = it has sent all of its answer · `gone` = the backend connection that carried it has ended. Everything stops waiting when the balancer
 * closes.
 */
export type ClientStep =
  | { readonly send: string }
  /** Byte by byte, the one thing that has to take time; `ahead` goes first, at once. */
  | { readonly drip: string; readonly everyMs: number; readonly ahead?: string }
  | { readonly wait: "read" }
  /** `within` = go on without, when the balancer has carried so many other exchanges meanwhile. */
  | { readonly wait: "answers" | "interim" | "tunnelled"; readonly count: number; readonly within?: number }
  | { readonly wait: "seen" | "answered" | "gone"; readonly part: string }
  | { readonly finish: "end" | "reset" };

/** What a backend does about one request. */
export interface Answer {
  /** `head`: as soon as the head is there · `request`: when all of it is (default). */
  readonly when?: "head" | "request";
  /** Written one by one; the balancer has read each before the next is written. */
  readonly pieces: readonly string[];
  /** Afterwards: keep the connection (default), send a FIN, or a RST. */
  readonly finish?: "keep" | "end" | "reset";
}

/** How the balancer is set up. `short`: timeouts of a second, and a backend that is dead · `dead`: every backend is. */
export type Profile = "usual" | "short" | "dead";

/** Complaints; none = the rule holds. */
export type Verdict = (observed: Observation) => readonly string[];

/**
 * One message, or a few, and what must come of it. In all bytes: `{id}` = this run's own mark, `{A}` and `{B}` = the cookie
 * pair (`name=value`) that binds to this run's backend A or B, `{D}` = to the dead one.
 */
export interface Case {
  /** Unique, for `--case`. */
  readonly id: string;
  /** The rule of docs/http-conformance.md. */
  readonly rule: number;
  readonly rank: Rank;
  readonly side: Side;
  readonly title: string;
  readonly steps: readonly ClientStep[];
  /** Methods of the requests that are answered, in order, where they are not GET. */
  readonly methods?: readonly string[];
  /** By part of the target (`/{id}/part`), `part#2` for its second arrival. Everything else is answered with 200 and its name. */
  readonly answers?: Readonly<Record<string, Answer | readonly Answer[]>>;
  /** Seen enough when so many final answers came; the end of the connection is always enough. `close` = wait for that. */
  readonly until: number | "close";
  readonly verdict: Verdict;
  readonly profile?: Profile;
  /** Not to be cut into pieces: its point is the time or the amount. */
  readonly wholeOnly?: boolean;
}
