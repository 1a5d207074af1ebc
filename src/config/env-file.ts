/** A variable of an env file. */
export interface EnvFileEntry {
  readonly name: string;
  readonly value: string;
  /** Counting from 1. */
  readonly line: number;
}

/** A line of an env file that is not understood. Its text is not kept: it may hold a secret. */
export interface EnvFileProblem {
  readonly line: number;
  readonly problem: string;
}

/** The content of an env file. */
export interface EnvFile {
  /** In the order of the file; of equal names the last one counts. */
  readonly entries: readonly EnvFileEntry[];
  readonly problems: readonly EnvFileProblem[];
}

const NAME = /[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*/y;
const SINGLE_QUOTED = /'([^']*)'/y;
const DOUBLE_QUOTED = /"((?:[^"\\]|\\[\s\S])*)"/y;
const UNQUOTED = /(?!['"])(?:[^\s#](?:[^\n#]|(?<=\S)#)*)?/y;
const END_OF_LINE = /[ \t\r]*(?:#[^\n]*)?(?:\n|$)/y;
const REST_OF_LINE = /[^\n]*(?:\n|$)/y;

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ['"', '"'],
  ["\\", "\\"],
]);

/**
 * Reads lines of `NAME=value`, with `export`, `#` comments and quotes as shells and dotenv have them: single quotes
 * keep everything, double quotes know `\n \r \t \" \\`, both may span lines. Unlike `node --env-file` it reports what
 * it does not understand. Never throws.
 */
export function parseEnvFile(content: string): EnvFile {
  const text = content.replace(/^\uFEFF/, "");
  const entries: EnvFileEntry[] = [];
  const problems: EnvFileProblem[] = [];
  let position = 0;
  let line = 1;

  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position;
    const match = pattern.exec(text);
    if (match !== null) {
      position += match[0].length;
      line += match[0].split("\n").length - 1;
    }
    return match;
  };

  while (position < text.length) {
    if (take(END_OF_LINE) !== null) continue;
    const start = line;
    const name = take(NAME)?.[1];
    if (name === undefined) {
      problems.push({ line: start, problem: "not NAME=value" });
      take(REST_OF_LINE);
      continue;
    }
    const value = take(SINGLE_QUOTED)?.[1] ?? replaceEscapes(take(DOUBLE_QUOTED)?.[1]) ?? take(UNQUOTED)?.[0].trim();
    if (value === undefined || take(END_OF_LINE) === null) {
      const problem = value === undefined ? "the quote is not closed" : "text after the closing quote";
      problems.push({ line: start, problem: `${name}: ${problem}` });
      take(REST_OF_LINE);
      continue;
    }
    entries.push({ name, value, line: start });
  }
  return { entries, problems };
}

/** Writes a value so that `parseEnvFile`, and for all but odd values also a shell and systemd, read it back. */
export function quoteEnvValue(value: string): string {
  if (/^[A-Za-z0-9_.:,=/@%+-]*$/.test(value)) return value;
  if (!/['\n\r]/.test(value)) return `'${value}'`;
  const escaped = value.replace(/["\\]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
  return `"${escaped}"`;
}

function replaceEscapes(text: string | undefined): string | undefined {
  return text?.replace(/\\([\s\S])/g, (whole, letter: string) => ESCAPES.get(letter) ?? whole);
}
