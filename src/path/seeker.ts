import type { BackendId } from "../model/backend.ts";
import type { Member } from "../model/snapshot.ts";
import type { NewSessionPicker } from "./new-session.ts";

/** Whom a backend is sought for. */
export interface Seeker {
  readonly connectionId: number;
  /** The client prefix, as the pins and the counts know it. */
  readonly client: string;
  readonly port: number;
  readonly keyHash: number;
  /** What a request says about its backend; undefined = the hash decides alone. */
  readonly wish?: Wish | undefined;
}

/** A request's own word on where it belongs, in http mode. */
export interface Wish {
  /** Named by a cookie or a session id. */
  readonly bound: BackendId | undefined;
  readonly boundMayDrain: boolean;
  /** Where a request of the same browser has just gone. */
  readonly hinted: BackendId | undefined;
  /** Chooses for new sessions; undefined = the hash. */
  readonly picker: NewSessionPicker | undefined;
  /**
   * `keyHash` is that of a word of the request, a session for instance, and not of its client: a pin is the word's, and how many
   * come from the client's address does not matter.
   */
  readonly hasOwnKey: boolean;
  /** Where the hash says is where it belongs, so ON_DOWN is about that backend; otherwise any other will do as well. */
  readonly belongsByHash: boolean;
  /** Takes an idle connection to the member; true when there was one, and then nothing is dialled. */
  takeIdle(member: Member): boolean;
}
