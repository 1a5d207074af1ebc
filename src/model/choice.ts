import type { BackendId } from "./backend.ts";
import type { Member } from "./snapshot.ts";

/**
 * Why a backend was chosen.
 * `home`: first choice of the table · `failover`: home is down, draining or already tried · `overflow`: home is full or
 * above the bounded load · `pinned`: kept where an earlier overflow or failover put the client · `ramping`: home is in
 * slow start and has not reached this client yet · `nat-split`: the address is heavy and spread over its first k
 * backends · `backup`: no primary could take the client · `panic`: health was ignored · `sticky`: named by the request's
 * cookie or session id · `new-session`: NEW_SESSION chose for a client without one · `hint`: a request of the same browser
 * has just been placed there.
 */
export type ChoiceReason =
  | "home"
  | "failover"
  | "overflow"
  | "pinned"
  | "ramping"
  | "nat-split"
  | "backup"
  | "panic"
  | "sticky"
  | "new-session"
  | "hint";

/** Why a candidate was passed over. */
export type SkipReason = "down" | "ejected" | "draining" | "full" | "over-bound" | "ramping" | "tried";

/** A candidate that was passed over. */
export interface Skip {
  readonly id: BackendId;
  readonly because: SkipReason;
}

/** A backend was found. */
export interface Chosen {
  readonly kind: "chosen";
  readonly member: Member;
  /** 0 = the first choice of its tier; −1 = no order was made: it was bound, hinted or picked. */
  readonly rank: number;
  readonly reason: ChoiceReason;
  /**
   * The first choice of the primary tier, whatever its state. Of a request that names a backend: that one; of a new session
   * that was picked: the backend itself.
   */
  readonly home: BackendId;
}

/** The client may wait for its home (`ON_DOWN=wait`, or a free slot with QUEUE > 0). */
export interface Wait {
  readonly kind: "wait";
  readonly for: Member;
  readonly because: "down" | "full";
  /** It is a new session: another backend that has a place earlier is as good. */
  readonly anyWillDo?: boolean;
}

/** Nobody may take the client. */
export interface Refused {
  readonly kind: "refused";
  /**
   * `no-backends`: the list is empty · `none-eligible`: all were passed over · `home-down`, `home-full`: the client may
   * not go elsewhere (ON_DOWN).
   */
  readonly because: "no-backends" | "none-eligible" | "home-down" | "home-full";
}

/** The decision and its reason, as data: what the data path acts on and `lengket route` prints. */
export type Choice = Chosen | Wait | Refused;
