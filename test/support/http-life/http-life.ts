import { expect } from "chai";
import type { RequestRecord } from "../../../src/model/request-record.ts";
import type { DataPathOptions } from "../../../src/path/options.ts";
import { encodeProxyV1 } from "../../../src/proxy-protocol/encode.ts";
import { optionsOf } from "../data-path-of.ts";
import type { FakeRelaySocket } from "../fake-relay-socket.ts";
import { type HttpChanges, HttpWorld } from "../http-world.ts";
import { ALL_ZERO } from "../path-world.ts";
import { patternBytes } from "../patterns.ts";
import { type LifeAnswer, SIMPLE_ANSWER } from "./answers.ts";
import { LifeBackend, type Notebook } from "./backend.ts";
import { readAsClient } from "./reading.ts";
import { isRepeatable, type LifeRequest, makeRequest, type RequestPlan } from "./requests.ts";
import { clusterIn, type Step } from "./steps.ts";

export interface LifeOptions {
  readonly path: Partial<DataPathOptions>;
  readonly http: HttpChanges;
  readonly proxyHeaderIn: boolean;
  readonly proxyProtocolOut: "off" | "v1";
}

interface LifeClient {
  readonly socket: FakeRelaySocket;
  readonly port: number;
  readonly requests: readonly LifeRequest[];
  readonly wire: Buffer;
  sent: number;
}

/** A data path in http mode to which anything may happen, and what must be true of it in the end. */
export class HttpLife {
  readonly #world: HttpWorld;
  readonly #options: LifeOptions;
  readonly #clients: LifeClient[] = [];
  readonly #backends: LifeBackend[] = [];
  readonly #requests = new Map<string, LifeRequest>();
  readonly #notebook: Notebook = { requests: this.#requests, answers: [], violations: [] };
  #version = 1;

