import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect } from "chai";
import { closeAfterEach } from "../support/close-after-each.ts";
import { within } from "../support/gathered.ts";
import { LengketProcess } from "../support/lengket-process.ts";
import { SEEDED_MISTAKES } from "../support/seeded-mistakes.ts";
import { settingOf, startBackends, TestBackend } from "../support/test-backend.ts";
import { TestClient, visit } from "../support/test-client.ts";

const ENDED_WELL = { code: 0, signal: null };

describe("signals, to a process of its own", function () {
  this.timeout(30_000);
  const later = closeAfterEach();

  async function start(flags: Record<string, string> = {}): Promise<LengketProcess> {
    const backends = await startBackends(2);
    for (const backend of backends) later(() => backend.kill());
    const lengket = await LengketProcess.start({ BACKENDS: settingOf(backends), ...flags });
    later(() => lengket.kill());
    return lengket;
  }

  async function hold(lengket: LengketProcess): Promise<TestClient> {
    const client = await TestClient.open({ host: "127.0.0.1", port: lengket.port });
    later(() => client.close());
    await client.line();
    return client;
  }

  const refused = (port: number): Promise<unknown> =>
    visit({ host: "127.0.0.1", port }).then(
      () => "served",
      (error: NodeJS.ErrnoException) => error.code,
    );

  it("SIGTERM: serves new clients for SHUTDOWN_MIN, then none, waits for the last connection, and ends with 0", async () => {
    const lengket = await start({ SHUTDOWN_MIN: "300ms", SHUTDOWN_QUIET: "0", SHUTDOWN_TIMEOUT: "20s" });
    const client = await hold(lengket);
    const signalled = performance.now();
    lengket.signal("SIGTERM");
    await lengket.said("drain", (line) => line["stage"] === "listening");
    // Whoever is refused comes too late.
    let visits = 1;
    while ((await refused(lengket.port)) === "served") visits++;
    expect(performance.now() - signalled).to.be.above(295);
    await lengket.said("drain", (line) => line["stage"] === "ending");
    expect(await refused(lengket.port)).to.equal("ECONNREFUSED");
    client.write("still here\n");
    expect(await client.line()).to.equal("still here");
    client.end();
    await client.rest();
    expect(await within(2000, "the end", lengket.exited)).to.deep.equal(ENDED_WELL);
    const done = await lengket.said("drain", (line) => line["stage"] === "done");
    expect(done).to.include({ closed: 0, level: "info" });
    const states = (await lengket.access.atLeast(visits)).map(({ state }) => state);
    expect(new Set(states)).to.deep.equal(new Set(["--"]));
  });

  it("SIGTERM: does not stop accepting while clients keep coming (SHUTDOWN_QUIET)", async () => {
    const lengket = await start({ SHUTDOWN_MIN: "0", SHUTDOWN_QUIET: "300ms", SHUTDOWN_TIMEOUT: "20s" });
    let lastServed = performance.now();
    await visit({ host: "127.0.0.1", port: lengket.port });
    lengket.signal("SIGTERM");
    await lengket.said("stopping");
    const until = performance.now() + 700;
    while (performance.now() < until) {
      const knocked = performance.now();
      // Right when this process was held up for that long, which is seen below.
      if ((await refused(lengket.port)) !== "served") break;
      lastServed = knocked;
    }
    await lengket.said("drain", (line) => line["stage"] === "ending");
    expect(performance.now() - lastServed).to.be.above(295);
    expect(await lengket.exited).to.deep.equal(ENDED_WELL);
  });

  it("SIGTERM: closes at SHUTDOWN_TIMEOUT what has not ended by itself, and says so", async () => {
    const lengket = await start({ SHUTDOWN_MIN: "0", SHUTDOWN_QUIET: "0", SHUTDOWN_TIMEOUT: "300ms" });
    const client = await hold(lengket);
    lengket.signal("SIGTERM");
    expect(await within(3000, "the end", client.ended)).to.equal("fin");
    expect(await within(3000, "the exit", lengket.exited)).to.deep.equal(ENDED_WELL);
    expect(await lengket.said("drain", (line) => line["stage"] === "done")).to.include({ closed: 1, level: "warn" });
    expect(lengket.access.items[0]).to.include({ cause: "shutdown", ended_by: "operator", state: "KD" });
  });

  /** Its backend sends without end, and its only client has stopped reading. */
  async function startWithStuckClient(times: Record<string, string>): Promise<LengketProcess> {
    const backend = await TestBackend.start("app", (socket) => {
      const chunk = Buffer.alloc(1 << 20);
      const more = (): void => {
        while (!socket.destroyed && socket.write(chunk));
      };
      socket.on("drain", more);
      more();
    });
    later(() => backend.kill());
    const lengket = await start({ BACKENDS: backend.setting(), ...times });
    const client = await TestClient.open({ host: "127.0.0.1", port: lengket.port });
    later(() => client.close());
    await client.read(8_000_000);
    client.socket.pause();
    return lengket;
  }

  it("SIGTERM: a client that reads nothing cannot keep the process from ending at SHUTDOWN_TIMEOUT", async () => {
    const times = { SHUTDOWN_MIN: "0", SHUTDOWN_QUIET: "0", SHUTDOWN_TIMEOUT: "200ms" };
    const lengket = await startWithStuckClient(times);
    lengket.signal("SIGTERM");
    await lengket.said("drain", (line) => line["stage"] === "done");
    // What is on its way has a few seconds more.
    expect(await within(8000, "the exit", lengket.exited)).to.deep.equal(ENDED_WELL);
  });

  it("SIGTERM: stops accepting half way to SHUTDOWN_TIMEOUT under steady traffic, and nobody is cut off", async () => {
    const lengket = await start({ SHUTDOWN_MIN: "0", SHUTDOWN_QUIET: "1s", SHUTDOWN_TIMEOUT: "1500ms" });
    await visit({ host: "127.0.0.1", port: lengket.port });
    const signalled = performance.now();
    lengket.signal("SIGTERM");
    await lengket.said("stopping");
    let served = 1;
    while ((await visit({ host: "127.0.0.1", port: lengket.port }).catch(() => "")) !== "") served++;
    expect(performance.now() - signalled).to.be.within(745, 1490);
    expect(await within(3000, "the exit", lengket.exited)).to.deep.equal(ENDED_WELL);
    expect(await lengket.said("drain", (line) => line["stage"] === "done")).to.include({ closed: 0 });
    const states = (await lengket.access.atLeast(served)).slice(0, served).map(({ state }) => state);
    expect(new Set(states)).to.deep.equal(new Set(["--"]));
  });

  for (const second of ["SIGTERM", "SIGINT"] as const) {
    it(`a second signal (${second}) ends now`, async () => {
      const lengket = await start({ SHUTDOWN_MIN: "1m", SHUTDOWN_TIMEOUT: "5m" });
      const client = await hold(lengket);
      lengket.signal("SIGTERM");
      await lengket.said("drain", (line) => line["stage"] === "listening");
      lengket.signal(second);
      expect(await within(2000, "the end", client.ended)).to.equal("reset");
      expect(await within(2000, "the exit", lengket.exited)).to.deep.equal(ENDED_WELL);
      const said = second === "SIGTERM" ? "SIGTERM again" : "SIGINT after SIGTERM";
      expect((await lengket.said("stopping-now"))["message"]).to.equal(`${said}: ending all connections now`);
    });
  }

  it("a second signal does not wait for a client that reads nothing", async () => {
    const lengket = await startWithStuckClient({ SHUTDOWN_MIN: "1m", SHUTDOWN_TIMEOUT: "5m" });
    lengket.signal("SIGTERM");
    await lengket.said("drain", (line) => line["stage"] === "listening");
    lengket.signal("SIGTERM");
    expect(await within(1500, "the exit", lengket.exited)).to.deep.equal(ENDED_WELL);
    expect(lengket.access.items[0]).to.include({ cause: "shutdown", state: "KD" });
  });

  it("SIGINT stops accepting at once and waits for the connections", async () => {
    const lengket = await start({ SHUTDOWN_MIN: "1m", SHUTDOWN_TIMEOUT: "5m" });
    const client = await hold(lengket);
    lengket.signal("SIGINT");
    await lengket.said("drain", (line) => line["stage"] === "ending");
    expect(await refused(lengket.port)).to.equal("ECONNREFUSED");
    expect(lengket.log.items.map(({ stage }) => stage)).to.not.include("listening");
    client.end();
    expect(await within(2000, "the exit", lengket.exited)).to.deep.equal(ENDED_WELL);
  });

  it("SIGINT during the first checks ends it, before it ever listened", async () => {
    // Accepts and never answers, so that the first check takes its whole time.
    const asked: (() => void)[] = [];
    const silent = new Promise<void>((resolve) => asked.push(resolve));
    const backend = await TestBackend.start("silent", () => asked[0]?.());
    later(() => backend.kill());
    const lengket = new LengketProcess({ BACKENDS: backend.setting(), HEALTH: "http", HEALTH_TIMEOUT: "1m" });
    later(() => lengket.kill());
    await silent;
    lengket.signal("SIGINT");
    expect(await within(3000, "the exit", lengket.exited)).to.deep.equal(ENDED_WELL);
    expect(lengket.log.items.map(({ event }) => event)).to.not.include("listening");
  });
});

