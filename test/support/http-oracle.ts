import { isIPv6 } from "node:net";
import type { Field } from "./http-arbitraries.ts";

/** A request as the slow reader understands it. */
export interface OracleRequest {
  readonly method: string;
  readonly target: string;
  readonly minorVersion: number;
  readonly fields: readonly Field[];
  readonly framing: "none" | "length" | "chunked";
  readonly contentLength: number;
  /** Bytes up to the end of the head. */
  readonly length: number;
}

const REQUEST_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([\x21\x22\x24-\x7e]+) HTTP\/1\.([0-9])$/;
const FIELD_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*((?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)[ \t]*$/;
const HOST = /^(?:\[([0-9A-Fa-f:.]+)\]|(?:[-._~!$&'()*+;=0-9A-Za-z]|%[0-9A-Fa-f]{2})+)(?::([0-9]{0,5}))?$/;
const ABSOLUTE = /^https?:\/\/([^/?]+)/i;

/**
 * Reads a request head with regular expressions and string functions, in no way as the scanner does: a second opinion
 * on what is in order. Undefined = refused. Only for texts that hold a whole head and stay below all limits.
 */
export function oracleRequest(text: string): OracleRequest | undefined {
  const leading = /^(?:\r\n){0,4}/.exec(text)?.[0].length ?? 0;
  const end = text.indexOf("\r\n\r\n", leading);
  if (end < 0) return undefined;
  const [first = "", ...lines] = text.slice(leading, end).split("\r\n");
  const [, method, target = "", minor] = REQUEST_LINE.exec(first) ?? [];
  if (method === undefined || method === "CONNECT") return undefined;
  const fields: Field[] = [];
  for (const line of lines) {
    const [, name, value] = FIELD_LINE.exec(line) ?? [];
    if (name === undefined || value === undefined) return undefined;
    fields.push({ name, value });
  }
  const minorVersion = minor === "0" ? 0 : 1;
  const values = (name: string): string[] => fields.filter((f) => f.name.toLowerCase() === name).map((f) => f.value);
  if (!targetFits(target, method, values("host"), minorVersion)) return undefined;
  if (values("connection").some((value) => /[^\t ,!#$%&'*+\-.^_`|~0-9A-Za-z]|[^\t ,][\t ]+[^\t ,]/.test(value)))
    return undefined;
  const lengths = values("content-length");
  const codings = values("transfer-encoding");
  const message = { method, target, minorVersion, fields, length: end + 4 };
  if (codings.length > 0) {
    if (codings.length + lengths.length > 1 || minorVersion === 0 || codings[0]?.toLowerCase() !== "chunked")
      return undefined;
    return { ...message, framing: "chunked", contentLength: -1 };
  }
  if (lengths.length === 0) return { ...message, framing: "none", contentLength: -1 };
  const [value = ""] = lengths;
  if (lengths.length > 1 || !/^0{0,16}(?:0|[1-9][0-9]*)$/.test(value) || BigInt(value) > 2n ** 53n - 1n)
    return undefined;
  return { ...message, framing: "length", contentLength: Number(value) };
}

function targetFits(target: string, method: string, hosts: readonly string[], minorVersion: number): boolean {
  if (hosts.length > 1 || (hosts.length === 0 && minorVersion > 0)) return false;
  const [host] = hosts;
  const absolute = ABSOLUTE.exec(target);
  if (host !== undefined && !(host === "" && absolute === null) && !isHost(host)) return false;
  if (absolute !== null) return isHost(absolute[1] ?? "");
  return target.startsWith("/") || (target === "*" && method === "OPTIONS");
}

function isHost(text: string): boolean {
  const parts = HOST.exec(text);
  if (parts === null) return false;
  const [, ipv6, port = "0"] = parts;
  return (ipv6 === undefined || isIPv6(ipv6)) && Number(port) <= 65_535;
}

/** The data of a chunked body without extensions or trailers, read leniently; undefined when it has no end. */
export function oracleChunks(text: string): { readonly data: string; readonly length: number } | undefined {
  const parts: string[] = [];
  let at = 0;
  for (let chunks = 0; chunks <= text.length; chunks++) {
    const line = text.indexOf("\n", at);
    const size = Number.parseInt(text.slice(at), 16);
    if (line < 0 || Number.isNaN(size)) return undefined;
    at = line + 1;
    if (size === 0) return text.startsWith("\r\n", at) ? { data: parts.join(""), length: at + 2 } : undefined;
    parts.push(text.slice(at, at + size));
    at += size + 2;
  }
  return undefined;
}
