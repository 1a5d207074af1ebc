import { parseArgs } from "node:util";
import type { CutChoice } from "./cuts.ts";
import type { SubjectName } from "./subjects/subject.ts";

export const SUBJECTS: readonly SubjectName[] = ["lengket", "haproxy", "nginx", "apache"];

export interface BlackBoxOptions {
  readonly subjects: readonly SubjectName[];
  /** Only cases whose id contains this. */
  readonly id: string;
  /** Only cases of this rule; 0 = all. */
  readonly rule: number;
  readonly cuts: CutChoice;
  /** Cases at once. */
  readonly lanes: number;
  readonly format: "text" | "markdown" | "json";
  /** Print every complaint. */
  readonly verbose: boolean;
}

export const USAGE = `Plays raw bytes to a balancer in front of recording backends and judges what comes of them.

  --subject NAME   ${SUBJECTS.join(", ")}, several with commas, or all (default lengket)
  --case TEXT      only cases whose id contains TEXT
  --rule N         only cases of this rule
  --cut KIND       whole (default), sampled or every byte; the other balancers are always asked whole
  --per-case N     cuts of one case when sampled (default 24)
  --seed N         of the samples (default: from the clock; printed)
  --lanes N        cases at once (default 8)
  --format KIND    text (default), markdown (the table only), json
  --verbose        what was seen in every case that failed
`;

/** Reads the command line. @throws Error when it makes no sense */
export function parseOptions(args: readonly string[], clockSeed: number): BlackBoxOptions | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      subject: { type: "string", default: "lengket" },
      case: { type: "string", default: "" },
      rule: { type: "string", default: "0" },
      cut: { type: "string", default: "whole" },
      "per-case": { type: "string", default: "24" },
      seed: { type: "string", default: String(clockSeed) },
      lanes: { type: "string", default: "8" },
      format: { type: "string", default: "text" },
      verbose: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  const named = values.subject === "all" ? [...SUBJECTS] : values.subject.split(",");
  const subjects = SUBJECTS.filter((name) => named.includes(name));
  if (subjects.length !== named.length) throw new Error(`--subject is one of ${SUBJECTS.join(", ")}, all`);
  const { cut } = values;
  if (cut !== "whole" && cut !== "sampled" && cut !== "every") throw new Error("--cut is whole, sampled or every");
  const { format } = values;
  if (format !== "text" && format !== "markdown" && format !== "json")
    throw new Error("--format is text, markdown or json");
  return {
    subjects,
    id: values.case,
    rule: count("rule", values.rule),
    cuts: { kind: cut, seed: count("seed", values.seed), perCase: count("per-case", values["per-case"]) },
    lanes: Math.max(1, count("lanes", values.lanes)),
    format,
    verbose: values.verbose,
  };
}

function count(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} is a whole number`);
  return Number(text);
}
