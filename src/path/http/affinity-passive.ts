import { CookieCursor, cookieNameBytes } from "../../http/cookie-header.ts";
import type { ResponseHead } from "../../http/response-head.ts";
import type { BackendId } from "../../model/backend.ts";
import type { CookieOut } from "../../model/request-record.ts";
import type { Binding } from "./affinity-binding.ts";
import type { AffinityMode, AffinityParts, AffinityRequest } from "./affinity-mode.ts";
import { hashText } from "./hash-text.ts";
import type { AffinityOptions } from "./options.ts";
import { type ReadRequestField, requestField } from "./request-field.ts";
import { nextSetCookie } from "./response-cookie.ts";

/**
 * The hash of a cookie of the application decides; nothing is set and nothing remembered. A request without it is a new
 * session. The one that the application makes of it may hash to another backend: for applications that can do without the
 * state of the first answer.
 */
export class PassiveMode implements AffinityMode {
  readonly #seed: number;
  readonly #cookie: ReadRequestField;
  readonly #cursor: CookieCursor;

  constructor({ cookie }: AffinityOptions, { hashSeed }: AffinityParts) {
    this.#seed = hashSeed;
    this.#cookie = requestField({ kind: "cookie", name: cookie.name });
    this.#cursor = new CookieCursor(cookieNameBytes(cookie.name));
  }

  read({ head }: AffinityRequest, binding: Binding): void {
    const value = this.#cookie(head);
    if (value === undefined) return;
    binding.received = "valid";
    binding.hashBy(hashText(value, this.#seed));
    binding.belongsByHash = true;
  }

  answer(_binding: Binding, _backend: BackendId, _https: boolean, head: ResponseHead): CookieOut {
    return nextSetCookie(this.#cursor, head, -1) < 0 ? "none" : "provided";
  }

  close(): void {}
}
