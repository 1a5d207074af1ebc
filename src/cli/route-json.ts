import type { LiveFacts } from "../compose/admin.ts";
import type { RouteAnswer } from "../compose/route-answer.ts";
import type { BackendId } from "../model/backend.ts";
import type { Choice } from "../model/choice.ts";
import type { Cause } from "../model/connection-record.ts";
import { roundingReplacer } from "../skew/rounded.ts";

/**
 * What `lengket route --json` prints: the contract of docs/json.md, to which fields may be added. What else the data path knows
 * of a backend is its own affair.
 */
export interface RouteJson {
  readonly client: string;
  /** The masked prefix that is hashed, as text. */
  readonly key: string;
  /** murmur3 of the key, 0 … 2^32 − 1. */
  readonly hash: number;
  readonly policy: string;
  /** Where the hash falls: a point of a ring or a slot of a table, of how many. */
  readonly location: RouteAnswer["location"];
  readonly decision: Choice["kind"];
  /** The one that was chosen or is waited for. */
  readonly backend: BackendId | undefined;
  readonly reason: string;
  /** The first choice, whatever its state; only of what was chosen. */
  readonly home: BackendId | undefined;
  readonly skipped: readonly { readonly backend: BackendId; readonly reason: string }[];
  /** The client's order of preference, best first, backups last. */
  readonly order: readonly BackendId[];
  readonly ifItLeaves: BackendId | undefined;
  /** The backend's share of the key space, 0–1. */
  readonly share: number | undefined;
  readonly caveat: string | undefined;
  /** With `--live` only. */
  readonly live?: LiveFacts;
}

const DECIMALS = 6;

/** An answer of `lengket route` as JSON. What is undefined is left out. */
export function routeJson(answer: RouteAnswer & { readonly live?: LiveFacts }): string {
  const { client, key, hash, policy, location, choice, skipped, order, ifItLeaves, share, caveat, live } = answer;
  return print({
    ...{ client, key, hash, policy, location },
    ...decisionOf(choice),
    skipped: skipped.map(({ id, because }) => ({ backend: id, reason: because })),
    ...{ order, ifItLeaves, share, caveat },
    ...(live !== undefined && { live }),
  });
}

/** The same for a client that the lists keep out. */
export function refusedJson(client: string, cause: Cause): string {
  return print({ client, decision: "refused", reason: cause });
}

function print(json: RouteJson | Pick<RouteJson, "client" | "decision" | "reason">): string {
  return `${JSON.stringify(json, roundingReplacer(DECIMALS), 2)}\n`;
}

function decisionOf(choice: Choice): Pick<RouteJson, "decision" | "backend" | "reason" | "home"> {
  switch (choice.kind) {
    case "chosen": {
      const { member, reason, home } = choice;
      return { decision: "chosen", backend: member.backend.id, reason, home };
    }
    case "wait":
      return { decision: "wait", backend: choice.for.backend.id, reason: choice.because, home: undefined };
    case "refused":
      return { decision: "refused", backend: undefined, reason: choice.because, home: undefined };
  }
}
