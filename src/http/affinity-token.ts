import type { BackendId } from "../model/backend.ts";
import { IdTokens } from "./id-tokens.ts";
import { OpaqueTokens } from "./opaque-tokens.ts";
import type { TokenLife } from "./token-dates.ts";

/** How backends are named in the values of our cookie. */
export interface TokenOptions extends TokenLife {
  /**
   * `opaque`: a token that tells nothing and, with a secret, cannot be made up · `id`: the id itself, as HAProxy writes it
   * (COOKIE_VALUE).
   */
  readonly value: "opaque" | "id";
  /**
   * Keys of the tokens: the first signs, all verify, so that a secret can be changed without ending sessions. Without one a
   * token is a plain hash of the id: the same on all replicas, but anybody who guesses an id can make it. Not used for `id`.
   */
  readonly secrets: readonly Uint8Array[];
}

/** What a cookie value turned out to be. */
export type TokenVerdict =
  | {
      readonly state: "valid";
      readonly backend: BackendId;
      /** Write the cookie anew although its backend stays: the date is stale, or the form or secret is not today's. */
      readonly reissue: boolean;
      /** When the binding began, to be handed to `issue`; undefined when the cookie does not say. */
      readonly issuedAtMs: number | undefined;
    }
  | {
      /** `expired`: idle for longer than `idleMs` · `old`: issued longer ago than `lifeMs`. */
      readonly state: "expired" | "old";
      /** The backend it names. */
      readonly backend: BackendId;
    }
  | {
      /**
       * `unknown`: of our form, but of no backend in the table (it left the list, or was signed with another secret) ·
       * `invalid`: not of our form, with a wrong signature under its dates, or from the future.
       */
      readonly state: "unknown" | "invalid";
    };

/** The tokens of one list of backends; immutable. */
export interface TokenTable {
  /**
   * The value of the cookie that binds a client to `backend`; undefined when the backend has none (it is not in the table,
   * or its id cannot be written in a cookie), and the client's cookie has to be removed.
   *
   * @param nowMs wall clock
   * @param issuedAtMs when the binding began, if this renews a cookie; `nowMs` for a new binding
   */
  issue(backend: BackendId, nowMs: number, issuedAtMs?: number): string | undefined;
  /**
   * What `value` (latin1) says. Never throws; whatever is not exactly a value that a table with the same options issued
   * names no backend.
   *
   * @param nowMs wall clock
   */
  verify(value: string, nowMs: number): TokenVerdict;
  /**
   * What `verify` says of the value `bytes[from..to)` if it is a token without dates, as most are: without a clock, and without
   * making a string of it. Undefined when only `verify` can tell.
   */
  find(bytes: Uint8Array, from: number, to: number): TokenVerdict | undefined;
}

/**
 * Makes the tokens of a list of backends: a pure function of ids and options, the same on every replica and after every
 * restart. Costs two hashes per backend and secret, so a table is kept until ids or options change.
 */
export function buildTokenTable(ids: Iterable<BackendId>, options: TokenOptions): TokenTable {
  return options.value === "id" ? new IdTokens(ids, options) : new OpaqueTokens(ids, options);
}
