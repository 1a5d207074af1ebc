import { expect } from "chai";
import { GET, HttpWorld, message, OK, requestOf, sentTo } from "../../../support/http-world.ts";
import { ALL_ZERO } from "../../../support/path-world.ts";

const OLD = message(["GET / HTTP/1.0", "Host: shop"]);
const OLD_KEEPING = message(["GET / HTTP/1.0", "Host: shop", "Connection: keep-alive"]);
const HEAD = requestOf("HEAD /");
const CHUNKED = message(["HTTP/1.1 200 OK", "Transfer-Encoding: chunked"], "3\r\nabc\r\n0\r\n\r\n");
const UNTIL_CLOSE = message(["HTTP/1.1 200 OK"], "abc");

interface Row {
  readonly what: string;
  readonly asked: string;
  readonly answer: string;
  /** The backend closes behind it. */
  readonly ends?: boolean;
  readonly got: string;
  readonly client: "keeps" | "closes";
  readonly backend: "keeps" | "closes";
}

const ok = (lines: readonly string[], body = ""): string => message(["HTTP/1.1 200 OK", ...lines], body);

const ROWS: readonly Row[] = [
  { what: "a length", asked: GET, answer: OK, got: OK, client: "keeps", backend: "keeps" },
  { what: "chunks", asked: GET, answer: CHUNKED, got: CHUNKED, client: "keeps", backend: "keeps" },
  {
    what: "until close: in chunks of our own",
    asked: GET,
    answer: UNTIL_CLOSE,
    ends: true,
    got: ok(["Transfer-Encoding: chunked"], "3\r\nabc\r\n0\r\n\r\n"),
    client: "keeps",
    backend: "closes",
  },
  {
    what: "until close, empty",
    asked: GET,
    answer: message(["HTTP/1.1 200 OK"]),
    ends: true,
    got: ok(["Transfer-Encoding: chunked"], "0\r\n\r\n"),
    client: "keeps",
    backend: "closes",
  },
  {
    what: "chunks for HTTP/1.0: until close",
    asked: OLD_KEEPING,
    answer: CHUNKED,
    got: ok(["Connection: close"], "abc"),
    client: "closes",
    backend: "keeps",
  },
  {
    what: "until close for HTTP/1.0",
    asked: OLD,
    answer: UNTIL_CLOSE,
    ends: true,
    got: ok(["Connection: close"], "abc"),
    client: "closes",
    backend: "closes",
  },
  {
    what: "a length for HTTP/1.0",
    asked: OLD,
    answer: OK,
    got: ok(["Connection: close", "Content-Length: 2"], "ok"),
    client: "closes",
    backend: "keeps",
  },
  {
    what: "a length for HTTP/1.0 that keeps its connection",
    asked: OLD_KEEPING,
    answer: OK,
    got: ok(["Connection: keep-alive", "Content-Length: 2"], "ok"),
    client: "keeps",
    backend: "keeps",
  },
  {
    what: "HEAD",
    asked: HEAD,
    answer: ok(["Content-Length: 9"]),
    got: ok(["Content-Length: 9"]),
    client: "keeps",
    backend: "keeps",
  },
  {
    what: "HEAD, and a body all the same: it is cut off",
    asked: HEAD,
    answer: OK,
    got: ok(["Content-Length: 2"]),
    client: "keeps",
    backend: "closes",
  },
  {
    what: "204 with bytes behind it",
    asked: GET,
    answer: message(["HTTP/1.1 204 No Content"], "xx"),
    got: message(["HTTP/1.1 204 No Content"]),
    client: "keeps",
    backend: "closes",
  },
  {
    what: "304 with a length",
    asked: GET,
    answer: message(["HTTP/1.1 304 Not Modified", "Content-Length: 5"]),
    got: message(["HTTP/1.1 304 Not Modified", "Content-Length: 5"]),
    client: "keeps",
    backend: "keeps",
  },
  {
    what: "a backend that closes",
    asked: GET,
    answer: ok(["Connection: close", "Content-Length: 2"], "ok"),
    got: OK,
    client: "keeps",
    backend: "closes",
  },
  {
    what: "a backend of HTTP/1.0",
    asked: GET,
    answer: message(["HTTP/1.0 200 OK", "Content-Length: 2"], "ok"),
    got: OK,
    client: "keeps",
    backend: "closes",
  },
  {
    what: "extensions and trailers",
    asked: GET,
    answer: ok(["Transfer-Encoding: chunked"], "3;a=b\r\nabc\r\n0;c\r\nX-Sum: 1\r\n\r\n"),
    got: CHUNKED,
    client: "keeps",
    backend: "keeps",
  },
];

/** A head with its field lines in order of the alphabet, as their order does not matter. */
function sorted(text: string): string {
  const end = text.indexOf("\r\n\r\n");
  const [first, ...lines] = text.slice(0, end).split("\r\n");
  return [first, ...lines.sort(), text.slice(end)].join("\n");
}

