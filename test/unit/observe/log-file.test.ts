import { spawnSync } from "node:child_process";
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { isSameFile, openLogFile, openTerminal, systemFiles } from "../../../src/observe/log-file.ts";

describe("openLogFile", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "lengket-log-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("takes the process's own outputs and leaves them open to others", () => {
    const isTerminal = (): boolean => false;
    expect(openLogFile("stdout", isTerminal)).to.deep.equal({ fd: 1, owned: false });
    expect(openLogFile("stderr", isTerminal)).to.deep.equal({ fd: 2, owned: false });
  });

  it("opens a terminal once more, so that its mode can be its own", () => {
    const terminal = openSync("/dev/null", "r+");
    const file = openTerminal(terminal);
    expect(file).to.include({ owned: true });
    expect(file.fd).to.not.equal(terminal);
    expect(isSameFile(file.fd, terminal)).to.equal(true);
    const flags = /^flags:\s+([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${file.fd}`, "utf8"))?.[1] ?? "";
    expect(Number.parseInt(flags, 8) & constants.O_NONBLOCK).to.equal(constants.O_NONBLOCK);
    for (const fd of [file.fd, terminal]) closeSync(fd);
  });

  it("takes a terminal that may not be opened as it is, and knows that a write may wait there", () => {
    expect(openTerminal(2, "/no/such/terminal")).to.deep.equal({ fd: 2, owned: false, mayBlock: true });
  });

  it("makes a missing file that not everybody may read, and appends to an existing one", () => {
    const path = join(folder, "new.log");
    const file = openLogFile({ path });
    expect(file.owned).to.equal(true);
    expect(statSync(path).mode & 0o007).to.equal(0);
    writeSync(file.fd, "one\n");
    writeFileSync(path, ""); // as logrotate's copytruncate does
    writeSync(file.fd, "two\n");
    closeSync(file.fd);
    expect(readFileSync(path, "utf8")).to.equal("two\n");
  });

  it("answers with the system's error instead of waiting", () => {
    expect(() => openLogFile({ path: join(folder, "missing", "x.log") })).to.throw(/ENOENT/);
    const fifo = join(folder, "fifo");
    expect(spawnSync("mkfifo", [fifo]).status).to.equal(0);
    expect(() => openLogFile({ path: fifo })).to.throw(/ENXIO/);
  });
});

describe("isSameFile", () => {
  it("sees through different descriptors", () => {
    const one = openSync("/dev/null", "r");
    const two = openSync("/dev/null", "r");
    const other = openSync("/dev/zero", "r");
    expect([isSameFile(one, one), isSameFile(one, two), isSameFile(one, other)]).to.deep.equal([true, true, false]);
    for (const fd of [one, two, other]) closeSync(fd);
  });
});

describe("systemFiles", () => {
  it("opens, writes a part of a buffer, closes", async () => {
    const folder = mkdtempSync(join(tmpdir(), "lengket-log-"));
    const path = join(folder, "x.log");
    const fd = await new Promise<number>((resolve, reject) =>
      systemFiles.open(path, (error, opened) => (error === null ? resolve(opened) : reject(error))),
    );
    const count = await new Promise<number>((resolve, reject) =>
      systemFiles.write(fd, Buffer.from("-hello-"), 1, 5, (error, n) => (error === null ? resolve(n) : reject(error))),
    );
    systemFiles.close(fd);
    expect(count).to.equal(5);
    expect(readFileSync(path, "utf8")).to.equal("hello");
    rmSync(folder, { recursive: true });
  });
});
