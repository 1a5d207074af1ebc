import { type Balancer, createBalancer } from "../../balancer.ts";
import { readConfiguration } from "../../config/read-configuration.ts";
import type { Settings } from "../../config/settings.ts";
import type { BackendId } from "../../model/backend.ts";
import type { ConnectionRecord } from "../../model/connection-record.ts";
import { InvariantError } from "../../model/failure.ts";
import type { RequestRecord } from "../../model/request-record.ts";
import type { Log } from "../../observe/log.ts";
import type { Clock } from "../../platform/clock.ts";
import { balancerDoor, type Door, directDoor } from "./doors.ts";
import { Shop } from "./shop.ts";
import { waitUntil } from "./wait-until.ts";

export interface StageOptions {
  readonly clock: Clock;
  /** Settings by name without the prefix, on top of the demo's own. */
  readonly flags?: Readonly<Record<string, string>>;
  /** Called for every connection through a balancer. */
  readonly onRecord?: (record: ConnectionRecord) => void;
}

/** Everything is quick, so that the story is short; nothing here changes where a visitor goes. */
const FLAGS: Readonly<Record<string, string>> = {
  // Visitors announce made-up addresses in a PROXY header; people with curl come without one.
  LISTEN: "127.0.0.1:0;proxy=optional",
  PROXY_PROTOCOL_TRUSTED: "loopback",
  HEALTH_INTERVAL: "250ms",
  HEALTH_FAST_INTERVAL: "50ms",
  HEALTH_FALL: "2",
  // The checks see a death soon enough; an ejection would outlast it by seconds.
  PASSIVE: "off",
};

/** A balancer that tells visitors apart by cookie. */
export const COOKIE_FLAGS: Readonly<Record<string, string>> = {
  MODE: "http",
  // Meant for browsers that load the parts of a page at once. Here many visitors of one address come within a blink, which
  // would pass for one browser; and no page has parts.
  NEW_SESSION_HINT: "0",
};

const SHOP_IDS: readonly BackendId[] = ["a", "b", "c"];

/** Three shops and the balancer in front of them, all in this process. Whoever opened it closes it. */
export class Stage {
  readonly shops: readonly Shop[];
  readonly clock: Clock;
  /** What the balancers logged, oldest first. */
  readonly logLines: string[] = [];
  readonly #options: StageOptions;
  readonly #balancers: Balancer[] = [];
  #isClosed = false;

  private constructor(options: StageOptions) {
    this.shops = SHOP_IDS.map((id) => new Shop(id));
    this.clock = options.clock;
    this.#options = options;
  }

  /** @throws Error when a port of loopback cannot be opened. */
  static async open(options: StageOptions): Promise<Stage> {
    const stage = new Stage(options);
    try {
      for (const shop of stage.shops) await shop.open();
      await stage.addBalancer({});
      return stage;
    } catch (error) {
      await stage.close();
      throw error;
    }
  }

  /** The balancer that is there from the start. */
  get balancer(): Balancer {
    const [balancer] = this.#balancers;
    if (balancer === undefined) throw new InvariantError("the stage is not open");
    return balancer;
  }

  /** The configuration that the balancer runs with. */
  get settings(): Settings {
    return this.#settings({});
  }

  /** Value of BACKENDS. */
  get backends(): string {
    return this.shops.map(({ id, host, port }) => `${id}=${host}:${port}`).join(",");
  }

  /** The way through the balancer. */
  get door(): Door {
    return doorOf(this.balancer);
  }

  /** The ways around the balancer, one for each shop. */
  get directDoors(): readonly Door[] {
    return this.shops.map(({ port }) => directDoor(port));
  }

  /**
   * Another balancer in front of the same shops. The caller may close it; otherwise the stage does.
   * @param onRequest called for every request, in http mode
   * @throws ListenError when it cannot listen; Error when the stage is closed.
   */
  async addBalancer(
    flags: Readonly<Record<string, string>>,
    onRequest: (record: RequestRecord) => void = () => {},
  ): Promise<Balancer> {
    const balancer = createBalancer(this.#settings(flags), {
      log: logTo(this.logLines),
      onRecord: (record) => this.#options.onRecord?.(record),
      onRequest,
      clock: this.clock,
    });
    this.#balancers.push(balancer);
    await this.#opening(balancer.start());
    return balancer;
  }

  /** A new day: all carts are empty. */
  emptyCarts(): void {
    for (const shop of this.shops) shop.emptyCarts();
  }

  /** Ends the process of a shop, as far as others can see: port closed, connections cut, memory gone. */
  kill(id: BackendId): Promise<void> {
    return this.#shop(id).die();
  }

  /**
   * Starts a dead shop again where it was.
   * @throws Error when its port is taken or the stage is closed.
   */
  revive(id: BackendId): Promise<void> {
    return this.#opening(this.#shop(id).open());
  }

  /** Waits until the checks say so, those of the first balancer unless another is given. */
  untilHealth(id: BackendId, health: "healthy" | "unhealthy", balancer: Balancer = this.balancer): Promise<void> {
    const isSo = (): boolean =>
      balancer.snapshot.members.some((member) => member.backend.id === id && member.health === health);
    return waitUntil(isSo, `the checks call ${id} ${health}`, this.clock);
  }

  /** Waits until `balancer` has exactly `count` connections: it sees a visitor leave a moment later. */
  untilOpen(balancer: Balancer, count: number): Promise<void> {
    return waitUntil(() => balancer.openConnections === count, `${count} connections are open`, this.clock);
  }

  /** Closes everything; harmless when called again. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const balancer of this.#balancers) balancer.close();
    await Promise.all(this.shops.map((shop) => shop.die()));
  }

  /** What opens after the end, because somebody interrupted the story, must not keep the process alive. */
  async #opening(opening: Promise<void>): Promise<void> {
    await opening;
    if (!this.#isClosed) return;
    await this.close();
    throw new Error("the stage is closed");
  }

  #settings(flags: Readonly<Record<string, string>>): Settings {
    const all = { ...FLAGS, BACKENDS: this.backends, ...this.#options.flags, ...flags };
    // The demo is the same for everybody: no variable of the environment changes it.
    return readConfiguration({ flags: all, env: {}, readFile: () => "" }).settings;
  }

  #shop(id: BackendId): Shop {
    const shop = this.shops.find((candidate) => candidate.id === id);
    if (shop === undefined) throw new InvariantError(`no shop is called ${id}`);
    return shop;
  }
}

/** The way through `balancer`. */
export function doorOf(balancer: Balancer): Door {
  return balancerDoor(balancer.ports[0] ?? 0);
}

function logTo(lines: string[]): Log {
  const keep = (message: string): void => {
    lines.push(message);
  };
  return {
    error: keep,
    warn: keep,
    info: keep,
    debug: () => {},
    isDebug: () => false,
    setLevel: () => {},
    level: "info",
  };
}
