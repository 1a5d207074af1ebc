import { CookieCursor, cookieNameBytes } from "../../http/cookie-header.ts";
import { FIELD } from "../../http/field-names.ts";
import type { ResponseHead } from "../../http/response-head.ts";
import { pathParameter, routeOf } from "../../http/session-id.ts";
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
 * The application names its own backend at the end of its session id, `value.id`: Tomcat's jvmRoute and what Apache's
 * mod_proxy_balancer reads. It stands in a cookie or, for browsers without cookies, in a path parameter of the same name in
 * lower case (`;jsessionid=`). Cookies are looked at first. Nothing is changed on the way.
 *
 * A session id whose backend cannot be used, or that names none, goes where its hash says: all requests of one session to
 * the same other backend.
 */
export class RouteMode implements AffinityMode {
  readonly #parts: AffinityParts;
  readonly #separator: string;
  readonly #parameter: Buffer;
  readonly #cursor: CookieCursor;
  readonly #words: BestWord;
  /** Of the request that is being read: the first session id. */
  #session: string | undefined;

  constructor(options: AffinityOptions, parts: AffinityParts) {
    const { name } = options.cookie;
    this.#parts = parts;
    this.#separator = options.routeSeparator;
    this.#parameter = cookieNameBytes(name.toLowerCase());
    this.#cursor = new CookieCursor(cookieNameBytes(name));
    this.#words = new BestWord(options.drainCookies);
  }

  read({ head, nowMs }: AffinityRequest, binding: Binding): void {
    const { fields, source } = head;
    const snapshot = this.#parts.published.current;
    this.#words.begin(snapshot, nowMs);
    this.#session = undefined;
    for (let row = fields.first(FIELD.cookie); row >= 0; row = fields.next(FIELD.cookie, row)) {
      this.#cursor.start(source, fields.valueStart[row] ?? 0, fields.valueEnd[row] ?? 0);
      while (this.#cursor.next()) this.#hear(this.#cursor.value(), snapshot);
    }
    this.#hear(pathParameter(source, head.targetStart, head.targetEnd, this.#parameter), snapshot);
    this.#words.writeTo(binding, false);
    if (this.#session === undefined) return;
    binding.hashBy(hashText(this.#session, this.#parts.hashSeed));
  }

  answer(_binding: Binding, _backend: BackendId, _https: boolean, head: ResponseHead): CookieOut {
    return nextSetCookie(this.#cursor, head, -1) < 0 ? "none" : "provided";
  }

  close(): void {}

  #hear(session: string | undefined, snapshot: ClusterSnapshot): void {
    if (session === undefined || session === "") return;
    this.#session ??= session;
    const route = routeOf(session, this.#separator);
    if (route === undefined) return;
    const isMember = findMember(snapshot, route) !== undefined;
    this.#words.hear(
      isMember ? { state: "valid", backend: route, reissue: false, issuedAtMs: undefined } : { state: "unknown" },
    );
  }
}
