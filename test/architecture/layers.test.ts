import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { repositoryRoot, repositoryText } from "../support/repository.ts";

const MAX_LINES = 300;

function typescriptFiles(folder: string): string[] {
  return readdirSync(join(repositoryRoot, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join(folder, file));
}

/** What a file imports: relative paths as paths from the root, packages by name. */
function importsOf(file: string): { readonly local: string[]; readonly packages: string[] } {
  const local: string[] = [];
  const packages: string[] = [];
  for (const [, target = ""] of repositoryText(file).matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)) {
    if (target.startsWith(".")) local.push(relative(repositoryRoot, resolve(repositoryRoot, dirname(file), target)));
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
  "http",
  "proxy-protocol",
  "platform",
  "path",
  "control",
  "config",
  "observe",
  "skew",
  "admin",
  "compose",
  "cli",
  "",
];

/** Which layers may import which; a layer may always import itself. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  model: [],
  hashing: ["model"],
  http: ["model"],
  "proxy-protocol": ["model"],
  platform: ["model"],
  config: ["model", "hashing", "http"],
  observe: ["model", "platform"],
  path: ["model", "hashing", "http", "proxy-protocol", "platform"],
  control: ["model", "hashing", "platform"],
  skew: ["model", "hashing", "proxy-protocol", "path", "platform"],
  admin: ["model", "platform"],
  compose: [
    ...["model", "hashing", "http", "proxy-protocol", "platform", "config", "control", "path", "observe", "skew"],
    "admin",
  ],
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
        /\bsetTimeout\(|\bsetInterval\(|Date\.now\(|performance\.now\(|Math\.random\(/.test(repositoryText(file)),
      );
    expect(violations).to.deep.equal([]);
  });

  it("keeps files small", () => {
    const files = [...sources, ...typescriptFiles("bench"), ...typescriptFiles("test")];
    const long = files
      .map((file) => ({ file, lines: repositoryText(file).split("\n").length - 1 }))
      .filter(({ lines }) => lines > MAX_LINES)
      .map(({ file, lines }) => `${file}: ${lines} lines`);
    expect(files.length).to.be.greaterThan(200);
    expect(long, `split by idea what is above ${MAX_LINES} lines`).to.deep.equal([]);
  });

  it("names the layers in src/README.md", () => {
    const page = repositoryText("src/README.md");
    const missing = Object.keys(ALLOWED).filter((layer) => layer !== "" && !page.includes(`\`${layer}/\``));
    expect(missing).to.deep.equal([]);
  });

  it("has no effect when a module is imported", async () => {
    const modules = sources.filter((file) => file !== "src/main.ts");
    const urls = modules.map((file) => new URL(`../../${file.replace(/\.ts$/, ".js")}`, import.meta.url).href);
    const script = [
      `const names = () => process.eventNames().map(String).sort().join();`,
      `const before = names();`,
      `for (const url of ${JSON.stringify(urls)}) await import(url);`,
      `if (names() !== before) throw new Error("listeners on process: " + names());`,
    ].join("\n");
    expect(modules.length).to.be.greaterThan(100);
    // A handle or timer that an import left open would keep this process from ending by itself.
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
      timeout: 15_000,
    });
    expect(stdout + stderr).to.equal("");
  });
});
