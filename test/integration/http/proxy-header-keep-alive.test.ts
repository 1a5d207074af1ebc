import { expect } from "chai";
import { encodeProxyV1 } from "../../../src/proxy-protocol/encode.ts";
import { startHttpApps } from "../../support/apps/http-app.ts";
import { httpBalancerOf } from "../../support/apps/http-balancer.ts";
import { closeAfterEach } from "../../support/close-after-each.ts";
import { TestClient } from "../../support/test-client.ts";

const HEADER = Buffer.from(
  encodeProxyV1({ address: "203.0.113.9", port: 4321 }, { address: "192.0.2.1", port: 80 }),
).toString("latin1");

/** Asks for `path` on a connection that is open, and reads the answer to its end. */
async function ask(client: TestClient, path: string, ahead = ""): Promise<string> {
  client.write(`${ahead}GET ${path} HTTP/1.1\r\nHost: shop\r\n\r\n`);
  for (let line = await client.line(); ; line = await client.line()) if (line.startsWith("body ")) return line;
}

describe("many requests behind a PROXY header", () => {
  const later = closeAfterEach();

  async function connect(proxy: string): Promise<TestClient> {
    const [app = expect.fail("no app")] = await startHttpApps(1, () => (request, response) => {
      const body = `body ${request.url} of ${request.headers["x-forwarded-for"]}\n`;
      response.end(body);
    });
    later(() => app.kill());
    const running = await httpBalancerOf(later, [app], {
      LISTEN: `127.0.0.1:0;proxy=${proxy}`,
      PROXY_PROTOCOL_TRUSTED: "loopback",
    });
    const client = await TestClient.open(running.at());
    later(() => client.close());
    return client;
  }

  for (const proxy of ["required", "optional"]) {
    it(`are all answered (proxy=${proxy})`, async () => {
      const client = await connect(proxy);
      expect(await ask(client, "/1", HEADER)).to.equal("body /1 of 203.0.113.9");
      for (const path of ["/2", "/3"]) expect(await ask(client, path)).to.equal(`body ${path} of 203.0.113.9`);
    });
  }

  it("are all answered where the header is optional and there is none", async () => {
    const client = await connect("optional");
    for (const path of ["/1", "/2", "/3"]) expect(await ask(client, path)).to.equal(`body ${path} of 127.0.0.1`);
  });

  it("are all answered when the header comes alone", async () => {
    const client = await connect("required");
    client.write(HEADER);
    for (const path of ["/1", "/2", "/3"]) expect(await ask(client, path)).to.equal(`body ${path} of 203.0.113.9`);
  });
});
