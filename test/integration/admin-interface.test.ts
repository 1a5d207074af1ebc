import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { runProgram } from "../../src/cli/program.ts";
import { balancerOf, type Flags, type RunningBalancer } from "../support/balancer-of.ts";
import { CapturedOutput } from "../support/captured-output.ts";
import { closeAfterEach } from "../support/close-after-each.ts";
import { LengketProcess } from "../support/lengket-process.ts";
import { freePort } from "../support/tcp-tools.ts";
import { turnedAway } from "../support/test-client.ts";

const BACKENDS = "app1=127.0.0.1:1,app2=127.0.0.1:2";

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>>;
}

describe("the admin interface", () => {
  const later = closeAfterEach();
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "lengket-admin-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function started(flags: Flags = {}): Promise<RunningBalancer> {
    const lengket = await balancerOf({ BACKENDS, ADMIN_LISTEN: "127.0.0.1:0", ...flags });
    later(() => lengket.balancer.close());
    return lengket;
  }

  function ask(
    { balancer }: RunningBalancer,
    path: string,
    { method = "GET", host = "localhost" }: { method?: string; host?: string } = {},
  ): Promise<Reply> {
    const address = balancer.adminAddress ?? "";
    const [, socketPath] = /^unix:(.*)/.exec(address) ?? [];
    const [, name = "", port = ""] = /^\[?(.*?)\]?:(\d+)$/.exec(address) ?? [];
    const where = socketPath === undefined ? { host: name, port } : { socketPath };
    return new Promise((resolve, reject) => {
      const asked = request({ ...where, path, method, headers: { host }, agent: false }, (response) => {
        let text = "";
        response.on("data", (data) => {
          text += data;
        });
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: JSON.parse(text || "{}") }),
        );
      });
      asked.on("error", reject);
      asked.end();
    });
  }

  it("answers about a client and about all of them, and lets nobody keep the answer", async () => {
    const lengket = await started();
    const route = await ask(lengket, "/api/route?client=203.0.113.7");
    expect(route.status).to.equal(200);
    expect(route.body).to.deep.include({ client: "203.0.113.7", key: "203.0.113.7/32" });
    expect(route.headers).to.include({ "cache-control": "no-store", connection: "close" });
    expect(route.headers).to.not.have.property("access-control-allow-origin");
    const skew = await ask(lengket, "/api/skew");
    expect(skew.body).to.deep.include({ counted: 0, clients: [], advice: [] });
  });

  it("refuses names of others: a page on the web may have made one of them point here", async () => {
    const lengket = await started();
    for (const host of ["evil.example", "evil.example:8405", "localhost.evil.example"]) {
      expect((await ask(lengket, "/api/skew", { host })).status, host).to.equal(403);
    }
    for (const host of ["localhost:1", "127.0.0.1", "[::1]:8405"]) {
      expect((await ask(lengket, "/api/skew", { host })).status, host).to.equal(200);
    }
  });

  it("says what is wrong with a question", async () => {
    const lengket = await started();
    const error = async (path: string, method = "GET"): Promise<readonly unknown[]> => {
      const { status, body } = await ask(lengket, path, { method });
      return [status, body["error"]];
    };
    expect(await error("/api/route")).to.deep.equal([400, "client is missing: /api/route?client=203.0.113.7"]);
    expect(await error("/api/route?client=x")).to.deep.equal([400, 'client is no IP address: "x"']);
    expect(await error("/api/route?client=1.2.3.4&port=65536")).to.deep.equal([
      400,
      "port is no number from 0 to 65535",
    ]);
    expect((await error("/api/route?client=1.2.3.4&clent=1"))[0]).to.equal(400);
    expect((await error("/api/skew?x=1"))[0]).to.equal(400);
    expect((await error("/api/route/"))[0]).to.equal(404);
    expect((await error("//api/route"))[0]).to.equal(404);
    expect((await error("/"))[0]).to.equal(404);
    for (const method of ["POST", "DELETE", "OPTIONS"]) {
      const { status, headers } = await ask(lengket, "/api/skew", { method });
      expect([status, headers["allow"]], method).to.deep.equal([405, "GET"]);
    }
  });

  it("tells whom the lists keep out, and masks the others as the access log does", async () => {
    const lengket = await started({ DENY: "203.0.113.0/24", ACCESS_LOG_MASK: "true", RETRIES: "0" });
    const { body } = await ask(lengket, "/api/route?client=203.0.113.7");
    expect(body).to.deep.equal({ client: "203.0.113.7", refused: "denied" });
    await turnedAway(lengket.at("127.0.0.9"));
    const skew = await ask(lengket, "/api/skew");
    expect(JSON.stringify(skew.body)).to.contain('"client":"127.0.0.0/24"').and.not.contain("127.0.0.9");
  });

  it("listens on a unix socket that only its owner may open, and removes it", async () => {
    const path = join(folder, "admin.sock");
    const lengket = await started({ ADMIN_LISTEN: `unix:${path}` });
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    expect((await ask(lengket, "/api/skew", { host: "whatever.example" })).status).to.equal(200);
    lengket.balancer.close();
    expect(existsSync(path)).to.equal(false);
  });

  it("takes the place of a dead process on a unix socket, not of a living one, and not of a file", async () => {
    const path = join(folder, "stale.sock");
    const dead = await LengketProcess.start({ BACKENDS, ADMIN_LISTEN: `unix:${path}` });
    await dead.kill();
    expect(existsSync(path), "left behind").to.equal(true);
    const first = await started({ ADMIN_LISTEN: `unix:${path}` });
    expect((await ask(first, "/api/skew")).status).to.equal(200);
    const second = await started({ ADMIN_LISTEN: `unix:${path}` }).catch((error: Error) => error);
    expect(second).to.be.an("error").with.property("message").that.contains("another process listens there");
    expect((await ask(first, "/api/skew")).status).to.equal(200);

    const precious = join(folder, "precious.txt");
    writeFileSync(precious, "mine");
    const third = await started({ ADMIN_LISTEN: `unix:${precious}` }).catch((error: Error) => error);
    expect(third).to.be.an("error");
    expect(readFileSync(precious, "utf8")).to.equal("mine");
  });

  it("is a reason not to start when its place is taken", async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, "127.0.0.1", resolve));
    later(() => squatter.close());
    const { port } = squatter.address() as { readonly port: number };
    const refused = await started({ ADMIN_LISTEN: `127.0.0.1:${port}` }).catch((error: Error) => error);
    expect(refused).to.be.an("error").with.property("message").that.contains(`127.0.0.1:${port}`);
  });

  describe("as `lengket route --live` sees it", () => {
    async function routed(...args: readonly string[]): Promise<readonly [number, string, string]> {
      const [stdout, stderr] = [new CapturedOutput(), new CapturedOutput()];
      const code = await runProgram(["route", "203.0.113.7", "--live", ...args], {
        env: {},
        stdout,
        stderr,
        version: "0",
      });
      return [code, stdout.text, stderr.text];
    }

    it("answers from another process, without that process's backends in the configuration", async () => {
      const path = join(folder, "process.sock");
      const lengket = await LengketProcess.start({ BACKENDS, ADMIN_LISTEN: `unix:${path}` });
      later(() => lengket.kill());
      expect(await lengket.said("admin-listening")).to.include({ address: `unix:${path}` });
      const [code, text] = await routed("--admin-listen", `unix:${path}`);
      expect(code, text).to.equal(0);
      expect(text).to.match(/^policy +ring, 1024 virtual nodes per weight, seed 0$/m);
      expect(text).to.match(/^share +nothing was counted yet$/m);
      lengket.signal("SIGINT");
      expect(await lengket.exited).to.include({ code: 0 });
      expect(existsSync(path)).to.equal(false);
    });

    it("exits 1 for a client that the lists keep out", async () => {
      const { balancer } = await started({ DENY: "203.0.113.0/24" });
      const [code, text] = await routed("--admin-listen", balancer.adminAddress ?? "");
      expect([code, text.split("\n")[1]]).to.deep.equal([1, "refused     denied: ALLOW and DENY keep it out"]);
    });

    it("says what to do when nobody answers, somebody else does, or nowhere is told to ask", async () => {
      const port = await freePort("127.0.0.1");
      const [nobody, , why] = await routed("--admin-listen", `127.0.0.1:${port}`);
      expect([nobody, why]).to.deep.equal([
        69,
        `lengket: nobody answers at 127.0.0.1:${port} (ECONNREFUSED); is the balancer running, with the same LENGKET_ADMIN_LISTEN?\n`,
      ]);
      const other = createServer((socket) => socket.resume().end("HTTP/1.0 200 OK\r\n\r\nhello"));
      await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
      later(() => other.close());
      const address = other.address() as { readonly port: number };
      const [stranger, , what] = await routed("--admin-listen", `127.0.0.1:${address.port}`);
      expect(stranger).to.equal(69);
      expect(what).to.contain("is no balancer that can be asked");
      expect((await routed())[0]).to.equal(78);
      expect((await routed())[2]).to.contain("set LENGKET_ADMIN_LISTEN=127.0.0.1:8405");
      expect((await routed("--admin-listen", "10.0.0.1:80"))[0]).to.equal(78);
      expect((await routed("--admin-listen", "127.0.0.1:0"))[0]).to.equal(78);
      expect((await routed("--down", "app1"))[0]).to.equal(2);
    });
  });
});
