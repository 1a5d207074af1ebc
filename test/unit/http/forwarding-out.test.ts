import { expect } from "chai";
import { findOrigin } from "../../../src/http/forwarded.ts";
import { type ForwardedOut, forwardingEdit } from "../../../src/http/forwarding-out.ts";
import type { ForwardingFields, ForwardingRules } from "../../../src/http/forwarding-rules.ts";
import { fieldsOf, rulesFor } from "../../support/forwarding.ts";

interface Scene {
  readonly mode?: ForwardedOut;
  readonly header?: ForwardingRules["header"];
  readonly peer?: string;
  readonly host?: string | undefined;
  readonly fields?: Partial<ForwardingFields>;
}

/** What a backend gets: the headers that stayed, then those that were added. */
function sent(scene: Scene): readonly string[] {
  const { mode = "append", header = "x-forwarded-for", peer = "10.0.0.1", fields: given = {} } = scene;
  const fields = fieldsOf(given);
  const rules = rulesFor(header);
  const endpoint = { address: peer, port: 4000 };
  const host = "host" in scene ? scene.host : "shop.example:8080";
  const request = { peer: endpoint, origin: findOrigin(endpoint, fields, rules), scheme: "http", host } as const;
  const { remove, add } = forwardingEdit(mode, request, fields, rules);
  const stayed = Object.entries(fields)
    .filter(([field]) => !remove.has(field as keyof ForwardingFields))
    .flatMap(([field, values]) => values.map((value: string) => `${field}: ${value}`));
  return [...stayed, ...add.map(({ name, value }) => `${name}: ${value}`)];
}

/** A client that claims all it can. */
const CLAIMS: Partial<ForwardingFields> = {
  forwarded: ["for=6.6.6.6;proto=https"],
  xForwardedFor: ["6.6.6.6"],
  xForwardedProto: ["https"],
  xForwardedHost: ["evil.example"],
  realIp: ["6.6.6.6"],
};

describe("the forwarding headers that a backend sees", () => {
  it("tell who the client is", () => {
    for (const mode of ["append", "replace"] as const) {
      expect(sent({ mode, peer: "198.51.100.9" })).to.deep.equal([
        "X-Forwarded-For: 198.51.100.9",
        "X-Forwarded-Proto: http",
        "X-Forwarded-Host: shop.example:8080",
      ]);
      expect(sent({ mode, header: "forwarded", peer: "2001:db8::9" })).to.deep.equal([
        'Forwarded: for="[2001:db8::9]";host="shop.example:8080";proto=http',
      ]);
    }
  });

  it("never carry a claim of a peer that is not trusted, in neither family", () => {
    for (const mode of ["append", "replace"] as const) {
      for (const header of ["x-forwarded-for", "forwarded", "none"] as const) {
        const lines = sent({ mode, header, peer: "198.51.100.9", fields: CLAIMS });
        expect(lines.length, header).to.equal(header === "forwarded" ? 1 : 3);
        expect(lines.join("\n")).to.match(/198\.51\.100\.9/);
        expect(lines.join("\n")).to.not.match(/6\.6\.6\.6|https|evil/);
      }
    }
  });

  it("append to what a trusted peer sent", () => {
    expect(
      sent({
        fields: {
          xForwardedFor: ["6.6.6.6", "192.0.2.1, 10.0.0.2"],
          xForwardedProto: ["https"],
          xForwardedHost: ["www.example"],
          forwarded: ["for=1.1.1.1"],
          realIp: ["192.0.2.1"],
        },
      }),
    ).to.deep.equal([
      "xForwardedProto: https",
      "xForwardedHost: www.example",
      "realIp: 192.0.2.1",
      "X-Forwarded-For: 6.6.6.6, 192.0.2.1, 10.0.0.2, 10.0.0.1",
    ]);
    expect(sent({ fields: { xForwardedFor: ["192.0.2.1"] } })).to.deep.equal([
      "X-Forwarded-For: 192.0.2.1, 10.0.0.1",
      "X-Forwarded-Proto: http",
      "X-Forwarded-Host: shop.example:8080",
    ]);
  });

  it("append an element of our own to a Forwarded that is well formed, and drop it otherwise", () => {
    const own = 'for=10.0.0.1;host="shop.example:8080";proto=http';
    const out = (forwarded: readonly string[]): readonly string[] =>
      sent({ header: "forwarded", fields: { forwarded, xForwardedFor: ["1.1.1.1"] } });
    expect(out(["for=192.0.2.1;proto=https", 'for="[fd00::2]"'])).to.deep.equal([
      `Forwarded: for=192.0.2.1;proto=https, for="[fd00::2]", ${own}`,
    ]);
    expect(out(["for=192.0.2.1", 'for="open'])).to.deep.equal([`Forwarded: ${own}`]);
    expect(out(['for="open, for=192.0.2.1'])).to.deep.equal([`Forwarded: ${own}`]);
    expect(out([])).to.deep.equal([`Forwarded: ${own}`]);
  });

  it("are replaced by one word on the client that was found", () => {
    const fields = {
      xForwardedFor: ["6.6.6.6, 192.0.2.1, 10.0.0.2"],
      xForwardedProto: ["https"],
      xForwardedHost: ["www.example"],
    };
    expect(sent({ mode: "replace", fields })).to.deep.equal([
      "X-Forwarded-For: 192.0.2.1",
      "X-Forwarded-Proto: https",
      "X-Forwarded-Host: www.example",
    ]);
    const forwarded = ["for=6.6.6.6, for=192.0.2.1;proto=https"];
    expect(sent({ mode: "replace", header: "forwarded", fields: { ...fields, forwarded } })).to.deep.equal([
      'Forwarded: for=192.0.2.1;host="shop.example:8080";proto=https',
    ]);
  });

  it("are left as they came when that is asked for", () => {
    for (const peer of ["10.0.0.1", "198.51.100.9"])
      expect(sent({ mode: "off", peer, fields: CLAIMS }))
        .to.have.length(5)
        .and.not.include("X-Forwarded-Proto: http");
  });

  it("do without what is not known", () => {
    expect(sent({ peer: "", host: undefined })).to.deep.equal(["X-Forwarded-Proto: http"]);
    expect(sent({ peer: "", host: undefined, fields: { xForwardedFor: ["192.0.2.1"] } })).to.deep.equal([
      "xForwardedFor: 192.0.2.1",
      "X-Forwarded-Proto: http",
    ]);
    expect(sent({ peer: "", header: "forwarded", host: undefined })).to.deep.equal([
      "Forwarded: for=unknown;proto=http",
    ]);
  });
});
