import { createHash, type Hash } from "node:crypto";
import type { Socket } from "node:net";

/** A small seeded generator (xorshift32, Marsaglia 2003): the same traffic in every run. */
export function seededRandom(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** What one end of a connection sent and got. */
export interface Digest {
  readonly sent: string;
  readonly received: string;
  readonly receivedBytes: number;
}

export interface TrafficPlan {
  /** Bytes to send before the FIN. */
  readonly bytes: number;
  readonly seed: number;
  /** Sent before everything else and not part of the digest. */
  readonly preamble?: Buffer;
  /** Largest single write; from 1 byte up to here. */
  readonly largestWrite?: number;
  /** 0–1: how often it pauses, reading or writing, for up to 3 ms. */
  readonly pauses?: number;
}

/**
 * Sends `plan.bytes` random bytes in writes of random sizes, then a FIN, while it reads what comes, with pauses of random
 * length in both directions. Resolves with what went through when both directions have ended; rejects on an error.
 */
export function exchange(socket: Socket, plan: TrafficPlan): Promise<Digest> {
  return new Exchange(socket, plan).finished;
}

/** Random bytes are cut from one block: making new ones would take more time than all the rest. */
const BLOCK = randomBlock(1 << 20);

function randomBlock(length: number): Buffer {
  const next = seededRandom(4711);
  const block = Buffer.allocUnsafe(length);
  for (let i = 0; i + 4 <= length; i += 4) block.writeUInt32LE(Math.floor(next() * 2 ** 32), i);
  return block;
}

class Exchange {
  readonly finished: Promise<Digest>;
  readonly #socket: Socket;
  readonly #random: () => number;
  readonly #pauses: number;
  readonly #largest: number;
  readonly #sent: Hash = createHash("sha256");
  readonly #received: Hash = createHash("sha256");
  #receivedBytes = 0;
  #left: number;

  constructor(socket: Socket, { bytes, seed, preamble, largestWrite = 128 * 1024, pauses = 0 }: TrafficPlan) {
    this.#socket = socket;
    this.#random = seededRandom(seed);
    this.#pauses = pauses;
    this.#largest = largestWrite;
    this.#left = bytes;
    this.finished = new Promise((resolve, reject) => {
      socket.on("error", reject);
      socket.on("close", () =>
        resolve({
          sent: this.#sent.digest("hex"),
          received: this.#received.digest("hex"),
          receivedBytes: this.#receivedBytes,
        }),
      );
    });
    socket.on("data", (chunk) => this.#take(chunk));
    socket.on("drain", () => this.#maybePause(() => this.#send()));
    if (preamble !== undefined) socket.write(preamble);
    this.#send();
  }

  #take(chunk: Buffer): void {
    this.#received.update(chunk);
    this.#receivedBytes += chunk.length;
    if (this.#random() >= this.#pauses) return;
    this.#socket.pause();
    setTimeout(() => this.#socket.resume(), this.#random() * 3);
  }

  #send(): void {
    while (this.#left > 0) {
      // Mostly large writes, but every size from one byte up.
      const wanted = Math.ceil(this.#largest ** this.#random());
      const length = Math.min(this.#left, wanted);
      const from = Math.floor(this.#random() * (BLOCK.length - length));
      const chunk = BLOCK.subarray(from, from + length);
      this.#sent.update(chunk);
      this.#left -= length;
      if (!this.#socket.write(chunk)) return;
    }
    this.#socket.end();
  }

  #maybePause(then: () => void): void {
    if (this.#random() < this.#pauses) setTimeout(then, this.#random() * 3);
    else then();
  }
}
