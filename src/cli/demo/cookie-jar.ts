/**
 * What one browser keeps of the cookies it is given, for one site: names and values. Everything else that a Set-Cookie line
 * can say (RFC 6265 §5.2) makes no difference here, but for `Max-Age=0`, which takes the cookie away.
 */
export class CookieJar {
  readonly #pairs = new Map<string, string>();

  /** Value of the cookie of this name. */
  get(name: string): string | undefined {
    return this.#pairs.get(name);
  }

  /** @param lines the Set-Cookie lines of an answer */
  keep(lines: readonly string[]): void {
    for (const line of lines) {
      const [pair = "", ...attributes] = line.split(";");
      const equals = pair.indexOf("=");
      if (equals < 1) continue;
      const name = pair.slice(0, equals).trim();
      if (attributes.some((attribute) => /^\s*max-age\s*=\s*0\s*$/i.test(attribute))) this.#pairs.delete(name);
      else this.#pairs.set(name, pair.slice(equals + 1).trim());
    }
  }

  /** Value of the Cookie line. */
  toString(): string {
    return [...this.#pairs].map(([name, value]) => `${name}=${value}`).join("; ");
  }
}
