import type { Load, LoadContext } from "../support/load.ts";
import { newReadBuffer } from "../support/stream-client.ts";
import { browserRequest } from "./browser-request.ts";
import { HttpClient } from "./http-client.ts";
import { SteadyVisitor } from "./steady-visitor.ts";
import { assertSpread, faultOf, type Session, sessionOf } from "./visitors.ts";
import type { HttpTraffic } from "./workloads.ts";

/** Sessions that the clients of new connections take turns with. */
const SESSIONS = 64;

/** The load that makes `traffic`. */
export function loadOf(traffic: HttpTraffic, context: LoadContext): Load {
  return traffic.connections === "keep-alive" ? new SteadyLoad(traffic, context) : new NewConnections(traffic, context);
}

/** The same connections from beginning to end. */
class SteadyLoad implements Load {
  readonly #visitors: readonly SteadyVisitor[];

  constructor(traffic: HttpTraffic, context: LoadContext) {
    const readBuffer = newReadBuffer();
    this.#visitors = Array.from(
      { length: traffic.clients },
      (_, index) => new SteadyVisitor(traffic, context, index, readBuffer),
    );
  }

  async open(): Promise<void> {
    assertSpread(await Promise.all(this.#visitors.map((visitor) => visitor.open())));
  }

  async workUntil(deadlineMs: number): Promise<number> {
    const steps = await Promise.all(this.#visitors.map((visitor) => visitor.workUntil(deadlineMs)));
    return steps.reduce((sum, n) => sum + n, 0);
  }

  async close(): Promise<void> {
    await Promise.all(this.#visitors.map((visitor) => visitor.close()));
  }

  destroy(): void {
    for (const visitor of this.#visitors) visitor.destroy();
  }
}

/** A new connection for every request. */
class NewConnections implements Load {
  readonly #traffic: HttpTraffic;
  readonly #context: LoadContext;
  readonly #readBuffer = newReadBuffer();
  readonly #open = new Set<HttpClient>();
  #returning: readonly { readonly session: Session; readonly request: Buffer }[] = [];
  #index = 0;

  constructor(traffic: HttpTraffic, context: LoadContext) {
    this.#traffic = traffic;
    this.#context = context;
  }

  async open(): Promise<void> {
    const first = async (_: unknown, browser: number): Promise<Session> =>
      this.#visit(browserRequest({ browser, close: true, answerBytes: this.#traffic.answerBytes }), sessionOf);
    const sessions = await Promise.all(Array.from({ length: SESSIONS }, first));
    assertSpread(sessions);
    this.#returning = sessions.map((session, browser) => ({
      session,
      request: browserRequest({
        browser,
        close: true,
        answerBytes: this.#traffic.answerBytes,
        cookie: session.cookie,
      }),
    }));
  }

  async workUntil(deadlineMs: number): Promise<number> {
    let steps = 0;
    const worker = async (): Promise<void> => {
      do {
        await this.#comeBack();
        steps++;
      } while (performance.now() < deadlineMs);
    };
    await Promise.all(Array.from({ length: this.#traffic.clients }, worker));
    return steps;
  }

  async close(): Promise<void> {}

  destroy(): void {
    for (const client of this.#open) client.fail("given up");
  }

  async #comeBack(): Promise<void> {
    const visitor = this.#returning[this.#index % this.#returning.length];
    if (visitor === undefined) throw new Error("nobody has been here before");
    const fault = await this.#visit(visitor.request, (answer) => faultOf(answer, visitor.session));
    if (fault !== undefined) throw new Error(fault);
  }

  /** Connects, asks once, and waits for the balancer to close. */
  async #visit<T>(request: Buffer, judge: (answer: Parameters<typeof sessionOf>[0]) => T): Promise<T> {
    const client = new HttpClient(this.#context, this.#index++, this.#readBuffer);
    this.#open.add(client);
    await client.connected();
    const answer = await client.ask(request, this.#traffic.answerBytes);
    await client.closedByBalancer();
    this.#open.delete(client);
    return judge(answer);
  }
}
