import { expect } from "chai";
import fc from "fast-check";
import { formatEnv } from "../../src/cli/config.ts";
import { formatProblems } from "../../src/cli/print-problems.ts";
import type { Configuration } from "../../src/config/configuration.ts";
import { parseEnvFile, quoteEnvValue } from "../../src/config/env-file.ts";
import { type ConfigurationSources, readConfiguration } from "../../src/config/read-configuration.ts";
import { SETTINGS, settingEntries } from "../../src/config/settings.ts";
import { readBackendFile, readBackendList } from "../../src/config/types/backend-list.ts";
import { readCidr } from "../../src/config/types/cidr.ts";
import { cidrContains } from "../../src/model/cidr.ts";
import { ConfigError } from "../../src/model/failure.ts";

/** Texts that settings know, so that they are mixed up with each other. */
const VOCABULARY = settingEntries().flatMap(([, { default: fallback, example }]) => [fallback, example]);

const PIECES = [
  "[",
  "]",
  "{",
  "}",
  '"',
  "'",
  "=",
  ";",
  ":",
  ",",
  "/",
  "-",
  "::",
  "10.0.0.1",
  "app",
  "80",
  "0",
  "5s",
  "\n",
  " ",
  "#",
];

const anyText = fc.oneof(
  fc.constantFrom(...VOCABULARY),
  fc.string({ unit: "binary" }),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => pieces.join("")),
);

const anyName = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...settingEntries().map(([, { name }]) => `LENGKET_${name}`)) },
  { weight: 1, arbitrary: fc.string().map((text) => `LENGKET_${text}`) },
  { weight: 1, arbitrary: fc.constantFrom("PORT", "__proto__", "constructor", "LENGKET_PORT", "LENKGET_QUEUE") },
);

const anyEnvironment = fc.dictionary(anyName, anyText, { maxKeys: 12 });

function read(sources: Partial<ConfigurationSources>): Configuration | ConfigError {
  try {
    return readConfiguration({
      flags: {},
      env: {},
      readFile: () => "",
      hostname: () => "h",
      nodeVersion: "24.0.0",
      ...sources,
    });
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

/** Per setting some texts that it accepts, so that whole configurations are often valid. */
const goodTexts: Readonly<Record<string, fc.Arbitrary<string>>> = {
  LISTEN: fc.constantFrom(":8080", ":1;name=a, :2;name=b", "unix:/run/l.sock;proxy=off\n[::1]:443", "systemd"),
  BACKENDS: fc.constantFrom(
    "a=x:1",
    "a=x:1;weight=2\nb=[::1]:2;backup",
    '[{"id":"a","host":"x","port":1,"health":"/ok"}]',
  ),
  INSTANCE: fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }),
  HEALTH_EXPECT_BODY: fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 40 }),
  IDLE_TIMEOUT: fc.constantFrom("0", "off", "1.5s", "1h"),
  RATE_PER_CLIENT: fc.constantFrom("off", "20/s burst 40", "3/m"),
  ALLOW: fc.constantFrom("private", "10.0.0.0/8 ::/0", "loopback,\n192.0.2.1"),
  HASH_POLICY: fc.constantFrom("ring", "maglev", "rendezvous", "modulo"),
  BUFFER: fc.constantFrom("16k", "1 MiB", "65536"),
  ACCESS_LOG: fc.constantFrom("off", './it\'s a "log" # really', "/var/log/a"),
  QUEUE: fc.nat(1000).map(String),
};

const goodEnvironment = fc
  .record(goodTexts, { requiredKeys: ["BACKENDS"] })
  .map((settings) =>
    Object.fromEntries(Object.entries(settings).map(([name, text = ""]) => [`LENGKET_${name}`, text])),
  );

