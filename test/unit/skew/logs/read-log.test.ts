import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { defaultReadLogOptions, readLog, readLogFile } from "../../../../src/skew/logs/read-log.ts";
import { populationOfLog } from "../../../../src/skew/populations/from-log.ts";

const lines = Array.from({ length: 20_000 }, (_, i) => `10.0.${i % 7}.${i % 11},2\n`).join("");

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
}

async function failure(promise: Promise<unknown>): Promise<NodeJS.ErrnoException> {
  try {
    await promise;
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
  throw new Error("nothing was thrown");
}

describe("readLog", () => {
  let folder = "";

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "lengket-log-"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("reads a file, and tells how far it is", async () => {
    const path = join(folder, "clients.csv");
    writeFileSync(path, lines);
    const progress: number[] = [];
    const log = await readLogFile(path, { ...defaultReadLogOptions, onProgress: (bytes) => progress.push(bytes) });
    expect(log).to.include({ format: "csv", counted: 20_000, total: 40_000, errorAtMost: 0, bytes: lines.length });
    expect(log.clients.addresses.length).to.equal(77);
    expect(progress.at(-1)).to.equal(lines.length);
    expect(progress).to.deep.equal([...progress].sort((a, b) => a - b));
  });

  it("reads gzip, known by its first bytes however they come, several members too", async () => {
    const half = lines.length / 2;
    const zipped = Buffer.concat([gzipSync(lines.slice(0, half)), gzipSync(lines.slice(half))]);
    for (const size of [1, 1_000, zipped.length]) {
      const log = await readLog(chunksOf(zipped, size), defaultReadLogOptions);
      expect(log).to.include({ counted: 20_000, bytes: lines.length });
    }
  });

  it("reads nothing from nothing", async () => {
    const log = await readLog(chunksOf(new Uint8Array(0), 1), defaultReadLogOptions);
    expect(log).to.include({ format: undefined, lines: 0, total: 0 });
    expect((await readLog(chunksOf(Buffer.from("\u001f"), 1), defaultReadLogOptions)).malformed).to.equal(1);
  });

  it("says when gzip is damaged or cut", async () => {
    const zipped = gzipSync(lines);
    const cut = await failure(readLog(chunksOf(zipped.subarray(0, zipped.length - 20), 500), defaultReadLogOptions));
    expect(cut.code).to.equal("Z_BUF_ERROR");
    const damaged = Buffer.from(zipped);
    damaged.fill(0x55, 40, 80);
    expect((await failure(readLog(chunksOf(damaged, 500), defaultReadLogOptions))).code).to.equal("Z_DATA_ERROR");
  });

  it("closes the source when something goes wrong", async () => {
    let closed = false;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        // Behind the header a block of a type that does not exist (RFC 1951, section 3.2.3).
        yield gzipSync("10.0.0.1\n").subarray(0, 10);
        for (;;) yield Buffer.alloc(100_000, 0xff);
      } finally {
        closed = true;
      }
    }
    expect((await failure(readLog(source(), defaultReadLogOptions))).code).to.equal("Z_DATA_ERROR");
    expect(closed).to.equal(true);
  });

  it("says when there is no such file", async () => {
    const missing = join(folder, "missing");
    expect((await failure(readLogFile(missing, defaultReadLogOptions))).code).to.equal("ENOENT");
  });

  it("makes a population of its clients, of users that nobody knows", async () => {
    const log = await readLog(chunksOf(Buffer.from("10.0.0.1,5\n10.0.0.2,7\n"), 5), defaultReadLogOptions);
    const population = populationOfLog(log, "clients.csv");
    expect(population.addresses.text(0)).to.equal("10.0.0.2");
    expect([...population.connections]).to.deep.equal([7, 5]);
    expect(population).to.include({ users: undefined, seed: undefined, title: "the clients of clients.csv" });
    expect([...population.groupOf]).to.deep.equal([0, 0]);
  });
});
