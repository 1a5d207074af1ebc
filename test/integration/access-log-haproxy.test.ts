import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import type { ConnectionRecord } from "../../src/model/connection-record.ts";
import { createHaproxyLines } from "../../src/observe/access-line-haproxy.ts";
import { type LoggingHaproxy, listening, startLoggingHaproxy } from "../support/logging-haproxy.ts";
import { requireProgram } from "../support/require-program.ts";
import { sampleRecord } from "../support/sample-record.ts";

/** configuration.txt 8.2.2 of HAProxy 2.6. */
const TCPLOG =
  /^(?<clientIp>\S+):(?<clientPort>\d+) \[(?<date>\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d)\.\d{3}\] (?<frontend>\S+) (?<backend>[^/ ]+)\/(?<server>\S+) (?<tw>-?\d+)\/(?<tc>-?\d+)\/(?<tt>\d+) (?<bytes>\d+) (?<state>\S\S) (?<actconn>\d+)\/(?<feconn>\d+)\/(?<beconn>\d+)\/(?<srvConn>\d+)\/(?<retries>\+?\d+) (?<srvQueue>\d+)\/(?<backendQueue>\d+)$/;

const SECOND_MS = 1000;

type Fields = Readonly<Record<string, string>>;

function parse(line: string): Fields {
  const groups = TCPLOG.exec(line)?.groups;
  if (groups === undefined) throw new Error(`not a tcplog line: ${line}`);
  return { ...groups };
}

/** The same without how long things took: a timer is -1 (not reached) or not. */
function comparable(fields: Fields): Fields {
  const reached = (timer: string | undefined): string => (timer === "-1" ? "not reached" : "reached");
  return { ...fields, date: "", tw: reached(fields["tw"]), tc: reached(fields["tc"]), tt: reached(fields["tt"]) };
}

/** Every second of a time as our lines write it. */
function secondsBetween(fromMs: number, toMs: number): readonly (string | undefined)[] {
  const dates: (string | undefined)[] = [];
  const shown = { clientAddress: "127.0.0.1", key: "", sample: undefined };
  for (let ms = fromMs; ms < toMs + SECOND_MS; ms += SECOND_MS) {
    const acceptedAtMs = Math.min(ms, toMs);
    dates.push(parse(createHaproxyLines().ofConnection(sampleRecord({ acceptedAtMs }), shown))["date"]);
  }
  return dates;
}

describe("access log in HAProxy's format, beside the real one", function () {
  this.timeout(20_000);
  let program = "";
  let folder = "";
  let haproxy: LoggingHaproxy | undefined;
  let server: Server;
  let alive = "";
  /** A port that cannot be bound without privileges, and where nobody listens. */
  const dead = "127.0.0.1:1";
  before(async function () {
    program = requireProgram(this, "haproxy");
    folder = mkdtempSync(join(tmpdir(), "lengket-tcplog-"));
    // Answers once the client has finished, with ten times what it said.
    server = createServer({ allowHalfOpen: true }, (socket) => {
      let said = "";
      socket.setEncoding("utf8").on("data", (chunk: string) => {
        said += chunk;
      });
      socket.on("end", () => socket.end(said.repeat(10))).on("error", () => undefined);
    });
    alive = `127.0.0.1:${await listening(server)}`;
  });
  afterEach(() => {
    haproxy?.kill();
  });
  after(() => {
    server?.close();
    if (folder !== "") rmSync(folder, { recursive: true });
  });

  /** Runs HAProxy with these servers. */
  async function start(servers: string): Promise<LoggingHaproxy> {
    haproxy = await startLoggingHaproxy(
      program,
      join(folder, "haproxy.cfg"),
      `global
  log stdout format raw daemon
defaults
  mode tcp
  log global
  option tcplog
  timeout client 5s
  timeout server 5s
  timeout connect 200ms
  retries 2
frontend web
  bind fd@3
  default_backend lengket
backend lengket
  balance roundrobin
${servers}
`,
    );
    return haproxy;
  }

  /** Sends "hello" through `port`; the client's own port and all it got. */
  async function visit(port: number): Promise<{ readonly clientPort: number; readonly answer: string }> {
    const socket = connect({ host: "127.0.0.1", port });
    socket.on("error", () => undefined);
    await once(socket, "connect");
    const clientPort = socket.localPort ?? 0;
    socket.end("hello");
    return { clientPort, answer: await text(socket).catch(() => "") };
  }

  const cases: readonly {
    readonly what: string;
    readonly servers: () => string;
    readonly record: Partial<ConnectionRecord>;
    readonly answer: string;
  }[] = [
    {
      what: "a connection that went well",
      servers: () => `  server app1 ${alive}`,
      record: { backend: "app1", bytesOut: 50 },
      answer: "hello".repeat(10),
    },
    {
      what: "a backend that refuses, after two retries",
      servers: () => `  server app1 ${dead}`,
      record: { backend: "app1", attempts: 3, state: "SC", connectMs: -1, bytesOut: 0 },
      answer: "",
    },
    {
      what: "another backend after a retry",
      servers: () => `  option redispatch 1\n  server app1 ${dead}\n  server app2 ${alive}`,
      record: { backend: "app2", attempts: 2, redispatched: true, bytesOut: 50 },
      answer: "hello".repeat(10),
    },
    {
      what: "no backend at all",
      servers: () => "",
      record: {
        ...{ backend: undefined, attempts: 0, state: "SC", queueMs: -1, connectMs: -1, bytesOut: 0, openBackend: 0 },
      },
      answer: "",
    },
  ];

  for (const { what, servers, record, answer } of cases) {
    it(`says the same of ${what}`, async () => {
      const { port, lines } = await start(servers());
      const logged = once(lines, "line");
      const knockedAtMs = Date.now();
      const visited = await visit(port);
      expect(visited.answer).to.equal(answer);
      const theirs = parse(String((await logged)[0]));
      const loggedAtMs = Date.now();

      const base = { acceptedAtMs: knockedAtMs, listener: "web", openProcess: 1, openListener: 1, openBackend: 1 };
      const ours = parse(
        createHaproxyLines().ofConnection(
          sampleRecord({ ...base, ...record, client: { address: "127.0.0.1", port: visited.clientPort } }),
          {
            ...{ clientAddress: "127.0.0.1", key: "", sample: undefined },
          },
        ),
      );
      expect(comparable(ours)).to.deep.equal(comparable(theirs));
      // HAProxy accepts when it has started, which may take more than a second.
      expect(theirs["date"]).to.be.oneOf(secondsBetween(knockedAtMs, loggedAtMs));
    });
  }
});
