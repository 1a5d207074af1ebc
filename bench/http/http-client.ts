import type { LoadContext } from "../support/load.ts";
import { StreamClient } from "../support/stream-client.ts";
import { type Answer, AnswerReader } from "./answer-reader.ts";

/** One connection to the balancer, for one request after another; owns its socket. What is waited for fails when the connection does. */
export class HttpClient {
  readonly #stream: StreamClient;
  readonly #answers: AnswerReader;
  #answered: ((answer: Answer) => void) | undefined;

  /** @param index gives its source address */
  constructor(context: LoadContext, index: number, readBuffer: Buffer) {
    this.#answers = new AnswerReader(context.pattern);
    this.#stream = new StreamClient(context, index, readBuffer, {
      received: (chunk, length) => this.#received(chunk, length),
    });
  }

  connected(): Promise<void> {
    return this.#stream.connected();
  }

  /** Sends a request whose answer is to have a body of `answerBytes`; `answered` is told when all of it is there. */
  send(request: Buffer, answerBytes: number, answered: (answer: Answer) => void): void {
    this.#answered = answered;
    this.#answers.expect(answerBytes);
    this.#stream.write(request);
  }

  /** The same, for who waits. */
  ask(request: Buffer, answerBytes: number): Promise<Answer> {
    return this.during(new Promise((resolve) => this.send(request, answerBytes, resolve)));
  }

  during<T>(work: Promise<T>): Promise<T> {
    return this.#stream.during(work);
  }

  close(): Promise<void> {
    return this.#stream.close();
  }

  /** Waits until the balancer has ended the connection, and ends it as well. */
  closedByBalancer(): Promise<void> {
    return this.#stream.closedByBalancer();
  }

  /** Rejects whatever waits for this client and resets the connection. The first reason counts. */
  fail(reason: string): void {
    this.#stream.fail(reason);
  }

  #received(chunk: Uint8Array, length: number): void {
    const answered = this.#answered;
    if (answered === undefined) {
      this.fail("an answer that nobody asked for");
      return;
    }
    const answer = this.#answers.received(chunk, length);
    if (answer === undefined) return;
    if ("fault" in answer) {
      this.fail(answer.fault);
      return;
    }
    this.#answered = undefined;
    answered(answer);
  }
}
