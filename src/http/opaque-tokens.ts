import { timingSafeEqual } from "node:crypto";
import type { BackendId } from "../model/backend.ts";
import type { TokenTable, TokenVerdict } from "./affinity-token.ts";
import { OctetTable } from "./octet-table.ts";
import {
  hasTokenForm,
  NAME_LENGTH,
  readTokenDates,
  sealedDates,
  type TokenKey,
  tokenDates,
  tokenName,
} from "./token-bytes.ts";
import { judgeDates, type TokenLife, wantsDates } from "./token-dates.ts";

/** Clocks of replicas may differ by this much. */
const SKEW_MS = 300_000;

const LATEST_DATE_S = 2 ** 32 - 1;

interface DatedName {
  readonly backend: BackendId;
  readonly key: TokenKey;
  /** Of the secret that signs today. */
  readonly current: boolean;
}

/**
 * Tokens that hide the backend. All names of all backends under all secrets are computed once; the look-up in a table *is* the
 * verification, since nobody without a secret can make a string that is in it. Only the dates, which differ from client to
 * client, need a hash per request.
 */
export class OpaqueTokens implements TokenTable {
  /** Tokens without dates and what they say. */
  readonly #undated = new Map<string, TokenVerdict>();
  readonly #undatedOctets: OctetTable<TokenVerdict>;
  /** The names in front of dates. */
  readonly #dated = new Map<string, DatedName>();
  /** The name that the first secret gives, with or without dates as asked for. */
  readonly #names = new Map<BackendId, string>();
  readonly #key: TokenKey;
  readonly #life: TokenLife;

  /** @param options secrets: the first signs, all verify; none = plain hashes */
  constructor(ids: Iterable<BackendId>, options: TokenLife & { readonly secrets: readonly Uint8Array[] }) {
    const dated = wantsDates(options);
    const keys: readonly TokenKey[] = options.secrets.length > 0 ? options.secrets : [undefined];
    this.#key = keys[0];
    this.#life = options;
    for (const backend of ids) {
      for (const [index, key] of keys.entries()) {
        const current = index === 0;
        const plainName = tokenName(key, false, backend);
        const datedName = tokenName(key, true, backend);
        if (current) this.#names.set(backend, dated ? datedName : plainName);
        // The same secret twice in the ring must not make today's tokens yesterday's.
        if (!this.#undated.has(plainName)) {
          const reissue = dated || !current;
          this.#undated.set(plainName, { state: "valid", backend, reissue, issuedAtMs: undefined });
          this.#dated.set(datedName, { backend, key, current });
        }
      }
    }
    this.#undatedOctets = new OctetTable(this.#undated);
  }

  issue(backend: BackendId, nowMs: number, issuedAtMs = nowMs): string | undefined {
    const name = this.#names.get(backend);
    if (name === undefined || !wantsDates(this.#life)) return name;
    return name + tokenDates(this.#key, name, toSeconds(issuedAtMs), toSeconds(nowMs));
  }

  verify(value: string, nowMs: number): TokenVerdict {
    return this.#undated.get(value) ?? this.#verifyDated(value, nowMs);
  }

  find(bytes: Uint8Array, from: number, to: number): TokenVerdict | undefined {
    return this.#undatedOctets.find(bytes, from, to);
  }

  #verifyDated(value: string, nowMs: number): TokenVerdict {
    if (!hasTokenForm(value)) return { state: "invalid" };
    const name = value.slice(0, NAME_LENGTH);
    const found = this.#dated.get(name);
    if (found === undefined) return { state: "unknown" };
    const claimed = readTokenDates(value.slice(NAME_LENGTH));
    if (claimed === undefined) return { state: "invalid" };
    const { backend, key, current } = found;
    const sealed = sealedDates(key, name, claimed.issuedAtS, claimed.seenAtS);
    if (!timingSafeEqual(sealed, Buffer.from(value.slice(NAME_LENGTH), "base64url"))) return { state: "invalid" };
    const dates = { issuedAtMs: claimed.issuedAtS * 1000, seenAtMs: claimed.seenAtS * 1000 };
    const verdict = judgeDates(dates, this.#life, nowMs, SKEW_MS);
    switch (verdict) {
      case "future":
        return { state: "invalid" };
      case "expired":
      case "old":
        return { state: verdict, backend };
      default: {
        const reissue = verdict === "stale" || !current || !wantsDates(this.#life);
        return { state: "valid", backend, reissue, issuedAtMs: dates.issuedAtMs };
      }
    }
  }
}

/** Whole seconds, as far as four bytes go (the year 2106). */
function toSeconds(ms: number): number {
  return Math.min(LATEST_DATE_S, Math.max(0, Math.floor(ms / 1000)));
}
