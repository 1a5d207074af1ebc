import { accept, type Reading, refuse } from "../reading.ts";
import { type SettingType, settingType } from "../setting-type.ts";

/** A token (RFC 9110, section 5.6.2), which names of headers and of cookies are. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/;

/** Headers whose meaning is another one; naming the client in them would be a mistake. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ["x-forwarded-for", "set LENGKET_FORWARDED_HEADER=x-forwarded-for"],
  ["forwarded", "set LENGKET_FORWARDED_HEADER=forwarded"],
]);

/** Whether a text can be the name of a header or of a cookie. */
export function isHeaderName(text: string): boolean {
  return TOKEN.test(text);
}

/** Reads the name of a header; the value is in lower case. */
export function readHeaderName(text: string): Reading<string> {
  if (isHeaderName(text)) return accept(text.toLowerCase());
  return refuse("not the name of a header: letters, digits and !#$%&'*+-.^_`|~", headerHint(text));
}

/** The name of a header with a single address in it. */
export function addressHeader(): SettingType<string> {
  return settingType("header name", "the name of a header that holds one address", (text) => {
    const reading = readHeaderName(text);
    const elsewhere = reading.ok ? ELSEWHERE.get(reading.value) : undefined;
    return elsewhere === undefined ? reading : refuse("this header holds a list of addresses", elsewhere);
  });
}

function headerHint(text: string): string {
  const before = /^([^:\s]+)\s*:/.exec(text)?.[1];
  return before !== undefined && isHeaderName(before) ? `did you mean ${before}?` : "write e.g. cf-connecting-ip";
}
