import type { Verdict } from "./case.ts";
import { valuesOf } from "./observe/message-reader.ts";
import type { Observation, SeenAnswer, SeenRequest } from "./observe/observation.ts";

/** What a backend must have seen, and the client been told by the usual answer. */
export interface Served {
  readonly part: string;
  readonly method?: string;
  /** Default `/{id}/part`. */
  readonly target?: string;
  readonly body?: string;
  /** Default `A`; `any` = whichever. */
  readonly backend?: "A" | "B" | "any";
  /** Values of the lines with these names (lower case) in order; `[]` = no such line. */
  readonly fields?: Readonly<Record<string, readonly string[]>>;
}

/** What the client must have been told. `status` of several: any of them. */
export interface Told {
  readonly status: number | readonly number[];
  readonly body?: string;
  readonly fields?: Readonly<Record<string, readonly string[]>>;
}

/** What no balancer may ever do, whatever came. Part of every verdict. */
function safe(o: Observation): readonly string[] {
  return [
    ...o.broken.map((what) => `a backend got what is no request: ${what}`),
    ...(o.stuck > 0 ? ["a backend connection was left with a part of a request"] : []),
    ...(o.unreadable === undefined ? [] : [`the client got what is no answer: ${o.unreadable}`]),
  ];
}

/** All of these. */
export function allOf(...verdicts: readonly Verdict[]): Verdict {
  return (o) => verdicts.flatMap((verdict) => verdict(o));
}

/** One of these; when none holds, the complaints of each. */
export function anyOf(...verdicts: readonly Verdict[]): Verdict {
  return (o) => {
    const results = verdicts.map((verdict) => verdict(o));
    if (results.some((complaints) => complaints.length === 0)) return [];
    return results.map((complaints, i) => `${i === 0 ? "" : "or "}${complaints.join("; ")}`);
  };
}

/** A complaint unless `isSo`. */
export function holds(what: string, isSo: (o: Observation) => boolean): Verdict {
  return (o) => (isSo(o) ? [] : [`${what}: not so; ${summary(o)}`]);
}

/**
 * These requests were served, in this order and no other ones, each by its backend, and the client has their usual answers,
 * in this order and nothing else.
 */
export function served(...wanted: readonly Served[]): Verdict {
  return allOf(
    safe,
    (o) => differences(o, wanted),
    (o) => {
      const { answers } = o;
      if (answers.length !== wanted.length) return [`${wanted.length} answers were due; ${summary(o)}`];
      return wanted.flatMap((want, i) => usual(o, want, answers[i]));
    },
  );
}

/** As `served`, then the connection was ended. */
export function servedAndClosed(...wanted: readonly Served[]): Verdict {
  return allOf(served(...wanted), closed);
}

/**
 * After `before`, which were served, the rest was refused with one of these statuses: one complete answer, the end of the
 * connection, and no backend has a complete request of it or anything that came behind it.
 */
export function refused(statuses: readonly number[], before: readonly Served[] = []): Verdict {
  return allOf(
    safe,
    closed,
    (o) => differences({ ...o, seen: finished(o, before.length) }, before),
    (o) => {
      const last = o.answers[before.length];
      const count = o.answers.length === before.length + 1;
      const right = last?.complete === true && statuses.includes(last.status);
      return count && right
        ? []
        : [`${before.length} answers and then ${statuses.join(" or ")} were due; ${summary(o)}`];
    },
  );
}

/** Nothing was served and the connection ended, with or without a word. */
export const dropped: Verdict = allOf(closed, (o) =>
  o.seen.some(({ complete }) => complete) || o.broken.length > 0 ? [`a backend saw it; ${summary(o)}`] : [],
);

/** The client was told exactly this, in this order. What backends saw is not looked at. */
export function told(...wanted: readonly Told[]): Verdict {
  return allOf(safe, (o) => {
    if (o.answers.length !== wanted.length) return [`${wanted.length} answers were due; ${summary(o)}`];
    return wanted.flatMap((want, i) => answerDiffers(want, o.answers[i]));
  });
}

