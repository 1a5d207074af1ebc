import { expect } from "chai";
import type { Random } from "../../../src/platform/random.ts";
import { closeAfterEach } from "../../support/close-after-each.ts";
import { HttpBalancer } from "../../support/http/http-balancer.ts";
import { type Ask, cookieSet, fieldsOf, type HttpClient } from "../../support/http/http-client.ts";
import { seenIn, startWebBackends } from "../../support/http/web-backend.ts";
import { seededRandom } from "../../support/seeded-random.ts";

const USERS = 200;
const CONNECTIONS = 20;
const REQUESTS = 10_000;
const BACKENDS = 5;
const DEEPEST_PIPELINE = 8;

interface User {
  readonly name: string;
  readonly address: string;
  readonly cookie: string;
  readonly backend: string;
}

describe("http mode, many users on a few connections", function () {
  this.timeout(60_000);
  const later = closeAfterEach();

  /** Users come through a trusted hop that puts them on its connections as it likes. */
  async function start(): Promise<{ lengket: HttpBalancer; connections: readonly HttpClient[] }> {
    const lengket = await HttpBalancer.start(later, await startWebBackends(later, BACKENDS), {
      TRUSTED_PROXIES: "loopback",
      COOKIE_SECRET: "0123456789abcdef0123456789abcdef",
    });
    const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => lengket.open()));
    return { lengket, connections };
  }

  async function signUp(connections: readonly HttpClient[]): Promise<readonly User[]> {
    const each = connections.map(async (connection, c) => {
      const users: User[] = [];
      for (let u = c; u < USERS; u += CONNECTIONS) {
        const address = `198.51.${Math.floor(u / 100)}.${1 + (u % 100)}`;
        const received = await connection.ask({ fields: [`X-Forwarded-For: ${address}`] });
        const cookie = cookieSet(received);
        if (cookie === undefined) throw new Error("no cookie was set");
        users.push({ name: `user${u}`, address, cookie, backend: seenIn(received).backend });
      }
      return users;
    });
    return (await Promise.all(each)).flat();
  }

  const askOf = (user: User, request: number, random: Random): Ask => ({
    ...(random.next() < 0.3
      ? { method: "POST", body: `${user.name} ${request} `.repeat(Math.floor(random.next() * 200)) }
      : {}),
    target: `/${user.name}/${request}`,
    fields: [`X-Forwarded-For: ${user.address}`, `Cookie: theme=dark; ${user.cookie}; lang=id`],
  });

  it("10,000 requests of 200 users on 20 connections, pipelined at random: each reaches its own backend and gets its own answer", async () => {
    const { lengket, connections } = await start();
    const users = await signUp(connections);
    expect(new Set(users.map(({ backend }) => backend)).size, "backends in use").to.equal(BACKENDS);
    const startedMs = performance.now();
    let next = 0;
    const run = async (connection: HttpClient, seed: number): Promise<void> => {
      const random = seededRandom(seed);
      while (next < REQUESTS) {
        const depth = Math.min(REQUESTS - next, 1 + Math.floor(random.next() * DEEPEST_PIPELINE));
        const sent = Array.from({ length: depth }, () => {
          const user = users[Math.floor(random.next() * USERS)] as User;
          const ask = askOf(user, next++, random);
          connection.send(ask);
          return { user, ask };
        });
        for (const { user, ask } of sent) {
          const received = await connection.answer();
          const seen = seenIn(received);
          expect(seen.target, "the answer belongs to the request").to.equal(ask.target);
          expect(seen.body).to.equal(ask.body ?? "");
          expect(seen.backend, seen.target).to.equal(user.backend);
          expect(fieldsOf(seen, "cookie"), "of our cookie nothing is seen").to.deep.equal(["theme=dark; lang=id"]);
          expect(fieldsOf(seen, "x-forwarded-for")).to.deep.equal([`${user.address}, 127.0.0.1`]);
          expect(fieldsOf(received, "set-cookie"), "no second cookie").to.deep.equal([]);
        }
      }
    };
    await Promise.all(connections.map((connection, i) => run(connection, i + 1)));
    const seconds = (performance.now() - startedMs) / 1000;
    console.log(`      ${REQUESTS} requests in ${seconds.toFixed(1)} s`);

    for (const connection of connections) connection.wire.end();
    await lengket.records.atLeast(CONNECTIONS);
    const records = lengket.requests.items.slice(USERS);
    expect(records).to.have.length(REQUESTS);
    expect(new Set(records.map(({ state }) => state))).to.deep.equal(new Set(["--VN"]));
    expect(new Set(lengket.records.items.map(({ requests }) => requests)).size).to.be.above(1);
    const { idleUpstreams, ...gauges } = lengket.balancer.gauges;
    expect(gauges).to.deep.equal({ open: 0, leases: 0, waiting: 0, buffersLent: 0 });
    expect(idleUpstreams).to.be.within(1, CONNECTIONS * BACKENDS);
  });

  it("a user who changes his cookie in the middle of a pipeline changes his backend, from that request on", async () => {
    const { connections } = await start();
    const users = await signUp(connections);
    const [one] = users;
    const other = users.find(({ backend }) => backend !== one?.backend);
    const [connection] = connections;
    if (one === undefined || other === undefined || connection === undefined) throw new Error("two users are needed");
    const order = [one, other, one, one, other, other, one];
    connection.wire.write(
      order.map(({ cookie }, i) => `GET /${i} HTTP/1.1\r\nHost: shop\r\nCookie: ${cookie}\r\n\r\n`).join(""),
    );
    for (const [i, { backend }] of order.entries()) {
      const seen = seenIn(await connection.answer());
      expect([seen.target, seen.backend]).to.deep.equal([`/${i}`, backend]);
    }
  });
});
