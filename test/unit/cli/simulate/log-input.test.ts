import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { type LogInput, type LogInputOptions, readLogInput } from "../../../../src/cli/simulate/log-input.ts";
import { describeLogs } from "../../../../src/cli/simulate/log-summary.ts";
import { describeLogError } from "../../../../src/cli/simulate/log-trouble.ts";
import { CapturedOutput } from "../../../support/captured-output.ts";
import { SteppedClock } from "../../../support/stepped-clock.ts";

const combined = (address: string): string =>
  `${address} - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.1" 200 2326 "-" "curl"\n`;
const LOG = [combined("203.0.113.7"), combined("203.0.113.7"), combined("2001:db8:0:1::5"), combined("10.0.0.1")].join(
  "",
);

/** Some time passes whenever somebody looks. */
class TickingClock extends SteppedClock {
  readonly #stepMs: number;

  constructor(stepMs: number) {
    super();
    this.#stepMs = stepMs;
  }

  override nowMs(): number {
    this.advance(this.#stepMs);
    return super.nowMs();
  }
}

describe("readLogInput", () => {
  let folder = "";
  let clock = new SteppedClock();

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "lengket-simulate-"));
  });
  beforeEach(() => {
    clock = new SteppedClock();
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  function file(name: string, content: string | Uint8Array): string {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  }

  async function read(
    from: readonly string[],
    options: Partial<LogInputOptions> = {},
  ): Promise<{ readonly input: LogInput | undefined; readonly err: string }> {
    const stderr = new CapturedOutput();
    const input = await readLogInput({
      ...{ from, format: undefined, prefixV4: 32, prefixV6: 64, mask: false, clock, stderr, env: {} },
      ...options,
    });
    return { input, err: stderr.text.replaceAll(`${folder}/`, "") };
  }

  async function refused(from: readonly string[], options: Partial<LogInputOptions> = {}): Promise<string> {
    const { input, err } = await read(from, options);
    expect(input).to.equal(undefined);
    expect(err)
      .to.match(/^lengket: /)
      .and.to.match(/\n$/);
    return err;
  }

  it("counts the clients of a log, and says what it read", async () => {
    const { input, err } = await read([file("access.log", LOG)]);
    expect(err).to.equal("lengket: 4 lines of access.log (combined) read\n");
    expect(input).to.deep.include({ unit: "request", errorAtMost: 0, shown: undefined });
    expect(input?.population.name).to.equal("access.log");
    expect([...(input?.population.connections ?? [])]).to.deep.equal([2, 1, 1]);
    expect(input?.population.addresses.text(0)).to.equal("203.0.113.7");
    expect(describeLogs(input?.logs ?? []).map((line) => line.replace(`${folder}/`, ""))).to.deep.equal([
      "access.log: 4 lines (nginx or Apache, combined or common), all counted.",
    ]);
  });

  it("reads standard input", async () => {
    async function* stdin(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("10.0.0.1,3\n10.0.0.");
      yield Buffer.from("2,4\n");
    }
    const { input, err } = await read(["-"], { stdin: stdin() });
    expect(err).to.equal("lengket: 2 lines of standard input (csv) read\n");
    expect(input?.population.name).to.equal("standard input");
    expect(input).to.include({ unit: "connection" });
    expect([...(input?.population.connections ?? [])]).to.deep.equal([4, 3]);
  });

  it("counts several logs together, compressed or not, and passes over an empty one", async () => {
    const logs = [file("1.log", LOG), file("2.log.gz", gzipSync(LOG)), file("3.log", "")];
    const { input, err } = await read(logs);
    expect(err).to.equal("lengket: 3.log: it is empty\nlengket: 8 lines of 2 logs read\n");
    expect(input?.population.name).to.equal("2 logs");
    expect([...(input?.population.connections ?? [])]).to.deep.equal([4, 2, 2]);
    expect(input?.logs).to.have.length(2);
  });

  it("takes the prefixes for what is one client", async () => {
    const { input } = await read([file("prefix.csv", "10.0.0.1\n10.0.0.2\n2001:db8::1\n2001:db8:0:1::1\n")], {
      ...{ prefixV4: 24, prefixV6: 48 },
    });
    expect([...(input?.population.connections ?? [])]).to.deep.equal([2, 2]);
  });

  it("masks addresses on request, also in lines that cannot be read", async () => {
    const path = file("masked.log", `${LOG}${combined("203.0.113.256")}`);
    const { input, err } = await read([path], { mask: true });
    expect(err).not.to.include("203.0.113");
    expect(err).to.include("  line 5: not an address\n");
    expect(input?.shown).to.deep.equal({ v4: 24, v6: 48 });
    expect(input?.population.addresses.text(0, input.shown)).to.equal("203.0.113.0/24");
    const open = await read([path]);
    expect(open.err).to.include('  line 5: not an address  "203.0.113.256 - - [');
  });

  it("shows a few malformed lines and counts the others", async () => {
    const path = file("damaged.log", `${LOG}${"what is this\n".repeat(12)}`);
    const { input, err } = await read([path], { format: "combined" });
    const [first, ...others] = err.split("\n");
    expect(first).to.equal("lengket: damaged.log: 12 lines could not be read as combined, most of all:");
    expect(others.slice(0, 5)).to.deep.equal(
      [5, 6, 7, 8, 9].map((line) => `  line ${line}: not a line of this format  "what is this"`),
    );
    expect(others.slice(5)).to.deep.equal([
      ...["  … and 7 more", "  If it is another format, name it: --format NAME."],
      ...["lengket: 16 lines of damaged.log (combined) read", ""],
    ]);
    expect(describeLogs(input?.logs ?? [])[0]).to.include("4 counted, 12 that could not be read.");
    for (const line of err.split("\n")) expect(line.length).to.be.lessThan(81);
  });

  it("says why a log is of no use", async () => {
    expect(await refused([file("empty.log", "")])).to.equal("lengket: empty.log: it is empty\n");
    expect(await refused([file("blank.log", "\n  \n")])).to.include("only blank lines");
    expect(await refused([file("head.csv", "# address,count\n")], { format: "csv" })).to.equal(
      "lengket: head.csv: no line of it names a client address (1 comment or line of another kind)\n",
    );
    expect(await refused([join(folder, "missing.log")])).to.include("missing.log: there is no such file");
    mkdirSync(join(folder, "directory"));
    expect(await refused([join(folder, "directory")])).to.include("directory: this is a directory");
  });

  it("shows the first lines and the known formats when it is no log", async () => {
    const err = await refused([file("notes.txt", `${"Dear diary, ".repeat(20)}\nnothing happened\n`)]);
    expect(err).to.include("notes.txt: no line of it is in any known format. It begins:\n");
    expect(err).to.include('\n  line 2: not a line of this format  "nothing happened"\n');
    expect(err).to.include("\n  haproxy-tcp          HAProxy tcplog\n");
    for (const line of err.split("\n")) expect(line.length).to.be.lessThan(81);
    expect(await refused([file("text.log", LOG)], { format: "haproxy-tcp" })).to.include(
      "no line of it is haproxy-tcp.",
    );
  });

  it("refuses an unknown format, with those that there are", async () => {
    const err = await refused([file("access.log", LOG)], { format: "apache" });
    expect(err).to.include('there is no log format "apache".').and.to.include("  combined ");
  });

  it("uses nothing of a damaged or cut gzip file", async () => {
    const zipped = gzipSync(LOG.repeat(1000));
    expect(await refused([file("cut.gz", zipped.subarray(0, zipped.length - 9))])).to.include(
      "cut.gz: the gzip file ends too early: it was cut, or it is still being written",
    );
    zipped.fill(0x55, 30, 60);
    expect(await refused([file("bad.gz", zipped)])).to.include("bad.gz: the gzip file is damaged (");
    // Not even the other log, which could be read.
    expect(await refused([file("good.log", LOG), join(folder, "bad.gz")])).to.include(
      "bad.gz: the gzip file is damaged",
    );
  });

  it("does not add requests to connections", async () => {
    const err = await refused([file("requests.log", LOG), file("connections.csv", "10.0.0.1\n")]);
    expect(err).to.equal(
      "lengket: requests.log has requests and connections.csv has connections: they cannot be added up\n",
    );
  });

  it("notices a log that becomes shorter while it is read", async () => {
    const path = file("shrinking.log", LOG.repeat(20_000));
    const stderr = new CapturedOutput(true);
    // The first chunk of 256 KiB is drawn, and cuts the rest away.
    const cutting = {
      isTTY: true,
      write: (text: string) => [stderr.write(text), text.includes("%") && file("shrinking.log", LOG)],
    };
    const ticking = new TickingClock(200);
    const { input } = await read([path], { stderr: cutting, clock: ticking });
    expect(stderr.text).to.match(/shrinking\.log: it became shorter while it was read: \d+ of \d+ bytes were there\n/);
    expect(input?.logs[0]?.lines).to.be.lessThan(80_000);
  });

  it("draws on a terminal only, and leaves nothing of it", async () => {
    const path = file("long.log", LOG.repeat(10_000));
    const ticking = new TickingClock(60);
    const terminal = new CapturedOutput(true);
    await read([path], { stderr: terminal, clock: ticking });
    const [last, ...drawn] = terminal.text.split("\r\u001b[K").reverse();
    expect(drawn.some((line) => line.includes("%") && line.includes("lines/s"))).to.equal(true);
    expect(last).to.match(/^lengket: 40,000 lines of .*long\.log \(combined\) read in \d+\.\d s, .* a second\n$/);
    const dumb = new CapturedOutput(true);
    await read([path], { stderr: dumb, clock: ticking, env: { TERM: "dumb" } });
    const pipe = new CapturedOutput(false);
    await read([path], { stderr: pipe, clock: ticking });
    for (const { text } of [dumb, pipe]) expect(text).not.to.include("\r");
  });

  it("says when a file may not be read", async () => {
    const path = file("secret.log", LOG);
    chmodSync(path, 0);
    // Root may read everything.
    if (process.getuid?.() === 0) {
      expect(describeLogError(Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" }))).to.equal(
        "the file may not be read; give this user the right to read it",
      );
      return;
    }
    expect(await refused([path])).to.include("secret.log: the file may not be read; give this user the right");
  });
});
