import { allCases } from "../blackbox/all-cases.ts";
import { filled } from "../blackbox/run.ts";
import { BACKENDS, COOKIE } from "./grammar.ts";

const MAX_BYTES = 2000;

/** What the clients of the black-box cases send, as far as it is short. */
export function requestCorpus(): readonly string[] {
  const [first, second] = BACKENDS.map((id) => `${COOKIE}=${id}`);
  const cookies = { A: first ?? "", B: second ?? "", D: `${COOKIE}=dead` };
  const texts = allCases().flatMap(({ steps }) => steps.flatMap((step) => ("send" in step ? [step.send] : [])));
  const short = texts.filter((text) => text.length <= MAX_BYTES);
  return [...new Set(short.map((text) => filled(text, "fuzz", { a: "", b: "", cookies })))];
}

/** What the backends of the cases answer, as far as it is short. */
export function answerCorpus(): readonly string[] {
  const lists = allCases().flatMap(({ answers = {} }) => Object.values(answers));
  const texts = lists.flatMap((list) => ("pieces" in list ? [list] : list)).flatMap(({ pieces }) => pieces.join(""));
  return [...new Set(texts)].filter((text) => text !== "" && text.length <= MAX_BYTES);
}
