import { keyHash } from "../hashing/murmur3.ts";
import type { BackendId } from "../model/backend.ts";
import type { Choice, Skip } from "../model/choice.ts";
import type { ClientKey, Endpoint } from "../model/client-key.ts";
import type { Cause } from "../model/connection-record.ts";
import { choose } from "./choose.ts";
import type { DataPath } from "./data-path.ts";
import { identify } from "./identify.ts";
import { splitStart } from "./nat-split.ts";
import { pinName } from "./pins.ts";

/** Where a client goes, and why. */
export interface Placement {
  readonly key: ClientKey;
  readonly keyHash: number;
  readonly choice: Choice;
  readonly skipped: readonly Skip[];
}

/** The same, of a data path that is at work. */
export interface LivePlacement extends Placement {
  /** Where an earlier overflow or failover put the client. */
  readonly pinned: BackendId | undefined;
  /** The address is heavy and spread over its first `over` backends; `start` is the one for the port that was asked about. */
  readonly split: { readonly over: number; readonly start: number } | undefined;
  /** Where it would go if the chosen backend could not take it; undefined = nowhere, or nothing was chosen. */
  readonly next: BackendId | undefined;
}

/** The lists keep the client out. */
export interface Refusal {
  readonly refused: Cause;
}

/**
 * Where a connection of `client` would go at this moment, by the code, the snapshot and the counters of the data path.
 * Nothing is counted, reserved or remembered. Limits of connections and rates are not asked: they are about the connection
 * after next as much as about the next.
 */
export function askPlacement(path: DataPath, client: Endpoint): LivePlacement | Refusal {
  const { options, published, ledger, pins, counts, clock } = path;
  const { keys, hashSeed, choose: policy } = options.placement;
  const live = { ...path.live, maxConnectionsPerClient: 0, ratePerClient: undefined };
  const nowMs = clock.nowMs();
  const identified = identify(client, options.placement, live, path, nowMs);
  if ("refused" in identified) return identified;
  const { key } = identified;
  const hash = keyHash(key.bytes, hashSeed);
  const snapshot = published.current;
  const { natSplit } = options;
  const isSplit =
    natSplit.over >= 2 && counts.looksHeavy(key.text, natSplit.share, ledger.total, snapshot.primary.members.length);
  const split = isSplit
    ? { over: natSplit.over, start: splitStart(natSplit, hash, client.port, path.accepted + 1) }
    : undefined;
  // As in `Acquisition`: with the port in the key there is nobody to keep.
  const pinned = keys.withPort ? undefined : pins.find(pinName(key.text, split), nowMs);
  const request = { keyHash: hash, pinned, split, mayQueue: options.queue > 0, nowMs };
  const skipped: Skip[] = [];
  const choice = choose(snapshot, request, policy, ledger, (skip) => skipped.push(skip));
  let next: BackendId | undefined;
  if (choice.kind === "chosen") {
    const tried = new Set([choice.member.backend.id]);
    const without = choose(snapshot, { ...request, tried, mayQueue: false }, { ...policy, onDown: "rehash" }, ledger);
    if (without.kind === "chosen") next = without.member.backend.id;
  }
  return { key, keyHash: hash, choice, skipped, pinned, split, next };
}
