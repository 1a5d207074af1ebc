import type { LoadContext } from "../support/load.ts";
import { Pattern } from "../support/pattern.ts";
import type { Answer } from "./answer-reader.ts";
import { type BrowserRequest, browserRequest, setBrowser } from "./browser-request.ts";
import { HttpClient } from "./http-client.ts";
import { faultOf, type Session, sessionOf } from "./visitors.ts";
import type { HttpTraffic } from "./workloads.ts";

/** A connection that asks again as soon as it has been answered. */
export class SteadyVisitor {
  readonly #traffic: HttpTraffic;
  readonly #client: HttpClient;
  readonly #index: number;
  readonly #what: Pick<BrowserRequest, "upload" | "answerBytes">;
  readonly #answered: (answer: Answer) => void;
  #request: Buffer;
  #session: Session = { cookie: "", backend: -1 };
  /** Of a visitor without cookie, who is another one each time. */
  #browser: number;
  #deadlineMs = 0;
  #done = 0;
  #finish: () => void = () => {};

  constructor(traffic: HttpTraffic, context: LoadContext, index: number, readBuffer: Buffer) {
    this.#traffic = traffic;
    this.#index = index;
    this.#browser = index;
    this.#client = new HttpClient(context, index, readBuffer);
    const offset = Pattern.startOf(index);
    this.#what = {
      answerBytes: traffic.answerBytes,
      ...(traffic.uploadBytes === 0
        ? {}
        : { upload: { offset, body: context.pattern.slice(offset, traffic.uploadBytes) } }),
    };
    this.#request = browserRequest({ ...this.#what, browser: index, close: false });
    this.#answered = traffic.visit === "first" ? (answer) => this.#first(answer) : (answer) => this.#returned(answer);
  }

  /** Connects and comes for the first time. */
  async open(): Promise<Session> {
    await this.#client.connected();
    this.#session = sessionOf(await this.#client.ask(this.#request, this.#traffic.answerBytes));
    if (this.#traffic.visit === "returning") this.#request = this.#withCookie();
    return this.#session;
  }

  /** At least one request; none is sent after `deadlineMs`. Resolves to the requests done. */
  async workUntil(deadlineMs: number): Promise<number> {
    this.#deadlineMs = deadlineMs;
    this.#done = 0;
    const finished = new Promise<void>((resolve) => {
      this.#finish = resolve;
    });
    this.#send();
    await this.#client.during(finished);
    return this.#done;
  }

  /** Comes back once more with the last cookie, so that also those of first visits are tried. */
  async close(): Promise<void> {
    const fault = faultOf(await this.#client.ask(this.#withCookie(), this.#traffic.answerBytes), this.#session);
    if (fault !== undefined) throw new Error(fault);
    await this.#client.close();
  }

  destroy(): void {
    this.#client.fail("given up");
  }

  #withCookie(): Buffer {
    return browserRequest({ ...this.#what, browser: this.#index, close: false, cookie: this.#session.cookie });
  }

  #send(): void {
    if (this.#traffic.visit === "first") {
      this.#browser += this.#traffic.clients;
      setBrowser(this.#request, this.#browser);
    }
    this.#client.send(this.#request, this.#traffic.answerBytes, this.#answered);
  }

  #first(answer: Answer): void {
    if (answer.cookie === undefined) {
      this.#client.fail("the answer to a request without cookie sets none");
      return;
    }
    this.#session = { cookie: answer.cookie, backend: answer.backend };
    this.#next();
  }

  #returned(answer: Answer): void {
    const fault = faultOf(answer, this.#session);
    if (fault === undefined) this.#next();
    else this.#client.fail(fault);
  }

  #next(): void {
    this.#done++;
    if (performance.now() < this.#deadlineMs) this.#send();
    else this.#finish();
  }
}
