import { heaviestBackendLoad } from "../../src/skew/measures/concentration.ts";
import type { Evenness } from "../../src/skew/measures/evenness.ts";
import type { PlacementFigures } from "../../src/skew/study/placement-study.ts";
import { type Courses, TIMED_POPULATION } from "./courses.ts";
import { type MatrixCell, SHOWN_BACKENDS } from "./matrix.ts";
import type { About } from "./results-json.ts";

/** The policies of the short table: one of each kind that people use. */
const SHORT = [
  "ring",
  "nginx-ip-hash",
  "nginx-hash-consistent",
  "haproxy-map-based",
  "envoy-ring-hash",
  "haproxy-bounded-load",
  "bounded-load-pinned",
  "sticky-cookie",
] as const;
/** One user behind each address, so that shares of users are shares of addresses; and the mixed one. */
const CHANGED = ["s1", "s6"] as const;

/** Of which all measures are shown; all of all others are in the JSON. */
const MEASURED = "s5";
const MEASURES = ["max/avg", "min/avg", "CV", "Jain", "Gini"] as const;

type Cell = string;

/** The page for people. */
export function resultsMarkdown(about: About, cells: readonly MatrixCell[], courses: Courses): string {
  return [
    "# Shared addresses and sticky balancing: results",
    introduction(about),
    shortTable(about, cells),
    ...about.plan.backendCounts.map((backends) => fullTable(about, cells, backends)),
    theoryTable(about, cells),
    measuresTable(about, cells),
    stickinessTable(about, cells),
    changeTable(about, cells),
    hourTable(about, courses),
    policyTable(about),
  ]
    .filter((part) => part !== "")
    .join("\n\n")
    .concat("\n");
}

function introduction({ version, plan }: About): string {
  return [
    `Lengket ${version}; seed ${plan.seed} for the populations, for our hash tables (HASH_SEED) and for the order in which people come.`,
    "Made by `npm run bench:skew`; the same seed gives the same bytes on every version of Node. All figures are in `results.json`.",
    "",
    "Every population is placed on N equal backends by every policy: ours by the data path's own code, the others by exact",
    "models of the programs, which are compared with the real nginx and HAProxy choice by choice in our tests. Everybody comes",
    "once, in a random order, and stays. *max/avg* is the load of the fullest backend in fair shares: 1 is perfect, 2 is twice",
    "as much as planned for. The *floor* is N times the share p of the heaviest address: no hash of the address gets below it.",
    "*Expected* is the load of the backend that gets this address, and its part of all others: N·p + 1 − p. One seed is one draw",
    "around it: a table gives that backend a little more or less than its share (our tests take the mean over seeds).",
    `Policies that look at load place connections one by one; of more than ${thousands(plan.mostConnections)} those of a part of the users.`,
  ].join("\n");
}

function shortTable(about: About, cells: readonly MatrixCell[]): string {
  const names = SHORT.filter((name) => about.plan.policies.includes(name));
  const own = cells.filter(({ backends }) => backends === SHOWN_BACKENDS);
  const rows = own.map(({ study }) => {
    const { population, policies, floor } = study;
    const heaviest = population.users?.heaviestShare;
    const expected = heaviest === undefined ? undefined : heaviestBackendLoad(heaviest, 1 / SHOWN_BACKENDS);
    const forced = [fixed(floor.users), fixed(expected)];
    return [population.name, population.title, ...forced, ...names.map((name) => maxOf(policies, name))];
  });
  const heads = ["", "population", "floor", "expected", ...names.map((name) => titleOf(about, name))];
  return `## Ten backends, in short: max/avg by users\n\n${table(heads, 2, rows)}`;
}

