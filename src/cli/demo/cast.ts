import { CookieJar } from "./cookie-jar.ts";

/** Somebody who comes to the shop. */
export interface Visitor {
  /** Also the value of the shop's cookie. */
  readonly name: string;
  readonly address: string;
  /** Their browser's cookies besides the shop's; without one it keeps none. */
  readonly jar?: CookieJar;
}

// All addresses are from the blocks that are reserved for documentation (RFC 5737): nobody has them.

const NAMES = ["Ana", "Budi", "Citra", "Dewi", "Eko", "Fitri", "Gita", "Hadi", "Indah", "Joko", "Kartika", "Lina"];

/** Twelve visitors, each with an address of their own. */
export const VISITORS: readonly Visitor[] = NAMES.map((name, i) => ({ name, address: `203.0.113.${3 + 5 * i}` }));

/** What everybody on the campus looks like from outside. */
export const CAMPUS_ADDRESS = "192.0.2.1";

const CROWD = 60;

/** Sixty people at home, each with an address of their own, and sixty on a campus behind one; they come in turn. */
export const CROWD_OF_HOMES_AND_CAMPUS: readonly Visitor[] = Array.from({ length: CROWD }, (_, i) => [
  { name: `home-${i + 1}`, address: `198.51.100.${i + 1}` },
  { name: `campus-${i + 1}`, address: CAMPUS_ADDRESS },
]).flat();

/** So many people of the campus, each with a browser that keeps cookies. */
export function campusBrowsers(count: number): readonly Visitor[] {
  return Array.from({ length: count }, (_, i) => ({
    name: NAMES[i] ?? `campus-${i + 1}`,
    address: CAMPUS_ADDRESS,
    jar: new CookieJar(),
  }));
}
