import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { ListenError } from "../../src/compose/listen-error.ts";
import { balancerOf, type RunningBalancer } from "../support/balancer-of.ts";
import { closeAfterEach } from "../support/close-after-each.ts";
import { LengketProcess } from "../support/lengket-process.ts";
import { settingOf, startBackends, TestBackend } from "../support/test-backend.ts";
import { loopback, turnedAway, visit } from "../support/test-client.ts";

describe("listening places", () => {
  const later = closeAfterEach();
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "lengket-listen-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function backendsSetting(): Promise<string> {
    const backends = await startBackends(4);
    for (const backend of backends) later(() => backend.kill());
    return settingOf(backends);
  }

  async function start(flags: Record<string, string>): Promise<RunningBalancer> {
    const lengket = await balancerOf({ BACKENDS: await backendsSetting(), ...flags });
    later(() => lengket.balancer.close());
    return lengket;
  }

  it("an IPv4 client gets the same backend through an IPv4 and a dual-stack listener", async () => {
    const lengket = await start({ LISTEN: "127.0.0.1:0;name=four, :0;name=both, [::1]:0;name=six" });
    const [four = 0, both = 0, six = 0] = lengket.balancer.ports;
    expect(new Set([four, both, six]).size).to.equal(3);
    const met = new Set<string>();
    for (let i = 0; i < 60; i++) {
      const localAddress = loopback(i);
      const name = await visit({ host: "127.0.0.1", port: four, localAddress });
      expect(await visit({ host: "127.0.0.1", port: both, localAddress })).to.equal(name);
      met.add(name);
    }
    expect(met.size).to.equal(4);
    const one = await visit({ host: "::1", port: six });
    expect(await visit({ host: "::1", port: both })).to.equal(one);

    const records = await lengket.records.atLeast(122);
    const seen = new Set(records.map(({ listener, key }) => `${listener} ${key.includes(":") ? key : "v4"}`));
    expect([...seen].sort()).to.deep.equal(["both ::/64", "both v4", "four v4", "six ::/64"]);
    expect(records.every(({ client }) => !client.address.startsWith("::ffff"))).to.equal(true);
  });

  it("an IPv6 backend is reached, and a name", async () => {
    const six = await TestBackend.start("six", undefined, "::1");
    later(() => six.kill());
    const viaSix = await start({ BACKENDS: six.setting() });
    expect(await visit(viaSix.at())).to.equal("six");
    const four = await TestBackend.start("four");
    later(() => four.kill());
    const named = await start({ BACKENDS: `named=localhost:${four.port}` });
    expect(await visit(named.at())).to.equal("four");
  });

  it("a unix socket: all its clients are one; its file is replaced when stale and removed at the end", async () => {
    const path = join(folder, "a.sock");
    // A file left behind by a process that was killed.
    const leaving = spawn(process.execPath, ["-e", "require('net').createServer().listen(process.argv[1])", path]);
    await until(() => existsSync(path));
    leaving.kill("SIGKILL");
    await once(leaving, "exit");
    expect(statSync(path).isSocket()).to.equal(true);

    const lengket = await start({ LISTEN: `unix:${path}` });
    expect(lengket.balancer.addresses).to.deep.equal([`unix:${path}`]);
    const names = await Promise.all(Array.from({ length: 10 }, () => visit({ path })));
    expect(new Set(names).size).to.equal(1);
    const [record] = await lengket.records.atLeast(10);
    expect(record?.client).to.deep.equal({ address: "", port: 0 });
    expect(record?.key).to.equal("unix");

    const second = await balancerOf({ LISTEN: `unix:${path}`, BACKENDS: "a=127.0.0.1:1" }).catch((e: unknown) => e);
    expect(second, "somebody answers on it: it is not stale").to.be.instanceOf(ListenError);
    lengket.balancer.close();
    expect(existsSync(path)).to.equal(false);
  });

  it("a place that cannot be had is a ListenError with the reason, and closes the other ones", async () => {
    const taken = createServer();
    taken.listen(0, "127.0.0.1");
    await once(taken, "listening");
    later(() => taken.close());
    const { port } = taken.address() as AddressInfo;
    const LISTEN = `127.0.0.1:0, 127.0.0.1:${port};name=mine`;
    const error = await balancerOf({ LISTEN, BACKENDS: "a=127.0.0.1:1" }).catch((e: unknown) => e);
    expect(error).to.be.instanceOf(ListenError).with.property("code", "EADDRINUSE");
    expect(error)
      .to.have.property("message")
      .that.matches(/^cannot listen on mine: another process listens there/);
  });

  it("a place that cannot be had is explained by what kind of place it is", async () => {
    const file = join(folder, "precious.txt");
    writeFileSync(file, "not a socket");
    const taken = createServer();
    const socket = join(folder, "taken.sock");
    taken.listen(socket);
    await once(taken, "listening");
    later(() => taken.close());
    const explained: readonly (readonly [place: string, code: string, reason: RegExp])[] = [
      [`unix:${file}`, "EADDRINUSE", /no socket has that path; it is left alone/],
      [`unix:${socket}`, "EADDRINUSE", /another process listens there/],
      [`unix:${folder}/missing/a.sock`, "EACCES", /the directory does not exist/],
      [`unix:${file}/a.sock`, "ENOTDIR", /not a directory/],
      ["[fe80::1]:0", "EINVAL", /link-local address needs its interface, e\.g\. \[fe80::1%eth0\]/],
      ["192.0.2.1:0", "EADDRNOTAVAIL", /does not have that address/],
      ["fd:65535", "EINVAL", /no listening socket was inherited/],
    ];
    for (const [LISTEN, code, reason] of explained) {
      const error = await balancerOf({ LISTEN, BACKENDS: "a=127.0.0.1:1" }).catch((e: unknown) => e);
      expect(error, LISTEN).to.be.instanceOf(ListenError).with.property("code", code);
      expect(error).to.have.property("message").that.matches(reason);
    }
    expect(readFileSync(file, "utf8")).to.equal("not a socket");
  });

  describe("inherited from the service manager", () => {
    /** Runs the balancer with a listening socket as descriptor 3, as sd_listen_fds(3) describes. */
    async function activated(flags: Record<string, string>, environment: string): Promise<[LengketProcess, number]> {
      const socket = createServer();
      socket.listen(0, "127.0.0.1");
      await once(socket, "listening");
      const { port } = socket.address() as AddressInfo;
      const { fd } = (socket as unknown as { readonly _handle: { readonly fd: number } })._handle;
      // Only the process itself knows its id before it starts: `exec` keeps the shell's.
      const script = `${environment} exec "$0" "$@"`;
      const lengket = new LengketProcess(
        { BACKENDS: await backendsSetting(), ...flags },
        { command: ["/bin/sh", "-c", script, process.execPath], stdio: ["ignore", "pipe", "pipe", fd] },
      );
      later(() => lengket.kill());
      // Ours is closed: from here on only the balancer accepts there.
      socket.close();
      return [lengket, port];
    }

    it("LISTEN=systemd takes it with its name", async () => {
      const environment = "LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=web";
      const [lengket, port] = await activated({ LISTEN: "systemd" }, environment);
      await lengket.said("listening");
      expect(await visit({ host: "127.0.0.1", port })).to.match(/^app\d$/);
      const [record] = await lengket.access.atLeast(1);
      expect(record?.["listener"]).to.equal("web");
    });

    it("LISTEN=fd:3 takes it too", async () => {
      const [lengket, port] = await activated({ LISTEN: "fd:3" }, "");
      await lengket.said("listening");
      expect(await visit({ host: "127.0.0.1", port })).to.match(/^app\d$/);
    });

    it("sockets for another process are left alone: exit 71", async () => {
      const [lengket] = await activated({ LISTEN: "systemd" }, "LISTEN_PID=1 LISTEN_FDS=1");
      const said = await lengket.said("listen-failed");
      expect(said["message"]).to.include("passed no sockets");
      expect(await lengket.exited).to.deep.equal({ code: 71, signal: null });
    });
  });

  it("a client that was accepted while the backends refuse is reset, not left hanging", async () => {
    const lengket = await start({ BACKENDS: "gone=127.0.0.1:1", RETRIES: "1", RETRY_DELAY: "1ms" });
    expect(await turnedAway(lengket.at())).to.equal("reset");
    const [record] = await lengket.records.atLeast(1);
    expect(record).to.include({
      cause: "connect-refused",
      endedBy: "backend",
      state: "SC",
      attempts: 2,
      phase: "connect",
    });
  });
});

/** Looks every few ms; the file of another process announces itself to nobody. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}