function fullTable(about: About, cells: readonly MatrixCell[], backends: number): string {
  const own = cells.filter((cell) => cell.backends === backends);
  const special: Cell[][] = [
    ["*floor of every address hash*", ...own.map(({ study }) => fixed(study.floor.users))],
    ["*CV that theory expects of one*", ...own.map(({ study }) => fixed(study.theoreticalCv.users))],
  ];
  const rows = about.policies.map(({ name, title }) => [title, ...own.map(({ study }) => maxOf(study.policies, name))]);
  const heads = ["policy", ...own.map(({ population }) => population)];
  const text = `## ${backends} backends: max/avg by users\n\n${table(heads, 1, [...special, ...rows])}`;
  if (backends < 100) return text;
  const p99 = about.policies.map(({ name, title }) => [
    title,
    ...own.map(({ study }) => fixed(figuresOf(study.policies, name)?.users?.evenness.p99)),
  ]);
  return `${text}\n\n### ${backends} backends: the load that 99 % of the backends do not exceed\n\n${table(heads, 1, p99)}`;
}

function theoryTable({ plan }: About, cells: readonly MatrixCell[]): string {
  const rows = cells.flatMap(({ population, salted }) => {
    if (salted === undefined) return [];
    const { rmsCv, theoreticalCv, maxOverAvg } = salted;
    const range = `${fixed(maxOverAvg.p5)}–${fixed(maxOverAvg.p95)}`;
    const deviation = `${signed(100 * (rmsCv / theoreticalCv - 1))} %`;
    return [[population, theoreticalCv.toFixed(4), rmsCv.toFixed(4), deviation, fixed(maxOverAvg.mean), range]];
  });
  const heads = ["population", "sqrt((N − 1)/n_eff)", "measured CV", "deviation", "mean max/avg", "5 %–95 %"];
  return [
    `## Theory and measurement: ${SHOWN_BACKENDS} backends, ${plan.salts} hash seeds`,
    "Root mean square of the CV under the `maglev` table, whose slots are shared out evenly: what is uneven comes from the addresses alone.",
    table(heads, 1, rows),
  ].join("\n\n");
}

function measuresTable({ policies }: About, cells: readonly MatrixCell[]): string {
  const own = cells.find(({ population, backends }) => population === MEASURED && backends === SHOWN_BACKENDS);
  if (own === undefined) return "";
  const rows = policies.map(({ name, title }) => {
    const { users, connections } = figuresOf(own.study.policies, name) ?? {};
    return [title, ...[users, connections].flatMap((load) => measuresOf(load?.evenness))];
  });
  const heads = ["users", "connections"].flatMap((by) => MEASURES.map((measure) => `${by}: ${measure}`));
  return [
    `## Every measure: ${MEASURED} on ${SHOWN_BACKENDS} backends`,
    "Loads are in fair shares. Jain's index, (Σx)²/(n Σx²), is 1 and Gini's coefficient is 0 when all are equal.",
    table(["policy", ...heads], 1, rows),
  ].join("\n\n");
}

function measuresOf(evenness: Evenness | undefined): readonly Cell[] {
  if (evenness === undefined) return MEASURES.map(() => "");
  const { maxOverAvg, minOverAvg, cv, jain, gini } = evenness;
  return [maxOverAvg, minOverAvg, cv, jain, gini].map(fixed);
}

function stickinessTable(about: About, cells: readonly MatrixCell[]): string {
  const own = cells.filter(({ backends }) => backends === SHOWN_BACKENDS);
  const rows = about.policies
    .filter(({ kind }) => kind !== "address")
    .map(({ name, title }) => [
      title,
      ...own.map(({ study }) => {
        const { breakRate, overflowShare } = figuresOf(study.policies, name)?.stickiness ?? {};
        return `${percent(breakRate)} / ${percent(overflowShare)}`;
      }),
    ]);
  return [
    `## What evenness costs: ${SHOWN_BACKENDS} backends`,
    "Of the connections of users who had been there before, how many found another backend than the last time; and of all connections, how many were placed elsewhere than at home. A hash of the address has 0 % of both.",
    table(["policy", ...own.map(({ population }) => population)], 1, rows),
  ].join("\n\n");
}

