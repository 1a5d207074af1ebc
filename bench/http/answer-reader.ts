import type { Pattern } from "../support/pattern.ts";
import { COOKIE_NAME, pageOffset } from "./shop.ts";

/** What an answer told, once all of it has arrived and its body has been checked. */
export interface Answer {
  /** Which backend gave it, from 0. */
  readonly backend: number;
  /** The value of our cookie; undefined = the answer sets none. */
  readonly cookie: string | undefined;
}

/** Why an answer is not what it should be. */
export interface Fault {
  readonly fault: string;
}

const HEAD_END = "\r\n\r\n";
const MAX_HEAD_BYTES = 4096;
const LENGTH = /\r\ncontent-length: *(\d+)(?=\r\n)/i;
const BACKEND = /\r\nx-backend: *(\d)(?=\r\n)/i;
const COOKIE = new RegExp(`\\r\\nset-cookie: *${COOKIE_NAME}=([^;\\r]*)`, "i");

/** Reads the answers on one connection, one at a time, and compares every body with the page that its backend has. */
export class AnswerReader {
  readonly #pattern: Pattern;
  #bodyBytes = 0;
  #early: Buffer = Buffer.alloc(0);
  #answer: Answer | undefined;
  #bodyRead = 0;

  constructor(pattern: Pattern) {
    this.#pattern = pattern;
  }

  /** The next answer is to have a body of so many bytes. */
  expect(bodyBytes: number): void {
    this.#bodyBytes = bodyBytes;
    this.#answer = undefined;
    this.#bodyRead = 0;
  }

  /** Takes what arrived; `chunk` is valid during the call only. Undefined = there is more to come. */
  received(chunk: Uint8Array, length: number): Answer | Fault | undefined {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, length);
    return this.#answer === undefined ? this.#head(bytes) : this.#body(this.#answer, bytes);
  }

  #head(arrived: Buffer): Answer | Fault | undefined {
    const bytes = this.#early.length === 0 ? arrived : Buffer.concat([this.#early, arrived]);
    const end = bytes.indexOf(HEAD_END, 0, "latin1");
    if (end < 0) {
      if (bytes.length > MAX_HEAD_BYTES) return { fault: "the head of an answer has no end" };
      this.#early = Buffer.from(bytes);
      return undefined;
    }
    this.#early = Buffer.alloc(0);
    const head = bytes.toString("latin1", 0, end + 2);
    if (!head.startsWith("HTTP/1.1 200 ")) return { fault: `an answer begins with "${head.slice(0, 40).trim()}"` };
    const length = Number(LENGTH.exec(head)?.[1]);
    if (length !== this.#bodyBytes) return { fault: `an answer of ${length} bytes instead of ${this.#bodyBytes}` };
    const backend = BACKEND.exec(head)?.[1];
    if (backend === undefined) return { fault: "an answer does not name its backend" };
    this.#answer = { backend: Number(backend), cookie: COOKIE.exec(head)?.[1] };
    return this.#body(this.#answer, bytes.subarray(end + HEAD_END.length));
  }

  #body(answer: Answer, bytes: Buffer): Answer | Fault | undefined {
    const position = pageOffset(answer.backend) + this.#bodyRead;
    this.#bodyRead += bytes.length;
    if (this.#bodyRead > this.#bodyBytes) return { fault: "an answer is longer than it says" };
    if (!this.#pattern.matchesAtEnds(position, bytes, bytes.length)) return { fault: "an answer has been changed" };
    return this.#bodyRead === this.#bodyBytes ? answer : undefined;
  }
}
