import type { BackendId } from "../model/backend.ts";
import type { TokenTable, TokenVerdict } from "./affinity-token.ts";
import { OctetTable } from "./octet-table.ts";
import { judgeDates, type TokenLife, wantsDates } from "./token-dates.ts";

/** Between the id and the dates. */
const BAR = "|";

/** Dates are 30 bits in units of 4 seconds since the epoch, five base64 digits, the highest first. */
const UNIT_MS = 4000;
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const DATE = /^[A-Za-z0-9+/]{5}$/;

/** Like HAProxy: a day, for clocks that are wrong by a time zone. Nothing is proven here, so nothing is lost by it. */
const SKEW_MS = 86_400_000;

/**
 * Whether an id can be the value of a cookie: cookie-octets (RFC 6265bis, section 4.1.1) without `|` and `~`, which HAProxy
 * and we put behind and in front of it.
 */
export function isCookieId(id: BackendId): boolean {
  return /^[!#-+\--:<-[\]-{}]+$/.test(id);
}

/**
 * Cookie values in the form of HAProxy, so that sessions survive a migration in either direction: `id`, or `id|last|first`
 * with `maxidle` and `maxlife` (HAProxy's configuration manual, "cookie"). Anybody can write them.
 */
export class IdTokens implements TokenTable {
  /** Ids and what a value without dates says. */
  readonly #plain: ReadonlyMap<BackendId, TokenVerdict>;
  readonly #plainOctets: OctetTable<TokenVerdict>;
  readonly #life: TokenLife;

  constructor(ids: Iterable<BackendId>, life: TokenLife) {
    const reissue = wantsDates(life);
    const usable = [...ids].filter(isCookieId);
    this.#plain = new Map(
      usable.map((backend) => [backend, { state: "valid", backend, reissue, issuedAtMs: undefined }]),
    );
    this.#plainOctets = new OctetTable(this.#plain);
    this.#life = life;
  }

  issue(backend: BackendId, nowMs: number, issuedAtMs = nowMs): string | undefined {
    if (!this.#plain.has(backend)) return undefined;
    if (!wantsDates(this.#life)) return backend;
    const first = this.#life.lifeMs > 0 ? BAR + writeDate(issuedAtMs) : "";
    return backend + BAR + writeDate(nowMs) + first;
  }

  find(bytes: Uint8Array, from: number, to: number): TokenVerdict | undefined {
    return this.#plainOctets.find(bytes, from, to);
  }

  verify(value: string, nowMs: number): TokenVerdict {
    const plain = this.#plain.get(value);
    if (plain !== undefined) return plain;
    const [backend = "", last, first, ...more] = value.split(BAR, 4);
    if (!isCookieId(backend) || more.length > 0) return { state: "invalid" };
    if (!this.#plain.has(backend)) return { state: "unknown" };
    const dates = { issuedAtMs: readDate(first), seenAtMs: readDate(last) };
    const verdict = judgeDates(dates, this.#life, nowMs, SKEW_MS);
    switch (verdict) {
      case "future":
        return { state: "invalid" };
      case "expired":
      case "old":
        return { state: verdict, backend };
      default: {
        // A date that is not asked for any more is taken out, as HAProxy does.
        const wanted = this.#life.lifeMs > 0 ? 2 : this.#life.idleMs > 0 ? 1 : 0;
        const given = first !== undefined ? 2 : 1;
        return {
          state: "valid",
          backend,
          reissue: verdict === "stale" || given !== wanted,
          issuedAtMs: dates.issuedAtMs,
        };
      }
    }
  }
}

/** Rounded up, so that a date never says less than it should. */
function writeDate(ms: number): string {
  const units = Math.ceil(ms / UNIT_MS);
  return [24, 18, 12, 6, 0].map((shift) => DIGITS[(units >>> shift) & 0x3f]).join("");
}

/** Undefined for what is no date: HAProxy accepts such a cookie as one without a date. */
function readDate(text: string | undefined): number | undefined {
  if (text === undefined || !DATE.test(text)) return undefined;
  let units = 0;
  for (const digit of text) units = units * 64 + DIGITS.indexOf(digit);
  return units === 0 ? undefined : units * UNIT_MS;
}
