import type { TokenTable } from "../../http/affinity-token.ts";
import { CookieCursor, cookieNameBytes, pairRange, withoutPairs } from "../../http/cookie-header.ts";
import { FIELD } from "../../http/field-names.ts";
import type { HeadEdits } from "../../http/head-edits.ts";
import type { ResponseHead } from "../../http/response-head.ts";
import { SetCookieWriter } from "../../http/set-cookie.ts";
import type { BackendId } from "../../model/backend.ts";
import type { CookieOut } from "../../model/request-record.ts";
import type { Binding } from "./affinity-binding.ts";
import type { AffinityMode, AffinityParts, AffinityRequest } from "./affinity-mode.ts";
import { BestWord } from "./best-word.ts";
import { CachePrivacy } from "./cache-privacy.ts";
import type { AffinityOptions } from "./options.ts";
import { nextSetCookie } from "./response-cookie.ts";
import { TokenShelf } from "./token-shelf.ts";

/**
 * A cookie of our own names the backend. Every pair of it is taken out of the request (COOKIE_HIDE), the others stay byte for
 * byte. It is set when the client has none, has a bad one or was served by another backend, or when its date, form or secret
 * is not today's; never otherwise, so that answers stay cacheable.
 *
 * A backend that sets a cookie of this name is ignored, or with COOKIE_PRESERVE taken at its word: then it is the one that
 * ends or changes the binding, and we set none.
 */
export class InsertMode implements AffinityMode {
  readonly #options: AffinityOptions;
  readonly #parts: AffinityParts;
  readonly #name: Buffer;
  readonly #cursor: CookieCursor;
  readonly #words: BestWord;
  readonly #writer: SetCookieWriter;
  readonly #shelf: TokenShelf;
  readonly #privacy = new CachePrivacy();

  constructor(options: AffinityOptions, secrets: readonly Uint8Array[], parts: AffinityParts) {
    this.#options = options;
    this.#parts = parts;
    this.#name = cookieNameBytes(options.cookie.name);
    this.#cursor = new CookieCursor(this.#name);
    this.#words = new BestWord(options.drainCookies);
    this.#writer = new SetCookieWriter(options.cookie);
    this.#shelf = new TokenShelf({
      value: options.value,
      secrets,
      idleMs: options.idleMs,
      lifeMs: options.lifeMs,
    });
  }

  configure(secrets: readonly Uint8Array[]): void {
    this.#shelf.configure(secrets);
  }

  read({ head, edits, nowMs }: AffinityRequest, binding: Binding): void {
    const { fields, source } = head;
    const snapshot = this.#parts.published.current;
    const table = this.#shelf.tableOf(snapshot);
    const cursor = this.#cursor;
    this.#words.begin(snapshot, nowMs);
    for (let row = fields.first(FIELD.cookie); row >= 0; row = fields.next(FIELD.cookie, row)) {
      const from = fields.valueStart[row] ?? 0;
      const to = fields.valueEnd[row] ?? 0;
      cursor.start(source, from, to);
      if (!cursor.next()) continue;
      const isAlone = cursor.valueTo === to && cursor.valueFrom === from + this.#name.length + 1;
      const range = isAlone ? undefined : pairRange(this.#name, cursor, source, from, to);
      this.#hear(table);
      let isOnly = true;
      while (cursor.next()) {
        isOnly = false;
        this.#hear(table);
      }
      if (!this.#options.hide) continue;
      if (isAlone) edits.remove(row);
      else if (isOnly && range !== undefined && !cursor.sawEmptyPart) edits.cut(row, range);
      else this.#rewrite(row, edits, source, from, to);
    }
    this.#words.writeTo(binding, this.#options.invalid === "reject");
  }

  /** Most cookies are found by their bytes; a date needs the clock. */
  #hear(table: TokenTable): void {
    const cursor = this.#cursor;
    const found = table.find(cursor.bytes, cursor.valueFrom, cursor.valueTo);
    this.#words.hear(found ?? table.verify(cursor.value(), this.#parts.clock.wallMs()));
  }

  #rewrite(row: number, edits: HeadEdits, source: Buffer, from: number, to: number): void {
    const rest = withoutPairs(this.#name, source, from, to);
    if (rest === undefined) edits.remove(row);
    else edits.replaceValue(row, rest);
  }

  answer(binding: Binding, backend: BackendId, https: boolean, head: ResponseHead, edits: HeadEdits): CookieOut {
    const setByBackend = this.#setByBackend(head, edits);
    if (setByBackend && this.#options.preserve) return "provided";
    const unchanged = setByBackend ? "deleted" : "none";
    const isKept = binding.bound === backend;
    if (isKept && !binding.reissue) return unchanged;
    const issuedAtMs = isKept ? binding.issuedAtMs : undefined;
    const token = this.#shelf
      .tableOf(this.#parts.published.current)
      .issue(backend, this.#parts.clock.wallMs(), issuedAtMs);
    // The backend has no token: what the client has must not bring it back to another one.
    if (token === undefined && binding.received === "none") return unchanged;
    edits.addField("Set-Cookie", token === undefined ? this.#writer.remove(https) : this.#writer.set(token, https));
    if (this.#options.noCache) this.#privacy.keep(head, edits, binding.isRead);
    if (token === undefined) return "deleted";
    return isKept ? "updated" : "inserted";
  }

  close(): void {}

  /** The value of a Set-Cookie that makes an honest browser forget a cookie for which it was refused. */
  removal(https: boolean): string {
    return this.#writer.remove(https);
  }

  /** Whether the backend sets a cookie of our name; unless COOKIE_PRESERVE says otherwise, these lines are left out. */
  #setByBackend(head: ResponseHead, edits: HeadEdits): boolean {
    let found = false;
    for (let row = nextSetCookie(this.#cursor, head, -1); row >= 0; row = nextSetCookie(this.#cursor, head, row)) {
      found = true;
      if (!this.#options.preserve) edits.remove(row);
    }
    return found;
  }
}