  constructor(options: LifeOptions) {
    this.#options = options;
    const trusted = { bytes: Uint8Array.of(10, 0, 0, 0), bits: 8, text: "10.0.0.0/8" };
    const { path, http, proxyHeaderIn, proxyProtocolOut } = options;
    this.#world = new HttpWorld({
      snapshot: clusterIn(["up", "up", "up"], 1),
      http,
      path: {
        ...path,
        connect: { ...(path.connect ?? optionsOf().connect), proxyProtocolOut },
        live: { ...optionsOf().live, proxyProtocolTrusted: [trusted] },
      },
      proxyProtocolIn: proxyHeaderIn ? "required" : "off",
    });
  }

  get records(): readonly RequestRecord[] {
    return this.#world.requests;
  }

  do(step: Step): void {
    const { path, publisher, tasks, clock } = this.#world;
    switch (step.does) {
      case "accept":
        this.#accept(step.asks, step.room);
        break;
      case "pass":
        clock.advance(step.ms);
        break;
      case "publish":
        this.#version++;
        publisher.publish(clusterIn(step.states, this.#version));
        break;
      case "closeBackend":
        path.closeBackend(step.slot, "operator", "drain-deadline", step.politely);
        break;
      case "closeAll":
        path.closeAll("shutdown", step.politely);
        break;
      case "leave":
        path.leave(step.idleToo);
        break;
      case "run":
        tasks.run();
        break;
      case "work":
        this.#work(step.answers);
        break;
      case "send":
        this.#send(newest(this.#clients, step.at), step.bytes);
        break;
      case "connect":
      case "answer":
      case "interim":
      case "hangUp":
      case "say":
      case "stray":
        this.#atBackend(newest(this.#backends, step.at), step);
        break;
      default:
        this.#atSocket(
          newest<LifeClient | LifeBackend>(step.side === "client" ? this.#clients : this.#backends, step.at)?.socket,
          step,
        );
    }
    this.#notice();
  }

  /** Everybody is reachable, nobody does wrong, and what is sent is taken. @returns whether every request was answered by a backend */
  endWell(): boolean {
    for (let round = 0; round < 60; round++) {
      for (const client of this.#clients) this.#send(client, undefined);
      for (const { socket } of [...this.#clients, ...this.#backends]) socket.grant();
      this.#work(true);
    }
    const isAllAnswered = this.#clients.every((client) => this.#isAnswered(client));
    for (const { socket } of this.#clients) socket.sendEnd();
    for (let round = 0; round < 20; round++) {
      for (const { socket } of [...this.#clients, ...this.#backends]) socket.deliverAll();
      this.#world.advance(round < 10 ? 0 : 5000);
    }
    this.endNow();
    return isAllAnswered;
  }

  endNow(): void {
    this.#world.path.destroy();
    // What was ended politely has its own few seconds.
    this.#world.advance(5000);
    this.#notice();
    this.#check();
  }

  // --- what happens ---

  #accept(asks: readonly RequestPlan[], room: number | undefined): void {
    const number = this.#clients.length + 1;
    const port = 10_000 + number;
    const { http, proxyHeaderIn } = this.#options;
    const rules = { hidesCookie: http.affinity?.mode === "insert", closes: http.upstream?.reuse === "never" };
    const requests = asks.map((plan, index) =>
      makeRequest(plan, `${number}-${index + 1}`, number * 100 + index, rules),
    );
    for (const request of requests) this.#requests.set(request.id, request);
    const header = proxyHeaderIn
      ? [encodeProxyV1({ address: `192.0.2.${number % 250}`, port }, { address: "198.51.100.1", port: 80 })]
      : [];
    const wire = Buffer.concat([...header, ...requests.map((request) => request.wire)]);
    this.#world.room = room ?? Number.POSITIVE_INFINITY;
    const socket = this.#world.accept(`10.1.1.${number % 250}`, { port });
    this.#clients.push({ socket, port, requests, wire, sent: 0 });
  }

  /** Everything goes on by one step. @param answers the backends say something, too */
  #work(answers: boolean): void {
    for (const backend of this.#backends) {
      backend.socket.connect();
      if (answers) backend.answer(SIMPLE_ANSWER, false);
    }
    for (const { socket } of [...this.#clients, ...this.#backends]) socket.deliverAll();
    this.#world.tasks.run();
    this.#notice();
  }

  #send(client: LifeClient | undefined, bytes = Number.POSITIVE_INFINITY): void {
    if (client === undefined) return;
    const to = Math.min(client.wire.length, client.sent + bytes);
    client.socket.send(client.wire.subarray(client.sent, to));
    client.sent = to;
  }

  #atBackend(
    backend: LifeBackend | undefined,
    step: Extract<Step, { does: "connect" | "answer" | "interim" | "hangUp" | "say" | "stray" }>,
  ): void {
    if (backend === undefined) return;
    switch (step.does) {
      case "connect":
        if (step.failure === undefined) backend.socket.connect();
        else backend.socket.fail(step.failure, "connect");
        return;
      case "answer":
        backend.answer(step.plan, step.early);
        return;
      case "interim":
        backend.interim();
        return;
      case "hangUp":
        backend.hangUp(step.failure);
        return;
      case "say":
        backend.say(patternBytes(this.#backends.indexOf(backend), 0, step.bytes));
        return;
      case "stray":
        // Behind an answer, where nothing may come.
        if (backend.seen.at(-1)?.answer?.isWhole === true && backend.tunnelReceived === undefined) {
          backend.socket.send(Buffer.from("stray\r\n"));
        }
    }
  }

  #atSocket(
    socket: FakeRelaySocket | undefined,
    step: Extract<Step, { does: "deliver" | "grant" | "fin" | "fail" }>,
  ): void {
    if (socket === undefined) return;
    switch (step.does) {
      case "deliver":
        socket.deliver(step.bytes);
        return;
      case "grant":
        socket.grant(step.bytes);
        return;
      case "fin":
        socket.sendEnd();
        return;
      case "fail":
        socket.fail(step.code);
    }
  }

  /** What was dialled meanwhile is a backend's, and no large buffer is read into by two sockets. */
  #notice(): void {
    const { dialed, path } = this.#world;
    for (const { socket } of dialed.slice(this.#backends.length))
      this.#backends.push(new LifeBackend(socket, this.#notebook));
    const used = [...this.#clients, ...this.#backends]
      .map(({ socket }) => socket.readingInto)
      .filter((buffer) => buffer !== undefined && buffer !== path.pool.scratch);
    expect(new Set(used).size, "buffers that sockets read into").to.equal(used.length);
  }

  // --- what must be true ---

  #isAnswered({ socket, requests }: LifeClient): boolean {
    const { complete, tunnel, closes } = readAsClient(socket, requests, this.#answers());
    const last = requests.findIndex(({ plan }) => plan.fault !== undefined || !plan.keepAlive);
    // The end of an answer without a length is that of its connection, for HTTP/1.0.
    if (closes && requests[complete - 1]?.plan.minorVersion === 0) return true;
    return tunnel !== undefined || complete === (last < 0 ? requests.length : last + 1);
  }

  #answers(): ReadonlyMap<string, LifeAnswer> {
    return new Map(this.#notebook.answers.map((answer) => [answer.name, answer]));
  }

  #check(): void {
    const { records } = this.#world;
    for (const backend of this.#backends) backend.check();
    for (const { socket } of [...this.#clients, ...this.#backends]) expect(socket.violations).to.deep.equal([]);
    if (this.#notebook.violations.length > 0) throw new Error(this.#notebook.violations.join("\n"));
    expect(this.#world.gauges()).to.deep.equal(ALL_ZERO);
    expect(this.#world.path.idleUpstreams).to.equal(0);
    expect(records.map(({ id }) => id).sort((a, b) => a - b)).to.deep.equal(this.#clients.map((_, i) => i + 1));
    for (const [index, client] of this.#clients.entries()) this.#checkClient(index + 1, client);
    this.#checkSightings();
  }

  #checkClient(connectionId: number, client: LifeClient): void {
    const own = this.#world.requests.filter((record) => record.connectionId === connectionId);
    expect(own.map(({ index }) => index)).to.deep.equal(own.map((_, i) => i + 1));
    const connection = this.#world.records.find(({ id }) => id === connectionId);
    expect(connection?.requests).to.equal(own.length);
    expect(own.length).to.be.at.most(client.requests.length);
    const reading = readAsClient(client.socket, client.requests, this.#answers());
    const told = own.map(({ status }) => status);
    expect(told.slice(0, reading.statuses.length), `statuses of client ${connectionId}`).to.deep.equal(
      reading.statuses,
    );
    if (reading.tunnel !== undefined) this.#checkTunnel(client, reading.tunnel, reading.upgradedBy ?? "");
  }

  #checkTunnel(client: LifeClient, got: Buffer, answer: string): void {
    const backend = this.#backends.find(({ seen }) => seen.some((one) => one.answer?.name === answer));
    const said = Buffer.concat(backend?.tunnelSent ?? []);
    expect(said.subarray(0, got.length).equals(got), "bytes of a tunnel to the client").to.equal(true);
    const upgrade = client.requests.findIndex(({ id }) => answer.startsWith(`${id}#`));
    const behind = Buffer.concat(client.requests.slice(upgrade + 1).map(({ wire }) => wire));
    const received = backend?.tunnelReceived ?? Buffer.alloc(0);
    expect(behind.subarray(0, received.length).equals(received), "bytes of a tunnel to the backend").to.equal(true);
  }

  /** How often the backends have seen each request. */
  #checkSightings(): void {
    const sightings = this.#backends.flatMap(({ seen, announced }) => seen.map((one) => ({ ...one, announced })));
    for (const request of this.#requests.values()) {
      const own = sightings.filter((sighting) => sighting.request === request);
      expect(own.length, `sightings of ${request.id}`).to.be.at.most(isRepeatable(request.plan) ? 2 : 1);
      const client = this.#clients.find(({ requests }) => requests.includes(request));
      const expected = this.#options.proxyProtocolOut === "off" ? undefined : client?.port;
      for (const { announced } of own) expect(announced, "whom the PROXY header named").to.equal(expected);
    }
  }
}

/** One of those whose connection is still there. */
function newest<T extends { readonly socket: FakeRelaySocket }>(all: readonly T[], at: number): T | undefined {
  const open = all.filter(({ socket }) => socket.ending === undefined);
  return open[open.length - 1 - (at % Math.max(1, open.length))];
}
