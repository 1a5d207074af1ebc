import { expect } from "chai";
import { parseAddress } from "../../src/proxy-protocol/address-text.ts";
import { HaproxyConsistent } from "../../src/skew/peers/haproxy-consistent.ts";
import { HaproxyMapBased } from "../../src/skew/peers/haproxy-map-based.ts";
import { NginxHash } from "../../src/skew/peers/nginx-hash.ts";
import { NginxHashConsistent } from "../../src/skew/peers/nginx-hash-consistent.ts";
import { NginxIpHash } from "../../src/skew/peers/nginx-ip-hash.ts";
import type { PeerClient, PeerServer } from "../../src/skew/peers/peer.ts";
import { closeAfterEach } from "../support/close-after-each.ts";
import { ask, loopbackClients, NumberedBackends } from "../support/peer-choices.ts";
import { type Scene, type Scenes, startHaproxyScenes, startNginxScenes, tcpSceneHost } from "../support/peer-scenes.ts";
import { requireProgram } from "../support/require-program.ts";
import { seededRandom } from "../support/seeded-random.ts";

const BACKENDS = 10;
const SCATTERED_CLIENTS = 1_750;
const TCP_CLIENTS = 300;
const HELD_CONNECTIONS = 400;
const SEED = 20_260;

const WEIGHTS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const EVEN_WEIGHTS = [4, 6, 10, 4, 2, 8, 12, 6, 4, 20];

type Given = (index: number) => Partial<PeerServer>;

const weighted =
  (weights: readonly number[]): Given =>
  (index) => ({ weight: weights[index] ?? 1 });
const oneDown: Given = (index) => ({ down: index === 3 });
const someDown: Given = (index) => ({ down: index === 0 || index === 4 || index === 9, weight: WEIGHTS[index] ?? 1 });
/** So few are up that nginx often gives up hashing. */
const mostDown: Given = (index) => ({ down: index !== 2 && index !== 7, weight: index === 7 ? 2 : 9 });
/** Everybody else is disabled. */
const backupsOnly: Given = (index) => ({
  down: index < 6 || index === 7,
  backup: index > 6,
  weight: index === 8 ? 3 : 10,
});

const IPV6_CLIENT: PeerClient = { bytes: parseAddress("::1") ?? new Uint8Array(), text: "::1" };

