import { expect } from "chai";
import { closeAfterEach } from "../../support/close-after-each.ts";
import { within } from "../../support/gathered.ts";
import { askOnce, fieldOf, HttpClient, requestText } from "../../support/http/http-client.ts";
import { startWebBackend } from "../../support/http/web-backend.ts";
import { LengketProcess } from "../../support/lengket-process.ts";
import { TestBackend } from "../../support/test-backend.ts";

const ENDED_WELL = { code: 0, signal: null };
const SOON_MS = 3_000;
/** More than a client's kernel takes, less than ours does. */
const SLOWLY_FETCHED = "x".repeat(512 * 1024);

describe("http mode, the end of a process", function () {
  this.timeout(30_000);
  const later = closeAfterEach();
  /** Answers the requests for /held. */
  let release: (body?: string) => void = () => {};
  /** A request for /held has come. */
  let held: Promise<void>;

  beforeEach(() => {
    release = () => {};
  });

  async function start(times: Record<string, string>): Promise<LengketProcess> {
    let isHeld: () => void = () => {};
    held = new Promise((resolve) => {
      isHeld = resolve;
    });
    const backend = await startWebBackend(later, "app", ({ target, body }, response) => {
      if (target !== "/held") {
        response.end(body);
        return;
      }
      release = (text = "at last") => response.end(text);
      isHeld();
    });
    const lengket = await LengketProcess.start({ MODE: "http", BACKENDS: backend.setting(), ...times });
    later(() => lengket.kill());
    return lengket;
  }

  const at = ({ port }: LengketProcess) => ({ host: "127.0.0.1", port });

  async function open(lengket: LengketProcess): Promise<HttpClient> {
    const client = await HttpClient.open(at(lengket));
    later(() => client.close());
    return client;
  }

  async function stage(lengket: LengketProcess, name: string): Promise<void> {
    await lengket.said("drain", (line) => line["stage"] === name);
  }

  it("SIGTERM: while it still accepts, every answer says close; then idle connections end and the process with them", async () => {
    const lengket = await start({ SHUTDOWN_MIN: "700ms", SHUTDOWN_QUIET: "0", SHUTDOWN_TIMEOUT: "20s" });
    const [kept, idle] = [await open(lengket), await open(lengket)];
    for (const client of [kept, idle]) {
      expect(fieldOf(await client.ask({}), "connection"), "before the signal").to.equal(undefined);
    }
    lengket.signal("SIGTERM");
    await stage(lengket, "listening");

    expect(fieldOf(await kept.ask({}), "connection")).to.equal("close");
    expect(await within(SOON_MS, "the end", kept.ended)).to.equal("fin");
    kept.close();
    const fresh = await askOnce(at(lengket));
    expect([fresh.status, fieldOf(fresh, "connection")]).to.deep.equal([200, "close"]);
    expect(idle.wire.socket.readyState, "an idle one may still ask").to.equal("open");

    await stage(lengket, "ending");
    expect(await within(SOON_MS, "the end", idle.rest())).to.equal("");
    expect(await idle.ended).to.equal("fin");
    expect(await within(SOON_MS, "the exit", lengket.exited)).to.deep.equal(ENDED_WELL);
    expect(await lengket.said("drain", (line) => line["stage"] === "done")).to.include({ closed: 0, level: "info" });
    const states = lengket.access.items.map(({ state }) => state);
    expect(new Set(states)).to.deep.equal(new Set(["--NI", "--"]));
  });

  it("SIGTERM: a request under way gets its answer, whole; what was pipelined behind it does not", async () => {
    const lengket = await start({ SHUTDOWN_MIN: "0", SHUTDOWN_QUIET: "0", SHUTDOWN_TIMEOUT: "20s" });
    const client = await open(lengket);
    client.send({ target: "/held" });
    client.send({ target: "/behind" });
    await held;
    lengket.signal("SIGTERM");
    await stage(lengket, "ending");
    release();
    const received = await within(SOON_MS, "the answer", client.answer());
    expect([received.body, fieldOf(received, "connection")]).to.deep.equal(["at last", "close"]);
    expect(await within(SOON_MS, "the end", client.rest())).to.equal("");
    client.wire.end();
    expect(await within(SOON_MS, "the exit", lengket.exited)).to.deep.equal(ENDED_WELL);
    expect(lengket.access.items.filter(({ kind }) => kind === "request")).to.have.length(1);
  });

  // What the kernel holds for a slow client takes longer than we listen to one that may still be sending.
  it("SIGTERM: a client that is slow to fetch the last answer gets all of it", async () => {
    const lengket = await start({ SHUTDOWN_MIN: "0", SHUTDOWN_QUIET: "0", SHUTDOWN_TIMEOUT: "20s" });
    const client = await open(lengket);
    client.send({ target: "/held" });
    await held;
    lengket.signal("SIGTERM");
    await stage(lengket, "ending");
    client.wire.socket.pause();
    release(SLOWLY_FETCHED);
    await lengket.access.first("the end of the connection", ({ kind }) => kind === "connection");
    client.wire.socket.resume();
    expect((await within(SOON_MS, "the answer", client.answer())).body === SLOWLY_FETCHED).to.equal(true);
    expect(await within(SOON_MS, "the end", client.ended)).to.equal("fin");
  });

  it("SIGTERM: half a head may be finished, and is answered", async () => {
    const lengket = await start({ SHUTDOWN_MIN: "0", SHUTDOWN_QUIET: "0", SHUTDOWN_TIMEOUT: "20s" });
    const client = await open(lengket);
    const text = requestText({});
    // The answer to the first shows that the half behind it has come too.
    client.send(text + text.slice(0, 10));
    expect((await client.answer()).status).to.equal(200);
    lengket.signal("SIGTERM");
    await stage(lengket, "ending");
    client.send(text.slice(10));
    const received = await within(SOON_MS, "the answer", client.answer());
    expect([received.status, fieldOf(received, "connection")]).to.deep.equal([200, "close"]);
    client.close();
    expect(await within(SOON_MS, "the exit", lengket.exited)).to.deep.equal(ENDED_WELL);
  });

  it("SIGTERM: what has not ended at SHUTDOWN_TIMEOUT gets 503, a tunnel its end", async () => {
    const backend = await TestBackend.start("app", (socket) => {
      socket.once("data", (head: Buffer) => {
        if (!head.includes("Upgrade: echo")) return;
        socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
        socket.pipe(socket);
      });
    });
    later(() => backend.kill());
    const times = { SHUTDOWN_MIN: "0", SHUTDOWN_QUIET: "0", SHUTDOWN_TIMEOUT: "500ms" };
    const lengket = await start({ ...times, BACKENDS: backend.setting() });
    const waiting = await open(lengket);
    waiting.send({ target: "/waiting" });
    const tunnel = await open(lengket);
    tunnel.send(requestText({ target: "/tunnel", fields: ["Connection: Upgrade", "Upgrade: echo"] }));
    expect((await tunnel.answer()).status).to.equal(101);
    lengket.signal("SIGTERM");
    await stage(lengket, "ending");
    tunnel.send("still here\n");
    expect(await tunnel.wire.line()).to.equal("still here");
    expect((await within(SOON_MS, "the answer", waiting.answer())).status).to.equal(503);
    expect(await within(SOON_MS, "the end", tunnel.ended)).to.equal("fin");
    expect(await within(SOON_MS, "the exit", lengket.exited)).to.deep.equal(ENDED_WELL);
    const requests = lengket.access.items.filter(({ kind }) => kind === "request");
    expect(requests.map(({ target, cause, state }) => [target, cause, state]).sort()).to.deep.equal([
      ["/tunnel", "shutdown", "KDNI"],
      ["/waiting", "shutdown", "KHNN"],
    ]);
  });

  it("a second signal ends now: requests under way are cut, and the process is gone", async () => {
    const lengket = await start({ SHUTDOWN_MIN: "1m", SHUTDOWN_TIMEOUT: "5m" });
    const [busy, idle] = [await open(lengket), await open(lengket)];
    await idle.ask({});
    busy.send({ target: "/held" });
    await held;
    lengket.signal("SIGTERM");
    await stage(lengket, "listening");
    lengket.signal("SIGTERM");
    expect(await within(SOON_MS, "the end", busy.ended)).to.equal("reset");
    expect(await within(SOON_MS, "the exit", lengket.exited)).to.deep.equal(ENDED_WELL);
    const [cut] = lengket.access.items.filter(({ target }) => target === "/held");
    expect(cut).to.include({ cause: "shutdown", ended_by: "operator", status: -1 });
  });
});
