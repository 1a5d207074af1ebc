import { expect } from "chai";
import { paletteOf, type Theme, themes } from "../../../../src/skew/report/plots/theme.ts";
import {
  plotHeaviestSweep,
  plotLoadOverTime,
  plotLoadPerBackend,
  plotMovedKeys,
} from "../../../../src/skew/report/plots.ts";
import { sampleBackends, samplePlacement, sampleSweep, sampleTime } from "../../../support/skew-studies.ts";

const PLOTS: Readonly<Record<string, (theme: Theme) => Promise<string>>> = {
  "load-per-backend": (theme) => plotLoadPerBackend(samplePlacement(), theme),
  "heaviest-address": (theme) => plotHeaviestSweep(sampleSweep(), theme),
  "moved-keys": (theme) => plotMovedKeys(samplePlacement(), theme),
  "load-over-time": (theme) => plotLoadOverTime(sampleTime(), theme),
};

/** What is written in a plot, its labels included. */
function textsOf(svg: string): readonly string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text = ""]) => text);
}

describe("plots", () => {
  for (const [name, plot] of Object.entries(PLOTS)) {
    describe(name, () => {
      it("has the same bytes whatever was drawn before", async () => {
        const first = await plot("light");
        for (const other of Object.values(PLOTS)) await other("dark");
        expect(await plot("light")).to.equal(first);
      });

      it("says what is to be seen to those who do not see it", async () => {
        const svg = await plot("dark");
        expect(svg).to.match(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="[\d.]+" height="[\d.]+" viewBox="/);
        expect(svg).to.contain(`role="img" aria-labelledby="${name}-dark-title ${name}-dark-desc"`);
        const [, title = ""] = /<title id="[^"]+">([^<]+)<\/title>/.exec(svg) ?? [];
        const [, description = ""] = /<desc id="[^"]+">([^<]+)<\/desc>/.exec(svg) ?? [];
        expect(title).to.match(/\d/);
        expect(description).to.contain("ring").and.contain("sticky cookie");
      });

      it("has ids that no other plot of a page has", async () => {
        for (const theme of themes) {
          const svg = await plot(theme);
          const ids = [...svg.matchAll(/\sid="([^"]+)"/g)].map(([, id = ""]) => id);
          expect(new Set(ids).size).to.equal(ids.length);
          expect(ids.filter((id) => !id.startsWith(`${name}-${theme}-`))).to.deep.equal([]);
          const used = [...svg.matchAll(/url\(#([^)]+)\)/g)].map(([, id = ""]) => id);
          expect(used.filter((id) => !ids.includes(id))).to.deep.equal([]);
        }
      });

      it("needs nothing from elsewhere and holds no broken number", async () => {
        const svg = await plot("light");
        expect(svg.replaceAll("http://www.w3.org/2000/svg", "")).to.not.match(
          /https?:|<script|<image|href=|NaN|undefined|Infinity/,
        );
        expect(svg.match(/\d\.\d{3,}/g) ?? [], "hundredths of a pixel").to.deep.equal([]);
      });

      it("is drawn in the colours of its theme", async () => {
        for (const theme of themes) {
          const { background, kind } = paletteOf(theme);
          const svg = await plot(theme);
          expect(svg).to.contain(`fill="${background}"`).and.contain(kind.address).and.contain(kind.cookie);
          const other = paletteOf(theme === "light" ? "dark" : "light");
          expect(svg).to.not.contain(other.background).and.not.contain(other.kind.address);
        }
      });
    });
  }

  it("show every policy that could be asked, and none that could not", async () => {
    const study = samplePlacement();
    const policies = study.policies.map((figures, i) =>
      i === 1
        ? {
            ...{ ...figures, impossible: "no", users: undefined, connections: undefined },
            ...{ remove: undefined, add: undefined, reweigh: undefined },
          }
        : figures,
    );
    const load = textsOf(await plotLoadPerBackend({ ...study, policies }, "light")).join("|");
    const moved = textsOf(await plotMovedKeys({ ...study, policies }, "light"));
    expect(load).to.contain("ring: 1.9").and.contain("HAProxy source consistent: ").and.not.contain("rendezvous");
    expect(moved).to.include.members(["ring", "modulo", "90 %"]).and.not.include("rendezvous");
  });

  it("draw a line at the floor when there is one above 1", async () => {
    const plain = samplePlacement();
    const heavy = { ...plain, floor: { users: 1.7, connections: 1.7 } };
    const dashes = (svg: string): number => svg.match(/stroke-dasharray/g)?.length ?? 0;
    expect(dashes(await plotLoadPerBackend(plain, "light"))).to.equal(0);
    const svg = await plotLoadPerBackend(heavy, "light");
    expect(dashes(svg)).to.be.above(0);
    expect(svg).to.contain("1.70, which no hash of the address can get");
  });

  it("count requests or connections where nobody knows the users", async () => {
    const { population, ...study } = samplePlacement();
    const log = { ...study, population: { ...population, users: undefined } };
    expect(textsOf(await plotMovedKeys(log, "light", "request"))).to.include("requests that move");
    expect(textsOf(await plotLoadPerBackend(log, "light")).join(" ")).to.contain("Connections of each of 10 backends");
  });

  it("are drawn for one backend, for a hundred and for no policy at all", async () => {
    const texts = { 1: "of the only backend", 100: "of each of 100 backends" };
    for (const [backends, text] of Object.entries(texts)) {
      const study = samplePlacement({ backends: sampleBackends(Number(backends)) });
      expect(await plotLoadPerBackend(study, "light")).to.contain(text);
    }
    const nobody = samplePlacement({ policies: [] });
    for (const plot of [plotLoadPerBackend, plotMovedKeys]) {
      expect(await plot(nobody, "dark")).to.contain("No policy could be asked");
    }
    expect(await plotLoadOverTime(sampleTime({ policies: [], changes: [] }), "dark")).to.contain(
      "No policy could be asked",
    );
  });

  it("name the backends that change, whatever they are called", async () => {
    const time = sampleTime();
    const rename = (id: string): string => (id === "b3" ? `<b>&"'` : id);
    const svg = await plotLoadOverTime(
      {
        ...time,
        backends: time.backends.map((backend) => ({ ...backend, id: rename(backend.id) })),
        changes: time.changes.map((change) => ({ ...change, backend: rename(change.backend) })),
      },
      "light",
    );
    expect(svg).to.contain("&lt;b&gt;&amp;").and.not.contain("<b>");
    expect(textsOf(svg)).to.include("b5 drains").and.include("b11 joins");
  });
});
