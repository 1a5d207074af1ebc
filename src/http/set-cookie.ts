/** How our cookie is set: the COOKIE_* settings. */
export interface CookieAttributes {
  readonly name: string;
  /** Begins with `/`. */
  readonly path: string;
  /** Undefined = the host that answered, without its subdomains. */
  readonly domain: string | undefined;
  /** `auto`: Secure when the client's scheme is known to be https, and always when browsers ask for it (see {@link needsSecure}). */
  readonly secure: "auto" | "on" | "off";
  readonly httpOnly: boolean;
  readonly sameSite: "lax" | "strict" | "none";
  /** CHIPS: a jar of its own for every site that embeds us. */
  readonly partitioned: boolean;
  /** Whole seconds; 0 = until the browser is closed. */
  readonly maxAgeS: number;
}

/** Attributes that browsers would ignore, or answer by ignoring the whole cookie. */
export type CookieProblem =
  | "name-not-a-token"
  | "path-not-absolute"
  | "domain-not-a-name"
  | "none-needs-secure"
  | "partitioned-needs-secure"
  | "partitioned-needs-none"
  | "secure-prefix-needs-secure"
  | "host-prefix-needs-secure"
  | "host-prefix-forbids-domain"
  | "host-prefix-needs-root-path";

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Any visible character but `;`; blanks and bytes above 0x7e are allowed by nobody's grammar. */
const PATH = /^\/[!-:<-~]*$/;
/** Letters, digits and inner hyphens; no dot in front, which RFC 6265bis ignores and RFC 2109 wanted. */
const DOMAIN = /^(?!.{254})[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i;

/** Browsers compare the prefixes of names without case (RFC 6265bis, section 5.4). */
function hasPrefix(name: string, prefix: "__secure-" | "__host-"): boolean {
  return name.toLowerCase().startsWith(prefix);
}

/**
 * Whether browsers take the cookie only with `Secure`: with `SameSite=None` and `Partitioned`, or because of a `__Secure-` or
 * `__Host-` in front of its name (RFC 6265bis, sections 4.1.3 and 5.7).
 */
export function needsSecure(attributes: CookieAttributes): boolean {
  const { name, sameSite, partitioned } = attributes;
  return sameSite === "none" || partitioned || hasPrefix(name, "__secure-") || hasPrefix(name, "__host-");
}

/** Everything that is wrong with a combination of attributes; empty = browsers will keep the cookie. */
export function cookieProblems(attributes: CookieAttributes): readonly CookieProblem[] {
  const { name, path, domain, sameSite, partitioned } = attributes;
  const insecure = attributes.secure === "off";
  const hostPrefix = hasPrefix(name, "__host-");
  const checks: readonly (readonly [boolean, CookieProblem])[] = [
    [!TOKEN.test(name), "name-not-a-token"],
    [!PATH.test(path), "path-not-absolute"],
    [domain !== undefined && !DOMAIN.test(domain), "domain-not-a-name"],
    [insecure && sameSite === "none", "none-needs-secure"],
    [insecure && partitioned, "partitioned-needs-secure"],
    [partitioned && sameSite !== "none", "partitioned-needs-none"],
    [insecure && hasPrefix(name, "__secure-"), "secure-prefix-needs-secure"],
    [insecure && hostPrefix, "host-prefix-needs-secure"],
    [hostPrefix && domain !== undefined, "host-prefix-forbids-domain"],
    [hostPrefix && path !== "/", "host-prefix-needs-root-path"],
  ];
  return checks.flatMap(([wrong, problem]) => (wrong ? [problem] : []));
}

/**
 * Writes the values of our Set-Cookie header (RFC 6265bis, section 4.1). Everything but the value and `Secure` is put together
 * once.
 */
export class SetCookieWriter {
  readonly #start: string;
  readonly #secureEnd: string;
  readonly #plainEnd: string;
  readonly #secureRemoval: string;
  readonly #plainRemoval: string;

  /** @param attributes without problems ({@link cookieProblems}) */
  constructor(attributes: CookieAttributes) {
    const { secure, maxAgeS } = attributes;
    const always = secure === "on" || needsSecure(attributes);
    const lifetime = maxAgeS > 0 ? `; Max-Age=${maxAgeS}` : "";
    // Both forms, because some browsers look at Expires alone.
    const over = "; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT";
    this.#start = `${attributes.name}=`;
    this.#secureEnd = writeAttributes(attributes, lifetime, secure !== "off");
    this.#plainEnd = writeAttributes(attributes, lifetime, always);
    this.#secureRemoval = this.#start + writeAttributes(attributes, over, secure !== "off");
    this.#plainRemoval = this.#start + writeAttributes(attributes, over, always);
  }

  /**
   * The value of the header that sets the cookie to `token`.
   *
   * @param token cookie-octets
   * @param https the client is known to speak https to somebody in front of us
   */
  set(token: string, https: boolean): string {
    return this.#start + token + (https ? this.#secureEnd : this.#plainEnd);
  }

  /**
   * The value of the header that makes a browser forget the cookie: for a client whose backend has no token, so that it does
   * not come back with a stale one. Name, domain, path and partition have to be those it was set with (RFC 6265bis, section
   * 5.7).
   */
  remove(https: boolean): string {
    return https ? this.#secureRemoval : this.#plainRemoval;
  }
}

function writeAttributes(attributes: CookieAttributes, lifetime: string, secure: boolean): string {
  const { path, domain, httpOnly, sameSite, partitioned } = attributes;
  const sites = { lax: "Lax", strict: "Strict", none: "None" } as const;
  return [
    `; Path=${path}`,
    domain === undefined ? "" : `; Domain=${domain}`,
    lifetime,
    secure ? "; Secure" : "",
    httpOnly ? "; HttpOnly" : "",
    `; SameSite=${sites[sameSite]}`,
    partitioned ? "; Partitioned" : "",
  ].join("");
}
