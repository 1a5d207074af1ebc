import { createHash } from "node:crypto";
import { Script } from "node:vm";
import { expect } from "chai";
import { makePage } from "../../../../../src/cli/demo/browser/page.ts";
import { pageScript } from "../../../../../src/cli/demo/browser/page-script.ts";

const { html, policy } = makePage({
  controlUrl: "http://127.0.0.1:4001",
  otherUrl: "http://localhost:4000/",
  servers: ["a", "b"],
  items: ["tea", "bread"],
  neighbour: "Budi",
  more: 10,
});

function contentOf(tag: string): string {
  return new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(html)?.[1] ?? "";
}

describe("the page of the shop", () => {
  it("allows its own style and script, the control, and nothing else", () => {
    for (const [tag, directive] of [
      ["style", "style-src"],
      ["script", "script-src"],
    ] as const) {
      const content = contentOf(tag);
      expect(content.length).to.be.greaterThan(1000);
      expect(policy).to.include(`${directive} 'sha256-${createHash("sha256").update(content).digest("base64")}'`);
    }
    expect(policy).to.include("default-src 'none'").and.include("connect-src 'self' http://127.0.0.1:4001;");
    expect(html).to.not.match(/ style=| on[a-z]+="/);
  });

  it("needs nothing from elsewhere", () => {
    const urls = [...html.matchAll(/(?:src|href|action)="([^"]*)"/g)].map(([, url]) => url ?? "");
    expect(urls.filter((url) => !url.startsWith("data:"))).to.deep.equal(["http://localhost:4000/"]);
  });

  it("has a script that can be read", () => {
    expect(() => new Script(pageScript)).to.not.throw();
    expect(pageScript).to.not.include("</script");
  });

  it("has every part that its script asks for", () => {
    const asked = [...pageScript.matchAll(/byId\("([\w-]+)"\)/g)].map(([, id]) => id ?? "");
    const parts = [...asked, ...["you", "neighbour"].flatMap((id) => [`${id}-cart`, `${id}-where`, `${id}-goods`])];
    expect(asked.length).to.be.greaterThan(5);
    for (const id of [...parts, "server-a", "server-b"]) expect(html, id).to.include(`id="${id}"`);
  });
});
