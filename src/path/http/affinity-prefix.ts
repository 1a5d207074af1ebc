import type { TokenVerdict } from "../../http/affinity-token.ts";
import { CookieCursor, cookieNameBytes } from "../../http/cookie-header.ts";
import { PREFIX_DELIMITER, prefixOf, withoutPrefixes, withPrefix } from "../../http/cookie-prefix.ts";
import { FIELD } from "../../http/field-names.ts";
import type { HeadEdits } from "../../http/head-edits.ts";
import { isCookieId } from "../../http/id-tokens.ts";
import type { ResponseHead } from "../../http/response-head.ts";
import type { BackendId } from "../../model/backend.ts";
import type { CookieOut } from "../../model/request-record.ts";
import type { ClusterSnapshot } from "../../model/snapshot.ts";
import { findMember } from "../find-member.ts";
import type { Binding } from "./affinity-binding.ts";
import type { AffinityMode, AffinityParts, AffinityRequest } from "./affinity-mode.ts";
import { BestWord } from "./best-word.ts";
import { hashText } from "./hash-text.ts";
import type { AffinityOptions } from "./options.ts";
import { nextSetCookie } from "./response-cookie.ts";

/**
 * The id of the backend stands in front of an application's own cookie, `id~value`, as HAProxy writes it (`cookie NAME
 * prefix`). It is written when the application sets its cookie, and taken off before a backend sees it.
 *
 * We cannot set that cookie ourselves, not knowing its path and domain. So a client whose backend cannot be used keeps the
 * old prefix until the application sets a new one, and until then the hash of the value leads all his requests to the
 * same other backend.
 */
export class PrefixMode implements AffinityMode {
  readonly #parts: AffinityParts;
  readonly #rejects: boolean;
  readonly #cursor: CookieCursor;
  readonly #words: BestWord;

  constructor(options: AffinityOptions, parts: AffinityParts) {
    this.#parts = parts;
    this.#rejects = options.invalid === "reject";
    this.#cursor = new CookieCursor(cookieNameBytes(options.cookie.name));
    this.#words = new BestWord(options.drainCookies);
  }

  read({ head, edits, nowMs }: AffinityRequest, binding: Binding): void {
    const { fields, source } = head;
    const snapshot = this.#parts.published.current;
    const cursor = this.#cursor;
    this.#words.begin(snapshot, nowMs);
    let session: string | undefined;
    for (let row = fields.first(FIELD.cookie); row >= 0; row = fields.next(FIELD.cookie, row)) {
      const from = fields.valueStart[row] ?? 0;
      const to = fields.valueEnd[row] ?? 0;
      let hasPrefix = false;
      cursor.start(source, from, to);
      while (cursor.next()) {
        const value = cursor.value();
        const prefix = prefixOf(value);
        const plain = prefix === undefined ? value : value.slice(prefix.length + PREFIX_DELIMITER.length);
        if (plain !== "") session ??= plain;
        if (prefix === undefined) continue;
        hasPrefix = true;
        this.#words.hear(verdictOf(prefix, snapshot));
      }
      if (hasPrefix) edits.replaceValue(row, withoutPrefixes(cursor, source, from, to));
    }
    this.#words.writeTo(binding, this.#rejects);
    if (session === undefined) return;
    binding.hashBy(hashText(session, this.#parts.hashSeed));
  }

  answer(_binding: Binding, backend: BackendId, _https: boolean, head: ResponseHead, edits: HeadEdits): CookieOut {
    const { fields, source } = head;
    const canPrefix = isCookieId(backend);
    let out: CookieOut = "none";
    for (let row = nextSetCookie(this.#cursor, head, -1); row >= 0; row = nextSetCookie(this.#cursor, head, row)) {
      const from = fields.valueStart[row] ?? 0;
      const to = fields.valueEnd[row] ?? 0;
      const value = canPrefix ? withPrefix(this.#cursor, source, from, to, backend) : undefined;
      if (value !== undefined) edits.replaceValue(row, value);
      if (out !== "rewritten") out = value === undefined ? "provided" : "rewritten";
    }
    return out;
  }

  close(): void {}
}

function verdictOf(prefix: string, snapshot: ClusterSnapshot): TokenVerdict {
  if (findMember(snapshot, prefix) !== undefined) {
    return { state: "valid", backend: prefix, reissue: false, issuedAtMs: undefined };
  }
  return { state: isCookieId(prefix) ? "unknown" : "invalid" };
}