describe("models of nginx and HAProxy against the real programs", function () {
  this.timeout(60_000);
  const later = closeAfterEach();

  async function backends(): Promise<NumberedBackends> {
    const started = await NumberedBackends.start(BACKENDS);
    later(() => started.close());
    return started;
  }

  /** Sends every client through every scene and says what the models got wrong, and how many choices were compared. */
  async function compare(target: { readonly port: number }, { http, tcp }: Scenes) {
    const clients = loopbackClients(SCATTERED_CLIENTS, seededRandom(SEED));
    const wrong: string[] = [];
    let choices = 0;
    const check = ({ name, model }: Scene, client: PeerClient, real: number | undefined): void => {
      choices++;
      const expected = model.place(client);
      if (expected !== real) wrong.push(`${name}: ${client.text} → ${real}, the model says ${expected}`);
    };
    const paths = http.map((_, index) => `/${index}`);
    for (const client of [...clients, IPV6_CLIENT]) {
      // One client after the other: both programs may remember what they did before.
      const host = client === IPV6_CLIENT ? "::1" : "127.0.0.1";
      const { answers, close } = await ask({ host, port: target.port }, client.text, paths);
      close();
      for (const [index, scene] of http.entries()) check(scene, client, answers[index]);
    }
    for (const [index, scene] of tcp.entries()) {
      for (const client of clients.slice(-TCP_CLIENTS)) {
        const { answers, close } = await ask({ host: tcpSceneHost(index), port: target.port }, client.text, ["/"]);
        close();
        check(scene, client, answers[0]);
      }
    }
    return { wrong, choices };
  }

  it("nginx: ip_hash, hash and hash consistent; weights, servers down, round robin when hashing is given up", async function () {
    const program = requireProgram(this, "nginx");
    const started = await backends();
    const scene = (
      method: "ip_hash" | "hash $remote_addr" | "hash $binary_remote_addr",
      consistent: boolean,
      title: string,
      given?: Given,
    ): Scene => {
      const servers = started.lines(given);
      const key = method === "hash $binary_remote_addr" ? "bytes" : "text";
      const model =
        method === "ip_hash"
          ? new NginxIpHash(servers)
          : consistent
            ? new NginxHashConsistent(servers, { key })
            : new NginxHash(servers, { key });
      const directive = `${method}${consistent ? " consistent" : ""}`;
      return { name: `${directive}, ${title}`, method: [`${directive};`], servers, model };
    };
    const scenes: Scenes = {
      http: [
        scene("ip_hash", false, "all up"),
        scene("ip_hash", false, "weights", weighted(WEIGHTS)),
        scene("ip_hash", false, "a total weight above 6271", weighted(WEIGHTS.map(() => 1000))),
        scene("ip_hash", false, "some down", someDown),
        scene("ip_hash", false, "most down", mostDown),
        scene("hash $remote_addr", false, "all up"),
        scene("hash $binary_remote_addr", false, "weights", weighted(EVEN_WEIGHTS)),
        scene("hash $remote_addr", false, "one down", oneDown),
        scene("hash $remote_addr", false, "most down", mostDown),
        scene("hash $remote_addr", true, "all up"),
        scene("hash $binary_remote_addr", true, "weights", weighted(WEIGHTS)),
        scene("hash $remote_addr", true, "some down", someDown),
        scene("hash $remote_addr", true, "most down", mostDown),
      ],
      tcp: [
        scene("hash $remote_addr", false, "stream, some down", someDown),
        scene("hash $remote_addr", true, "stream, some down", someDown),
      ],
    };
    const nginx = await startNginxScenes(program, scenes);
    later(() => nginx.stop());
    const { wrong, choices } = await compare(nginx, scenes);
    expect(wrong).to.deep.equal([]);
    expect(choices).to.be.at.least(26_000);
  });

  it("HAProxy: map-based and consistent; weights, disabled servers, backups", async function () {
    const program = requireProgram(this, "haproxy");
    const started = await backends();
    const map = (title: string, given?: Given, avalanche = false): Scene => {
      const servers = started.lines(given);
      const method = ["balance source", ...(avalanche ? ["hash-type map-based sdbm avalanche"] : [])];
      return { name: `map-based, ${title}`, method, servers, model: new HaproxyMapBased(servers, { avalanche }) };
    };
    const consistent = (title: string, given?: Given, avalanche = true): Scene => {
      const servers = started.lines(given);
      const method = ["balance source", `hash-type consistent${avalanche ? "" : " djb2"}`];
      return { name: `consistent, ${title}`, method, servers, model: new HaproxyConsistent(servers, { avalanche }) };
    };
    const scenes: Scenes = {
      http: [
        map("all up"),
        map("weights with a common divisor", weighted(EVEN_WEIGHTS)),
        map("one disabled", oneDown),
        map("some disabled, weights", someDown),
        map("backups only", backupsOnly),
        map("weights and a weight of 0, avalanche", weighted([0, ...WEIGHTS.slice(1)]), true),
        consistent("all up"),
        consistent("weights", weighted(WEIGHTS)),
        consistent("the heaviest", weighted([256, 1, 1, 128, 1, 1, 1, 1, 1, 256])),
        consistent("one disabled", oneDown),
        consistent("some disabled, weights", someDown),
        consistent("backups only", backupsOnly),
        consistent("a weight of 0, djb2", weighted([3, 0, 3, 3, 0, 3, 3, 3, 3, 3]), false),
      ],
      tcp: [map("tcp, weights", weighted(WEIGHTS)), consistent("tcp, some disabled", someDown)],
    };
    const haproxy = await startHaproxyScenes(program, scenes);
    later(() => haproxy.stop());
    const { wrong, choices } = await compare(haproxy, scenes);
    expect(wrong).to.deep.equal([]);
    expect(choices).to.be.at.least(26_000);
  });

  it("HAProxy: hash-balance-factor, choice after choice, while all connections are held", async function () {
    const program = requireProgram(this, "haproxy");
    const started = await backends();
    const cases = [
      { factor: 125, given: undefined },
      { factor: 150, given: weighted(WEIGHTS) },
      { factor: 101, given: someDown },
    ].map(({ factor, given }) => {
      const servers = started.lines(given);
      const held = servers.map(() => 0);
      const model = new HaproxyConsistent(servers, { hashBalanceFactor: factor, served: (index) => held[index] ?? 0 });
      const method = ["balance source", "hash-type consistent", `hash-balance-factor ${factor}`];
      return { held, scene: { name: `factor ${factor}`, method, servers, model } };
    });
    const haproxy = await startHaproxyScenes(program, { http: [], tcp: cases.map(({ scene }) => scene) });
    later(() => haproxy.stop());
    const random = seededRandom(SEED);
    const clients = loopbackClients(HELD_CONNECTIONS, random).slice(-HELD_CONNECTIONS);
    const [heavy = IPV6_CLIENT] = clients;
    for (const [index, { held, scene }] of cases.entries()) {
      const home = new HaproxyConsistent(scene.servers);
      const open: (() => void)[] = [];
      let away = 0;
      for (const each of clients) {
        // A third comes from one address.
        const client = random.next() < 1 / 3 ? heavy : each;
        const expected = scene.model.place(client) ?? -1;
        const { answers, close } = await ask({ host: tcpSceneHost(index), port: haproxy.port }, client.text, ["/"]);
        later(close);
        open.push(close);
        const connections = held.reduce((sum, count) => sum + count, 0);
        expect(answers[0], `${scene.name}: connection ${connections + 1}, from ${client.text}`).to.equal(expected);
        held[expected] = (held[expected] ?? 0) + 1;
        if (expected !== home.place(client)) away++;
      }
      for (const close of open) close();
      expect(away, `${scene.name}: the bound was met`).to.be.above(HELD_CONNECTIONS / 10);
    }
  });
});
