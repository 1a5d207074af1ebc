import { createSeededRandom, type SeededRandom } from "../../src/skew/seeded-random.ts";

/** Forms of lines that the generator writes. */
export const generatedFormats = ["combined", "haproxy-http", "haproxy-tcp", "json", "csv"] as const;
export type GeneratedFormat = (typeof generatedFormats)[number];

export interface LogPlan {
  readonly format: GeneratedFormat;
  readonly lines: number;
  /** Addresses besides those that are planted; one in ten is of IPv6. */
  readonly clients: number;
  /** u32 */
  readonly seed: number;
}

/** An address, or the devices of one /64, that carries much. */
export interface Planted {
  /** As the analysis names it. */
  readonly client: string;
  readonly share: number;
}

/** 31 % of all lines; the heaviest carries 1.9 fair shares of ten backends. */
export const planted: readonly Planted[] = Object.freeze([
  { client: "203.0.113.7", share: 0.19 },
  { client: "198.51.100.23", share: 0.065 },
  { client: "2001:db8:cafe:1::", share: 0.055 },
]);

/** One line in so many cannot be read: its address is no address. */
export const LINES_PER_BAD_LINE = 20_000;

/** Lines that are made into one chunk. */
const BATCH = 2_000;
const PATHS = ["/", "/cart", "/checkout", "/assets/app.9f2c41.js", "/api/v1/products?page=7", "/img/hero@2x.webp"];
const AGENTS = [
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Safari/537.36",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6",
  "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0",
];

/** The log in chunks of whole lines, the same for the same plan. */
export function* logChunks(plan: LogPlan): Generator<Buffer> {
  const random = createSeededRandom(plan.seed, "lines of a log");
  const clients = drawClients(plan);
  const write = lineWriters[plan.format];
  for (let written = 0; written < plan.lines; ) {
    const lines: string[] = [];
    for (const until = Math.min(plan.lines, written + BATCH); written < until; written++) {
      const isBad = written % LINES_PER_BAD_LINE === LINES_PER_BAD_LINE - 1;
      lines.push(write(isBad ? "999.1.2.3" : drawClient(clients, random), random));
    }
    yield Buffer.from(lines.join(""), "latin1");
  }
}

function drawClient(clients: readonly string[], random: SeededRandom): string {
  let rest = random.next();
  for (const { client, share } of planted) {
    rest -= share;
    // The devices of a /64 choose their own last half.
    if (rest < 0) return client.endsWith("::") ? `${client}${(1 + random.below(0xffff)).toString(16)}` : client;
  }
  return clients[random.below(clients.length)] ?? "";
}

/** Addresses of everybody else: none of them is heavy, and none is in a reserved block. */
function drawClients({ clients, seed }: LogPlan): readonly string[] {
  const random = createSeededRandom(seed, "clients of a log");
  return Array.from({ length: clients }, (_, i) => {
    const [a, b] = [random.u32(), random.u32()];
    if (i % 10 === 9) {
      return `2a0${(a >>> 28).toString(16)}:${(a & 0xffff).toString(16)}:${(b >>> 16).toString(16)}:${(b & 0xffff).toString(16)}::1`;
    }
    return `${20 + (a >>> 26)}.${(a >>> 16) & 255}.${(a >>> 8) & 255}.${a & 255}`;
  });
}

/** What programs write by default, with values of usual length. */
const lineWriters: Readonly<Record<GeneratedFormat, (address: string, random: SeededRandom) => string>> = {
  combined: (address, random) =>
    `${address} - - [06/Feb/2026:12:14:14 +0000] "GET ${pick(PATHS, random)} HTTP/1.1" 200 ${random.below(90_000)} "https://shop.example/" "${pick(AGENTS, random)}"\n`,
  "haproxy-http": (address, random) =>
    `Feb  6 12:14:14 lb1 haproxy[14389]: ${address}:${port(random)} [06/Feb/2026:12:14:14.655] http-in web/s${random.below(10)} 10/0/30/69/109 200 ${random.below(90_000)} - - ---- 12/12/3/1/0 0/0 "GET ${pick(PATHS, random)} HTTP/1.1"\n`,
  "haproxy-tcp": (address, random) =>
    `Feb  6 12:12:56 lb1 haproxy[14387]: ${address}:${port(random)} [06/Feb/2026:12:12:51.443] tcp-in web/s${random.below(10)} 0/0/${random.below(60_000)} ${random.below(90_000)} -- 12/12/3/1/0 0/0\n`,
  json: (address, random) =>
    `{"time":"2026-02-06T12:14:14.655Z","level":"info","message":"closed","event":"connection-closed","kind":"connection","instance":"lb1","id":"${random.u32().toString(36)}","listener":"default","client_ip":"${address}","client_port":${port(random)},"backend":"s${random.below(10)}","reason":"home","bytes_in":${random.below(9_000)},"bytes_out":${random.below(90_000)},"duration_ms":${random.below(60_000)}}\n`,
  csv: (address) => `${address},1\n`,
};

function pick(texts: readonly string[], random: SeededRandom): string {
  return texts[random.below(texts.length)] ?? "";
}

function port(random: SeededRandom): number {
  return 1024 + random.below(64_512);
}
