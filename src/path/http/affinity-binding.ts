import type { BackendId } from "../../model/backend.ts";
import type { CookieIn } from "../../model/request-record.ts";
import type { HintGroup, SessionHints } from "./session-hints.ts";

/** Of a Cookie line, its end: what was set last. */
export const MOST_COOKIE_BYTES = 256;

const COOKIE_LINES = /\r\ncookie:[ \t]*([^\r]*)/gi;

/**
 * What one request says about its backend, and what is needed when its answer comes. Written by Affinity and its modes only;
 * outlives the request's head, of which it keeps nothing.
 */
export class Binding {
  /** Where a hash decides. Random where a picker does, so that slow start admits sessions and not addresses. */
  keyHash: number;
  /** The backend that the request names and that is in the list, whatever its state. */
  bound: BackendId | undefined;
  /** A new session is placed by the picker; otherwise by `keyHash`. */
  usesPicker: boolean;
  /** `keyHash` is that of a word of the request and not of its client's address. */
  hasOwnKey: boolean;
  /** Where the hash says is where the request belongs, and nowhere else. */
  belongsByHash = false;
  /** COOKIE_INVALID=reject and there is no better pair: to be answered with 400. */
  refused = false;
  received: CookieIn = "none";
  /** The answer must carry the cookie although the backend stays. */
  reissue = false;
  /** When the cookie says that the binding began. */
  issuedAtMs: number | undefined;
  /** The name of the learned session that the request belongs to. */
  session: string | undefined;
  /** The answer has told the client its session id other than by a cookie. */
  isTold = false;
  /** The request only reads, so a cache may keep its answer without being told to. */
  readonly isRead: boolean;
  /** Where the hints of this request are; undefined = it neither takes nor gives any. */
  hints: SessionHints | undefined;
  /** Whose parallel requests go together, as far as the head tells; of those who are bound the client only. */
  browser = "";
  /** The head that the backend gets, one char code a byte. Its cookies tell the browsers of those who have to move apart. */
  headText = "";
  /** A new session begins here whoever came before: the request gives a hint, but takes none. */
  begins = false;
  /** The group that the request belongs to, once it is placed. */
  group: HintGroup | undefined;
  /** It was placed on `bound`: if it has to be placed again, that failed. */
  wasOnBound = false;
  #moverKey: string | undefined;

  constructor(keyHash: number, usesPicker: boolean, hasOwnKey: boolean, isRead: boolean) {
    this.keyHash = keyHash;
    this.usesPicker = usesPicker;
    this.hasOwnKey = hasOwnKey;
    this.isRead = isRead;
  }

  /** The hash of a word of the request decides, and no picker. */
  hashBy(wordHash: number): void {
    this.keyHash = wordHash;
    this.hasOwnKey = true;
    this.usesPicker = false;
  }

  /**
   * Where a request of the same browser has just gone, which may have been a moment ago: to be asked before every choice. It
   * counts only for a request that does not stay on `bound`.
   */
  get hinted(): BackendId | undefined {
    if (this.group !== undefined) return this.group.backend;
    if (this.hints === undefined || this.begins || this.hints.size === 0) return undefined;
    return this.hints.find(this.#hintKey());
  }

  /** The request goes to `backend`, which is not `bound`; those of the same browser can follow. */
  leadTo(backend: BackendId): void {
    if (this.group !== undefined) this.group.backend = backend;
    else this.group = this.hints?.place(this.#hintKey(), backend, this.begins);
  }

  /**
   * Those who have to move are kept apart by the backend that they leave, and by the date of our cookie, which is not in the
   * head any more. Put together only when needed: most do not move.
   */
  #hintKey(): string {
    if (this.bound === undefined) return this.browser;
    this.#moverKey ??= `${this.browser} ${this.bound} ${this.issuedAtMs ?? ""}${cookiesIn(this.headText)}`;
    return this.#moverKey;
  }
}

/** Enough of the Cookie lines to tell those of one browser from those of another. */
function cookiesIn(headText: string): string {
  let text = "";
  for (const [, value = ""] of headText.matchAll(COOKIE_LINES)) text += ` ${value.slice(-MOST_COOKIE_BYTES)}`;
  return text;
}
