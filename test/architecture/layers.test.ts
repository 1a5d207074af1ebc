import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

/** The repository's root, seen from build/test/architecture. */
const root = fileURLToPath(new URL("../../../", import.meta.url));
const MAX_LINES = 300;

function typescriptFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join(folder, file));
}

function textOf(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

/** What a file imports: relative paths as paths from the root, packages by name. */
function importsOf(file: string): { readonly local: string[]; readonly packages: string[] } {
  const local: string[] = [];
  const packages: string[] = [];
  for (const [, target = ""] of textOf(file).matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)) {
    if (target.startsWith(".")) local.push(relative(root, resolve(root, dirname(file), target)));
    else packages.push(target);
  }
  return { local, packages };
}

/** The top folder of src/ that a file belongs to; "" for the files directly in src/. */
function layerOf(file: string): string {
  const parts = file.split("/");
  return parts.length > 2 ? (parts[1] ?? "") : "";
}

const EVERYTHING = [
  "model",
  "hashing",
  "proxy-protocol",
  "platform",
  "path",
  "control",
  "config",
  "observe",
  "compose",
  "cli",
  "",
];

/** Which layers may import which; a layer may always import itself. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  model: [],
  hashing: ["model"],
  "proxy-protocol": ["model"],
  platform: ["model"],
  config: ["model"],
  observe: ["model", "platform"],
  path: ["model", "hashing", "proxy-protocol", "platform"],
  control: ["model", "hashing", "platform"],
  compose: ["model", "proxy-protocol", "platform", "config", "control", "path", "observe"],
  cli: EVERYTHING,
  "": EVERYTHING,
};

/** Pure layers: no sockets, no files, no clock, no process. */
const PURE = ["model", "hashing", "proxy-protocol"];

describe("the architecture", () => {
  const sources = typescriptFiles("src");

  it("looked at all of it", () => {
    expect(sources.length).to.be.greaterThan(100);
  });

  it("has only layers with a rule", () => {
    const unknown = [...new Set(sources.map(layerOf))].filter((layer) => !(layer in ALLOWED));
    expect(unknown, "give a new folder of src/ its line in this test and in src/README.md").to.deep.equal([]);
  });

  it("keeps imports inside the allowed layers", () => {
    const violations: string[] = [];
    let seen = 0;
    for (const file of sources) {
      const layer = layerOf(file);
      for (const target of importsOf(file).local) {
        seen++;
        const to = layerOf(target);
        if (to !== layer && !(ALLOWED[layer] ?? []).includes(to)) violations.push(`${file} imports ${target}`);
      }
    }
    expect(seen).to.be.greaterThan(300);
    expect(violations).to.deep.equal([]);
  });

  it("keeps the pure layers pure", () => {
    const violations = sources
      .filter((file) => PURE.includes(layerOf(file)))
      .flatMap((file) =>
        importsOf(file)
          .packages.filter((name) => name.startsWith("node:"))
          .map((name) => `${file}: ${name}`),
      );
    expect(violations).to.deep.equal([]);
  });

  it("uses the clock and randomness of platform/ only", () => {
    const violations = sources
      .filter((file) => layerOf(file) !== "platform")
      .filter((file) =>
        /\bsetTimeout\(|\bsetInterval\(|Date\.now\(|performance\.now\(|Math\.random\(/.test(textOf(file)),
      );
    expect(violations).to.deep.equal([]);
  });

  it("keeps files small", () => {
    const files = [...sources, ...typescriptFiles("bench"), ...typescriptFiles("test")];
    const long = files
      .map((file) => ({ file, lines: textOf(file).split("\n").length }))
      .filter(({ lines }) => lines > MAX_LINES)
      .map(({ file, lines }) => `${file}: ${lines} lines`);
    expect(files.length).to.be.greaterThan(200);
    expect(long, `split by idea what is above ${MAX_LINES} lines`).to.deep.equal([]);
  });

  it("names the layers in src/README.md", () => {
    const page = textOf("src/README.md");
    const missing = Object.keys(ALLOWED).filter((layer) => layer !== "" && !page.includes(`\`${layer}/\``));
    expect(missing).to.deep.equal([]);
  });

  it("has no effect when a module is imported", async () => {
    const before = process.getActiveResourcesInfo().length;
    const listeners = process.eventNames().length;
    const modules = sources.filter((file) => file !== "src/main.ts" && !file.endsWith(".d.ts"));
    for (const file of modules) await import(new URL(`../../${file.replace(/\.ts$/, ".js")}`, import.meta.url).href);
    expect(modules.length).to.be.greaterThan(100);
    expect(process.getActiveResourcesInfo().length).to.equal(before);
    expect(process.eventNames().length).to.equal(listeners);
  });
});
