import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { expect } from "chai";
import { decodeProxyHeader } from "../../../src/proxy-protocol/decode.ts";
import { encodeProxyV1, encodeProxyV2 } from "../../../src/proxy-protocol/encode.ts";
import { closeAfterEach } from "../../support/close-after-each.ts";
import { within } from "../../support/gathered.ts";
import { HttpBalancer } from "../../support/http/http-balancer.ts";
import { askOnce, fieldOf, HttpClient, requestText } from "../../support/http/http-client.ts";
import { mirror, seenIn, startWebBackend, startWebBackends } from "../../support/http/web-backend.ts";
import { LengketProcess } from "../../support/lengket-process.ts";
import { SteppedClock } from "../../support/stepped-clock.ts";
import { TestBackend } from "../../support/test-backend.ts";

const SOON_MS = 3_000;
const CLIENT = { address: "198.51.100.7", port: 4711 };
const DESTINATION = { address: "192.0.2.9", port: 443 };
const NOT_HTTP1 = /this port speaks HTTP\/1\.1 without TLS; use MODE=tcp to pass it through/;

describe("http mode, listeners", () => {
  const later = closeAfterEach();

  it("one of tcp and one of http: bytes on one, requests on the other, each with its own records", async () => {
    const backends = await startWebBackends(later, 2);
    const lengket = await HttpBalancer.start(later, backends, {
      MODE: "tcp",
      LISTEN: "127.0.0.1:0;name=raw,127.0.0.1:0;name=web;mode=http",
    });
    const [raw = 0, web = 0] = lengket.balancer.ports;
    const byRequest = await askOnce({ host: "127.0.0.1", port: web });
    expect(fieldOf(seenIn(byRequest), "x-forwarded-for")).to.equal("127.0.0.1");
    expect(fieldOf(byRequest, "set-cookie")).to.match(/^lengket=/);
    const byBytes = await askOnce({ host: "127.0.0.1", port: raw });
    expect(fieldOf(seenIn(byBytes), "x-forwarded-for")).to.equal(undefined);
    expect(fieldOf(byBytes, "set-cookie")).to.equal(undefined);
    const records = await lengket.records.atLeast(2);
    const found = records.map(({ listener, mode, requests, backend }) => [
      listener,
      mode,
      requests,
      backend !== undefined,
    ]);
    expect(found.sort()).to.deep.equal([
      ["raw", "tcp", 0, true],
      ["web", "http", 1, false],
    ]);
    expect(lengket.requests.items.map(({ listener }) => listener)).to.deep.equal(["web"]);
  });

  it("IPv6: the client's address is told in brackets where it must be, and a backend may have one too", async () => {
    const six = await startWebBackend(later, "six", mirror, "::1");
    for (const [header, told] of [
      ["x-forwarded-for", "::1"],
      ["forwarded", /^for="\[::1\]";/],
    ] as const) {
      const lengket = await HttpBalancer.start(later, [six], { LISTEN: "[::1]:0", FORWARDED_HEADER: header });
      const received = await askOnce({ host: "::1", port: lengket.port });
      expect(fieldOf(seenIn(received), header)).to.match(told instanceof RegExp ? told : new RegExp(`^${told}$`));
      const record = await lengket.requestOf("/");
      expect(record).to.include({ key: "::/64", backend: "six" });
      expect(record.client.address).to.equal("::1");
    }
  });

  it("a request of HTTP/1.0 without Host gets the address that it came to", async () => {
    const backend = await startWebBackend(later, "app");
    for (const [LISTEN, host, brackets] of [
      ["127.0.0.1:0", "127.0.0.1", "127.0.0.1"],
      ["[::1]:0", "::1", "[::1]"],
    ] as const) {
      const lengket = await HttpBalancer.start(later, [backend], { LISTEN });
      const client = await HttpClient.open({ host, port: lengket.port });
      later(() => client.close());
      client.send("GET / HTTP/1.0\r\n\r\n");
      const received = await client.answer();
      expect(fieldOf(received, "connection")).to.equal("close");
      expect(fieldOf(seenIn(received), "host")).to.equal(`${brackets}:${lengket.port}`);
    }
  });

  it("a unix socket: clients have no address and are served; headers tell of others", async () => {
    const folder = mkdtempSync(join(tmpdir(), "lengket-http-"));
    later(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, "web.sock");
    const backends = await startWebBackends(later, 3);
    const lengket = await HttpBalancer.start(later, backends, { LISTEN: `unix:${path}` });
    const client = await HttpClient.open({ path });
    later(() => client.close());
    const first = await client.ask({});
    const cookie = fieldOf(first, "set-cookie")?.split(";")[0] ?? "";
    expect(cookie).to.match(/^lengket=./);
    for (let i = 0; i < 6; i++) {
      expect(seenIn(await client.ask({ fields: [`Cookie: ${cookie}`] })).backend).to.equal(seenIn(first).backend);
    }
    // Whoever may use the socket is on this machine, and is believed.
    const told = await client.ask({ target: "/told", fields: ["X-Forwarded-For: 203.0.113.9"] });
    expect(fieldOf(seenIn(told), "x-forwarded-for")).to.equal("203.0.113.9");
    expect((await lengket.requestOf("/told")).key).to.equal("203.0.113.9/32");
    client.wire.end();
    const [record] = await lengket.records.atLeast(1);
    expect(record).to.include({ cause: "finished", requests: 8, key: "unix" });
    expect(record?.client).to.deep.equal({ address: "", port: 0 });
  });

  for (const [version, header] of [
    ["v1", encodeProxyV1(CLIENT, DESTINATION)],
    ["v2", encodeProxyV2(CLIENT, DESTINATION)],
  ] as const) {
    it(`PROXY protocol ${version} on the way in: the client is who it says, for placement, headers and records`, async () => {
      const lengket = await HttpBalancer.start(later, await startWebBackends(later, 2), {
        ...{ PROXY_PROTOCOL_IN: "required", PROXY_PROTOCOL_TRUSTED: "loopback" },
      });
      for (const isSplit of [false, true]) {
        const client = await lengket.open();
        if (isSplit) for (const byte of header) client.wire.write(Uint8Array.of(byte));
        else client.wire.write(header);
        for (const target of ["/a", "/b"]) {
          client.send({ target, fields: ["X-Forwarded-For: 203.0.113.200"] });
          const seen = seenIn(await client.answer());
          expect(seen.target).to.equal(target);
          expect(fieldOf(seen, "x-forwarded-for"), "what the client itself claims does not count").to.equal(
            CLIENT.address,
          );
        }
        client.wire.end();
        await client.ended;
      }
      const [record] = await lengket.records.atLeast(2);
      expect(record).to.include({ key: `${CLIENT.address}/32`, requests: 2 });
      expect(lengket.requests.items[0]?.client).to.deep.equal(CLIENT);
      expect(lengket.requests.items[0]?.via?.address).to.equal("127.0.0.1");
    });
  }

  it("PROXY protocol required, and a request comes without: the connection is reset, no backend sees it", async () => {
    const [backend] = await startWebBackends(later, 1);
    if (backend === undefined) throw new Error("no backend");
    const lengket = await HttpBalancer.start(later, [backend], {
      ...{ PROXY_PROTOCOL_IN: "required", PROXY_PROTOCOL_TRUSTED: "loopback" },
    });
    const client = await lengket.open();
    client.send(requestText({}));
    expect(await within(SOON_MS, "the end", client.ended)).to.equal("reset");
    expect((await lengket.records.atLeast(1))[0]).to.include({
      cause: "proxy-header-missing",
      mode: "http",
      requests: 0,
    });
    expect(backend.accepted).to.equal(0);
  });

  for (const version of ["v1", "v2"] as const) {
    it(`PROXY protocol ${version} on the way out: each connection names one client, and serves no other`, async () => {
      const headers: string[] = [];
      const backend = await TestBackend.start("app", (socket, { accepted }) => {
        let isFirst = true;
        socket.on("data", (chunk: Buffer) => {
          if (isFirst) {
            const decoded = decodeProxyHeader(chunk);
            if (decoded.kind !== "header") throw new Error(`${decoded.kind}: a header has to come first`);
            headers[accepted] = decoded.header.source?.address ?? "nobody";
          }
          isFirst = false;
          const number = `${accepted}`;
          socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${number.length}\r\n\r\n${number}`);
        });
        socket.on("end", () => socket.end());
      });
      later(() => backend.kill());
      const lengket = await HttpBalancer.start(later, [backend], {
        ...{ PROXY_PROTOCOL_OUT: version, TRUSTED_PROXIES: "loopback" },
      });
      const client = await lengket.open();
      const met = new Map<string, Set<string>>();
      for (let i = 0; i < 12; i++) {
        const address = `203.0.113.${1 + (i % 3)}`;
        const { body } = await client.ask({ fields: [`X-Forwarded-For: ${address}`] });
        expect(headers[Number(body)], body).to.equal(address);
        met.set(address, (met.get(address) ?? new Set()).add(body));
      }
      // Reused, but only for the same client.
      for (const bodies of met.values()) expect(bodies.size).to.equal(1);
      expect(backend.accepted).to.equal(3);
    });
  }

  it("TLS: a clear answer, line and record", async () => {
    const backend = await startWebBackend(later, "app");
    const lengket = await HttpBalancer.start(later, [backend], {});
    const tls = connectTls({ host: "127.0.0.1", port: lengket.port, rejectUnauthorized: false });
    later(() => tls.destroy());
    const error = await new Promise<Error>((resolve) => tls.once("error", resolve));
    expect(error.message, "the client's library sees something that is no TLS").to.match(
      /wrong version number|packet length/,
    );

    const client = await lengket.open();
    client.wire.write(Buffer.from("16030102000100", "hex"));
    const received = await within(SOON_MS, "the answer", client.answer());
    expect(received.status).to.equal(400);
    expect(received.body).to.match(NOT_HTTP1);
    const [first] = await lengket.requests.atLeast(2);
    expect(first).to.include({ cause: "not-http", refusal: "tls-hello", status: 400, state: "PR--" });
    expect(backend.accepted).to.equal(0);
  });

  it("HTTP/2: a clear answer, line and record", async () => {
    const lengket = await HttpBalancer.start(later, await startWebBackends(later, 1), {});
    const client = await lengket.open();
    client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0");
    const received = await within(SOON_MS, "the answer", client.answer());
    expect(received.status).to.equal(505);
    expect(received.body).to.match(NOT_HTTP1);
    expect((await lengket.requests.atLeast(1))[0]).to.include({
      cause: "not-http",
      refusal: "http2-preface",
      status: 505,
    });
  });

  it("TLS and HTTP/2: the log says what to do about it, once a minute", async () => {
    const clock = new SteppedClock();
    const lengket = await HttpBalancer.start(later, await startWebBackends(later, 1), {}, { clock });
    const knock = async (bytes: string): Promise<void> => {
      const client = await lengket.open();
      const from = lengket.records.items.length;
      client.wire.write(Buffer.from(bytes, "latin1"));
      await client.answer();
      client.wire.end();
      await lengket.records.atLeast(from + 1);
    };
    const said = (): number => lengket.messages.items.filter(({ event }) => event === "not-http").length;
    await knock("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    expect(said()).to.equal(1);
    const { level, message } = await lengket.said("not-http");
    expect(level).to.equal("warn");
    expect(message).to.match(NOT_HTTP1);
    for (let i = 0; i < 3; i++) await knock("\u0016\u0003\u0001\u0002\u0000\u0001\u0000");
    clock.advance(59_999);
    await knock("\u0016\u0003\u0001\u0002\u0000\u0001\u0000");
    expect(said()).to.equal(1);
    clock.advance(1);
    await knock("\u0016\u0003\u0001\u0002\u0000\u0001\u0000");
    expect(said()).to.equal(2);
  });

  it("the log says what is spoken", async () => {
    const backend = await startWebBackend(later, "app");
    const lengket = await LengketProcess.start({
      BACKENDS: backend.setting(),
      LISTEN: "127.0.0.1:0;mode=http, 127.0.0.1:0;mode=tcp;name=raw",
    });
    later(() => lengket.kill());
    const listening = await lengket.said("listening");
    expect(listening["modes"]).to.equal("http and tcp");
    expect(listening["message"]).to.include("; http and tcp; ring; ");
  });
});