/** The balancer ended the client's connection. */
export function closed(o: Observation): readonly string[] {
  return o.end === "closed" || o.end === "reset" ? [] : [`the connection stayed; ${summary(o)}`];
}

/** Backends saw these requests, whole, in this order, and no other. */
export function saw(...wanted: readonly Served[]): Verdict {
  return (o) => differences(o, wanted);
}

function finished(o: Observation, before: number): readonly SeenRequest[] {
  return o.seen.filter(({ complete }, i) => i < before || complete);
}

function differences(o: Observation, wanted: readonly Served[]): readonly string[] {
  if (o.seen.length !== wanted.length) {
    return [`backends should have seen ${JSON.stringify(wanted.map(({ part }) => part))}; ${summary(o)}`];
  }
  return wanted.flatMap((want, i) => requestDiffers(o, want, o.seen[i]));
}

function requestDiffers(o: Observation, want: Served, seen: SeenRequest | undefined): readonly string[] {
  const { method = "GET", target = `/{id}/${want.part}`, body = "", backend = "A", fields = {} } = want;
  if (seen === undefined) return [`${want.part} was not seen`];
  const complaints: string[] = [];
  const compare = (what: string, is: unknown, due: unknown): void => {
    if (is !== due) complaints.push(`${want.part}: ${what} ${JSON.stringify(is)}, not ${JSON.stringify(due)}`);
  };
  compare("method", seen.method, method);
  compare("target", seen.target, target.replaceAll("{id}", o.id));
  const due = body.replaceAll("{id}", o.id);
  compare("body", shortened(seen.body), shortened(due));
  compare("body is equal", seen.body === due, true);
  compare("complete", seen.complete, true);
  if (backend !== "any") compare("backend", seen.backend, backend);
  for (const [name, values] of Object.entries(fields)) {
    compare(name, JSON.stringify(valuesOf(seen.fields, name)), JSON.stringify(values));
  }
  return complaints;
}

/** The usual answer says which backend answers what. */
function usual(o: Observation, want: Served, answer: SeenAnswer | undefined): readonly string[] {
  const { method = "GET", target = `/{id}/${want.part}` } = want;
  const due = `${method} ${target.replaceAll("{id}", o.id)}\n`;
  const body = answer?.body ?? "";
  const right = method === "HEAD" ? body === "" : body.slice(body.indexOf(" ") + 1) === due;
  if (answer?.status === 200 && answer.complete && right) return [];
  return [`${want.part}: the client got ${JSON.stringify(answer?.startLine)} ${JSON.stringify(body.slice(0, 100))}`];
}

function answerDiffers(want: Told, answer: SeenAnswer | undefined): readonly string[] {
  const statuses = typeof want.status === "number" ? [want.status] : want.status;
  if (answer === undefined) return ["an answer is missing"];
  const complaints: string[] = [];
  if (!statuses.includes(answer.status)) complaints.push(`${answer.status} instead of ${statuses.join(" or ")}`);
  if (!answer.complete) complaints.push(`${answer.status} is not complete`);
  if (want.body !== undefined && want.body !== answer.body)
    complaints.push(`body ${JSON.stringify(shortened(answer.body))}, not ${JSON.stringify(shortened(want.body))}`);
  for (const [name, values] of Object.entries(want.fields ?? {})) {
    const is = JSON.stringify(valuesOf(answer.fields, name));
    if (is !== JSON.stringify(values)) complaints.push(`${name} ${is}, not ${JSON.stringify(values)}`);
  }
  return complaints;
}

function shortened(text: string): string {
  return text.length > 120 ? `${text.slice(0, 60)}… ${text.length} bytes` : text;
}

/** What was seen, in a line. */
export function summary(o: Observation): string {
  const answers = o.answers.map(({ status, complete }) => `${status}${complete ? "" : " unfinished"}`);
  const seen = o.seen.map(({ part, backend, complete }) => `${part}@${backend}${complete ? "" : " unfinished"}`);
  return `client: ${answers.join(", ") || "nothing"}, ${o.end}; backends: ${seen.join(", ") || "nothing"}`;
}
