import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { cookieLetters } from "../../src/http/cookie-letters.ts";
import { REFUSAL_CODES } from "../../src/http/refusal.ts";
import type { Cause, EndedBy, Phase } from "../../src/model/connection-record.ts";
import type { CookieIn, CookieOut } from "../../src/model/request-record.ts";
import { terminationLetters } from "../../src/path/termination.ts";
import { rowsOf } from "../support/markdown.ts";
import { repositoryRoot, repositoryText } from "../support/repository.ts";

/** The members of a union, read from its source: a type leaves nothing to import. */
function membersOf(path: string, type: string): string[] {
  const source = repositoryText(path).replaceAll(/\/\/.*$/gm, "");
  const union = new RegExp(`export type ${type} =([\\s\\S]*?);`).exec(source)?.[1] ?? "";
  return [...union.matchAll(/"([a-z-]+)"/g)].map(([, member]) => member ?? "");
}

/** The cells of the rows of the table under this heading, the one whose header row has this cell. */
function tableOf(page: string, heading: string, column: string): readonly (readonly string[])[] {
  const section = page.split(/^## /m).find((text) => text.startsWith(heading)) ?? "";
  const table = section.split(/\n\n/).find((text) => text.split("\n", 1)[0]?.includes(column)) ?? "";
  return rowsOf(table);
}

function codesIn(cell: string | undefined): string[] {
  return [...(cell ?? "").matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? "");
}

/** The events of access log lines, which the README shows. */
const OF_ACCESS_LOG: readonly string[] = ["conn", "request"];

/** The sources in a folder and those below it. */
function sourcesBelow(folder: string): readonly string[] {
  return readdirSync(join(repositoryRoot, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(folder, name));
}

const ENDERS: readonly EndedBy[] = ["client", "backend", "balancer", "operator"];
const PHASES: readonly Phase[] = ["accept", "identify", "request", "choose", "connect", "response", "relay"];

/** All letters that a cause can have. */
function lettersOf(cause: Cause): Set<string> {
  const all = ENDERS.flatMap((endedBy) =>
    PHASES.flatMap((phase) =>
      (["client", "backend"] as const).map((waitingFor) => terminationLetters(cause, endedBy, phase, waitingFor)),
    ),
  );
  return new Set(all);
}

describe("docs/troubleshooting.md", () => {
  const page = repositoryText("docs/troubleshooting.md");
  const causes = membersOf("src/model/connection-record.ts", "Cause") as Cause[];
  const rows = tableOf(page, "By cause", "| cause |");

  it("has a row for every cause, and for nothing else", () => {
    expect(causes.length).to.be.greaterThan(40);
    expect(rows.flatMap(([cause]) => codesIn(cause)).sort()).to.deep.equal([...causes].sort());
  });

  it("gives causes no letters that they cannot have", () => {
    for (const [cause, letters] of rows) {
      const possible = lettersOf(codesIn(cause)[0] as Cause);
      expect(codesIn(letters), cause).to.not.be.empty;
      for (const each of codesIn(letters)) expect(possible.has(each), `${each} of ${cause}`).to.equal(true);
    }
  });

  it("has a row for everything that a cookie can be, with its letter", () => {
    const path = "src/model/request-record.ts";
    const cases: readonly (readonly [column: string, words: readonly string[], letter: (word: string) => unknown])[] = [
      ["cookie_in", membersOf(path, "CookieIn"), (word) => cookieLetters(word as CookieIn, "off")[0]],
      ["cookie_out", membersOf(path, "CookieOut"), (word) => cookieLetters("off", word as CookieOut)[1]],
    ];
    for (const [column, words, letter] of cases) {
      const table = tableOf(page, "By cookie", `\`${column}\``);
      expect(words.length).to.be.greaterThan(6);
      expect(table.flatMap(([, word]) => codesIn(word)).sort(), column).to.deep.equal([...words].sort());
      for (const [letters, word] of table) {
        for (const each of codesIn(word)) expect(codesIn(letters), each).to.deep.equal([letter(each)]);
      }
    }
  });

  it("explains every event of the log, each once", () => {
    const kinds = membersOf("src/control/transition.ts", "TransitionKind").map((kind) => `backend-${kind}`);
    const sources = ["cli", "compose", "observe"].flatMap((folder) => sourcesBelow(`src/${folder}`));
    const named = sources.flatMap((path) =>
      [...repositoryText(path).matchAll(/\bevent: ([^,}\n]*)/g)].flatMap(([, value = ""]) =>
        [...value.matchAll(/"([a-z-]+)"/g)].map(([, event = ""]) => event),
      ),
    );
    expect(sources.length).to.be.greaterThan(60);
    expect(kinds.length).to.be.greaterThan(10);
    const explained = tableOf(page, "By event", "| `event` |").flatMap(([events]) => codesIn(events));
    const told = new Set([...kinds, ...named].filter((event) => !OF_ACCESS_LOG.includes(event)));
    expect(explained.sort()).to.deep.equal([...told].sort());
  });

  it("explains every refusal, each once", () => {
    const explained = tableOf(page, "By refusal", "| `refusal` |").flatMap(([, codes]) => codesIn(codes));
    expect(explained.sort()).to.deep.equal([...REFUSAL_CODES].sort());
  });
});
