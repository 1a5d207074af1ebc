import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { closeAfterEach } from "../support/close-after-each.ts";
import { LengketProcess, type Line } from "../support/lengket-process.ts";
import { settingOf, startBackends, type TestBackend } from "../support/test-backend.ts";
import { TestClient, visit } from "../support/test-client.ts";

describe("a running process takes changes over", function () {
  this.timeout(30_000);
  const later = closeAfterEach();
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "lengket-reload-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function backends(count: number): Promise<readonly TestBackend[]> {
    const started = await startBackends(count);
    for (const backend of started) later(() => backend.kill());
    return started;
  }

  async function hold(lengket: LengketProcess, localAddress = "127.0.0.1"): Promise<TestClient> {
    const client = await TestClient.open({ host: "127.0.0.1", port: lengket.port, localAddress });
    later(() => client.close());
    await client.line();
    return client;
  }

  async function echoes(client: TestClient): Promise<void> {
    client.write("still here\n");
    expect(await client.line()).to.equal("still here");
  }

  const about = (setting: string) => (line: Line) => String(line["setting"]).startsWith(`${setting} (`);

  function writeEnv(path: string, settings: Record<string, string>): void {
    const lines = Object.entries(settings).map(([name, value]) => `LENGKET_${name}=${value}\n`);
    writeFileSync(path, lines.join(""));
  }

  it("SIGHUP reads the env file again: backends, lists and log level, and names what needs a restart", async () => {
    const [one, two] = await backends(2);
    const path = join(folder, "a.env");
    const first = { BACKENDS: one?.setting() ?? "", LOG_LEVEL: "info" };
    writeEnv(path, first);
    const lengket = await LengketProcess.start({}, { args: ["--env-file", path] });
    later(() => lengket.kill());
    const client = await hold(lengket);

    const BACKENDS = `${one?.setting()},${two?.setting()}`;
    writeEnv(path, { BACKENDS, DENY: "127.7.0.0/16", IDLE_TIMEOUT: "1h" });
    lengket.signal("SIGHUP");
    const reloaded = await lengket.said("backends-reloaded");
    expect(reloaded).to.include({ added: "app2", removed: "", reweighted: "" });
    expect(reloaded["moved_share"]).to.be.within(0.4, 0.6);
    expect((await lengket.said("reloaded"))["applied"]).to.equal("LENGKET_BACKENDS,LENGKET_DENY");
    expect((await lengket.said("restart-needed"))["settings"]).to.equal("LENGKET_IDLE_TIMEOUT");
    await echoes(client);
    const outcome = await visit({ host: "127.0.0.1", port: lengket.port, localAddress: "127.7.7.7" }).catch(() => "no");
    expect(outcome).to.equal("no");
    expect((await lengket.access.atLeast(1))[0]).to.include({ cause: "denied" });
  });

  it("a bad reload changes nothing and says why", async () => {
    const [one] = await backends(1);
    const path = join(folder, "b.env");
    writeEnv(path, { BACKENDS: one?.setting() ?? "" });
    const lengket = await LengketProcess.start({}, { args: ["--env-file", path] });
    later(() => lengket.kill());
    const client = await hold(lengket);
    writeEnv(path, { BACKENDS: "app1=10.0.0.1", HASH_POLICY: "rng" });
    lengket.signal("SIGHUP");
    const refusal = await lengket.said("reload-refused", about("LENGKET_HASH_POLICY"));
    expect(refusal["message"]).to.include('did you mean "ring"?');
    await lengket.said("reload-refused", about("LENGKET_BACKENDS[0]"));
    expect(await visit({ host: "127.0.0.1", port: lengket.port })).to.equal("app1");
    await echoes(client);
    expect(lengket.log.items.map(({ event }) => event)).to.not.include("reloaded");

    // The next good one is taken as if nothing had been.
    writeEnv(path, { BACKENDS: one?.setting("weight=3") ?? "" });
    lengket.signal("SIGHUP");
    expect(await lengket.said("backends-reloaded")).to.include({ reweighted: "app1" });
  });

  it("a reload says what is odd about the new settings, once", async () => {
    const [one] = await backends(1);
    const path = join(folder, "odd.env");
    const BACKENDS = one?.setting() ?? "";
    writeEnv(path, { BACKENDS, QUEUE_TIMEOUT: "5s" });
    const lengket = await LengketProcess.start({}, { args: ["--env-file", path] });
    later(() => lengket.kill());
    const warned = (): readonly unknown[] =>
      lengket.log.items.filter(({ event }) => event === "config-warning").map(({ setting }) => setting);
    const reload = async (settings: Record<string, string>): Promise<void> => {
      const from = lengket.log.items.length;
      writeEnv(path, settings);
      lengket.signal("SIGHUP");
      await lengket.said("reloaded", undefined, from);
    };

    // The first warning was printed at the start already.
    await reload({ BACKENDS, QUEUE_TIMEOUT: "5s", RETRIES: "0", RETRY_DELAY: "1s" });
    expect(warned()).to.deep.equal([`LENGKET_RETRY_DELAY (${path}:4)`]);
    const warning = await lengket.said("config-warning");
    expect(warning).to.include({ level: "warn", trigger: "SIGHUP" });
    expect(warning["message"]).to.include("no effect while LENGKET_RETRIES is 0; set LENGKET_RETRIES=2");

    await reload({ BACKENDS, QUEUE_TIMEOUT: "5s", RETRIES: "0", RETRY_DELAY: "1s" });
    expect(warned()).to.have.lengthOf(1);
    // Gone and back: worth saying again.
    await reload({ BACKENDS, QUEUE_TIMEOUT: "5s", RETRIES: "0" });
    await reload({ BACKENDS, QUEUE_TIMEOUT: "5s", RETRIES: "0", RETRY_DELAY: "1s" });
    expect(warned()).to.have.lengthOf(2);
  });

  it("a changed BACKENDS_FILE is noticed, written in place or replaced; an empty or missing one changes nothing", async () => {
    const started = await backends(3);
    const path = join(folder, "backends.txt");
    const write = (list: string): void => writeFileSync(path, `# a comment\n${list.replaceAll(",", "\n")}\n`);
    write(settingOf(started.slice(0, 2)));
    const lengket = await LengketProcess.start({ BACKENDS_FILE: path });
    later(() => lengket.kill());
    const client = await hold(lengket);

    let from = lengket.log.items.length;
    write(settingOf(started));
    expect(await lengket.said("backends-reloaded", undefined, from)).to.include({ added: "app3", removed: "" });

    from = lengket.log.items.length;
    writeFileSync(`${path}.new`, `${settingOf(started.slice(1)).replaceAll(",", "\n")}\n`);
    renameSync(`${path}.new`, path);
    expect(await lengket.said("backends-reloaded", undefined, from)).to.include({ added: "", removed: "app1" });

    from = lengket.log.items.length;
    write("");
    await lengket.said("reload-refused", undefined, from);
    rmSync(path);
    await lengket.said("backends-file", undefined, from);
    expect(await visit({ host: "127.0.0.1", port: lengket.port })).to.be.oneOf(["app2", "app3"]);
    await echoes(client);
  });

  it("SIGUSR1 opens the access log again after it was moved away; no line is lost", async () => {
    const [one] = await backends(1);
    const path = join(folder, "access.log");
    const lengket = await LengketProcess.start({ BACKENDS: one?.setting() ?? "", ACCESS_LOG: path });
    later(() => lengket.kill());
    for (let i = 0; i < 5; i++) await visit({ host: "127.0.0.1", port: lengket.port });
    renameSync(path, `${path}.1`);
    lengket.signal("SIGUSR1");
    await lengket.said("log-reopened");
    for (let i = 0; i < 5; i++) await visit({ host: "127.0.0.1", port: lengket.port });
    lengket.signal("SIGINT");
    expect(await lengket.exited).to.deep.equal({ code: 0, signal: null });
    const lines = (file: string): readonly Record<string, unknown>[] =>
      readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line));
    const ids = [...lines(`${path}.1`), ...lines(path)].map(({ id }) => id);
    expect(ids).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    // Lines wait a few milliseconds for company: the first five may all have been written after the move.
    expect(lines(path).length).to.be.at.least(5);
  });
});
