import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { startHttpBackend } from "../../bench/http/backend.ts";
import { HTTP_BENCH } from "../../bench/http/http-bench.ts";
import { measure } from "../../bench/http/measure.ts";
import { pageOffset } from "../../bench/http/shop.ts";
import { type HttpTraffic, type HttpWorkload, WORKLOADS } from "../../bench/http/workloads.ts";
import type { BackendServers } from "../../bench/support/backend-servers.ts";
import { findBalancers } from "../../bench/support/bench.ts";
import type { Measurement } from "../../bench/support/metering.ts";
import { Pattern } from "../../bench/support/pattern.ts";
import { runRounds } from "../../bench/support/rounds.ts";

const SEED = 5;
const HOST = "127.0.0.1";
const PATTERN = new Pattern(SEED);

/** Runs some of `traffic` against `port` as if this process were the balancer. */
function run(traffic: HttpTraffic, port: number): Promise<Measurement> {
  const few: HttpWorkload = {
    id: "test",
    title: "test",
    unit: "µs",
    rehearsalMs: 0,
    traffic: { ...traffic, clients: 4 },
  };
  const context = { target: { host: HOST, port }, pattern: PATTERN, seed: SEED };
  return measure(few, context, { warmUpMs: 10, windowMs: 40 }, [process.pid]);
}

/** What a balancer with its backends does with a request; the usual one is sticky. */
type Answering = (request: IncomingMessage, response: ServerResponse, usual: () => void) => void;

/** A balancer and its backends in one server. Resolves to it, listening. */
async function shop(answering: Answering): Promise<Server> {
  let turn = 0;
  const server = createServer((incoming, response) => {
    incoming.resume().once("end", () =>
      answering(incoming, response, () => {
        const known = /lengket=s(\d)/.exec(incoming.headers.cookie ?? "")?.[1];
        const backend = known === undefined ? turn++ % 2 : Number(known);
        if (known === undefined) response.setHeader("Set-Cookie", `lengket=s${backend}; Path=/`);
        page(incoming, response, backend);
      }),
    );
  });
  server.listen(0, HOST);
  await once(server, "listening");
  return server;
}

function page(incoming: IncomingMessage, response: ServerResponse, backend: number): void {
  const bytes = Number(/^\/pages\/(\d+)$/.exec(incoming.url ?? "")?.[1] ?? 1024);
  response.setHeader("X-Backend", backend).setHeader("Content-Length", bytes);
  response.end(PATTERN.slice(pageOffset(backend), bytes));
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await once(server.close(), "close");
}

function hasCookie(incoming: IncomingMessage): boolean {
  return incoming.headers.cookie?.includes("lengket=") === true;
}

/** What bad balancers do, and what is said of it. */
const FAULTS: Readonly<Record<string, readonly [Answering, RegExp]>> = {
  "sends visitors to another backend": [
    (incoming, response, usual) => (hasCookie(incoming) ? page(incoming, response, 3) : usual()),
    /the cookie of backend \d brought an answer of backend 3/,
  ],
  "sets no cookie": [(incoming, response) => page(incoming, response, 1), /sets none/],
  "sets a cookie again and again": [
    (incoming, response, usual) => {
      if (hasCookie(incoming)) response.setHeader("Set-Cookie", "lengket=s1");
      usual();
    },
    /sets another one/,
  ],
  "puts everybody on one backend": [
    (incoming, response) => {
      if (!hasCookie(incoming)) response.setHeader("Set-Cookie", "lengket=s1");
      page(incoming, response, 1);
    },
    /all \d+ visitors are on one backend/,
  ],
  "answers an error": [
    (incoming, response, usual) => (hasCookie(incoming) ? response.writeHead(503).end() : usual()),
    /begins with "HTTP\/1\.1 503/,
  ],
  "ends the connection in the middle of an answer": [
    (incoming, response, usual) => {
      if (!hasCookie(incoming)) return usual();
      response.writeHead(200, { "X-Backend": 0, "Content-Length": 1024 }).write("x", () => response.destroy());
    },
    /in the middle|changed|connection failed/,
  ],
};

