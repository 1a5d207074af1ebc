import type { Balancer } from "../../../balancer.ts";
import type { BackendId } from "../../../model/backend.ts";
import type { RequestRecord } from "../../../model/request-record.ts";
import { directDoor } from "../doors.ts";
import { GUEST, type ServedVisit } from "../shop.ts";
import { COOKIE_FLAGS, type Stage } from "../stage.ts";
import { Company } from "./company.ts";
import { ControlServer } from "./control-server.ts";
import { tellNews } from "./news.ts";
import { makePage } from "./page.ts";
import { RequestJournal } from "./request-journal.ts";
import type { RequestView, ServerView, ShopState } from "./shop-state.ts";
import { VisitorBook } from "./visitor-book.ts";

export interface OpenShopOptions {
  readonly stage: Stage;
  /** The server that address hashing gives to 127.0.0.1. */
  readonly byAddress: BackendId;
  /** A name that nobody has. */
  readonly newName: () => string;
}

const ITEMS = ["tea", "coffee", "mango", "bread"];
/** Of the company, so that the page is not empty; the first of them has a cart on the page. */
const AT_FIRST = 8;
const MORE = 10;
/** Requests on the page. */
const MOST_SHOWN = 12;

/** The shop as people with a browser see it, behind a balancer in http mode. Whoever opened it closes it, before its stage. */
export class OpenShop {
  readonly #stage: Stage;
  readonly #balancer: Balancer;
  readonly #byAddress: BackendId;
  readonly #book = new VisitorBook();
  readonly #journal: RequestJournal;
  readonly #company: Company;
  readonly #control: ControlServer;
  #lastKilled: BackendId | undefined;
  /** What is done to the shop is done one after the other. */
  #queue: Promise<unknown> = Promise.resolve();

