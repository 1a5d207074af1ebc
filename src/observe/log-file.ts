import * as fs from "node:fs";
import { isatty } from "node:tty";

/** The calls on descriptors that a {@link LineRing} makes; tests put their own in place. */
export interface FileCalls {
  /** write(2) at the current position. */
  write(
    fd: number,
    bytes: Uint8Array,
    offset: number,
    length: number,
    done: (error: NodeJS.ErrnoException | null, written: number) => void,
  ): void;
  /** Opens `path` for appending. */
  open(path: string, done: (error: NodeJS.ErrnoException | null, fd: number) => void): void;
  close(fd: number): void;
}

/** A descriptor that lines go to. `owned`: it was opened here, and whoever holds it closes it. */
export interface LogFile {
  readonly fd: number;
  readonly owned: boolean;
  /** A write may wait for the reader, for ever, and hold a thread of the pool meanwhile. */
  readonly mayBlock?: boolean;
}

/**
 * Creates a missing file, appends always (rotation may truncate it under us) and never blocks: a FIFO without a reader
 * answers ENXIO here, and a slow one EAGAIN later.
 */
const APPEND = fs.constants.O_WRONLY | fs.constants.O_CREAT | fs.constants.O_APPEND | fs.constants.O_NONBLOCK;
/** Access logs hold addresses of people: not for everybody to read. */
const MODE = 0o640;

/** The file system of this machine. */
export const systemFiles: FileCalls = {
  write: (fd, bytes, offset, length, done) => fs.write(fd, bytes, offset, length, null, done),
  open: (path, done) => fs.open(path, APPEND, MODE, done),
  close: (fd) => fs.close(fd, () => undefined),
};

/**
 * Opens a place for log lines: this process's standard output or standard error, or a file (created when missing, mode
 * 0640, appended to). `isTerminal` is isatty(3) but for tests.
 * @throws the error of open(2) when the file cannot be opened.
 */
export function openLogFile(
  target: "stdout" | "stderr" | { readonly path: string },
  isTerminal: (fd: number) => boolean = isatty,
): LogFile {
  if (typeof target === "object") return { fd: fs.openSync(target.path, APPEND, MODE), owned: true };
  // Looking at the stream makes Node set a pipe or socket non-blocking. That is wanted: a write(2) that blocks on a
  // stuck reader would hold a thread of the pool for ever, and process.exit() waits for that thread.
  const { fd } = process[target];
  return isTerminal(fd) ? openTerminal(fd) : { fd, owned: false };
}

/**
 * Opens the terminal behind `fd` once more, non-blocking. A mode set on `fd` itself would also hold for the shell that lent
 * us its terminal, and Node sets it back to blocking.
 */
export function openTerminal(fd: number, path: string = `/proc/self/fd/${fd}`): LogFile {
  const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = fs.constants;
  try {
    return { fd: fs.openSync(path, O_WRONLY | O_NONBLOCK | O_NOCTTY), owned: true };
  } catch {
    // The terminal of another user (sudo -u), or a system without /proc.
    return { fd, owned: false, mayBlock: true };
  }
}

/**
 * Whether both descriptors lead to the same place (as with `2>&1`). Two rings on one pipe could put a line of one into
 * the middle of a line of the other, so they should share a ring.
 */
export function isSameFile(fd: number, other: number): boolean {
  if (fd === other) return true;
  const a = fs.fstatSync(fd, { bigint: true });
  const b = fs.fstatSync(other, { bigint: true });
  return a.dev === b.dev && a.ino === b.ino;
}
