import type { Answer, Case, ClientStep, Rank, Verdict } from "../case.ts";
import { get } from "../messages.ts";
import { anyOf, refused, type Served, served, summary, type Told, told } from "../verdicts.ts";

/** What cases of one rule share. */
export interface About {
  readonly rule: number;
  readonly rank: Rank;
}

/** The parts of a case that differ most from case to case. */
export type Extras = Partial<
  Pick<Case, "answers" | "methods" | "until" | "profile" | "wholeOnly" | "rank"> & {
    readonly steps: readonly ClientStep[];
  }
>;

/** The request that is sent behind every message in question, and must not be touched by it. */
export const AFTER = get("after");
export const SERVED_AFTER: Served = { part: "after" };

/** The id of a case: its rule, then words. */
export function idOf(rule: number, words: string): string {
  return `r${String(rule).padStart(2, "0")}-${words}`;
}

/**
 * A case about bytes that a client sends, with another request behind them. By default both may be answered, and the
 * case is over when they are.
 */
export function requestCase(
  about: About,
  id: string,
  title: string,
  bytes: string,
  verdict: Verdict,
  extras: Extras = {},
): Case {
  return {
    ...about,
    ...{ id: idOf(about.rule, id), side: "request", title, until: 2, verdict },
    steps: [{ send: bytes + AFTER }],
    ...extras,
  };
}

/** A request that must be served, and the one behind it too. */
export function good(about: About, id: string, title: string, bytes: string, want: Served, extras: Extras = {}): Case {
  const head = want.method === undefined ? {} : { methods: [want.method] };
  return requestCase(about, id, title, bytes, served(want, SERVED_AFTER), { ...head, ...extras });
}

/**
 * A request that must be refused with one of `statuses`, and the connection ended.
 *
 * @param or other verdicts that the rule allows
 */
export function bad(
  about: About,
  id: string,
  title: string,
  bytes: string,
  statuses: readonly number[] = [400],
  or: readonly Verdict[] = [],
  extras: Extras = {},
): Case {
  return requestCase(about, id, title, bytes, anyOf(refused(statuses), ...or), extras);
}

/** One request, and another one when the balancer has read all that the backend sends for the first. */
export function twoRequests(first: string): readonly ClientStep[] {
  return [
    { send: first },
    { wait: "answers", count: 1 },
    { wait: "answered", part: "a" },
    { wait: "read" },
    { send: AFTER },
  ];
}

/** A case about bytes that a backend answers `GET /{id}/a` with; then the same client asks once more. */
export function responseCase(
  about: About,
  id: string,
  title: string,
  answer: string | Answer | readonly Answer[],
  verdict: Verdict,
  extras: Extras = {},
): Case {
  const a = typeof answer === "string" ? { pieces: [answer] } : answer;
  return {
    ...about,
    ...{ id: idOf(about.rule, id), side: "response", title, until: 2, verdict },
    steps: twoRequests(get("a")),
    answers: { a },
    ...extras,
  };
}

/** The first answer is as told; then the same client is served, or has lost the connection and nothing else. */
export function thenServedOrClosed(first: Verdict, wanted: Served = SERVED_AFTER): Verdict {
  return (o) => {
    const [, second] = o.answers;
    const head = first({ ...o, answers: o.answers.slice(0, 1) });
    if (head.length > 0) return head;
    if (second === undefined) return o.end === "closed" || o.end === "reset" ? [] : [`no second answer; ${summary(o)}`];
    const rest = { ...o, answers: o.answers.slice(1), seen: o.seen.filter(({ part }) => part === wanted.part) };
    return served(wanted)(rest);
  };
}

/** The answer does not look complete, the connection ended, and nothing follows. */
export const SEEN_TO_BE_SHORT: Verdict = (o) => {
  const [first, second] = o.answers;
  const short = first === undefined || (first.status === 200 && !first.complete);
  const over = o.end === "closed" || o.end === "reset";
  const clean = second === undefined && o.unreadable === undefined;
  return short && over && clean ? [] : [`an unfinished answer and the end were due; ${summary(o)}`];
};

/** An error in place of the backend's answer: 502, or the less exact 500; then as `thenServedOrClosed`. */
export const BAD_GATEWAY: Verdict = thenServedOrClosed(told({ status: [500, 502] }));

/** The backend's answer in a valid form; then as `thenServedOrClosed`. */
export function relayed(want: Told): Verdict {
  return thenServedOrClosed(told(want));
}

/** No backend saw a request of that part. */
export function unseen(part: string): Verdict {
  return (o) => (o.seen.some((request) => request.part === part) ? [`a backend saw ${part}; ${summary(o)}`] : []);
}
