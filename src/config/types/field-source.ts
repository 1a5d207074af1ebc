import { accept, type Reading, type Refusal, readList, refuse } from "../reading.ts";
import { type SettingType, settingType } from "../setting-type.ts";
import { isHeaderName, readHeaderName } from "./header-name.ts";
import { refuseWord } from "./words.ts";

/** The part of a request or of an answer that holds a session id, or what a request is hashed by. */
export interface FieldSource {
  readonly kind: "cookie" | "header" | "query";
  /** Of a header: in lower case. The other names are compared byte for byte. */
  readonly name: string;
}

/** What a request is hashed by: the client's address, also with its port, or a part of the request. */
export type HashKey = "client_ip" | "client_ip_port" | FieldSource;

type Kind = FieldSource["kind"];

const ADDRESSES = ["client_ip", "client_ip_port"] as const;

/** Visible ASCII that can stand in front of the `=` of a query parameter, and in a list of ours. */
const PARAMETER = /^[!$%'-+\-.0-:<>@-~]{1,128}$/;

/** Headers that are read in another way. */
const COOKIE_HEADERS = ["cookie", "set-cookie"];

/** `client_ip`, `client_ip_port`, or one of `cookie:NAME`, `header:NAME`, `query:NAME`. */
export function hashKey(): SettingType<HashKey> {
  const kinds = ["header", "cookie", "query"] as const;
  const forms = [...ADDRESSES, ...kinds.map((kind) => `${kind}:NAME`)];
  return settingType<HashKey>("word or source", forms.join(", "), (text) => {
    const address = ADDRESSES.find((word) => word === text);
    if (address !== undefined) return accept(address);
    return text.includes(":") ? readFieldSource(text, kinds) : refuseWord(text, forms);
  });
}

/** A list of sources of these kinds, each at most once. */
export function fieldSourceList(...kinds: readonly Kind[]): SettingType<readonly FieldSource[]> {
  const forms = kinds.map((kind) => `${kind}:NAME`).join(", ");
  return settingType<readonly FieldSource[]>("source list", `one or more of ${forms}`, (text) => {
    const reading = readList(text, (element) => readFieldSource(element, kinds));
    if (!reading.ok) return reading;
    if (reading.value.length === 0) return refuse(`not a list of ${forms}`);
    const refusals = repeated(reading.value);
    return refusals.length === 0 ? reading : { ok: false, refusals };
  });
}

/** Reads `kind:NAME`. */
export function readFieldSource(text: string, kinds: readonly Kind[]): Reading<FieldSource> {
  const cut = text.indexOf(":");
  const word = cut < 0 ? text : text.slice(0, cut);
  const kind = kinds.find((candidate) => candidate === word);
  if (kind === undefined) return refuseKind(text, word, kinds);
  const name = text.slice(cut + 1);
  if (cut < 0 || name === "")
    return refuse(`the name of the ${kind} is missing`, `write e.g. ${kind}:${EXAMPLES[kind]}`);
  switch (kind) {
    case "header": {
      const reading = readHeaderName(name);
      if (!reading.ok) return reading;
      return COOKIE_HEADERS.includes(reading.value)
        ? refuse("cookies are not read as one header", "write cookie:NAME with the name of the cookie")
        : accept({ kind, name: reading.value });
    }
    case "cookie":
      return isHeaderName(name)
        ? accept({ kind, name })
        : refuse("not a cookie name: letters, digits and !#$%&'*+-.^_`|~", "write e.g. cookie:JSESSIONID");
    case "query":
      return PARAMETER.test(name)
        ? accept({ kind, name })
        : refuse(
            "not the name of a query parameter: visible ASCII without & = ? # , ; and quotes",
            "write e.g. query:sid",
          );
  }
}

const EXAMPLES: Readonly<Record<Kind, string>> = { cookie: "JSESSIONID", header: "Mcp-Session-Id", query: "sid" };

function refuseKind(text: string, word: string, kinds: readonly Kind[]): Reading<never> {
  const forms = kinds.map((kind) => `${kind}:NAME`);
  if (word === "query")
    return refuse(`not one of ${forms.join(", ")}`, "an answer has no query; that is for LENGKET_LEARN_LOOKUP");
  if (!text.includes(":") && isHeaderName(text)) {
    return refuse(`not one of ${forms.join(", ")}`, `did you mean ${kinds[0] ?? ""}:${text}?`);
  }
  const reading = refuseWord(word, kinds);
  const hint = reading.ok ? undefined : reading.refusals[0]?.hint;
  return refuse(`not one of ${forms.join(", ")}`, hint);
}

function repeated(sources: readonly FieldSource[]): readonly Refusal[] {
  return sources.flatMap(({ kind, name }, index) => {
    const first = sources.findIndex((other) => other.kind === kind && other.name === name);
    if (first === index) return [];
    return [
      { problem: `the same as [${first}]`, hint: "remove one of the two", value: `${kind}:${name}`, at: `[${index}]` },
    ];
  });
}
