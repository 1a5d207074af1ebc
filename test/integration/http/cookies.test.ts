import { expect } from "chai";
import { closeAfterEach } from "../../support/close-after-each.ts";
import { HttpBalancer } from "../../support/http/http-balancer.ts";
import { cookieSet, fieldOf, fieldsOf, requestText } from "../../support/http/http-client.ts";
import { mirror, type Serve, seenIn, startWebBackend, startWebBackends } from "../../support/http/web-backend.ts";
import { TestBackend } from "../../support/test-backend.ts";

const NAMED = { COOKIE_NAME: "s", COOKIE_VALUE: "id" };

describe("http mode, our cookie between browser and backend", () => {
  const later = closeAfterEach();

  async function start(flags: Record<string, string> = {}, serve?: Serve): Promise<HttpBalancer> {
    return HttpBalancer.start(later, await startWebBackends(later, 2, serve), { ...NAMED, ...flags });
  }

  it("COOKIE_HIDE: every pair of ours is taken out, an emptied header with it, the others stay as they are", async () => {
    const lengket = await start();
    const fields = [
      "Cookie: a=1; s=app2;b=2",
      "Cookie: s=app1",
      "Cookie: s=nobody; c=3 ; ss=app1; S=app1",
      "X-After: x",
    ];
    const seen = seenIn(await lengket.ask({ fields }));
    expect(seen.backend, "the first that can be used").to.equal("app2");
    const cookies = fieldsOf(seen, "cookie");
    expect(cookies).to.have.length(2);
    expect(cookies.join("|").replaceAll(/[; ]+/g, " ")).to.equal("a=1 b=2|c=3 ss=app1 S=app1");
    expect(fieldOf(seen, "x-after")).to.equal("x");

    const visible = await start({ COOKIE_HIDE: "false" });
    const all = fieldsOf(seenIn(await visible.ask({ fields })), "cookie");
    expect(all).to.deep.equal(fields.slice(0, 3).map((line) => line.slice("Cookie: ".length)));
  });

  it("COOKIE_NOCACHE: an answer that sets the cookie is private, whatever the backend says about caching; others stay as they are", async () => {
    const serve: Serve = (seen, response, request) => {
      response.setHeader("Cache-Control", "public, max-age=600");
      mirror(seen, response, request);
    };
    const lengket = await start({}, serve);
    const first = await lengket.ask();
    expect(cookieSet(first, "s")).to.match(/^s=app/);
    expect(fieldOf(first, "cache-control"))
      .to.match(/\bprivate\b/)
      .and.not.match(/\bpublic\b/);
    const next = await lengket.ask({ fields: ["Cookie: s=app1"] });
    expect(fieldOf(next, "cache-control")).to.equal("public, max-age=600");

    const off = await start({ COOKIE_NOCACHE: "false" }, serve);
    const cached = await off.ask();
    expect(cookieSet(cached, "s")).to.match(/^s=app/);
    expect(fieldOf(cached, "cache-control")).to.equal("public, max-age=600");
  });

  it("an answer that turns out malformed becomes 502, which sets no cookie; nor does its record say so", async () => {
    const raw = await TestBackend.start("app", (socket) => {
      socket.once("data", () => {
        socket.end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcXX\r\n0\r\n\r\n");
      });
    });
    later(() => raw.kill());
    const lengket = await HttpBalancer.start(later, [raw], NAMED);
    const answer = await lengket.ask();
    expect(answer.status).to.equal(502);
    expect(fieldsOf(answer, "set-cookie")).to.deep.equal([]);
    expect(lengket.requests.items[0]).to.include({ cause: "bad-response", status: 502, cookieOut: "none" });
  });

  it("a backend that sets a cookie of our name: dropped; with COOKIE_PRESERVE left alone, and then it is the only one", async () => {
    const serve: Serve = (seen, response, request) => {
      response.setHeader("Set-Cookie", ["theme=dark; Path=/", "s=; Max-Age=0; Path=/", "lang=id"]);
      mirror(seen, response, request);
    };
    const dropping = await start({}, serve);
    const bound = await dropping.ask({ fields: ["Cookie: s=app1"] });
    expect(fieldsOf(bound, "set-cookie")).to.deep.equal(["theme=dark; Path=/", "lang=id"]);
    const fresh = await dropping.ask();
    expect(fieldsOf(fresh, "set-cookie")).to.have.length(3);
    expect(cookieSet(fresh, "s")).to.match(/^s=app/);
    expect(dropping.requests.items.map(({ cookieOut }) => cookieOut)).to.deep.equal(["deleted", "inserted"]);

    const preserving = await start({ COOKIE_PRESERVE: "true" }, serve);
    for (const fields of [["Cookie: s=app1"], []]) {
      const received = await preserving.ask({ fields });
      expect(fieldsOf(received, "set-cookie")).to.deep.equal([
        "theme=dark; Path=/",
        "s=; Max-Age=0; Path=/",
        "lang=id",
      ]);
    }
    expect(preserving.requests.items.map(({ cookieOut }) => cookieOut)).to.deep.equal(["provided", "provided"]);
  });

  it("its attributes are those of the settings", async () => {
    const lengket = await start({
      ...{ COOKIE_PATH: "/app", COOKIE_DOMAIN: "shop.example", COOKIE_SECURE: "on", COOKIE_SAMESITE: "none" },
      ...{ COOKIE_PARTITIONED: "true", COOKIE_MAX_AGE: "1h", COOKIE_HTTPONLY: "false" },
    });
    const [line = ""] = fieldsOf(await lengket.ask(), "set-cookie");
    const [pair, ...attributes] = line.split("; ");
    expect(pair).to.match(/^s=app/);
    expect(attributes.sort()).to.deep.equal(
      ["Path=/app", "Domain=shop.example", "Max-Age=3600", "Secure", "SameSite=None", "Partitioned"].sort(),
    );
    const [plain = ""] = fieldsOf(await (await start()).ask(), "set-cookie");
    expect(plain.split("; ").slice(1).sort()).to.deep.equal(["HttpOnly", "Path=/", "SameSite=Lax"]);
  });

  it("it is set once: in the final answer, not in a 100 or 103 before it; in answers without a body and in a 101 too", async () => {
    const answers: Readonly<Record<string, string>> = {
      "/interim": "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
      "/304": 'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n',
      "/204": "HTTP/1.1 204 No Content\r\n\r\n",
      "/404": "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
      "/101": "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n",
    };
    const backend = await TestBackend.start("app", (socket) => {
      socket.on("data", (chunk) => socket.write(answers[chunk.toString("latin1").split(" ")[1] ?? ""] ?? ""));
      socket.on("end", () => socket.end());
    });
    later(() => backend.kill());
    const lengket = await HttpBalancer.start(later, [backend], NAMED);
    for (const target of Object.keys(answers)) {
      const client = await lengket.open();
      client.send(requestText({ target, fields: ["Connection: Upgrade", "Upgrade: chat"] }));
      let received = await client.answer();
      if (target === "/interim") {
        expect(received.status).to.equal(103);
        expect(fieldsOf(received, "set-cookie")).to.deep.equal([]);
        received = await client.answer();
      }
      expect(fieldsOf(received, "set-cookie"), target).to.deep.equal(["s=app; Path=/; HttpOnly; SameSite=Lax"]);
    }
  });

  it("not in what we answer ourselves: no backend was found, so there is nothing to bind to", async () => {
    const [backend] = await startWebBackends(later, 1);
    await backend?.kill();
    const lengket = await HttpBalancer.start(later, [backend as TestBackend], { ...NAMED, RETRIES: "0" });
    const received = await lengket.ask();
    expect(received.status).to.equal(503);
    expect(fieldsOf(received, "set-cookie")).to.deep.equal([]);
  });

  it("NEW_SESSION_HINT: the parallel first requests of one browser go together, those of different ones do not have to", async () => {
    const arrived: (() => void)[] = [];
    const hold: Serve = (seen, response, request) => {
      arrived.push(() => mirror(seen, response, request));
      if (arrived.length === 6) for (const answer of arrived.splice(0)) answer();
    };
    const load = async (lengket: HttpBalancer, agents: readonly string[]): Promise<readonly string[]> =>
      Promise.all(
        Array.from({ length: 6 }, async (_, i) => {
          const fields = [`User-Agent: ${agents[i % agents.length]}`];
          return seenIn(await lengket.ask({ fields })).backend;
        }),
      );
    const serving = (): Promise<readonly TestBackend[]> =>
      Promise.all(["app1", "app2", "app3"].map((id) => startWebBackend(later, id, hold)));
    const hinted = await HttpBalancer.start(later, await serving(), NAMED);
    expect(new Set(await load(hinted, ["Firefox"])).size, "one page load").to.equal(1);
    const many = await HttpBalancer.start(later, await serving(), NAMED);
    expect(new Set(await load(many, ["a", "b", "c", "d", "e", "f"])).size, "six browsers").to.equal(3);
    const off = await HttpBalancer.start(later, await serving(), { ...NAMED, NEW_SESSION_HINT: "0" });
    expect(new Set(await load(off, ["Firefox"])).size, "without hints").to.equal(3);
  });
});
