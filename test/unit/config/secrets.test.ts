import { inspect } from "node:util";
import { expect } from "chai";
import { formatEnv, formatJson } from "../../../src/cli/config.ts";
import { changedSettings } from "../../../src/config/changed-settings.ts";
import type { ConfigurationSources } from "../../../src/config/read-configuration.ts";
import { configure, problemsOf } from "../../support/configure.ts";

const A = "5Qe0T1mJYw4Xz8rB2nVtK7cLhG9dFsUaPoIy63kN+1E=";
const B = "0d7f4e2a9b8c6d5e1f3a2b4c6d8e0f1a";
const FILE = "/run/secrets/cookie";
const HTTP = { MODE: "http" };
const TWO = { ...HTTP, COOKIE_SECRET: `${A} ${B}` };
const FROM_FILE = { ...HTTP, COOKIE_SECRET_FILE: FILE };

const holding = (content: string, mode = 0o600): Partial<ConfigurationSources> => ({
  readFile: () => content,
  fileMode: () => mode,
});

const texts = (secrets: readonly Uint8Array[]): readonly string[] => secrets.map((s) => Buffer.from(s).toString());
const read = (env: Record<string, string>, sources: Partial<ConfigurationSources> = {}): readonly string[] =>
  texts(configure(env, sources).settings.cookieSecrets);

describe("COOKIE_SECRET", () => {
  it("is a list, in the order in which it is written, of the bytes of each text", () => {
    for (const separator of [" ", ",", ", ", "\n", "\r\n,\t"]) {
      expect(read({ ...HTTP, COOKIE_SECRET: A + separator + B })).to.deep.equal([A, B]);
      expect(read({ ...HTTP, COOKIE_SECRET: B + separator + A })).to.deep.equal([B, A]);
    }
    const umlauts = "ü".repeat(16);
    expect(configure({ ...HTTP, COOKIE_SECRET: umlauts }).settings.cookieSecrets[0]).to.have.lengthOf(32);
  });

  it("refuses what is shorter than 32 bytes, and says which one without showing it", () => {
    const found = problemsOf({ ...HTTP, COOKIE_SECRET: `${A},hunter2,${B}` });
    expect(found).to.deep.equal([
      {
        where: "LENGKET_COOKIE_SECRET[1]",
        problem: "shorter than 32 bytes: it has 7",
        hint: "make one: openssl rand -base64 32",
      },
    ]);
    expect(() => configure({ ...HTTP, COOKIE_SECRET: "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345" })).to.not.throw();
  });

  it("refuses quotes around a secret, which another way to set it would take away: the keys would differ", () => {
    for (const quoted of [`"${A}"`, `'${A}'`]) {
      const found = problemsOf({ ...HTTP, COOKIE_SECRET: quoted });
      expect(found.map(({ problem }) => problem)).to.deep.equal(["the quotes are part of the value"]);
      expect(JSON.stringify(found)).to.not.include(A.slice(0, 8));
      expect(problemsOf({ ...HTTP, COOKIE_SECRET: `${B},${quoted}` })[0]).to.deep.equal({
        where: "LENGKET_COOKIE_SECRET[1]",
        problem: "the quotes are part of this secret",
        hint: "write it without them",
      });
      expect(problemsOf(FROM_FILE, holding(`${B}\n${quoted}\n`))[0]).to.include({
        where: `${FILE}:2`,
        problem: "the quotes are part of this secret",
      });
    }
    expect(read({ ...HTTP, COOKIE_SECRET: `"${A}` })).to.deep.equal([`"${A}`]);
  });

  it("refuses a comma alone: two empty secrets are not none", () => {
    expect(problemsOf({ ...HTTP, COOKIE_SECRET: "," })[0]?.problem).to.equal("a list without an element");
  });

  it("refuses what is no text", () => {
    expect(problemsOf({ ...HTTP, COOKIE_SECRET: `${B}\u0001` })[0]?.problem).to.include("without control characters");
    expect(problemsOf(FROM_FILE, holding(`${B}\uFFFD`))[0]?.problem).to.include("a secret is text");
  });

  it("refuses the example of the documentation, wherever it stands", () => {
    const example = "replace-me-by-openssl-rand-base64-32";
    expect(problemsOf({ ...HTTP, COOKIE_SECRET: `${A} ${example}` })[0]).to.include({
      where: "LENGKET_COOKIE_SECRET",
      value: "(2 secrets)",
      problem: "this is the example of the documentation, which everybody knows",
    });
    expect(problemsOf(FROM_FILE, holding(example)).map(({ where }) => where)).to.deep.equal([
      "LENGKET_COOKIE_SECRET_FILE",
    ]);
  });

  it("warns of few different characters, and of a flag", () => {
    const weak = configure({ ...HTTP, COOKIE_SECRET: "abcabc".repeat(9) }).warnings;
    expect(weak.map(({ where, value }) => [where, value])).to.deep.equal([["LENGKET_COOKIE_SECRET", "(1 secret)"]]);
    const flag = configure(HTTP, { flags: { COOKIE_SECRET: A } }).warnings;
    expect(flag.map(({ where, problem }) => [where, problem])).to.deep.equal([
      ["--cookie-secret", "every user of this machine sees a flag in the list of processes"],
    ]);
  });
});