describe("Answer", () => {
  for (const { what, asked, answer, ends, got, client: clientSide, backend: backendSide } of ROWS) {
    for (const most of [undefined, 1]) {
      it(`${what}${most === undefined ? "" : ", byte by byte"}`, () => {
        const w = new HttpWorld();
        const { client, backend } = w.asked(asked);
        backend.send(Buffer.from(answer));
        if (ends === true) backend.sendEnd();
        backend.deliverAll(most);
        w.tasks.run();
        // Byte by byte the bodies that we make chunks of come in other chunks.
        if (most === undefined || ends !== true) {
          if (most === undefined || !/chunked/.test(got)) expect(sorted(sentTo(client))).to.equal(sorted(got));
        }
        expect(client.finSent ? "closes" : "keeps").to.equal(clientSide);
        expect(backend.ending === undefined ? "keeps" : "closes").to.equal(backendSide);
        expect(w.path.idleUpstreams).to.equal(backendSide === "keeps" ? 1 : 0);
        expect(w.lastRequest).to.deep.include({ cause: "finished", endedBy: "client", state: "----" });
        if (!client.isClosed) w.fin(client);
        expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
      });
    }
  }

  describe("an answer that ends too early never looks whole", () => {
    const cut: readonly (readonly [string, string, string])[] = [
      ["a length", GET, ok(["Content-Length: 3"], "ab")],
      ["chunks", GET, ok(["Transfer-Encoding: chunked"], "3\r\nabc\r\n")],
      ["chunks, in the last line", GET, ok(["Transfer-Encoding: chunked"], "3\r\nabc\r\n0\r\n\r")],
      ["chunks for HTTP/1.0", OLD, ok(["Transfer-Encoding: chunked"], "3\r\nabc\r\n")],
    ];
    for (const [what, asked, answer] of cut) {
      for (const how of ["fin", "reset"] as const) {
        it(`${what}: ${how}`, () => {
          const w = new HttpWorld();
          const { client, backend } = w.asked(asked);
          w.say(backend, answer);
          w[how](backend);
          expect([client.ending, client.finSent]).to.deep.equal(["reset", false]);
          expect(w.lastRequest).to.deep.include({ status: 200, endedBy: "backend", phase: "relay", state: "SD--" });
        });
      }
    }

    it("until close: a reset is no end", () => {
      const w = new HttpWorld();
      const { client, backend } = w.asked(GET);
      w.say(backend, UNTIL_CLOSE);
      w.reset(backend);
      expect([client.ending, sentTo(client).includes("0\r\n\r\n")]).to.deep.equal(["reset", false]);
    });
  });

  describe("what is no answer becomes 502", () => {
    const bad: readonly (readonly [string, string])[] = [
      ["SSH-2.0-x\r\n", "status-line"],
      ["HTTP/1.1 200 OK\nContent-Length: 0\n\n", "status-line"],
      [ok(["Content-Length: 1", "Content-Length: 2"]), "content-length-repeated"],
      [ok(["Transfer-Encoding: gzip"]), "transfer-coding-unknown"],
      [ok(["Transfer-Encoding: chunked"], "no chunk"), "chunk-size"],
      [message(["HTTP/1.1 103 Early Hints"]).repeat(101), "too-many-interims"],
    ];
    for (const [text, refusal] of bad) {
      it(refusal, () => {
        const w = new HttpWorld();
        const { client, backend } = w.asked(GET);
        w.say(backend, text);
        expect(sentTo(client)).to.match(/HTTP\/1\.1 502 Bad Gateway\r\n(?!.*HTTP\/1\.1)/s);
        expect(w.lastRequest).to.deep.include({ status: 502, cause: "bad-response", endedBy: "backend" });
        expect([client.ending, backend.ending]).to.deep.equal([undefined, "closed"]);
        w.say(client, GET);
        w.say(w.backend(1), OK);
        expect(w.requests.map(({ status }) => status)).to.deep.equal([502, 200]);
      });
    }

    it("a part of a head, and nothing more", () => {
      const w = new HttpWorld();
      const { client, backend } = w.asked(GET);
      w.say(backend, "HTTP/1.1 200 OK\r\nContent-");
      w.fin(backend);
      expect(sentTo(client)).to.match(/^HTTP\/1\.1 502 /);
      expect(w.lastRequest).to.deep.include({ cause: "response-cut", status: 502 });
    });

    it("chunks that are malformed behind the head: the client sees that something is missing", () => {
      const w = new HttpWorld();
      const { client, backend } = w.asked(GET);
      w.say(backend, ok(["Transfer-Encoding: chunked"], "3\r\nabc\r\n"));
      w.say(backend, "no chunk");
      expect([client.ending, backend.ending]).to.deep.equal(["reset", "closed"]);
      expect(w.lastRequest).to.deep.include({ refusal: "chunk-size", status: 200, cause: "bad-response" });
    });
  });

  it("interim answers go on to HTTP/1.1 and are kept from HTTP/1.0", () => {
    for (const [asked, times] of [
      [GET, 2],
      [OLD, 0],
    ] as const) {
      const w = new HttpWorld();
      const { client, backend } = w.asked(asked);
      w.say(backend, message(["HTTP/1.1 103 Early Hints", "Link: </a>"]).repeat(2) + OK);
      expect(sentTo(client).match(/ 103 /g)?.length ?? 0).to.equal(times);
      expect(w.lastRequest.status).to.equal(200);
    }
  });

  it("a slow reader holds the backend back, and gets every byte", () => {
    const w = new HttpWorld({ path: { bufferBytes: 96 * 1024 } });
    const client = w.accept("192.0.2.1", { room: 10 });
    w.say(client, GET);
    const backend = w.backend(0);
    const body = Buffer.from(Array.from({ length: 500_000 }, (_, i) => 33 + ((i * 7 + (i >> 8)) % 90)));
    backend.send(Buffer.concat([Buffer.from(ok(["Content-Length: 500000"])), body]));
    for (let round = 0; round < 1000 && !client.received.subarray(-body.length).equals(body); round++) {
      backend.deliverAll();
      expect(client.unsent).to.be.at.most(100_000);
      client.grant(7000);
      w.tasks.run();
    }
    expect([client.violations, backend.violations]).to.deep.equal([[], []]);
    expect([w.lastRequest.cause, w.path.pool.lent, w.path.idleUpstreams]).to.deep.equal(["finished", 0, 1]);
  });
});