describe("load of the HTTP benchmark", () => {
  for (const { id, traffic } of WORKLOADS) {
    it(`does ${id} and counts what it did`, async () => {
      const server = await shop((_incoming, _response, usual) => usual());
      try {
        const result = await run(traffic, (server.address() as AddressInfo).port);
        expect(result.operations).to.be.at.least(4);
        expect(result.bytes).to.equal(result.operations * (traffic.answerBytes + traffic.uploadBytes));
        expect(result.cpuNs).to.be.greaterThan(0);
        expect(result.wallNs).to.be.greaterThan(0);
      } finally {
        await closed(server);
      }
    });
  }

  for (const [fault, [answering, because]] of Object.entries(FAULTS)) {
    for (const id of ["keep-alive", "close"]) {
      it(`fails when a balancer ${fault}: ${id}`, async () => {
        const workload = WORKLOADS.find((candidate) => candidate.id === id);
        if (workload === undefined) throw new Error(`no workload ${id}`);
        const server = await shop(answering);
        try {
          const failure = await run(workload.traffic, (server.address() as AddressInfo).port).catch((e: unknown) => e);
          expect(failure).to.be.an("error").with.property("message").that.matches(because);
        } finally {
          await closed(server);
        }
      });
    }
  }
});

describe("backend of the HTTP benchmark", () => {
  let backend: BackendServers;
  before(async () => {
    backend = await startHttpBackend([HOST, HOST], SEED);
  });
  after(() => backend.close());

  /** Status, the backend's name and the body; undefined = it hung up. */
  async function ask(which: number, path: string, upload?: Buffer): Promise<readonly [string, Buffer] | undefined> {
    const asked = request({
      host: HOST,
      port: backend.ports[which],
      path,
      method: upload === undefined ? "GET" : "POST",
      headers: upload === undefined ? {} : { "Content-Length": upload.length },
      agent: false,
    });
    asked.end(upload);
    try {
      const [response] = (await once(asked, "response")) as [IncomingMessage];
      const body = Buffer.concat((await response.toArray()) as Buffer[]);
      return [`${response.statusCode} ${response.headers["x-backend"]}`, body];
    } catch {
      return undefined;
    }
  }

  it("has a page of its own on each host", async () => {
    for (const [which, bytes] of [
      [0, 1024],
      [1, 1024],
      [1, 65_536],
    ] as const) {
      const [status, body] = (await ask(which, `/pages/${bytes}`)) ?? [];
      expect(status).to.equal(`200 ${which}`);
      expect(body?.equals(PATTERN.slice(pageOffset(which), bytes))).to.equal(true);
    }
  });

  it("takes an upload as it was sent and hangs up on any other", async () => {
    const body = Buffer.from(PATTERN.slice(99, 65_536));
    expect((await ask(1, "/uploads/99", body))?.[0]).to.equal("200 1");
    expect(await ask(1, "/uploads/98", body)).to.equal(undefined);
    body[65_535] = (body[65_535] ?? 0) ^ 1;
    expect(await ask(1, "/uploads/99", body)).to.equal(undefined);
  });

  it("hangs up on what it does not know", async () => {
    expect(await ask(0, "/")).to.equal(undefined);
  });
});

describe("rounds of the HTTP benchmark", () => {
  it("measures every workload behind http-proxy-3", async () => {
    const options = {
      balancers: ["http-proxy-3"],
      rounds: 1,
      memoryRounds: 1,
      warmUpMs: 0,
      windowMs: 20,
      rehearsalShare: 0.02,
      seed: 9,
      check: false,
      quick: true,
      lengket: undefined,
    };
    const { found } = findBalancers(HTTP_BENCH, options, "");
    const noPinning = { balancer: [], load: [], note: "not pinned" };
    const samples = await runRounds(HTTP_BENCH, found, options, noPinning, () => {});
    expect(samples.map(({ workload }) => workload)).to.deep.equal(WORKLOADS.map(({ id }) => id));
  });
});
