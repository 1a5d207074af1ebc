/** Why a text cannot be used. */
export interface Refusal {
  /** What is wrong and what is allowed: `not one of ring, rendezvous, maglev, modulo`. */
  readonly problem: string;
  /** What to do about it. */
  readonly hint?: string;
  /** The part that is meant; absent = the whole text. */
  readonly value?: string;
  /** Where it stands, appended to the name of what was read: `[2]` in a list, `:7` in a file. */
  readonly at?: string;
}

/** What came of reading a text: the value, or every reason why there is none. */
export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusals: readonly Refusal[] };

/** The text was understood. */
export function accept<T>(value: T): Reading<T> {
  return { ok: true, value };
}

/** The text was refused for one reason. */
export function refuse(problem: string, hint?: string): Reading<never> {
  return { ok: false, refusals: [hint === undefined ? { problem } : { problem, hint }] };
}

/**
 * The elements of a list: separated by commas, blanks or new lines. Blanks around `;` and `=` belong to an element, so
 * that `app1 = 10.0.0.1:80; weight=2` is one.
 */
export function splitList(text: string): readonly string[] {
  return text
    .replace(/[ \t]*([;=])[ \t]*/g, "$1")
    .split(/[\s,]+/)
    .filter((element) => element !== "");
}

/** What `,` alone is: names that were put in between, and were empty. Nothing at all is an empty list. */
export function lacksElements(text: string): boolean {
  return text !== "" && splitList(text).length === 0;
}

/** The refusal of such a text. */
export const NO_ELEMENT: Reading<never> = refuse("a list without an element", "write one, or nothing at all");

/**
 * Reads every element of a list and keeps every refusal, each with the element and its index (from 0). An empty text is an
 * empty list.
 */
export function readList<T>(text: string, readOne: (element: string) => Reading<T>): Reading<readonly T[]> {
  if (lacksElements(text)) return NO_ELEMENT;
  const values: T[] = [];
  const refusals: Refusal[] = [];
  splitList(text).forEach((element, index) => {
    const reading = readOne(element);
    if (reading.ok) values.push(reading.value);
    else refusals.push(...reading.refusals.map((refusal) => ({ value: element, ...refusal, at: `[${index}]` })));
  });
  return refusals.length === 0 ? accept(values) : { ok: false, refusals };
}

/** Refusals of the elements of one list in the order of the list. */
export function inOrder(refusals: readonly Refusal[]): readonly Refusal[] {
  const index = ({ at = "" }: Refusal): number => Number(/\d+/.exec(at)?.[0] ?? 0);
  return [...refusals].sort((a, b) => index(a) - index(b));
}
