import type { BalancerParts } from "../../../src/balancer.ts";
import type { RequestRecord } from "../../../src/model/request-record.ts";
import { type Flags, RunningBalancer } from "../balancer-of.ts";
import type { Later } from "../close-after-each.ts";
import { Gathered } from "../gathered.ts";
import type { TestBackend } from "../test-backend.ts";
import { type Ask, askOnce, HttpClient, type Received } from "./http-client.ts";

/** A balancer of http mode in this process, with all it says. */
export class HttpBalancer extends RunningBalancer {
  readonly requests: Gathered<RequestRecord>;
  readonly #later: Later;

  private constructor(later: Later, flags: Flags, requests: Gathered<RequestRecord>, parts: Partial<BalancerParts>) {
    super(flags, { onRequest: (record) => requests.push(record), ...parts });
    this.requests = requests;
    this.#later = later;
  }

  /** Starts one before these backends; it is closed after the test. */
  static async start(
    later: Later,
    backends: readonly TestBackend[],
    flags: Flags = {},
    parts: Partial<BalancerParts> = {},
  ): Promise<HttpBalancer> {
    const list = backends.map((backend) => backend.setting()).join(",");
    const started = new HttpBalancer(later, { MODE: "http", BACKENDS: list, ...flags }, new Gathered(), parts);
    later(() => started.balancer.close());
    await started.balancer.start();
    return started;
  }

  /** A client, which is closed after the test. */
  async open(from?: string): Promise<HttpClient> {
    const client = await HttpClient.open(this.at(from));
    this.#later(() => client.close());
    return client;
  }

  /** One request on a connection of its own. */
  ask(what: Ask = {}, from?: string): Promise<Received> {
    return askOnce(this.at(from), what);
  }

  /** The record, come or to come, of the request with this target. */
  requestOf(target: string): Promise<RequestRecord> {
    return this.requests.first(`the record of ${target}`, (record) => record.target === target);
  }
}
