import { expect } from "chai";
import { closeAfterEach } from "../../support/close-after-each.ts";
import { HttpClient } from "../../support/http/http-client.ts";
import { startWebBackends } from "../../support/http/web-backend.ts";
import { cpuMsOf, LengketProcess } from "../../support/lengket-process.ts";
import { settingOf } from "../../support/test-backend.ts";

const SLOW = 16;
const BYTE_EVERY_MS = 50;
const IDLE = 1_000;
const REQUESTS = 300;

describe("http mode, slow and idle clients", function () {
  this.timeout(60_000);
  const later = closeAfterEach();

  async function start(): Promise<LengketProcess> {
    const backends = await startWebBackends(later, 2, (seen, response) => response.end(seen.body));
    const lengket = await LengketProcess.start({ MODE: "http", BACKENDS: settingOf(backends), ACCESS_LOG: "off" });
    later(() => lengket.kill());
    return lengket;
  }

  async function open({ port }: LengketProcess): Promise<HttpClient> {
    const client = await HttpClient.open({ host: "127.0.0.1", port });
    later(() => client.close());
    return client;
  }

  /** Sends one byte after the other. Tells how many are left. */
  class Drip {
    readonly #client: HttpClient;
    readonly #text: string;
    readonly #timer: NodeJS.Timeout;
    #sent = 0;

    constructor(client: HttpClient, text: string) {
      this.#client = client;
      this.#text = text;
      this.#timer = setInterval(() => this.#client.send(this.#text[this.#sent++] ?? ""), BYTE_EVERY_MS);
      later(() => clearInterval(this.#timer));
    }

    get left(): number {
      return this.#text.length - this.#sent;
    }

    get sent(): number {
      return this.#sent;
    }

    /** The rest at once. */
    flood(): void {
      clearInterval(this.#timer);
      this.#client.send(this.#text.slice(this.#sent));
    }
  }

  /** Milliseconds of each of `REQUESTS` requests in a row, and of more until it is `enough`, in order of size. */
  async function latencies(client: HttpClient, enough = (): boolean => true): Promise<readonly number[]> {
    const took: number[] = [];
    for (let i = 0; i < REQUESTS || !enough(); i++) {
      const startedMs = performance.now();
      const received = await client.ask({ method: "POST", body: `${i}` });
      took.push(performance.now() - startedMs);
      expect(received.body).to.equal(`${i}`);
    }
    return took.sort((a, b) => a - b);
  }

  it(`${SLOW} clients that send a byte now and then and ${IDLE} idle ones do not delay another`, async () => {
    const lengket = await start();
    const well = await open(lengket);
    await latencies(well);
    const alone = await latencies(well);

    const idle = await Promise.all(Array.from({ length: IDLE }, () => open(lengket)));
    // Half of them have been served once, the others have not said a word.
    for (const client of idle.slice(0, IDLE / 2)) await client.ask({ target: "/" });
    const slow = await Promise.all(
      Array.from({ length: SLOW }, async (_, i) => {
        const client = await open(lengket);
        const head = `POST /${i} HTTP/1.1\r\nHost: shop\r\nContent-Length: 2000\r\n`;
        const body = `${i};`.repeat(2000).slice(0, 2000);
        // One half is slow with the head, the other with the body.
        if (i % 2 === 1) client.send(`${head}\r\n`);
        const text = i % 2 === 1 ? body : `${head}X-Fill: ${"f".repeat(2000)}\r\n\r\n${body}`;
        return { client, body, drip: new Drip(client, text) };
      }),
    );
    const cpuBeforeMs = cpuMsOf(lengket.pid);
    const among = await latencies(well, () => slow.every(({ drip }) => drip.sent > 0));
    const cpuMs = cpuMsOf(lengket.pid) - cpuBeforeMs;
    const [before = 0, after = 0] = [alone[alone.length >> 1], among[among.length >> 1]];
    console.log(
      `      median ${before.toFixed(2)} ms alone, ${after.toFixed(2)} ms among them; ${(cpuMs / among.length).toFixed(2)} ms CPU a request`,
    );
    for (const { drip } of slow) {
      expect(drip.left, "and had not finished").to.be.above(1000);
    }
    // In the same order: a request that waited for one byte of a slow one would take 50 ms.
    expect(after, "ms at the median").to.be.below(Math.max(4 * before, 10));

    for (const { drip } of slow) drip.flood();
    for (const { client, body } of slow) expect((await client.answer()).body).to.equal(body);
    for (const client of idle) expect((await client.ask({ method: "POST", body: "idle" })).body).to.equal("idle");
  });
});
