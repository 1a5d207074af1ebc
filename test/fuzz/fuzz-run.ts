import type { ReadMessage } from "../blackbox/observe/message-reader.ts";
import { partsOf } from "../blackbox/observe/request-reader.ts";
import type { TestBackend } from "../support/test-backend.ts";
import { answerCorpus, requestCorpus } from "./corpus.ts";
import { Dice } from "./dice.ts";
import { type Sightings, startFuzzBackend } from "./fuzz-backend.ts";
import { exchange, type Received } from "./fuzz-client.ts";
import { BACKENDS, drawRequest } from "./grammar.ts";
import { mutate } from "./mutate.ts";
import { requestsIn } from "./oracle.ts";

const MAX_MESSAGES = 12;
const MAX_FAILURES = 20;

export interface FuzzOptions {
  readonly seed: number;
  /** Stop after so many messages that were served or refused (what lies behind a refused one is not counted), or … */
  readonly messages: number;
  /** … so much time, whichever is first. */
  readonly seconds: number;
  /** Connections at once. */
  readonly connections: number;
  /** One answer in so many is changed; 0 = none. */
  readonly oddAnswers: number;
}

export interface FuzzResult {
  /** Messages that were served or refused. */
  readonly messages: number;
  /** Of these, such as had been changed. */
  readonly changed: number;
  readonly connections: number;
  /** Requests that backends saw. */
  readonly accepted: number;
  /** Connections that ended with an error answer. */
  readonly refused: number;
  readonly seconds: number;
  readonly failures: readonly string[];
}

/** The bytes of one connection. */
interface Plan {
  readonly text: string;
  readonly pieces: readonly string[];
  /** Of each message, whether it was changed. */
  readonly changed: readonly boolean[];
  /** Messages at its beginning that must be served. */
  readonly sound: number;
}

/** Backends for a run, which give odd answers once in `oddAnswers` times. The caller ends them with `kill`. */
export function startFuzzBackends(
  sightings: Sightings,
  { seed, oddAnswers }: FuzzOptions,
): Promise<readonly TestBackend[]> {
  const dice = new Dice(seed ^ 0x5eed);
  const corpus = answerCorpus();
  const answerOddly = (ordinary: string): string | undefined => {
    if (oddAnswers === 0 || !dice.once(oddAnswers)) return undefined;
    const base = dice.once(2) ? ordinary : (corpus[dice.below(corpus.length)] ?? ordinary);
    return mutate(base, dice, corpus);
  };
  return Promise.all(BACKENDS.map((id) => startFuzzBackend(id, sightings, answerOddly)));
}

/**
 * Sends what `seed` says to a balancer at `port` and compares what its backends saw and what its clients were told:
 * every request that was seen is one that the slow reader sees too, in the same place, and its client has its number.
 */
export async function fuzz(port: number, sightings: Sightings, options: FuzzOptions): Promise<FuzzResult> {
  const dice = new Dice(options.seed);
  const corpus = requestCorpus();
  const failures: string[] = [];
  const startedMs = performance.now();
  const elapsed = (): number => (performance.now() - startedMs) / 1000;
  let messages = 0;
  let changed = 0;
  let connections = 0;
  let refused = 0;
  const goesOn = (): boolean =>
    messages < options.messages && elapsed() < options.seconds && failures.length < MAX_FAILURES;
  const worker = async (): Promise<void> => {
    while (goesOn()) {
      const plan = draw(dice, corpus);
      connections++;
      const due = requestsIn(plan.text);
      const methods = due.map(({ startLine }) => partsOf(startLine).method);
      const received = await exchange(port, plan.pieces, methods);
      if (received.refused) refused++;
      const decided = Math.min(received.serials.length, plan.changed.length);
      messages += decided;
      changed += plan.changed.slice(0, decided).filter(Boolean).length;
      const complaint = judge(plan, due, received, sightings, options.oddAnswers > 0);
      if (complaint !== undefined) failures.push(`${complaint}\n  sent ${JSON.stringify(plan.pieces)}`);
    }
  };
  await Promise.all(Array.from({ length: options.connections }, worker));
  const seconds = elapsed();
  for (const { backend, message, oddly } of sightings.open.values()) {
    if (!oddly && options.oddAnswers === 0)
      failures.push(`${backend} saw ${JSON.stringify(message.startLine)}, and no client was told`);
  }
  failures.push(...sightings.faults);
  return { messages, changed, connections, accepted: sightings.count, refused, seconds, failures };
}

function draw(dice: Dice, corpus: readonly string[]): Plan {
  const count = 1 + dice.below(MAX_MESSAGES);
  const parts: string[] = [];
  const changed: boolean[] = [];
  let sound = 0;
  let ended = false;
  for (let i = 0; i < count; i++) {
    const { bytes, last } = drawRequest(dice);
    const kind = dice.below(5);
    changed.push(kind >= 3);
    if (kind < 3) {
      parts.push(bytes);
      if (!ended) sound++;
      ended ||= last;
      continue;
    }
    ended = true;
    parts.push(mutate(kind === 3 ? bytes : (corpus[dice.below(corpus.length)] ?? bytes), dice, corpus));
  }
  const text = parts.join("");
  const at = dice.below(text.length + 1);
  const pieces = dice.once(2) ? [text] : [text.slice(0, at), text.slice(at)].filter((piece) => piece !== "");
  return { text, pieces, changed, sound };
}

function judge(
  { sound }: Plan,
  due: readonly ReadMessage[],
  received: Received,
  sightings: Sightings,
  odd: boolean,
): string | undefined {
  const { serials, unreadable, hung, refused, text } = received;
  if (hung) return `the connection did not end; received ${JSON.stringify(text.slice(0, 300))}`;
  // Behind an error the balancer says no more; whether it had a body depends on a method that it may not have read.
  if (unreadable !== undefined && !refused) return `the client got what is no answer: ${unreadable}`;
  const answered = serials.filter((serial, i) => serial > 0 || (!refused && !odd) || i < serials.length - 1);
  for (const [i, serial] of answered.entries()) {
    const seen = sightings.open.get(serial);
    sightings.open.delete(serial);
    // Behind an odd answer nothing is certain but that it is nobody else's.
    if (seen === undefined) {
      if (odd) continue;
      return `answer ${i + 1} has the number ${serial}, which no open request has`;
    }
    const want = due[i];
    if (want === undefined)
      return `answer ${i + 1} is to ${JSON.stringify(seen.message.startLine)}, which is not in order`;
    const same =
      seen.message.startLine.replace(/[^ ]+$/, "") === want.startLine.replace(/[^ ]+$/, "") &&
      seen.message.body === want.body;
    if (!same) return `a backend saw ${JSON.stringify(seen.message)} for ${JSON.stringify(want)}`;
  }
  if (!odd && answered.length < sound)
    return `${sound} sound requests were sent first, ${answered.length} were answered`;
  return undefined;
}