function changeTable(about: About, cells: readonly MatrixCell[]): string {
  const own = cells.filter(({ backends, population }) => {
    return backends === SHOWN_BACKENDS && CHANGED.some((name) => name === population);
  });
  const rows = about.policies.map(({ name, title }) => [
    title,
    ...own.flatMap(({ study }) => {
      const { remove, add, reweigh } = figuresOf(study.policies, name) ?? {};
      return [remove, add, reweigh].flatMap((remap) => [percent(remap?.moved), percent(remap?.needless)]);
    }),
  ]);
  const heads = own.flatMap(({ population }) =>
    ["gone", "needless", "one more", "needless", "twice the weight", "needless"].map(
      (head) => `${population}: ${head}`,
    ),
  );
  return [
    "## Who moves when the list changes: ten backends",
    "Users that have another backend after the one in the middle of the list was taken out (10 % have to move), one more was put at its end (9.1 % have to), or the one in the middle got twice its weight (8.2 % have to). *Needless*: not from a backend whose share shrank to one whose share grew. Bounded loads move some users without any change; they are counted too. What moves beyond what has to, for better or worse, is `excess` in `results.json`. HAProxy knows servers by their number in the list unless they have an `id`, so those behind the one that is taken out change their number.",
    table(["policy", ...heads], 1, rows),
  ].join("\n\n");
}

function hourTable(about: About, { time }: Courses): string {
  const rows = about.policies.map(({ name, title }) => {
    const { sessions, stickiness, byTime, peakOverFairShare } =
      time.policies.find(({ policy }) => policy.name === name) ?? {};
    const share = (count: number): number => (sessions === undefined ? 0 : count / Math.max(1, sessions.sessions));
    const counts = sessions && [sessions.lost, sessions.moved, sessions.movedByChange, sessions.movedByLoad];
    return [
      title,
      ...(counts?.map((count) => percent(share(count))) ?? ["", "", "", ""]),
      percent(stickiness?.breakRate),
      fixed(byTime?.maxOverAvg),
      fixed(peakOverFairShare),
    ];
  });
  const minutes = (ms: number): string => `minute ${(ms / 60_000).toFixed(0)}`;
  const changes = time.changes.map(({ atMs, kind, backend }) => `${backend} ${kind} (${minutes(atMs)})`).join(", ");
  const heads = ["lost", "moved", "by a change", "by load", "broken", "max/avg", "peak"];
  return [
    `## An hour of ${TIMED_POPULATION} on ten backends`,
    `${thousands(time.sessions)} sessions with ${thousands(time.connections)} connections; ${changes}. Of the sessions: *lost* had their backend fail, whatever the policy; *moved* came to another backend although theirs was there, by a change of the backends or by load alone. *Broken*: of the connections of those who had been there before, those that found another backend. *max/avg* is of the mean open connections before the first change; *peak* the most that one backend had at any instant, in fair shares.`,
    table(["policy", ...heads], 1, rows),
  ].join("\n\n");
}

function policyTable({ policies }: About): string {
  const rows = policies.map(({ name, title, program, configuration }) => {
    return [title, `\`${name}\``, program, configuration.map((line) => `\`${line}\``).join("<br>")];
  });
  return `## The policies\n\n${table(["policy", "name", "program", "configuration"], 4, rows)}`;
}

function figuresOf(policies: readonly PlacementFigures[], name: string): PlacementFigures | undefined {
  return policies.find(({ policy }) => policy.name === name);
}

function maxOf(policies: readonly PlacementFigures[], name: string): Cell {
  return fixed(figuresOf(policies, name)?.users?.evenness.maxOverAvg);
}

function titleOf({ policies }: About, name: string): string {
  return policies.find((policy) => policy.name === name)?.title ?? name;
}

/** @param left - how many columns are of text */
function table(heads: readonly Cell[], left: number, rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]): string => `| ${cells.join(" | ")} |`;
  const rule = `|${heads.map((_, i) => (i < left ? "---" : "--:")).join("|")}|`;
  return [line(heads), rule, ...rows.map(line)].join("\n");
}

function fixed(value: number | undefined): Cell {
  return value === undefined ? "" : value.toFixed(2);
}

function percent(share: number | undefined): Cell {
  if (share === undefined) return "";
  return share > 0 && share < 0.0005 ? "<0.1 %" : `${(100 * share).toFixed(1)} %`;
}

/** With a true minus, and no sign for what rounds to nothing. */
function signed(value: number): Cell {
  const text = Math.abs(value).toFixed(1);
  return text === "0.0" ? text : `${value < 0 ? "−" : "+"}${text}`;
}

function thousands(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}