describe("COOKIE_SECRET_FILE", () => {
  it("holds one secret a line, or several with commas; ends of lines do not count", () => {
    expect(read(FROM_FILE, holding(`${A}\n`))).to.deep.equal([A]);
    expect(read(FROM_FILE, holding(`\uFEFF${A}\r\n\r\n${B}\r\n`))).to.deep.equal([A, B]);
    expect(read(FROM_FILE, holding(`${A},${B}`))).to.deep.equal([A, B]);
    expect(read(FROM_FILE, holding(`#${A}`))).to.deep.equal([`#${A}`]);
  });

  it("is read anew for every configuration, so that a reload brings what it holds now", () => {
    let content = A;
    const sources = { readFile: () => content, fileMode: () => 0o600 };
    const before = configure(FROM_FILE, sources).settings;
    content = `${B}\n${A}\n`;
    const after = configure(FROM_FILE, sources).settings;
    expect(texts(after.cookieSecrets)).to.deep.equal([B, A]);
    expect(changedSettings(before, after)).to.deep.equal({ live: ["LENGKET_COOKIE_SECRET"], restart: [] });
    expect(changedSettings(after, configure(FROM_FILE, sources).settings).live).to.deep.equal([]);
  });

  it("cannot stand beside COOKIE_SECRET", () => {
    expect(problemsOf({ ...TWO, COOKIE_SECRET_FILE: FILE }, holding(A))).to.deep.equal([
      {
        where: "LENGKET_COOKIE_SECRET_FILE",
        value: FILE,
        problem: "COOKIE_SECRET is set too",
        hint: "leave one of them out",
      },
    ]);
  });

  it("names file and line of a mistake without showing it", () => {
    expect(problemsOf(FROM_FILE, holding(`${A}\n\nhunter2\n`))).to.deep.equal([
      { where: `${FILE}:3`, problem: "shorter than 32 bytes: it has 7", hint: "make one: openssl rand -base64 32" },
    ]);
  });

  it("is refused when it is empty or cannot be read, and that is all that is said", () => {
    expect(problemsOf(FROM_FILE, holding("\n")).map(({ problem }) => problem)).to.deep.equal([
      "the file holds no secret",
    ]);
    expect(problemsOf(FROM_FILE).map(({ where, problem }) => [where, problem])).to.deep.equal([
      ["LENGKET_COOKIE_SECRET_FILE", "there is no such file"],
    ]);
  });

  it("warns when others may read it, and when others may read an env file with a secret", () => {
    const wheres = (env: Record<string, string>, sources: Partial<ConfigurationSources>) =>
      configure(env, sources).warnings.map(({ where, problem }) => [where, problem]);
    const problem = "every user of this machine may read the secrets in this file";
    expect(wheres(FROM_FILE, holding(A, 0o100644))).to.deep.equal([["LENGKET_COOKIE_SECRET_FILE", problem]]);
    expect(wheres(FROM_FILE, holding(A, 0o100640))).to.deep.equal([]);
    const envFile = { path: "prod.env", text: `LENGKET_COOKIE_SECRET='${A}'` };
    expect(wheres(HTTP, { envFile, fileMode: () => 0o644 })).to.deep.equal([
      ["LENGKET_COOKIE_SECRET (prod.env:1)", problem],
    ]);
    expect(wheres(HTTP, { envFile, fileMode: () => undefined })).to.deep.equal([]);
  });
});

describe("secrets", () => {
  it("are shown nowhere: not by config, not as JSON, not to console.log", () => {
    const configuration = configure(TWO);
    const shown = [
      JSON.stringify(configuration),
      formatEnv(configuration),
      formatJson(configuration),
      inspect(configuration, { depth: Number.POSITIVE_INFINITY }),
    ];
    for (const text of shown) {
      expect(text).to.match(/\(2 secrets\)/);
      for (const secret of [A, B, Buffer.from(A).toString("hex"), `${A.charCodeAt(0)},${A.charCodeAt(1)}`])
        expect(text).to.not.include(secret);
      expect(text.replace(/\s/g, "")).to.not.include([...Buffer.from(B).subarray(0, 4)].join(","));
    }
  });

  it("are neither text nor numbers in the JSON of config", () => {
    const { LENGKET_COOKIE_SECRET: shown } = JSON.parse(formatJson(configure(TWO)));
    expect(shown).to.deep.equal({ text: "(2 secrets)", value: ["(secret)", "(secret)"], source: "environment" });
    const fromFile = JSON.parse(formatJson(configure(FROM_FILE, holding(A))));
    expect(fromFile.LENGKET_COOKIE_SECRET).to.deep.equal({ text: "", value: ["(secret)"], source: "default" });
    expect(fromFile.LENGKET_COOKIE_SECRET_FILE).to.include({ text: FILE, value: FILE });
  });

  it("are a comment in the env file that config prints, so that it is never read back as a secret", () => {
    expect(formatEnv(configure(TWO))).to.match(/^# LENGKET_COOKIE_SECRET is not shown \(2 secrets\)$/m);
    expect(formatEnv(configure(HTTP))).to.match(/^#LENGKET_COOKIE_SECRET=$/m);
  });

  it("change live, and are compared byte by byte", () => {
    const before = configure(TWO).settings;
    const rotated = configure({ ...HTTP, COOKIE_SECRET: `${B} ${A}` }).settings;
    expect(changedSettings(before, configure(TWO).settings)).to.deep.equal({ live: [], restart: [] });
    expect(changedSettings(before, rotated)).to.deep.equal({ live: ["LENGKET_COOKIE_SECRET"], restart: [] });
  });
});