describe("any configuration", () => {
  it("is either settings or a ConfigError whose every problem can be printed", () => {
    let refused = 0;
    fc.assert(
      fc.property(
        anyEnvironment,
        fc.dictionary(fc.string(), anyText, { maxKeys: 2 }),
        fc.option(fc.string()),
        anyText,
        (env, flags, file, backends) => {
          const envFile = file === null ? {} : { envFile: { path: "e", text: file } };
          const result = read({ env, flags, ...envFile, readFile: () => backends });
          if (!(result instanceof ConfigError)) return;
          refused++;
          expect(result.problems).to.not.deep.equal([]);
          for (const { where, problem, hint } of result.problems)
            expect([where, problem, hint ?? "-"]).to.not.include("");
          expect(formatProblems(result.problems, { severity: "error", color: false })).to.not.match(
            /undefined|\[object/,
          );
        },
      ),
      { numRuns: 500 },
    );
    expect(refused).to.be.greaterThan(100);
  });

  it("does not depend on the order of the environment", () => {
    fc.assert(
      fc.property(anyEnvironment, (env) => {
        const backwards = Object.fromEntries(Object.entries(env).reverse());
        const [a, b] = [read({ env }), read({ env: backwards })];
        if (a instanceof ConfigError)
          expect(b).to.be.instanceOf(ConfigError).with.deep.property("problems", a.problems);
        else expect(b).to.deep.equal(a);
      }),
      { numRuns: 150 },
    );
  });
});

describe("config --env", () => {
  it("prints a file that makes the same settings, whatever they came from", () => {
    let accepted = 0;
    fc.assert(
      fc.property(goodEnvironment, fc.boolean(), (env, asFlags) => {
        const flags = Object.fromEntries(
          Object.entries(env).map(([name, text]) => [name.slice("LENGKET_".length), text]),
        );
        const first = read(asFlags ? { flags } : { env });
        if (first instanceof ConfigError) return;
        accepted++;
        const second = read({ envFile: { path: "e", text: formatEnv(first) } });
        if (second instanceof ConfigError) throw second;
        expect(second.settings).to.deep.equal(first.settings);
        expect(second.warnings.map(({ problem }) => problem)).to.deep.equal(
          first.warnings.map(({ problem }) => problem),
        );
      }),
      { numRuns: 300 },
    );
    expect(accepted).to.be.greaterThan(150);
  });

  it("quotes any text so that it is read back", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" })), (texts) => {
        const trimmed = texts.map((text) => text.trim());
        const file = trimmed.map((text, index) => `V${index}=${quoteEnvValue(text)}\n`).join("");
        const { entries, problems } = parseEnvFile(file);
        expect(problems).to.deep.equal([]);
        expect(entries.map(({ value }) => value.trim())).to.deep.equal(trimmed);
      }),
      { numRuns: 500 },
    );
  });
});

describe("lists of backends", () => {
  it("mean the same on one line, on many, and in a file", () => {
    const id = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
    const backend = fc
      .record({
        id,
        port: fc.integer({ min: 1, max: 65_535 }),
        weight: fc.integer({ min: 0, max: 256 }),
        backup: fc.boolean(),
      })
      .map((b) => `${b.id}=10.0.0.1:${b.port};weight=${b.weight}${b.backup ? ";backup" : ""}`);
    fc.assert(
      fc.property(fc.uniqueArray(backend, { selector: (text) => text.split("=")[0], maxLength: 20 }), (backends) => {
        const drafts = (reading: ReturnType<typeof readBackendList>) =>
          reading.ok ? reading.value.map(({ draft }) => draft) : reading;
        const expected = drafts(readBackendList(backends.join(",")));
        expect(expected).to.have.lengthOf(backends.length);
        expect(drafts(readBackendList(backends.join("\n")))).to.deep.equal(expected);
        expect(drafts(readBackendFile(backends.map((line) => `${line} # x`).join("\r\n")))).to.deep.equal(expected);
      }),
    );
  });
});

describe("CIDR blocks", () => {
  it("are accepted exactly when no bit is set after the prefix, else the hint is the block around them", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.nat(32), (address, bits) => {
        const bytes = Uint8Array.from(address.split(".").map(Number));
        const value = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
        const reading = readCidr(`${address}/${bits}`);
        expect(reading.ok).to.equal(value % 2 ** (32 - bits) === 0);
        const text = reading.ok ? `${address}/${bits}` : /mean (.*)\?/.exec(reading.refusals[0]?.hint ?? "")?.[1];
        const block = readCidr(text ?? "");
        expect(block.ok && block.value.bits === bits && cidrContains(block.value, bytes)).to.equal(true);
      }),
    );
  });
});

describe("the vocabulary of these tests", () => {
  it("knows every setting that it names", () => {
    const names = Object.values(SETTINGS).map(({ name }) => name);
    expect(names).to.include.members(Object.keys(goodTexts));
  });
});
