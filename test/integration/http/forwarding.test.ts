import { expect } from "chai";
import { closeAfterEach } from "../../support/close-after-each.ts";
import { HttpBalancer } from "../../support/http/http-balancer.ts";
import { fieldOf, fieldsOf } from "../../support/http/http-client.ts";
import { type Seen, seenIn, startWebBackends } from "../../support/http/web-backend.ts";

const HOP = "127.0.0.1";
const STRANGER = "127.0.0.2";
const FLAGS = { TRUSTED_PROXIES: `${HOP}/32, 10.0.0.0/8`, COOKIE_MODE: "off" };

const CLAIMS = [
  "X-Forwarded-For: 203.0.113.7, 10.0.0.1",
  "X-Forwarded-Proto: https",
  "X-Forwarded-Host: shop.example",
  "Forwarded: for=203.0.113.8;proto=https, for=10.0.0.2",
  "X-Real-IP: 203.0.113.9",
];

interface Outcome {
  readonly seen: Seen;
  /** The client of the record. */
  readonly client: string;
}

describe("http mode, who the client is and what backends are told", () => {
  const later = closeAfterEach();

  async function ask(
    flags: Record<string, string>,
    from: string,
    fields: readonly string[] = CLAIMS,
  ): Promise<Outcome> {
    const lengket = await HttpBalancer.start(later, await startWebBackends(later, 1), { ...FLAGS, ...flags });
    const seen = seenIn(await lengket.ask({ fields }, from));
    const record = await lengket.requestOf("/");
    expect(record.key).to.equal(`${record.client.address}/32`);
    expect(record.via?.address).to.equal(record.client.address === from ? undefined : from);
    return { seen, client: record.client.address };
  }

  const told = ({ seen }: Outcome): Readonly<Record<string, readonly string[]>> =>
    Object.fromEntries(
      ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded", "X-Real-IP"].flatMap((name) => {
        const values = fieldsOf(seen, name);
        return values.length === 0 ? [] : [[name, values]];
      }),
    );

  it("append (default): behind what a trusted hop said comes the hop; the other family is left out", async () => {
    const outcome = await ask({}, HOP);
    expect(outcome.client, "right to left, past trusted hops").to.equal("203.0.113.7");
    expect(told(outcome)).to.deep.equal({
      "X-Forwarded-For": [`203.0.113.7, 10.0.0.1, ${HOP}`],
      "X-Forwarded-Proto": ["https"],
      "X-Forwarded-Host": ["shop.example"],
      "X-Real-IP": ["203.0.113.9"],
    });
  });

  it("append: of a stranger's claims nothing is left, whatever the header", async () => {
    for (const flags of [{}, { REAL_IP_HEADER: "x-real-ip" }, { FORWARDED_HEADER: "none" }]) {
      const outcome = await ask(flags, STRANGER);
      expect(outcome.client).to.equal(STRANGER);
      const { "X-Real-IP": realIp, ...rest } = told(outcome);
      expect(rest).to.deep.equal({
        "X-Forwarded-For": [STRANGER],
        "X-Forwarded-Proto": ["http"],
        "X-Forwarded-Host": ["shop.test"],
      });
      // Without the setting it is a header like any other.
      expect(realIp).to.deep.equal("REAL_IP_HEADER" in flags ? undefined : ["203.0.113.9"]);
    }
  });

  it("nothing is left of claims that applications would read as these headers: underscores in place of hyphens", async () => {
    const claims = ["X_Forwarded_For: 6.6.6.6", "x_forwarded-proto: https", "X-Forwarded_Host: evil.example"];
    for (const flags of [{}, { FORWARDED_OUT: "replace" }]) {
      for (const from of [HOP, STRANGER]) {
        const { seen, client } = await ask({ ...flags, REAL_IP_HEADER: "x-real-ip" }, from, [
          ...claims,
          "X_Real-IP: 6.6.6.6",
          "X_Other_Thing: stays",
        ]);
        expect(client).to.equal(from);
        expect(seen.fields.filter(([name]) => name.includes("_"))).to.deep.equal([["X_Other_Thing", "stays"]]);
        expect(fieldsOf(seen, "X-Forwarded-Proto")).to.deep.equal(["http"]);
      }
    }
    const { seen } = await ask({ FORWARDED_OUT: "off" }, STRANGER, claims);
    expect(seen.fields.filter(([name]) => name.includes("_"))).to.have.length(claims.length);
  });

  it("replace: the client alone", async () => {
    const outcome = await ask({ FORWARDED_OUT: "replace" }, HOP);
    expect(outcome.client).to.equal("203.0.113.7");
    expect(told(outcome)).to.include.keys("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host");
    expect(told(outcome)["X-Forwarded-For"]).to.deep.equal(["203.0.113.7"]);
    expect(told(outcome)).not.to.have.property("Forwarded");
  });

  it("off: the headers as they came, from anybody; who is believed stays the same", async () => {
    for (const [from, client] of [
      [HOP, "203.0.113.7"],
      [STRANGER, STRANGER],
    ] as const) {
      const outcome = await ask({ FORWARDED_OUT: "off" }, from);
      expect(outcome.client).to.equal(client);
      expect(told(outcome)).to.deep.equal({
        "X-Forwarded-For": ["203.0.113.7, 10.0.0.1"],
        "X-Forwarded-Proto": ["https"],
        "X-Forwarded-Host": ["shop.example"],
        Forwarded: ["for=203.0.113.8;proto=https, for=10.0.0.2"],
        "X-Real-IP": ["203.0.113.9"],
      });
      expect(told(await ask({ FORWARDED_OUT: "off" }, from, []))).to.deep.equal({});
    }
  });

  it("FORWARDED_HEADER=forwarded: read and written in its place, values quoted where they must be", async () => {
    const outcome = await ask({ FORWARDED_HEADER: "forwarded" }, HOP);
    expect(outcome.client).to.equal("203.0.113.8");
    expect(told(outcome)["Forwarded"]?.join(", ")).to.match(
      /^for=203\.0\.113\.8;proto=https, for=10\.0\.0\.2, for=127\.0\.0\.1;/,
    );
    expect(told(outcome)).not.to.have.any.keys("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host");
    const replaced = await ask({ FORWARDED_HEADER: "forwarded", FORWARDED_OUT: "replace" }, HOP);
    expect(fieldOf(replaced.seen, "forwarded"))
      .to.match(/^for=203\.0\.113\.8;/)
      .and.not.include("10.0.0.2");
  });

  it("FORWARDED_HEADER=none: no header is believed, not even a hop's", async () => {
    expect((await ask({ FORWARDED_HEADER: "none" }, HOP)).client).to.equal(HOP);
  });

  it("REAL_IP_HEADER: a trusted hop names the client there; a stranger does not", async () => {
    const flags = { REAL_IP_HEADER: "x-real-ip" };
    expect((await ask(flags, HOP)).client).to.equal("203.0.113.9");
    expect((await ask(flags, HOP, ["X-Forwarded-For: 203.0.113.7"])).client, "without it the others").to.equal(
      "203.0.113.7",
    );
    expect((await ask(flags, STRANGER)).client).to.equal(STRANGER);
  });

  it("a header of several lines counts as one; what cannot be read ends the search at the hop that sent it", async () => {
    const lines = ["X-Forwarded-For: 203.0.113.1", "X-Forwarded-For: 203.0.113.7, 10.0.0.1"];
    const outcome = await ask({}, HOP, lines);
    expect(outcome.client).to.equal("203.0.113.7");
    expect(fieldOf(outcome.seen, "x-forwarded-for")).to.equal(`203.0.113.1, 203.0.113.7, 10.0.0.1, ${HOP}`);
    expect((await ask({}, HOP, ["X-Forwarded-For: 203.0.113.7, nonsense, 10.0.0.1"])).client).to.equal("10.0.0.1");
    expect((await ask({}, HOP, ["X-Forwarded-For: nonsense"])).client).to.equal(HOP);
  });

  it("COOKIE_MODE=off places by the client that a trusted hop told of: alike on every connection, and spread", async () => {
    const lengket = await HttpBalancer.start(later, await startWebBackends(later, 4), FLAGS);
    const client = await lengket.open(HOP);
    const homes = new Map<string, string>();
    for (let i = 0; i < 60; i++) {
      const fields = [`X-Forwarded-For: 203.0.113.${i % 30}`];
      const { backend } = seenIn(i < 30 ? await client.ask({ fields }) : await lengket.ask({ fields }, HOP));
      expect(homes.get(fields[0] ?? "") ?? backend).to.equal(backend);
      homes.set(fields[0] ?? "", backend);
    }
    expect(new Set(homes.values()).size).to.equal(4);
    // A stranger can choose no backend.
    const met = new Set<string>();
    for (let i = 0; i < 30; i++) {
      met.add(seenIn(await lengket.ask({ fields: [`X-Forwarded-For: 203.0.113.${i}`] }, STRANGER)).backend);
    }
    expect(met.size).to.equal(1);
  });

  it("ALLOW and DENY are asked about the client that a trusted hop told of, too: 403, and the hop's connection goes on", async () => {
    const lengket = await HttpBalancer.start(later, await startWebBackends(later, 1), {
      ...FLAGS,
      DENY: "203.0.113.66",
    });
    const client = await lengket.open(HOP);
    const from = (address: string): readonly string[] => [`X-Forwarded-For: ${address}`];
    expect((await client.ask({ fields: from("203.0.113.65") })).status).to.equal(200);
    expect((await client.ask({ fields: from("203.0.113.66"), target: "/denied" })).status).to.equal(403);
    expect((await client.ask({ fields: from("203.0.113.67") })).status).to.equal(200);
    const record = await lengket.requestOf("/denied");
    expect(record).to.include({ cause: "forbidden", backend: undefined, attempts: 0, state: "PR--" });
  });

  it("Secure=auto: the cookie is for https only when a trusted hop says that the client speaks it", async () => {
    const { COOKIE_MODE: _, ...flags } = FLAGS;
    for (const [from, fields, isSecure] of [
      [HOP, ["X-Forwarded-Proto: https", "X-Forwarded-For: 203.0.113.7"], true],
      [HOP, ["X-Forwarded-Proto: http", "X-Forwarded-For: 203.0.113.7"], false],
      [HOP, [], false],
      [STRANGER, ["X-Forwarded-Proto: https", "X-Forwarded-For: 203.0.113.7"], false],
    ] as const) {
      const lengket = await HttpBalancer.start(later, await startWebBackends(later, 1), flags);
      const [cookie] = fieldsOf(await lengket.ask({ fields }, from), "set-cookie");
      expect(/; Secure(;|$)/.test(cookie ?? ""), `${from} ${fields.join()}: ${cookie}`).to.equal(isSecure);
    }
  });
});
