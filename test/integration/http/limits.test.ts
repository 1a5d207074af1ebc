import { expect } from "chai";
import { closeAfterEach } from "../../support/close-after-each.ts";
import { within } from "../../support/gathered.ts";
import { HttpBalancer } from "../../support/http/http-balancer.ts";
import { type Ask, fieldOf, requestText } from "../../support/http/http-client.ts";
import { mirror, seenIn, startWebBackend, startWebBackends } from "../../support/http/web-backend.ts";
import { settled } from "../../support/settled.ts";

const SECOND_MS = 1000;

/** A request whose head has exactly this many bytes. */
function requestOfSize(bytes: number, ask: Ask = {}): string {
  const empty = requestText({ ...ask, fields: ["X-Fill: "] }).length;
  return requestText({ ...ask, fields: [`X-Fill: ${"f".repeat(bytes - empty)}`] });
}

/** A request with exactly this many field lines. */
function requestOfFields(count: number): string {
  return requestText({ fields: Array.from({ length: count - 1 }, (_, i) => `X-${i}: ${i}`) });
}

describe("http mode, limits of requests", () => {
  const later = closeAfterEach();

  const start = async (flags: Record<string, string>): Promise<HttpBalancer> =>
    HttpBalancer.start(later, await startWebBackends(later, 2), flags);

  it("HTTP_MAX_HEAD: the longest head is served, one byte more is 431, even while the client has not finished", async () => {
    const lengket = await start({ HTTP_MAX_HEAD: "2KiB" });
    const client = await lengket.open();
    client.send(requestOfSize(2048));
    expect(fieldOf(seenIn(await client.answer()), "x-fill")).to.have.length.above(1900);

    for (const text of [requestOfSize(2049), requestOfSize(100_000).slice(0, 5000)]) {
      const over = await lengket.open();
      over.send(text);
      const received = await over.answer();
      expect(received.status).to.equal(431);
      expect(fieldOf(received, "connection")).to.equal("close");
      expect(await within(SECOND_MS, "the end", over.ended)).to.equal("fin");
    }
    const [, first] = await lengket.requests.atLeast(2);
    expect(first).to.include({
      status: 431,
      cause: "bad-request",
      endedBy: "balancer",
      phase: "request",
      state: "PR--",
    });
    expect(await client.ask({}), "others go on").to.include({ status: 200 });
  });

  it("HTTP_MAX_HEADERS: as many field lines are served, one more is 431", async () => {
    const lengket = await start({ HTTP_MAX_HEADERS: "20" });
    const client = await lengket.open();
    client.send(requestOfFields(20));
    expect(
      seenIn(await client.answer()).fields.filter(([name]) => name.startsWith("X-") && /\d/.test(name)),
    ).to.have.length(19);
    client.send(requestOfFields(21));
    expect((await client.answer()).status).to.equal(431);
    expect(await within(SECOND_MS, "the end", client.ended)).to.equal("fin");
  });

  it("HTTP_MAX_HEAD above the default lets more in, and answers may be as large", async () => {
    const large = "l".repeat(60_000);
    const backend = await startWebBackend(later, "app", (seen, response) => {
      response.setHeader("X-Large", large);
      mirror(seen, response, response.req);
    });
    const lengket = await HttpBalancer.start(later, [backend], { HTTP_MAX_HEAD: "64KiB" });
    const client = await lengket.open();
    client.send(requestOfSize(65_536));
    const received = await client.answer();
    expect(fieldOf(received, "x-large")).to.equal(large);
    expect(fieldOf(seenIn(received), "x-fill")).to.have.length.above(65_000);

    const smaller = await HttpBalancer.start(later, [backend], {});
    expect((await smaller.ask()).status, "an answer over the default").to.equal(502);
    expect((await smaller.requestOf("/")).cause).to.equal("bad-response");
  });

  it("a pipeline far ahead of the answers is held back, and all of it is answered in order", async () => {
    let answerFirst: () => void = () => {};
    const backend = await startWebBackend(later, "app", ({ target }, response) => {
      if (target === "/0") answerFirst = () => response.end(target);
      else response.end(target);
    });
    const lengket = await HttpBalancer.start(later, [backend], {});
    const client = await lengket.open();
    const count = 2_000;
    const fill = `X-Fill: ${"f".repeat(8000)}`;
    for (let i = 0; i < count; i++) client.send({ target: `/${i}`, fields: [fill] });
    const stuckAt = await settled(() => client.wire.socket.writableLength);
    expect(stuckAt, "of 16 MB, what neither the kernel nor the balancer took").to.be.above(6_000_000);
    expect(lengket.balancer.gauges.leases, "requests under way").to.equal(1);
    answerFirst();
    for (let i = 0; i < count; i++) expect((await client.answer()).body).to.equal(`/${i}`);
  });
});
