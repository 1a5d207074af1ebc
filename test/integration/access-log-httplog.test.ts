import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { expect } from "chai";
import type { ConnectionRecord } from "../../src/model/connection-record.ts";
import type { RequestRecord } from "../../src/model/request-record.ts";
import { createHaproxyLines } from "../../src/observe/access-line-haproxy.ts";
import type { End } from "../../src/path/account.ts";
import { requestLetters } from "../../src/path/request-termination.ts";
import { terminationLetters } from "../../src/path/termination.ts";
import { columns, type Fields } from "../support/httplog-columns.ts";
import { requireProgram } from "../support/require-program.ts";
import { sampleRecord } from "../support/sample-record.ts";
import { sampleBadRequest, sampleRequest } from "../support/sample-request.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
/** What the backend does with a request for a path; the answer is complete unless it says otherwise. */
const BEHAVIOUR: Readonly<Record<string, (socket: Socket) => void>> = {
  "/hang": () => undefined,
  "/close": (socket) => socket.destroy(),
  "/nonsense": (socket) => socket.write("HTP/1.1 what\r\n\r\n"),
  "/cut": (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nok"),
  "/stall": (socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nok"),
};

function get(path: string, ...fields: readonly string[]): string {
  return [`GET ${path} HTTP/1.1`, "Host: shop", ...fields, "\r\n"].join("\r\n");
}

function chunked(path: string): string {
  return `POST ${path} HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n`;
}

interface Case {
  readonly what: string;
  readonly sends: string;
  /** Sent when the backend has the request. */
  readonly later?: string;
  /**
   * The client resets the connection when that has been read; otherwise it waits for the line. It goes in one piece with a whole
   * request, whose answer shows it: HAProxy may log nothing of who has reset before it looks.
   */
  readonly resets?: true;
  readonly end: Pick<End, "cause" | "endedBy" | "phase"> & Partial<End>;
  /** The record of the same in our words. Its bytes are HAProxy's own: the answers to errors differ in length. */
  readonly record: Partial<RequestRecord>;
}

/** HAProxy serves nobody else meanwhile. */
const ONLY_ONE = { openProcess: 1, openListener: 1, openBackend: 1 } as const;
const FINISHED = { cause: "finished", endedBy: "backend", phase: "relay" } as const;
const NO_ANSWER = { responseMs: -1, cookieIn: "none", cookieOut: "none" } as const;
const NO_BACKEND = { backend: undefined, attempts: 0, queueMs: -1, connectMs: -1, responseMs: -1 } as const;
/** `retries 1` is one connection more. */
const UNREACHED = { attempts: 2, connectMs: -1, responseMs: -1 } as const;

const cases: readonly Case[] = [
  {
    what: "a new visitor",
    sends: get("/a?b=c;d"),
    end: FINISHED,
    record: { target: "/a?b=c;d", cookieIn: "none", cookieOut: "inserted" },
  },
  {
    what: "a visitor who is known",
    sends: get("/", "Cookie: LB=app1"),
    end: FINISHED,
    record: { target: "/", cookieIn: "valid", cookieOut: "none" },
  },
  {
    what: "a cookie of nobody's",
    sends: get("/", "Cookie: LB=zz"),
    end: FINISHED,
    record: { target: "/", cookieIn: "unknown", cookieOut: "inserted" },
  },
  {
    what: "bytes that are escaped, over HTTP/1.0",
    sends: 'HEAD /"\xe9{|} HTTP/1.0\r\n\r\n',
    end: FINISHED,
    record: { method: "HEAD", target: '/"\xe9{|}', minorVersion: 0, cookieIn: "none", cookieOut: "inserted" },
  },
  {
    what: "a backend that hangs",
    sends: get("/hang"),
    end: { cause: "response-timeout", endedBy: "balancer", phase: "response", waitingFor: "backend" },
    record: { ...NO_ANSWER, target: "/hang", status: 504 },
  },
  {
    what: "a backend that closes instead of answering",
    sends: get("/close"),
    end: { cause: "backend-closed", endedBy: "backend", phase: "response" },
    record: { ...NO_ANSWER, target: "/close", status: 502 },
  },
  {
    what: "a backend that answers nonsense",
    sends: get("/nonsense"),
    end: { cause: "bad-response", endedBy: "backend", phase: "response" },
    record: { ...NO_ANSWER, target: "/nonsense", status: 502, refusal: "status-line" },
  },
  {
    what: "an answer that is cut",
    sends: get("/cut"),
    end: { cause: "response-cut", endedBy: "backend", phase: "relay" },
    record: { target: "/cut", cookieIn: "none", cookieOut: "inserted" },
  },
  {
    what: "an answer that stalls",
    sends: get("/stall"),
    end: { cause: "idle-timeout", endedBy: "balancer", phase: "relay", waitingFor: "backend" },
    record: { target: "/stall", cookieIn: "none", cookieOut: "inserted" },
  },
  {
    what: "a chunk that is none, before the answer",
    sends: chunked("/hang"),
    later: "zz\r\n",
    end: { cause: "bad-request", endedBy: "balancer", phase: "response" },
    record: { ...NO_ANSWER, method: "POST", target: "/hang", status: 400, refusal: "chunk-size" },
  },
  {
    what: "an address that is not let in",
    sends: get("/forbidden"),
    end: { cause: "forbidden", endedBy: "balancer", phase: "request" },
    record: { ...NO_BACKEND, target: "/forbidden", status: 403 },
  },
  {
    what: "a backend that refuses",
    sends: get("/", "Cookie: LB=dead"),
    end: { cause: "connect-refused", endedBy: "backend", phase: "connect" },
    record: { ...UNREACHED, backend: "dead", target: "/", status: 503, cookieIn: "valid", cookieOut: "none" },
  },
  {
    what: "a head that is not HTTP",
    sends: "\x16\x03\x01 hello\r\n\r\n",
    end: { cause: "not-http", endedBy: "balancer", phase: "request" },
    record: sampleBadRequest({ status: 400, refusal: "tls-hello" }),
  },
  {
    what: "a head that is not completed in time",
    sends: "GET / HT",
    end: { cause: "head-timeout", endedBy: "balancer", phase: "request" },
    record: sampleBadRequest({ status: 408, refusal: undefined }),
  },
  {
    what: "a client that leaves in the middle of its head",
    sends: "GET / HT",
    resets: true,
    end: { cause: "reset", endedBy: "client", phase: "request" },
    record: sampleBadRequest({ status: 400, refusal: undefined }),
  },
];

describe("request lines in HAProxy's format, beside the real one", function () {
  this.timeout(20_000);
  let folder = "";
  let haproxy: ChildProcess | undefined;
  let backend: Server;
  const asked = new EventEmitter();
  let lines: Interface;
  let port = 0;

  before(async function () {
    const program = requireProgram(this, "haproxy");
    folder = mkdtempSync(join(tmpdir(), "lengket-httplog-"));
    backend = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", (data) => {
        const path = data.toString("latin1").split(" ", 2)[1] ?? "";
        const behave = BEHAVIOUR[path];
        if (behave === undefined) socket.write(OK);
        else behave(socket);
        asked.emit("asked");
      });
    });
    const backendPort = await listening(backend);
    // HAProxy inherits a listening socket, so that no port has to be guessed. Nobody listens on port 1.
    const inherited = createServer();
    port = await listening(inherited);
    const { fd } = (inherited as unknown as { readonly _handle: { readonly fd: number } })._handle;
    const path = join(folder, "haproxy.cfg");
    writeFileSync(
      path,
      `global
  nbthread 1
  log stdout format raw daemon
defaults
  mode http
  log global
  option httplog
  timeout client 5s
  timeout server 100ms
  timeout connect 200ms
  timeout http-request 100ms
  retries 1
frontend web
  bind fd@3
  option accept-invalid-http-request
  http-request deny if { path /forbidden }
  default_backend lengket
backend lengket
  option persist
  cookie LB insert indirect nocache
  server app1 127.0.0.1:${backendPort} cookie app1
  server dead 127.0.0.1:1 cookie dead weight 0
`,
    );
    haproxy = spawn(program, ["-db", "-f", path], { stdio: ["ignore", "pipe", "ignore", fd] });
    inherited.close();
    if (haproxy.stdout === null) throw new Error("no standard output");
    lines = createInterface({ input: haproxy.stdout });
  });
  after(() => {
    haproxy?.kill("SIGKILL");
    backend?.close();
    if (folder !== "") rmSync(folder, { recursive: true });
  });

  async function listening(server: Server): Promise<number> {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  }

  /** The last of `count` lines that HAProxy logs of one client, and that client's port. */
  async function visit(act: (socket: Socket) => void, count = 1): Promise<readonly [Fields, number]> {
    const logged = new Promise<string>((resolve) => {
      let left = count;
      const onLine = (line: string): void => {
        if (--left > 0) return;
        lines.off("line", onLine);
        resolve(line);
      };
      lines.on("line", onLine);
    });
    const socket = connect({ host: "127.0.0.1", port });
    socket.on("error", () => undefined).resume();
    await once(socket, "connect");
    const clientPort = socket.localPort ?? 0;
    act(socket);
    const line = await logged;
    // Until HAProxy has closed it, it would count among the connections of the next one.
    if (!socket.destroyed) {
      const closed = once(socket, "close");
      socket.end();
      await closed;
    }
    return [columns(line), clientPort];
  }

  for (const { what, sends, later, resets, end, record } of cases) {
    it(`says the same of ${what}`, async () => {
      const [theirs, clientPort] = await visit(
        (socket) => {
          if (later !== undefined) asked.once("asked", () => socket.write(later, "latin1"));
          if (resets) socket.once("data", () => socket.resetAndDestroy());
          socket.write(resets ? get("/") + sends : sends, "latin1");
        },
        resets ? 2 : 1,
      );
      const whole = sampleRequest({ ...record, ...ONLY_ONE, client: { address: "127.0.0.1", port: clientPort } });
      const ours = createHaproxyLines().ofRequest(
        {
          ...whole,
          ...end,
          state: requestLetters({ waitingFor: "client", ...end }, whole.cookieIn, whole.cookieOut),
        },
        { clientAddress: "127.0.0.1", key: "", sample: undefined },
      );
      expect({ ...columns(ours), bytes: theirs["bytes"] }).to.deep.equal(theirs);
    });
  }

  const silent: readonly (readonly [string, (socket: Socket) => void, Partial<ConnectionRecord>])[] = [
    ["says nothing and leaves", (socket) => socket.end(), { endedBy: "client", cause: "closed-early" }],
    ["says nothing and resets", (socket) => socket.resetAndDestroy(), { endedBy: "client", cause: "reset" }],
    ["says nothing for too long", () => undefined, { endedBy: "balancer", cause: "head-timeout" }],
  ];
  for (const [what, act, changes] of silent) {
    it(`says the same of a client that ${what}, but for the status: none was sent`, async () => {
      const [theirs, clientPort] = await visit(act);
      const { covers, ofConnection } = createHaproxyLines();
      const end = { ...sampleRecord(changes), phase: "request", waitingFor: "client" } as const;
      const record = sampleRecord({
        ...{ ...changes, mode: "http", requests: 0, phase: "request", backend: undefined, attempts: 0, bytesOut: 0 },
        ...{ ...ONLY_ONE, client: { address: "127.0.0.1", port: clientPort } },
        state: terminationLetters(end.cause, end.endedBy, end.phase, end.waitingFor),
      });
      expect(covers(record)).to.equal(true);
      const ours = ofConnection(record, { clientAddress: "127.0.0.1", key: "", sample: undefined });
      expect(theirs["status"]).to.be.oneOf(["400", "408"]);
      expect(columns(ours)).to.deep.equal({ ...theirs, status: "-1" });
    });
  }
});
