import { balancerOf, type Flags, type RunningBalancer } from "../balancer-of.ts";
import type { Later } from "../close-after-each.ts";

/** What a backend says of itself in BACKENDS; `TestBackend` does. */
export interface Listed {
  setting(...options: readonly string[]): string;
}

/**
 * Stickiness switched off: nothing of a request says where it belongs, and each goes to the next backend. What works with a
 * mode must break with this, or the test shows nothing. (COOKIE_MODE=off is no such thing: it hashes addresses, and these
 * tests have one.)
 */
export const SPREAD: Flags = {
  COOKIE_MODE: "learn",
  LEARN_FROM: "header:X-Sent-By-Nobody",
  NEW_SESSION: "round_robin",
  NEW_SESSION_HINT: "0",
};

/** A balancer in http mode in front of these backends; it is closed after the test. */
export async function httpBalancerOf(
  later: Later,
  backends: readonly Listed[],
  flags: Flags = {},
): Promise<RunningBalancer> {
  const running = await balancerOf({ MODE: "http", BACKENDS: backends.map((b) => b.setting()).join(","), ...flags });
  later(() => running.balancer.close());
  return running;
}
