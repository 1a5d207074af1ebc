import type { FileCalls } from "../../src/observe/log-file.ts";

type WriteDone = (error: NodeJS.ErrnoException | null, written: number) => void;

interface Write {
  readonly fd: number;
  readonly bytes: Uint8Array;
  readonly done: WriteDone;
}

export function errno(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code });
}

/** Files whose writes wait until the test answers them. Descriptors opened here count from 100. */
export class ScriptedFiles implements FileCalls {
  readonly closed: number[] = [];
  /** The answer to the next open, when it is to fail. */
  openError: NodeJS.ErrnoException | undefined;
  readonly #contents = new Map<number, Buffer[]>();
  #write: Write | undefined;
  #nextFd = 100;

  write(fd: number, buffer: Uint8Array, offset: number, length: number, done: WriteDone): void {
    if (this.#write !== undefined) throw new Error("two writes in flight");
    if (this.closed.includes(fd)) throw new Error("write to a closed descriptor");
    this.#write = { fd, bytes: buffer.subarray(offset, offset + length), done };
  }

  open(_path: string, done: (error: NodeJS.ErrnoException | null, fd: number) => void): void {
    if (this.openError === undefined) done(null, this.#nextFd++);
    else done(this.openError, -1);
  }

  close(fd: number): void {
    if (this.#write?.fd === fd) throw new Error("closed under a write");
    if (this.closed.includes(fd)) throw new Error("closed twice");
    this.closed.push(fd);
  }

  /** What the write in flight carries; undefined when there is none. */
  get inFlight(): string | undefined {
    return this.#write && Buffer.from(this.#write.bytes).toString();
  }

  /** The write in flight takes its first `count` bytes (all when left out). */
  take(count?: number): void {
    const { fd, bytes, done } = this.#end();
    const taken = bytes.subarray(0, count);
    this.#contents.set(fd, [...(this.#contents.get(fd) ?? []), Buffer.from(taken)]);
    done(null, taken.length);
  }

  /** The write in flight fails. */
  refuse(code: string): void {
    this.#end().done(errno(code), 0);
  }

  /** All that `fd` took. */
  text(fd: number): string {
    return Buffer.concat(this.#contents.get(fd) ?? []).toString();
  }

  #end(): Write {
    const write = this.#write;
    if (write === undefined) throw new Error("no write in flight");
    this.#write = undefined;
    return write;
  }
}
