/**
 * The cookies of one visitor at one host, as a browser keeps them (RFC 6265bis, section 5.7), without paths and domains: all
 * applications here set theirs for `/` of one host.
 */
export class CookieJar {
  readonly #values = new Map<string, string>();

  value(name: string): string | undefined {
    return this.#values.get(name);
  }

  set(name: string, value: string): void {
    this.#values.set(name, value);
  }

  /** The names, in the order in which they came. */
  get names(): readonly string[] {
    return [...this.#values.keys()];
  }

  /** The value of the Cookie header; undefined when there is nothing to send. */
  get header(): string | undefined {
    if (this.#values.size === 0) return undefined;
    return [...this.#values].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  /** Takes the Set-Cookie lines of an answer, in order: a later one replaces an earlier one of its name. */
  take(setCookies: readonly string[]): void {
    for (const line of setCookies) {
      const [pair = "", ...attributes] = line.split(";").map((part) => part.trim());
      const name = pair.slice(0, pair.indexOf("="));
      if (attributes.some(isInThePast)) this.#values.delete(name);
      else this.#values.set(name, pair.slice(name.length + 1));
    }
  }
}

/** How an application deletes its cookie. */
function isInThePast(attribute: string): boolean {
  const [name = "", value = ""] = attribute.split("=");
  if (/^max-age$/i.test(name)) return Number(value) <= 0;
  return /^expires$/i.test(name) && Date.parse(value) < Date.now();
}
