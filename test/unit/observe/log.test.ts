import { expect } from "chai";
import { LineRing } from "../../../src/observe/line-ring.ts";
import { createLog, type LogOptions } from "../../../src/observe/log.ts";
import { ScriptedFiles } from "../../support/scripted-files.ts";
import { SteppedClock } from "../../support/stepped-clock.ts";

function setUp(options: Partial<LogOptions> = {}) {
  const clock = new SteppedClock(new Date(2026, 10, 22, 12, 30, 1, 123).getTime());
  const files = new ScriptedFiles();
  const ring = new LineRing({ file: { fd: 2, owned: false }, limitBytes: 1 << 16, lingerMs: 0, clock, files });
  const log = createLog({
    level: "info",
    format: "json",
    instance: "lb1",
    ring,
    clock,
    isTTY: false,
    color: false,
    ...options,
  });
  const lines = (): string[] => {
    while (files.inFlight !== undefined) files.take();
    return files.text(2).split("\n").slice(0, -1);
  };
  return { clock, log, lines, ring };
}

describe("createLog", () => {
  it("writes JSON: time, level, event, message, instance, then the fields in their order", () => {
    const { clock, log, lines } = setUp();
    log.warn("backend app1 is down", { backend: "app1", checks: 3, event: "backend-down", last: true, no: undefined });
    const ts = new Date(clock.wallMs()).toISOString();
    expect(lines()).to.deep.equal([
      `{"ts":"${ts}","level":"warn","event":"backend-down","message":"backend app1 is down","instance":"lb1",` +
        '"backend":"app1","checks":3,"last":true}',
    ]);
  });

  it("never writes a name twice, nor lets a field speak for the log", () => {
    const { log, lines } = setUp();
    log.info("hello", { ts: 1, level: "error", message: "forged", instance: "other" });
    const [line = ""] = lines();
    expect(JSON.parse(line)).to.include({
      level: "info",
      message: "hello",
      instance: "lb1",
      ts_: 1,
      level_: "error",
      message_: "forged",
      instance_: "other",
    });
    expect(line.match(/"message":/g)).to.have.length(1);
  });

  it("writes for people in the pretty format", () => {
    const { log, lines } = setUp({ format: "pretty" });
    log.info("backend app1 is down (3 checks failed: connect refused)", {
      event: "backend-down",
      address: "10.0.0.11:3000",
      because: "connect refused",
      n: 3,
    });
    log.error("stopped");
    expect(lines()).to.deep.equal([
      '12:30:01.123 info  backend app1 is down (3 checks failed: connect refused) address=10.0.0.11:3000 because="connect refused" n=3',
      "12:30:01.123 error stopped",
    ]);
  });

  it("colours only when asked to", () => {
    const plain = setUp({ format: "pretty" });
    plain.log.warn("careful", { a: 1 });
    expect(plain.lines().join()).to.not.include("\x1b");
    const colored = setUp({ format: "pretty", color: true });
    colored.log.warn("careful", { a: 1 });
    expect(colored.lines().join()).to.include("\x1b[33mwarn\x1b[39m");
    const json = setUp({ color: true });
    json.log.warn("careful", { a: 1 });
    expect(json.lines().join()).to.not.include("\x1b");
  });

  it("is pretty on a terminal and json elsewhere when the format is auto", () => {
    const terminal = setUp({ format: "auto", isTTY: true });
    terminal.log.info("hello");
    expect(terminal.lines()).to.deep.equal(["12:30:01.123 info  hello"]);
    const pipe = setUp({ format: "auto", isTTY: false });
    pipe.log.info("hello");
    expect(pipe.lines()[0]).to.match(/^\{"ts"/);
    const forced = setUp({ format: "json", isTTY: true });
    forced.log.info("hello");
    expect(forced.lines()[0]).to.match(/^\{"ts"/);
  });

  it("keeps every message on its line, whatever is in it", () => {
    for (const format of ["json", "pretty"] as const) {
      const { log, lines } = setUp({ format });
      log.info('bad\nname {"level":"error"}\x1b[2J', { "ke\ny": "va\r\nlue\x9b", "%s": "%d" });
      const written = lines();
      expect(written).to.have.length(1);
      expect(written[0]).to.match(/^\P{Cc}+$/u);
      expect(written[0]).to.include("bad\\nname");
    }
  });

  it("shows its level and what is more urgent, and changes it live", () => {
    const { log, lines } = setUp({ level: "warn", format: "pretty" });
    const all = (): void => {
      log.error("e");
      log.warn("w");
      log.info("i");
      log.debug("d");
    };
    all();
    expect([log.level, log.isDebug()]).to.deep.equal(["warn", false]);
    log.setLevel("debug");
    expect([log.level, log.isDebug()]).to.deep.equal(["debug", true]);
    all();
    log.setLevel("error");
    all();
    expect(lines().map((line) => line.slice(13))).to.deep.equal([
      "error e",
      "warn  w",
      "error e",
      "warn  w",
      "info  i",
      "debug d",
      "error e",
    ]);
  });

  it("hands its lines to the ring in the same turn", () => {
    const { log, ring } = setUp();
    for (let i = 0; i < 100; i++) log.info("hello", { i });
    expect(ring.appended).to.equal(100);
  });
});
