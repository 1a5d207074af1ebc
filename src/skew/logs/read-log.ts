import { open } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { AddressCounts, type AddressCountsOptions, type CountedClients } from "./address-counts.ts";
import { type LogFacts, LogReader, type LogReaderOptions } from "./log-reader.ts";

const CHUNK_BYTES = 256 * 1024;
/** RFC 1952, section 2.3.1. */
const GZIP_MAGIC = [0x1f, 0x8b] as const;

export interface CountLogOptions extends LogReaderOptions {
  /** Called after every chunk: bytes of the file so far, as they are on disk, and lines. */
  readonly onProgress?: (bytes: number, lines: number) => void;
}

export interface ReadLogOptions extends AddressCountsOptions, CountLogOptions {}

/** A log, counted. */
export interface CountedLog extends LogFacts {
  /** Connections or requests that were counted; more than `counted` lines when lines stand for several. */
  readonly total: number;
  readonly clients: CountedClients;
  /** The largest error of any count; 0 = all are exact. */
  readonly errorAtMost: number;
}

/** Every address for itself in IPv4, every /64 in IPv6; exact for up to a million clients. */
export const defaultReadLogOptions: ReadLogOptions = Object.freeze({
  ...{ prefixV4: 32, prefixV6: 64, maxClients: 1_000_000 },
  ...{ format: undefined, badLinesShown: 5, masked: false },
});

/**
 * Counts the clients of a log that comes as a stream of bytes, plain or gzip-compressed. The source is read to its end, or
 * closed when anything goes wrong. A chunk may be overwritten when the next one is asked for.
 *
 * @throws Error of the source, or of zlib (`Z_DATA_ERROR`, `Z_BUF_ERROR`) when it is not a whole gzip stream
 */
export async function readLog(source: AsyncIterable<Uint8Array>, options: ReadLogOptions): Promise<CountedLog> {
  const counts = new AddressCounts(options);
  const facts = await countLog(source, counts, options);
  return { ...facts, total: counts.total, clients: counts.clients(), errorAtMost: counts.errorAtMost };
}

/**
 * {@link readLog} into counts that other logs may share. The prefixes and the number of clients are those of `counts`.
 * @returns what was read of this log
 * @throws Error as {@link readLog} does; what was read until then has been counted
 */
export async function countLog(
  source: AsyncIterable<Uint8Array>,
  counts: AddressCounts,
  options: CountLogOptions,
): Promise<LogFacts> {
  const { onProgress } = options;
  const reader = new LogReader(counts, options);
  const { first, all } = await peek(watched(source, onProgress && ((bytes) => onProgress(bytes, reader.lines))));
  const count = async (chunks: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const chunk of chunks) reader.push(chunk);
  };
  if (GZIP_MAGIC.every((byte, i) => first[i] === byte)) {
    await pipeline(Readable.from(copied(all)), createGunzip({ chunkSize: CHUNK_BYTES }), count);
  } else {
    await count(all);
  }
  return reader.end();
}

/**
 * {@link readLog} of a file.
 * @throws Error of the file system (`ENOENT`, `EISDIR`, …), too
 */
export async function readLogFile(path: string, options: ReadLogOptions): Promise<CountedLog> {
  return readLog(openLog(path), options);
}

/**
 * The bytes of a file in chunks, all in one buffer: each is valid until the next is asked for. The file is closed at its
 * end, and when nobody asks any more.
 *
 * @throws Error of the file system (`ENOENT`, `EISDIR`, …) when the first chunk is asked for
 */
export async function* openLog(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    // A stream would make a buffer for every chunk: as much garbage as there is log.
    const buffer = new Uint8Array(CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function* watched(
  source: AsyncIterable<Uint8Array>,
  onProgress: ((bytes: number) => void) | undefined,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.length;
    yield chunk;
    onProgress?.(bytes);
  }
}

/** The first bytes of a stream, two at least unless it is shorter, and the stream with them. */
async function peek(
  source: AsyncGenerator<Uint8Array>,
): Promise<{ readonly first: Uint8Array; readonly all: AsyncIterable<Uint8Array> }> {
  let first: Uint8Array = new Uint8Array(0);
  while (first.length < GZIP_MAGIC.length) {
    const next = await source.next();
    if (next.done === true) break;
    first = first.length === 0 ? next.value : Buffer.concat([first, next.value]);
  }
  return { first, all: followedBy(first, source) };
}

/** For those who ask for the next chunk before they are done with the last one, as streams do. */
async function* copied(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) yield Buffer.from(chunk);
}

async function* followedBy(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}
