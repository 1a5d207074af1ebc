import type { Settings } from "../config/settings.ts";
import type { BackendId } from "../model/backend.ts";
import type { Choice, Skip } from "../model/choice.ts";
import type { TableLocation } from "../model/hash-table.ts";
import type { ClusterSnapshot, Tier } from "../model/snapshot.ts";
import type { Placement } from "../path/ask-placement.ts";
import { httpCaveat } from "./http-caveat.ts";

/** The answer of `lengket route` as data. */
export interface RouteAnswer {
  readonly client: string;
  readonly key: string;
  readonly hash: number;
  readonly policy: string;
  /** Where the hash falls in the table; undefined for an empty one. */
  readonly location: TableLocation | undefined;
  readonly choice: Choice;
  readonly skipped: readonly Skip[];
  /** The client's order of preference, best first. */
  readonly order: readonly BackendId[];
  /**
   * Where it would go if the chosen backend left. Of a balancer that is running: if the backend could not take it, which is the
   * same place for `ring` and `rendezvous`.
   */
  readonly ifItLeaves: BackendId | undefined;
  /** The chosen backend's share of the key space, 0–1. */
  readonly share: number | undefined;
  /** What the address alone cannot say, because requests are routed by more than it. */
  readonly caveat: string | undefined;
}

export interface RouteQuestion {
  /** As it was asked for. */
  readonly client: string;
  readonly settings: Settings;
  readonly snapshot: ClusterSnapshot;
  readonly placement: Placement;
  readonly ifItLeaves: BackendId | undefined;
}

/** Puts what was decided, and why, together. */
export function routeAnswer({ client, settings, snapshot, placement, ifItLeaves }: RouteQuestion): RouteAnswer {
  const { primary, backup } = snapshot;
  const { choice, keyHash } = placement;
  const chosenId = choice.kind === "chosen" ? choice.member.backend.id : undefined;
  const tier = choice.kind === "chosen" && choice.member.backend.backup ? backup : primary;
  const position = tier.members.findIndex((member) => member.backend.id === chosenId);
  return {
    client,
    key: placement.key.text,
    hash: keyHash,
    policy: settings.hashPolicy,
    location: tier.table.locate(keyHash),
    choice,
    skipped: placement.skipped,
    order: [...idsInOrder(primary, keyHash), ...idsInOrder(backup, keyHash)],
    ifItLeaves,
    share: tier.table.shares()[position],
    caveat: httpCaveat(settings),
  };
}

function idsInOrder(tier: Tier, keyHash: number): readonly BackendId[] {
  return tier.table.order(keyHash).map((position) => tier.members[position]?.backend.id ?? "");
}
