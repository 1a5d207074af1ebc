/** The two dates of a cookie, wall clock, ms since the epoch; undefined when the cookie carries none. */
export interface TokenDates {
  /** When the binding began. */
  readonly issuedAtMs: number | undefined;
  /** When the client was last seen, to within {@link refreshAfterMs}. */
  readonly seenAtMs: number | undefined;
}

/** How long a cookie is good for. */
export interface TokenLife {
  /** Ms without a request after which a cookie is expired; 0 = never (COOKIE_IDLE). */
  readonly idleMs: number;
  /** Ms after which a cookie is old, however busy its client; 0 = never (COOKIE_LIFE). */
  readonly lifeMs: number;
}

/** `stale`: still good, but the dates should be written anew · `future`: no clock of ours can have written it. */
export type DateVerdict = "fresh" | "stale" | "expired" | "old" | "future";

/**
 * The age at which the last-seen date is written anew: a tenth of the idle time, at least a second. So a client that is
 * always busy gets a Set-Cookie now and then, not with every answer.
 */
export function refreshAfterMs(idleMs: number): number {
  return Math.max(1000, idleMs / 10);
}

/**
 * Judges the dates of a cookie whose origin is proven (or cannot be).
 *
 * The last-seen date lags behind by up to {@link refreshAfterMs}, so that much is allowed on top of the idle time: a cookie
 * never expires before its client was idle for `idleMs`, and at most a tenth later. A missing date that is asked for makes a
 * cookie stale, not bad: turning the setting on ends no session.
 *
 * @param skewMs how far ahead of `nowMs` a date may be, since the clocks of replicas differ
 */
export function judgeDates(dates: TokenDates, life: TokenLife, nowMs: number, skewMs: number): DateVerdict {
  const { issuedAtMs, seenAtMs } = dates;
  if (Math.max(issuedAtMs ?? 0, seenAtMs ?? 0) > nowMs + skewMs) return "future";
  let stale = false;
  if (life.idleMs > 0) {
    const refreshMs = refreshAfterMs(life.idleMs);
    const age = seenAtMs === undefined ? refreshMs : nowMs - seenAtMs;
    if (age > life.idleMs + refreshMs) return "expired";
    stale = age >= refreshMs;
  }
  if (life.lifeMs > 0) {
    if (issuedAtMs !== undefined && nowMs - issuedAtMs > life.lifeMs) return "old";
    stale ||= issuedAtMs === undefined;
  }
  return stale ? "stale" : "fresh";
}

/** Whether cookies carry dates at all. */
export function wantsDates(life: TokenLife): boolean {
  return life.idleMs > 0 || life.lifeMs > 0;
}
