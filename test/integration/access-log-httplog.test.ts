import { EventEmitter } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { ConnectionRecord } from "../../src/model/connection-record.ts";
import type { RequestRecord } from "../../src/model/request-record.ts";
import { createHaproxyLines } from "../../src/observe/access-line-haproxy.ts";
import type { End } from "../../src/path/account.ts";
import { requestLetters } from "../../src/path/request-termination.ts";
import { terminationLetters } from "../../src/path/termination.ts";
import { resetConnection } from "../../src/platform/socket-quirks.ts";
import { columns } from "../support/httplog-columns.ts";
import { type LoggingHaproxy, listening, loggedVisit, startLoggingHaproxy } from "../support/logging-haproxy.ts";
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

type Late = "head" | "answer";

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
  /** What HAProxy has no patience for. With those who are in time it has a lot: a busy machine must not make them late. */
  readonly late?: Late;
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
    late: "answer",
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
    late: "answer",
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
    late: "head",
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

type Limits = Readonly<Record<Late, string>>;

const PATIENCE: Limits = { head: "20s", answer: "20s" };

/** Nobody listens on port 1. */
function configuration({ head, answer }: Limits, backendPort: number): string {
  return `global
  nbthread 1
  log stdout format raw daemon
defaults
  mode http
  log global
  option httplog
  timeout client 20s
  timeout server ${answer}
  timeout connect 5s
  timeout http-request ${head}
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
`;
}

describe("request lines in HAProxy's format, beside the real one", function () {
  this.timeout(20_000);
  let folder = "";
  const running: LoggingHaproxy[] = [];
  let backend: Server;
  const asked = new EventEmitter();
  let patient: LoggingHaproxy;
  let hasty: Readonly<Record<Late, LoggingHaproxy>>;

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
    const haproxyWith = async (name: string, limits: Limits): Promise<LoggingHaproxy> => {
      const started = await startLoggingHaproxy(program, join(folder, name), configuration(limits, backendPort));
      running.push(started);
      return started;
    };
    patient = await haproxyWith("patient", PATIENCE);
    hasty = {
      head: await haproxyWith("head", { ...PATIENCE, head: "100ms" }),
      answer: await haproxyWith("answer", { ...PATIENCE, answer: "500ms" }),
    };
  });
  after(() => {
    for (const haproxy of running) haproxy.kill();
    backend?.close();
    if (folder !== "") rmSync(folder, { recursive: true });
  });

  for (const { what, sends, later, resets, late, end, record } of cases) {
    it(`says the same of ${what}`, async () => {
      const [line, clientPort] = await loggedVisit(
        late === undefined ? patient : hasty[late],
        (socket) => {
          if (later !== undefined) asked.once("asked", () => socket.write(later, "latin1"));
          if (resets) socket.once("data", () => resetConnection(socket));
          socket.write(resets ? get("/") + sends : sends, "latin1");
        },
        resets ? 2 : 1,
      );
      const theirs = columns(line);
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

  const silent: readonly (readonly [string, (socket: Socket) => void, Partial<ConnectionRecord>, Late?])[] = [
    ["says nothing and leaves", (socket) => socket.end(), { endedBy: "client", cause: "closed-early" }],
    ["says nothing and resets", (socket) => resetConnection(socket), { endedBy: "client", cause: "reset" }],
    ["says nothing for too long", () => undefined, { endedBy: "balancer", cause: "head-timeout" }, "head"],
  ];
  for (const [what, act, changes, late] of silent) {
    it(`says the same of a client that ${what}, but for the status: none was sent`, async () => {
      const [line, clientPort] = await loggedVisit(late === undefined ? patient : hasty[late], act);
      const theirs = columns(line);
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