describe("exit codes", function () {
  this.timeout(20_000);
  const later = closeAfterEach();

  it("71 when its port is taken, with a line that says which", async () => {
    const taken = createServer();
    taken.listen(0, "127.0.0.1");
    await once(taken, "listening");
    later(() => taken.close());
    const { port } = taken.address() as AddressInfo;
    const lengket = new LengketProcess({ LISTEN: `127.0.0.1:${port}`, BACKENDS: "a=127.0.0.1:1" });
    expect((await lengket.said("listen-failed"))["message"]).to.include(`127.0.0.1:${port}`);
    expect(await lengket.exited).to.deep.equal({ code: 71, signal: null });
  });

  it("78 for a bad configuration, with every mistake, and nothing is started", async () => {
    const flags = Object.fromEntries(
      SEEDED_MISTAKES.map(({ variable, value }) => [variable.replace(/^LENGKET_/, ""), value]),
    );
    const lengket = new LengketProcess(flags);
    expect(await lengket.exited).to.deep.equal({ code: 78, signal: null });
    // Long sentences are wrapped.
    const report = lengket.text.items.join(" ").replace(/\s+/g, " ");
    expect(SEEDED_MISTAKES.length).to.be.at.least(20);
    for (const { where, problem } of SEEDED_MISTAKES) expect(report).to.include(where).and.to.include(problem);
    expect(lengket.log.items).to.deep.equal([]);
  });

  it("78 when the access log cannot be opened", async () => {
    const lengket = new LengketProcess({ BACKENDS: "a=127.0.0.1:1", ACCESS_LOG: "/no/such/folder/access.log" });
    expect(await lengket.exited).to.deep.equal({ code: 78, signal: null });
    const report = lengket.text.items.join(" ").replace(/\s+/g, " ");
    expect(report).to.include('LENGKET_ACCESS_LOG "/no/such/folder/access.log" there is no such directory');
    expect(report).to.not.include("ENOENT");
  });

  it("71 when it may not open enough files to load itself, with one line", async () => {
    const limited = ["/bin/sh", "-c", 'ulimit -n 64 && exec "$0" "$@"', process.execPath];
    const lengket = new LengketProcess({ BACKENDS: "a=127.0.0.1:1" }, { command: limited });
    expect(await lengket.exited).to.deep.equal({ code: 71, signal: null });
    expect(lengket.text.items).to.deep.equal([
      "lengket: not enough open files allowed (ulimit -n 64); at least 256 are needed",
    ]);
  });
});
