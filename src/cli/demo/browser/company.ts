import type { BackendId } from "../../../model/backend.ts";
import type { Visitor } from "../cast.ts";
import { CookieJar } from "../cookie-jar.ts";
import type { Door } from "../doors.ts";
import { arrive } from "../landings.ts";
import type { CartAnswer } from "../shop.ts";
import type { Visit } from "../visit.ts";

/** Somebody whom this process plays. */
export interface Companion {
  readonly name: string;
  /** Who answered them last; undefined when they could not be served. */
  readonly server: BackendId | undefined;
  readonly cart: readonly string[];
}

const NAMES = ["Budi", "Ana", "Citra", "Dewi", "Eko", "Fitri", "Gita", "Hadi", "Indah", "Joko", "Kartika", "Lina"];
const MOST = 60;
const HOST = "127.0.0.1";

/**
 * Visitors that this process plays, each with a cookie jar of their own and all behind the address of the reader. They come
 * one after the other, each time on a new connection, as browsers do after a pause.
 */
export class Company {
  readonly #door: Door;
  readonly #visitors: Visitor[] = [];
  readonly #companions = new Map<string, Companion>();

  constructor(door: Door) {
    this.#door = door;
  }

  get companions(): readonly Companion[] {
    return [...this.#companions.values()];
  }

  /** How many more there can be. */
  get room(): number {
    return MOST - this.#visitors.length;
  }

  /** The names of the next who would come. */
  next(count: number): readonly string[] {
    const from = this.#visitors.length;
    return Array.from({ length: Math.min(count, this.room) }, (_, i) => NAMES[from + i] ?? `Visitor-${from + i + 1}`);
  }

  /** They come with something in mind, and buy it. */
  async join(names: readonly string[], item: string): Promise<void> {
    for (const name of names) {
      const visitor = { name, address: HOST, jar: new CookieJar() };
      this.#visitors.push(visitor);
      await this.#come(visitor, (visit) => visit.add(item));
    }
  }

  /** Everybody looks at their cart. */
  async look(): Promise<void> {
    for (const visitor of [...this.#visitors]) await this.#come(visitor, (visit) => visit.look());
  }

  /** @throws RangeError when there is nobody of that name */
  async act(name: string, act: (visit: Visit) => Promise<CartAnswer>): Promise<void> {
    const visitor = this.#visitors.find((one) => one.name === name);
    if (visitor === undefined) throw new RangeError(`nobody is called ${name}`);
    await this.#come(visitor, act);
  }

  async #come(visitor: Visitor, act: (visit: Visit) => Promise<CartAnswer>): Promise<void> {
    const { server, cart, visit } = await arrive(visitor, this.#door, act);
    visit.leave();
    this.#companions.set(visitor.name, { name: visitor.name, server, cart });
  }
}
