import { once } from "node:events";
import { lstatSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { Listener, type ListenerParts, type OpenablePlace } from "../../../src/path/listen.ts";
import { systemClock } from "../../../src/platform/clock.ts";
import { closeAfterEach } from "../../support/close-after-each.ts";
import { clusterOf } from "../../support/clusters.ts";
import { GET, HttpWorld, OK } from "../../support/http-world.ts";
import { PathWorld } from "../../support/path-world.ts";
import { SteppedClock } from "../../support/stepped-clock.ts";

describe("Listener", () => {
  const later = closeAfterEach();
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "lengket-unit-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** A listener in front of no backends: every connection it accepts leaves a record at once. */
  function listenerAt(
    place: OpenablePlace,
    clock: ListenerParts["clock"] = systemClock,
    world: PathWorld = new PathWorld(clusterOf({})),
  ) {
    const told: string[] = [];
    const listener = new Listener({
      name: "test",
      place,
      mode: "tcp",
      proxyProtocolIn: "off",
      options: { backlog: 16, noDelay: true, keepAliveMs: 0, reusePort: false, readMode: "direct" },
      path: world.path,
      clock,
      events: {
        onAcceptFailed: (_, error, pauseMs) => told.push(`${error.message} ${pauseMs}`),
        onReopened: () => told.push("reopened"),
        onStreamFallback: () => told.push("stream"),
      },
    });
    later(() => listener.close());
    return { listener, world, told };
  }

  /** Resolves when the listener has turned the client away. */
  function knock(to: net.NetConnectOpts): Promise<void> {
    return new Promise((resolve) => {
      net
        .connect(to)
        .on("error", () => {})
        .on("close", () => resolve());
    });
  }

  async function refused(to: net.NetConnectOpts): Promise<string | undefined> {
    const socket = net.connect(to);
    const [error] = (await once(socket, "error")) as [NodeJS.ErrnoException];
    return error.code;
  }

  const failure = (promise: Promise<void>): Promise<string | undefined> =>
    promise.then(
      () => "started",
      (error: NodeJS.ErrnoException) => error.code,
    );

  it("says where it listens, with the port that it got", async () => {
    const four = listenerAt({ kind: "tcp", host: "127.0.0.1", port: 0 });
    expect(four.listener.address).to.equal("127.0.0.1:0");
    await four.listener.start();
    expect(four.listener.port).to.be.greaterThan(0);
    expect(four.listener.address).to.equal(`127.0.0.1:${four.listener.port}`);
    const six = listenerAt({ kind: "tcp", host: "::1", port: 0 });
    expect(six.listener.address).to.equal("[::1]:0");
    await six.listener.start();
    expect(six.listener.address).to.equal(`[::1]:${six.listener.port}`);
    expect([four.listener.readMode, four.told]).to.deep.equal(["direct", []]);
  });

  it("without a host takes both families, and folds mapped addresses", async () => {
    const { listener, world } = listenerAt({ kind: "tcp", host: undefined, port: 0 });
    await listener.start();
    await knock({ host: "127.0.0.1", port: listener.port });
    await knock({ host: "::1", port: listener.port });
    expect(world.records.map(({ client }) => client.address)).to.deep.equal(["127.0.0.1", "::1"]);
  });

  it("rejects with the reason when the place is taken", async () => {
    const { listener } = listenerAt({ kind: "tcp", host: "127.0.0.1", port: 0 });
    await listener.start();
    const second = listenerAt({ kind: "tcp", host: "127.0.0.1", port: listener.port });
    expect(await failure(second.listener.start())).to.equal("EADDRINUSE");
    expect([second.listener.port, second.told]).to.deep.equal([0, []]);
  });

  it("closed: takes nobody any more", async () => {
    const { listener } = listenerAt({ kind: "tcp", host: "127.0.0.1", port: 0 });
    await listener.start();
    const { port } = listener;
    listener.close();
    listener.close();
    expect(await refused({ host: "127.0.0.1", port })).to.equal("ECONNREFUSED");
  });

  it("closed while it starts: does not listen", async () => {
    const { listener } = listenerAt({ kind: "tcp", host: "127.0.0.1", port: 0 });
    const started = listener.start();
    listener.close();
    await started;
    expect(listener.port).to.equal(0);
  });

  describe("on a unix socket", () => {
    const at = (name: string) => ({ kind: "unix", path: join(folder, name) }) as const;

    it("serves it and removes its file at the end", async () => {
      const place = at("live");
      const { listener, world } = listenerAt(place);
      await listener.start();
      expect([listener.address, listener.port]).to.deep.equal([`unix:${place.path}`, 0]);
      await knock({ path: place.path });
      expect(world.lastRecord).to.deep.include({ key: "unix", client: { address: "", port: 0 } });
      listener.close();
      expect(() => lstatSync(place.path)).to.throw("ENOENT");
    });

    it("leaves one alone that somebody else serves", async () => {
      const place = at("taken");
      const { listener, world } = listenerAt(place);
      await listener.start();
      expect(await failure(listenerAt(place).listener.start())).to.equal("EADDRINUSE");
      const before = world.records.length;
      await knock({ path: place.path });
      expect(world.records).to.have.length(before + 1);
    });

    it("never removes a file that is no socket", async () => {
      const place = at("precious");
      writeFileSync(place.path, "letters");
      expect(await failure(listenerAt(place).listener.start())).to.equal("EADDRINUSE");
      expect(readFileSync(place.path, "utf8")).to.equal("letters");
      const link = at("link");
      symlinkSync(place.path, link.path);
      expect(await failure(listenerAt(link).listener.start())).to.equal("EADDRINUSE");
      expect(readFileSync(place.path, "utf8")).to.equal("letters");
      expect(lstatSync(link.path).isSymbolicLink()).to.equal(true);
    });

    it("says what is wrong with the folder", async () => {
      expect(await failure(listenerAt(at("no/such/folder")).listener.start())).to.be.oneOf(["ENOENT", "EACCES"]);
    });
  });

  describe("when accepting fails", () => {
    /** Runs `action` and gives the server that it made listen. */
    async function serverOf(action: () => Promise<void>): Promise<net.Server> {
      const made: net.Server[] = [];
      const { createServer } = net;
      Object.assign(net, {
        createServer: (...args: Parameters<typeof createServer>) => {
          const server = createServer(...args);
          made.push(server);
          return server;
        },
      });
      try {
        await action();
      } finally {
        Object.assign(net, { createServer });
      }
      const [server] = made;
      if (server === undefined) throw new Error("no server was made");
      return server;
    }

    const outOfDescriptors = () => Object.assign(new Error("accept EMFILE"), { code: "EMFILE" });

    async function until(isSo: () => boolean): Promise<void> {
      for (let i = 0; i < 1000 && !isSo(); i++) await new Promise((resolve) => setImmediate(resolve));
    }

    it("closes for a while, then takes the same port again", async () => {
      const clock = new SteppedClock();
      const { listener, told, world } = listenerAt({ kind: "tcp", host: "127.0.0.1", port: 0 }, clock);
      const server = await serverOf(() => listener.start());
      const { port } = listener;
      server.emit("error", outOfDescriptors());
      expect(told).to.deep.equal(["accept EMFILE 100"]);
      expect(await refused({ host: "127.0.0.1", port })).to.equal("ECONNREFUSED");
      expect(listener.address, "it says so meanwhile, too").to.equal(`127.0.0.1:${port}`);
      clock.advance(100);
      await until(() => told.length > 1);
      expect([told[1], listener.port]).to.deep.equal(["reopened", port]);
      await knock({ host: "127.0.0.1", port });
      expect(world.records).to.have.length(1);
    });

    it("takes the same pause when it is told to, once, and not at all when it does not listen", async () => {
      const clock = new SteppedClock();
      const { listener, told } = listenerAt({ kind: "tcp", host: "127.0.0.1", port: 0 }, clock);
      listener.suspend("too early");
      await listener.start();
      const { port } = listener;
      listener.suspend("no descriptor");
      listener.suspend("no descriptor");
      expect(told).to.deep.equal(["no descriptor 100"]);
      expect(await refused({ host: "127.0.0.1", port })).to.equal("ECONNREFUSED");
      clock.advance(100);
      await until(() => told.length > 1);
      expect([told[1], listener.port]).to.deep.equal(["reopened", port]);
      listener.close();
      listener.suspend("too late");
      expect(told).to.have.length(2);
    });

    it("gives up what is kept for requests to come, so that there is room when it listens again", async () => {
      const world = new HttpWorld();
      const { backend } = world.asked(GET);
      world.say(backend, OK);
      const { listener } = listenerAt({ kind: "tcp", host: "127.0.0.1", port: 0 }, new SteppedClock(), world);
      await listener.start();
      expect(world.path.idleUpstreams).to.equal(1);
      listener.suspend("no descriptor");
      expect([world.path.idleUpstreams, backend.ending]).to.deep.equal([0, "closed"]);
    });

    it("waits longer each time, up to five seconds, and from the start again after a success", async () => {
      const clock = new SteppedClock();
      const { listener, told } = listenerAt({ kind: "tcp", host: "127.0.0.1", port: 0 }, clock);
      let server = await serverOf(() => listener.start());
      const failAndReopen = async (): Promise<string> => {
        told.length = 0;
        server.emit("error", outOfDescriptors());
        const pause = told[0]?.split(" ").at(-1) ?? "";
        server = await serverOf(async () => {
          clock.advance(Number(pause));
          await until(() => told.length > 1);
        });
        return pause;
      };
      const pauses: string[] = [];
      for (let i = 0; i < 8; i++) pauses.push(await failAndReopen());
      expect(pauses).to.deep.equal(["100", "200", "400", "800", "1600", "3200", "5000", "5000"]);
      await knock({ host: "127.0.0.1", port: listener.port });
      expect(await failAndReopen()).to.equal("100");
    });

    it("tries again when it cannot open the place yet", async () => {
      const clock = new SteppedClock();
      const { listener, told } = listenerAt({ kind: "tcp", host: "127.0.0.1", port: 0 }, clock);
      const server = await serverOf(() => listener.start());
      const { port } = listener;
      server.emit("error", outOfDescriptors());
      const thief = net.createServer().listen(port, "127.0.0.1");
      await once(thief, "listening");
      clock.advance(100);
      await until(() => told.length > 1);
      expect(told[1]).to.match(/EADDRINUSE.* 200$/);
      thief.close();
      await once(thief, "close");
      clock.advance(200);
      await until(() => told.length > 2);
      expect([told[2], listener.port]).to.deep.equal(["reopened", port]);
    });

    it("does not come back when it was closed meanwhile", async () => {
      const clock = new SteppedClock();
      const { listener, told } = listenerAt({ kind: "tcp", host: "127.0.0.1", port: 0 }, clock);
      const server = await serverOf(() => listener.start());
      const { port } = listener;
      server.emit("error", outOfDescriptors());
      listener.close();
      expect(clock.timers).to.equal(0);
      clock.advance(10_000);
      await until(() => told.length > 1);
      expect(told).to.have.length(1);
      expect(await refused({ host: "127.0.0.1", port })).to.equal("ECONNREFUSED");
    });
  });
});
