import type { BackendId } from "../../../model/backend.ts";

export interface ServerView {
  readonly id: BackendId;
  readonly isAlive: boolean;
  /** Lengket's checks say the same. */
  readonly isNoticed: boolean;
  /** Those whom it served last. */
  readonly visitors: readonly string[];
  readonly requests: number;
}

export interface RequestView {
  /** Counting from 1. */
  readonly number: number;
  readonly who: string;
  readonly what: string;
  /** Undefined when no server had a part in it. */
  readonly server: BackendId | undefined;
  readonly reason: string;
  readonly meaning: string;
}

/** Everything that the page shows besides the reader's cart, as one reader sees it. */
export interface ShopState {
  /** Grows with everything that is done to the shop. */
  readonly round: number;
  readonly servers: readonly ServerView[];
  /** The cart beside the reader's. */
  readonly neighbour: { readonly server: BackendId | undefined; readonly cart: readonly string[] };
  readonly visitors: number;
  /** How many more visitors can come. */
  readonly room: number;
  /** Where address hashing would have everybody. */
  readonly byAddress: BackendId;
  readonly news: readonly string[];
  /** The last ones of the reader, newest first. */
  readonly yours: readonly RequestView[];
  /** The last ones of everybody, newest first. */
  readonly requests: readonly RequestView[];
}
