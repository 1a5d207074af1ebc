import Table from "cli-table3";
import type { Rank } from "./case.ts";
import type { SubjectResult } from "./run-subject.ts";
import type { CaseResult } from "./runner.ts";

const RANKS: readonly Rank[] = [0, 1, 2];

/** What each rule of docs/http-conformance.md is about. */
export const RULES: readonly string[] = [
  "one source of the length",
  "Content-Length",
  "Transfer-Encoding",
  "field names",
  "field values, line ends",
  "end of the head",
  "folded lines",
  "chunks",
  "line ends of chunks",
  "bodies of every method",
  "early answers",
  "bytes behind an answer",
  "framing of answers",
  "truncated answers",
  "upgrades",
  "h2c",
  "CONNECT",
  "Host",
  "request line",
  "HTTP/1.0",
  "pipelining",
  "Connection",
  "behind the end",
  "expectations",
  "interim answers",
  "limits",
  "timeouts",
  "dead backends",
  "cookie look-up",
  "cookie values",
  "Set-Cookie",
  "own answers",
  "half-closed clients",
];

export function passed({ failures }: CaseResult): boolean {
  return failures.length === 0;
}

function counts(results: readonly CaseResult[]): string {
  const good = results.filter(passed).length;
  return good === results.length ? `${good}` : `${good} of ${results.length}`;
}

/** Rows of text: a heading, one of each rule, one of each rank, and the totals. */
function rows(all: readonly SubjectResult[]): readonly (readonly string[])[] {
  const of = (what: string, choose: (result: CaseResult) => boolean): readonly string[] => [
    what,
    String(all[0]?.results.filter(choose).length ?? 0),
    ...all.map(({ results }) => counts(results.filter(choose))),
  ];
  const rules = RULES.map((name, i) => of(`${i + 1} ${name}`, ({ case: { rule } }) => rule === i + 1));
  return [
    ["rule", "cases", ...all.map(({ subject }) => `${subject.title} ${subject.version}`)],
    ...rules.filter(([, count]) => count !== "0"),
    ...RANKS.map((rank) => of(`P${rank}`, ({ case: test }) => test.rank === rank)),
    of("all", () => true),
  ];
}

/** The comparison for a terminal. */
export function textTable(all: readonly SubjectResult[]): string {
  const [head = [], ...body] = rows(all);
  const table = new Table({ head: [...head], style: { head: [], border: [] }, colAligns: ["left", "right"] });
  for (const row of body) table.push([...row]);
  return table.toString();
}

/** The comparison for a page. */
export function markdownTable(all: readonly SubjectResult[]): string {
  const [head = [], ...body] = rows(all);
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? "---" : "---:"))), ...body.map(line)].join("\n");
}

/** The cases that a subject failed; with what was seen when `verbose`. */
export function failuresOf({ subject, results, faults }: SubjectResult, verbose: boolean): string {
  const failed = results.filter((result) => !passed(result));
  const lines = failed.flatMap(({ case: { id, rank, title }, runs, failures }) => [
    `  ${id} (P${rank}) ${title}${runs > 1 ? `: ${failures.length} of ${runs} runs` : ""}`,
    ...(verbose
      ? failures.slice(0, 3).flatMap(({ cut, complaints }) => complaints.map((c) => `      ${cut}: ${c}`))
      : []),
  ]);
  const strays = faults.slice(0, 20).map((fault) => `  of no case: ${fault}`);
  return [`${subject.title}: ${failed.length} failed`, ...lines, ...strays].join("\n");
}