  private constructor({ stage, byAddress }: OpenShopOptions, balancer: Balancer, journal: RequestJournal) {
    this.#journal = journal;
    this.#stage = stage;
    this.#balancer = balancer;
    this.#byAddress = byAddress;
    this.#company = new Company(directDoor(this.#port));
    this.#control = new ControlServer(
      {
        state: (visitor) => JSON.stringify(this.state(visitor)),
        act: (what, query) => this.#act(what, query),
      },
      this.#port,
      stage.clock,
    );
  }

  /** @throws Error when a port of loopback cannot be opened */
  static async open(options: OpenShopOptions): Promise<OpenShop> {
    const { stage, newName } = options;
    const journal = new RequestJournal();
    let recorded = (_: RequestRecord): void => {};
    const balancer = await stage.addBalancer(COOKIE_FLAGS, (record) => {
      journal.recorded(record);
      recorded(record);
    });
    const shop = new OpenShop(options, balancer, journal);
    recorded = (record) => {
      shop.#control.changed();
      shop.#letIn(record);
    };
    await shop.#control.open();
    const page = makePage({
      controlUrl: `http://127.0.0.1:${shop.#control.port}`,
      otherUrl: `http://localhost:${shop.#port}/`,
      servers: stage.shops.map(({ id }) => id),
      items: ITEMS,
      neighbour: shop.#company.next(1)[0] ?? "",
      more: MORE,
    });
    for (const one of stage.shops) one.furnish({ page, newName, onServed: (visit) => shop.#onServed(visit) });
    await shop.#company.join(shop.#company.next(AT_FIRST), ITEMS[0] ?? "");
    return shop;
  }

  /** Where the page is. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  /** What there is to show to a visitor. */
  state(you: string): ShopState {
    const { guests, happening, round } = this.#book;
    const [neighbour] = this.#company.companions;
    const played = this.#company.companions.map(({ name }) => name);
    const nameOf = (name: string): string =>
      name === you ? "You" : played.includes(name) ? name : name === GUEST ? "no cookie" : "another tab";
    return {
      round,
      servers: this.#stage.shops.map(({ id }) => this.#serverView(id, nameOf)),
      neighbour: { server: neighbour?.server, cart: neighbour?.cart ?? [] },
      visitors: guests.length,
      room: this.#company.room,
      byAddress: this.#byAddress,
      news: tellNews({
        happening,
        guests: guests.map((guest) => (guest.name === you ? guest : { ...guest, name: nameOf(guest.name) })),
        you,
        byAddress: this.#byAddress,
        alive: this.#stage.shops.flatMap(({ id, isOpen }) => (isOpen ? [id] : [])),
      }),
      yours: this.#requestViews(nameOf, (visitor) => visitor === you),
      requests: this.#requestViews(nameOf, () => true),
    };
  }

  close(): void {
    this.#control.close();
  }

  get #port(): number {
    return this.#balancer.ports[0] ?? 0;
  }

  #onServed(visit: ServedVisit): void {
    this.#book.served(visit.visitor, visit.server);
    this.#journal.served(visit);
  }

  #requestViews(
    nameOf: (name: string) => string,
    isWanted: (visitor: string | undefined) => boolean,
  ): readonly RequestView[] {
    return this.#journal.entries
      .filter(({ visitor }) => isWanted(visitor))
      .slice(0, MOST_SHOWN)
      .map(({ visitor, ...entry }) => ({ ...entry, who: visitor === undefined ? "somebody" : nameOf(visitor) }));
  }

  #serverView(id: BackendId, nameOf: (name: string) => string): ServerView {
    const isAlive = this.#stage.shops.some((shop) => shop.id === id && shop.isOpen);
    const isHealthy = this.#balancer.snapshot.members.some((m) => m.backend.id === id && m.health !== "unhealthy");
    const here = this.#book.guests.filter(({ server }) => server === id).map(({ name }) => nameOf(name));
    return {
      id,
      isAlive,
      isNoticed: isAlive === isHealthy,
      visitors: here.sort(byNameYouFirst),
      requests: this.#book.requestsAt(id),
    };
  }

  async #act(what: string, query: URLSearchParams): Promise<boolean> {
    const server = query.get("server") ?? "";
    const item = query.get("item") ?? "";
    const isServer = this.#stage.shops.some(({ id }) => id === server);
    const [neighbour] = this.#company.companions;
    const name = neighbour?.name ?? "";
    if (what === "kill" && isServer) await this.#next(() => this.#kill(server));
    else if (what === "revive" && isServer) await this.#next(() => this.#revive(server));
    else if (what === "join") await this.#next(() => this.#join());
    else if (what === "neighbour/add") await this.#next(() => this.#company.act(name, (visit) => visit.add(item)));
    else if (what === "neighbour/remove")
      await this.#next(() => this.#company.act(name, (visit) => visit.remove(item)));
    else return false;
    return true;
  }

  #next(act: () => Promise<void>): Promise<void> {
    const done = this.#queue.then(act).finally(() => this.#control.changed());
    this.#queue = done.catch(() => {});
    return done;
  }

  async #kill(server: BackendId): Promise<void> {
    if (!this.#isOpen(server)) return;
    this.#lastKilled = server;
    this.#book.begin({ kind: "killed", server });
    await this.#stage.kill(server);
    this.#control.changed();
    await this.#company.look();
    await this.#stage.untilHealth(server, "unhealthy", this.#balancer);
  }

  async #revive(server: BackendId): Promise<void> {
    if (this.#isOpen(server)) return;
    await this.#stage.revive(server);
    this.#control.changed();
    await this.#stage.untilHealth(server, "healthy", this.#balancer);
    this.#book.begin({ kind: "revived", server });
    await this.#company.look();
  }

  async #join(): Promise<void> {
    const names = this.#company.next(MORE);
    if (names.length === 0) return;
    this.#book.begin({ kind: "joined", names });
    await this.#company.join(names, ITEMS[0] ?? "");
  }

  /** The page with the buttons comes from the servers: who reloads it while all are dead could revive none. */
  #letIn({ method, target }: RequestRecord): void {
    const last = this.#lastKilled;
    if (method !== "GET" || target !== "/" || last === undefined) return;
    if (this.#stage.shops.some(({ isOpen }) => isOpen)) return;
    // It fails when the shop is being closed.
    this.#next(() => this.#revive(last)).catch(() => {});
  }

  #isOpen(server: BackendId): boolean {
    return this.#stage.shops.some((shop) => shop.id === server && shop.isOpen);
  }
}

function byNameYouFirst(a: string, b: string): number {
  if (a === b) return 0;
  return a === "You" || (b !== "You" && a < b) ? -1 : 1;
}
