import { inspect } from "node:util";
import { expect } from "chai";
import fc from "fast-check";
import { formatEnv, formatJson } from "../../src/cli/config.ts";
import { formatProblems } from "../../src/cli/print-problems.ts";
import type { Configuration } from "../../src/config/configuration.ts";
import { type ConfigurationSources, readConfiguration } from "../../src/config/read-configuration.ts";
import { readText } from "../../src/config/setting-type.ts";
import { cookieDomain, cookieName, cookiePath } from "../../src/config/types/cookie-attribute.ts";
import { type FieldSource, fieldSourceList, hashKey } from "../../src/config/types/field-source.ts";
import { readSecretFile, readSecrets } from "../../src/config/types/secret.ts";
import { ConfigError } from "../../src/model/failure.ts";

const KINDS = ["cookie", "header", "query"] as const;

const token = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,20}$/);

const source: fc.Arbitrary<FieldSource> = fc
  .tuple(fc.constantFrom(...KINDS), token)
  .filter(([kind, name]) => kind !== "header" || !/^(?:set-)?cookie$/i.test(name))
  .filter(([kind, name]) => kind !== "query" || !/[#&]/.test(name))
  .map(([kind, name]) => ({ kind, name: kind === "header" ? name.toLowerCase() : name }));

const sources = fc.uniqueArray(source, { minLength: 1, maxLength: 8, selector: ({ kind, name }) => `${kind}:${name}` });

const separator = fc.constantFrom(",", ", ", "\n", " ", " ,\r\n");

/** Visible characters, none of which ends a secret. A text in quotes is none: they were most likely meant for a shell. */
const secret = fc
  .array(fc.integer({ min: 0x21, max: 0x7e }), { minLength: 32, maxLength: 80 })
  .map((codes) => String.fromCharCode(...codes).replaceAll(",", "."))
  .filter((text) => !/^(["']).*\1$/.test(text));

const secrets = fc.uniqueArray(secret, { minLength: 1, maxLength: 4 });

function read(sources: Partial<ConfigurationSources>): Configuration | ConfigError {
  try {
    return readConfiguration({ flags: {}, env: {}, readFile: () => "", hostname: () => "h", ...sources });
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

/** Everything that any command or log could print. */
function allOutput(result: Configuration | ConfigError): string {
  if (result instanceof ConfigError)
    return result.message + inspect(result) + formatProblems(result.problems, { severity: "error", color: false });
  return [
    formatEnv(result),
    formatJson(result),
    JSON.stringify(result),
    inspect(result, { depth: 9 }),
    formatProblems(result.warnings, { severity: "warning", color: false }),
  ].join("\n");
}

describe("lists of sources", () => {
  it("are read back from any way of writing them", () => {
    const { schema } = fieldSourceList(...KINDS);
    fc.assert(
      fc.property(sources, separator, fc.boolean(), (list, between, loud) => {
        const written = list.map(
          ({ kind, name }) => `${kind}:${loud && kind === "header" ? name.toUpperCase() : name}`,
        );
        expect(readText(schema, written.join(between))).to.deep.equal({ ok: true, value: list });
      }),
    );
  });

  it("are refused with the place of the element that is wrong, and read without it", () => {
    const { schema } = fieldSourceList(...KINDS);
    const wrong = fc.constantFrom("cookie:", "path:x", "header:a/b", "query:a=b", "sid", ":", "header:Cookie");
    fc.assert(
      fc.property(sources, wrong, fc.nat(), (list, bad, place) => {
        const good = list.map(({ kind, name }) => `${kind}:${name}`);
        const index = place % (good.length + 1);
        const reading = readText(schema, good.toSpliced(index, 0, bad).join());
        expect(reading.ok ? [] : reading.refusals.map(({ at, value }) => [at, value])).to.deep.equal([
          [`[${index}]`, bad],
        ]);
      }),
    );
  });

  it("never hold what could break a head or a list, whatever the text", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.string().map((text) => `cookie:${text}`),
        ),
        (text) => {
          for (const { schema } of [fieldSourceList(...KINDS), hashKey()]) {
            const reading = readText<readonly FieldSource[] | FieldSource | string>(schema, text);
            if (!reading.ok) continue;
            for (const found of [reading.value].flat())
              if (typeof found !== "string")
                expect(found.name)
                  .to.match(/^[!-~]+$/)
                  .and.to.not.match(/[\s,;="]/);
          }
        },
      ),
    );
  });
});

describe("attributes of the cookie", () => {
  it("never hold what would end them, whatever the text", () => {
    let accepted = 0;
    const text = fc.oneof(
      fc.string(),
      fc.string().map((tail) => `/${tail}`),
      token,
      fc.domain(),
    );
    fc.assert(
      fc.property(text, (value) => {
        for (const { schema } of [cookieName(), cookiePath(), cookieDomain()]) {
          const reading = readText(schema, value);
          if (!reading.ok) continue;
          accepted++;
          expect(reading.value).to.match(/^[!-:<-~]+$/);
        }
      }),
      { numRuns: 300 },
    );
    expect(accepted).to.be.greaterThan(100);
  });
});

describe("secrets", () => {
  it("mean the same in a variable and in a file, on one line or on many", () => {
    fc.assert(
      fc.property(secrets, separator, fc.constantFrom("", "\n", "\r\n"), (list, between, end) => {
        const expected = list.map((text) => [...Buffer.from(text)]);
        for (const reading of [readSecrets(list.join(between)), readSecretFile(list.join(between) + end)])
          expect(reading.ok && reading.value.map((bytes) => [...bytes])).to.deep.equal(expected);
      }),
    );
  });

  it("are refused in quotes, without being shown", () => {
    fc.assert(
      fc.property(secret, fc.constantFrom('"', "'"), (text, quote) => {
        for (const reading of [readSecrets(quote + text + quote), readSecretFile(quote + text + quote)]) {
          const said = reading.ok ? [] : reading.refusals.map(({ problem, hint }) => `${problem}; ${hint}`);
          expect(said).to.deep.equal(["the quotes are part of this secret; write it without them"]);
        }
      }),
    );
  });

  it("appear in no output, whether the configuration is good or bad, and wherever they come from", () => {
    let refused = 0;
    const tooShort = fc.stringMatching(/^[a-z]{16,31}$/);
    fc.assert(
      fc.property(
        secrets,
        fc.option(tooShort),
        fc.constantFrom("env", "flag", "env-file", "file"),
        fc.constantFrom("http", "tcp", "htpp"),
        (list, bad, from, mode) => {
          const all = bad === null ? list : [...list, bad];
          const text = all.join("\n");
          const env = { LENGKET_BACKENDS: "a=x:1", LENGKET_MODE: mode };
          const name = "LENGKET_COOKIE_SECRET";
          const result = {
            env: () => read({ env: { ...env, [name]: text } }),
            flag: () => read({ env, flags: { COOKIE_SECRET: text } }),
            "env-file": () => read({ env, envFile: { path: "e", text: `${name}=${JSON.stringify(all.join(" "))}` } }),
            file: () => read({ env: { ...env, [`${name}_FILE`]: "/s" }, readFile: () => text, fileMode: () => 0o644 }),
          }[from]();
          if (result instanceof ConfigError) refused++;
          const output = allOutput(result);
          for (const one of all) expect(output.includes(one.slice(0, 16)), one).to.equal(false);
        },
      ),
      { numRuns: 200 },
    );
    expect(refused).to.be.within(1, 199);
  });
});
