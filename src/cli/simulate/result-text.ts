import picocolors from "picocolors";
import type { SettingsBlock } from "../../skew/advice/advice.ts";
import { count } from "../../skew/advice/wording.ts";
import { comparisonColumns, comparisonRows, theoryCells } from "../../skew/report/comparison.ts";
import { floorSentence, populationSentences } from "../../skew/report/population-text.ts";
import type { SimulationResult } from "../../skew/report/simulation-result.ts";
import { COLUMNS, wrap } from "../output.ts";
import { comparisonTable } from "./table.ts";

const HEAD_WIDTH = 7;
const THEORY = "theory, hash of addresses";

/** What `lengket simulate` prints: who comes, the comparison, what its columns mean, and the verdict. 80 columns. */
export function resultText(result: SimulationResult, color: boolean): string {
  const { bold, dim } = picocolors.createColors(color);
  const { placement, time, advice, unit, yours, logs, notes } = result;
  const columns = comparisonColumns(placement, unit);
  const rows = comparisonRows(placement, time);
  const theory = { title: THEORY, cells: theoryCells(placement) };
  const [head = "", units = "", ...body] = comparisonTable(columns, rows, theory, yours);
  const theoryLine = body.pop() ?? "";
  const impossible = rows.filter((row) => row.impossible !== undefined);
  const lines = [
    bold("Who comes"),
    ...paragraph([...populationSentences(placement, unit), ...logs].join(" ")),
    ...paragraph(floorSentence(placement, unit)),
    "",
    bold(setting(result)),
    ...notes.flatMap(paragraph),
    dim(head),
    dim(units),
    ...body,
    dim(theoryLine),
    "",
    ...columns.flatMap(({ head: [first, second], title, meaning }) =>
      described(columnName(first, second, title), meaning).map(dim),
    ),
    ...described("theory", "max/avg: the floor; CV: what is to be expected of a hash, by chance").map(dim),
    ...(yours === undefined ? [] : described("*", "what your configuration asks for").map(dim)),
    ...impossible.flatMap(({ policy, impossible: why }) => [
      "",
      ...paragraph(`${policy.title}: not possible. ${why}.`),
    ]),
    "",
    bold("Verdict"),
    ...advice.findings.flatMap(({ sentences }) => paragraph(sentences.join(" "))),
    ...advice.settings.flatMap((block) => ["", ...settingsLines(block, bold)]),
  ];
  return `${lines.join("\n")}\n`;
}

function setting({ placement, seed }: SimulationResult): string {
  const { backends, population } = placement;
  const people = population.seed === undefined ? "" : `, seed of the people ${seed}`;
  return `${count(backends.length, "backend")}, hash seed ${placement.seed}${people}`;
}

function columnName(first: string, second: string, title: string): string {
  return first === "" || second.startsWith("/") ? title : first;
}

function paragraph(text: string): readonly string[] {
  return text === "" ? [] : wrap(text, COLUMNS - 2).map((line) => `  ${line}`);
}

function described(name: string, text: string): readonly string[] {
  const left = HEAD_WIDTH + 4;
  return wrap(text, COLUMNS - left).map((line, i) => `  ${(i === 0 ? name : "").padEnd(HEAD_WIDTH)}  ${line}`);
}

function settingsLines({ title, lines, why, cost }: SettingsBlock, bold: (text: string) => string): readonly string[] {
  return [bold(title), ...paragraph(why), ...lines.map((line) => `    ${line}`), ...paragraph(cost)];
}
