import * as z from "zod/mini";
import type { Reading, Refusal } from "./reading.ts";

/** A kind of value: how it is called, what it allows, and the schema that turns a text into it. */
export interface SettingType<T> {
  /** A word for the documentation: `duration`. */
  readonly label: string;
  /** What is allowed, to be read after "allowed:". */
  readonly allowed: string;
  /** Text to value. The text is trimmed; an empty one means that nothing was set. */
  readonly schema: z.ZodMiniType<T, string>;
}

/** Makes a type from a pure reader; its refusals become zod issues. */
export function settingType<T>(label: string, allowed: string, read: (text: string) => Reading<T>): SettingType<T> {
  const schema = z.pipe(
    z.string(),
    z.transform((text: string, context): T => {
      const reading = read(text);
      if (reading.ok) return reading.value;
      for (const { problem, hint, value, at } of reading.refusals) {
        context.issues.push({ code: "custom", message: problem, input: text, params: { hint, value, at } });
      }
      return z.NEVER;
    }),
  );
  return { label, allowed, schema };
}

/** The same type where an empty text is allowed and means undefined. */
export function optional<T>(type: SettingType<T>): SettingType<T | undefined> {
  return settingType<T | undefined>(type.label, type.allowed, (text) =>
    text === "" ? { ok: true, value: undefined } : readText(type.schema, text),
  );
}

/** Applies a schema; the counterpart of `settingType`. */
export function readText<T>(schema: z.ZodMiniType<T, string>, text: string): Reading<T> {
  const result = schema.safeParse(text);
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, refusals: result.error.issues.map(refusalOf) };
}

const QUOTED = /^(["'])(.*)\1$/s;

/** As {@link readText}, for the text of a setting: says so when quotes became part of it, and what is wrong inside them. */
export function readSetting<T>(schema: z.ZodMiniType<T, string>, text: string): Reading<T> {
  const reading = readText(schema, text);
  const inside = QUOTED.exec(text)?.[2]?.trim();
  if (reading.ok || inside === undefined) return reading;
  const unquoted = readText(schema, inside);
  const quotes = {
    problem: "the quotes are part of the value",
    hint: "write it without them: what sets it does not take them away, as a shell would",
  };
  return { ok: false, refusals: [quotes, ...(unquoted.ok ? [] : unquoted.refusals)] };
}

function refusalOf(issue: z.core.$ZodIssue): Refusal {
  const params: Readonly<Record<string, unknown>> = issue.code === "custom" ? (issue.params ?? {}) : {};
  const { hint, value, at } = params;
  return {
    problem: issue.message,
    ...(typeof hint === "string" && { hint }),
    ...(typeof value === "string" && { value }),
    ...(typeof at === "string" && { at }),
  };
}
