import { flagName, variableName } from "./setting.ts";

/** Which of the sources gave a setting its text, in the order in which they win. */
export type Source = "flag" | "environment" | "env-file" | "platform PORT" | "default";

/** Where the text of a setting came from. */
export interface Origin {
  readonly source: Source;
  /** As it was read, trimmed. */
  readonly text: string;
  /** `prod.env:7`, when it stood in a file. */
  readonly place?: string;
}

/** How the operator knows a setting that came from there: `--listen`, `LENGKET_LISTEN`, `LENGKET_LISTEN (prod.env:7)`. */
export function whereOf(name: string, origin: Pick<Origin, "source" | "place">, at = ""): string {
  switch (origin.source) {
    case "flag":
      return flagName(name) + at;
    case "platform PORT":
      return "PORT";
    case "env-file":
      return `${variableName(name)}${at}${origin.place === undefined ? "" : ` (${origin.place})`}`;
    case "environment":
    case "default":
      return variableName(name) + at;
  }
}
