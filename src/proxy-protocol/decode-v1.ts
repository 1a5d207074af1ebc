import type { Endpoint } from "../model/client-key.ts";
import { foldMapped, formatAddress, parseDecimal, parseIpv4, parseIpv6 } from "./address-text.ts";
import { asciiBytes, matchLength } from "./bytes.ts";
import { ABSENT, type DecodeResult, malformed, needMore } from "./header.ts";

/** Longest line in bytes, CRLF included: `PROXY UNKNOWN` with two full IPv6 addresses and ports (section 2.1). */
const V1_MAX_LENGTH = 107;

const NAME = asciiBytes("PROXY");
const FAMILY_AT = NAME.length + 1;
const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;

interface Family {
  readonly keyword: Uint8Array;
  readonly decodeRest: (buffer: Uint8Array, from: number) => DecodeResult;
}

const FAMILIES: readonly Family[] = [
  {
    keyword: asciiBytes("TCP4 "),
    decodeRest: (buffer, from) => decodeTcp(buffer, from, parseIpv4, /^[0-9. ]*$/),
  },
  {
    keyword: asciiBytes("TCP6 "),
    decodeRest: (buffer, from) => decodeTcp(buffer, from, parseIpv6, /^[0-9a-f:. ]*$/i),
  },
  { keyword: asciiBytes("UNKNOWN"), decodeRest: decodeUnknown },
];

/** The human-readable header (section 2.1 of the specification), once the first byte is known to be a `P`. */
export function decodeV1(buffer: Uint8Array): DecodeResult {
  const named = matchLength(buffer, 0, NAME);
  if (named < NAME.length) return named === buffer.length ? needMore(named + 1) : ABSENT;
  // "PROXY" alone makes it version 1 (end of section 2.2): what does not fit from here is malformed, no longer absent.
  if (buffer.length < FAMILY_AT) return needMore(FAMILY_AT);
  if (buffer[FAMILY_AT - 1] !== SPACE) return malformed("PROXY is not followed by a space");
  for (const { keyword, decodeRest } of FAMILIES) {
    const end = FAMILY_AT + matchLength(buffer, FAMILY_AT, keyword);
    if (end === FAMILY_AT + keyword.length) return decodeRest(buffer, end);
    if (end === buffer.length) return needMore(end + 1);
  }
  return malformed("the protocol is not TCP4, TCP6 or UNKNOWN");
}

function decodeTcp(
  buffer: Uint8Array,
  from: number,
  parse: (text: string) => Uint8Array | undefined,
  characters: RegExp,
): DecodeResult {
  const crlf = crlfIndex(buffer, from);
  const text = asciiText(buffer, from, crlf ?? endOfText(buffer));
  // Addresses are read only from a whole line, but a line that can never be right is refused at once.
  if (!characters.test(text)) return malformed("a character that no address or port has, or a lone CR or LF");
  if (crlf === undefined) return missingEnd(buffer) === undefined ? TOO_LONG : needMore(buffer.length + 1);
  const fields = text.split(" ", 5);
  const [sourceText = "", destinationText = "", sourcePortText = "", destinationPortText = ""] = fields;
  if (fields.length !== 4) return malformed("not exactly two addresses and two ports with single spaces between");
  // Its own message, because nginx sends such lines (nginx/nginx#1609) and the cure is at the sender.
  if (parse === parseIpv6 && (parseIpv4(sourceText) ?? parseIpv4(destinationText)) !== undefined) {
    return malformed("an IPv4 address in a TCP6 line: the sender mixes families, let it send version 2");
  }
  const source = endpoint(parse(sourceText), parseDecimal(sourcePortText, 65_535));
  if (source === undefined) return malformed("the source address or port is not valid");
  const destination = endpoint(parse(destinationText), parseDecimal(destinationPortText, 65_535));
  if (destination === undefined) return malformed("the destination address or port is not valid");
  const header = { version: 1, command: "proxy", transport: "stream", source, destination, tlvs: [] } as const;
  return { kind: "header", header, length: crlf + 2 };
}

function endpoint(address: Uint8Array | undefined, port: number | undefined): Endpoint | undefined {
  if (address === undefined || port === undefined) return undefined;
  return { address: formatAddress(foldMapped(address)), port };
}

/** Whatever stands between UNKNOWN and the CRLF has to be ignored (section 2.1). */
function decodeUnknown(buffer: Uint8Array, from: number): DecodeResult {
  const next = buffer[from];
  if (next === undefined) return needMore(from + 1);
  const second = buffer[from + 1];
  const ends = next === CR && (second === undefined || second === LF);
  if (next !== SPACE && !ends) return malformed("UNKNOWN is not followed by a space or CRLF");
  const crlf = crlfIndex(buffer, from);
  if (crlf !== undefined) {
    const header = { version: 1, command: "proxy", transport: "unspec", tlvs: [] } as const;
    return { kind: "header", header, length: crlf + 2 };
  }
  const missing = missingEnd(buffer);
  return missing === undefined ? TOO_LONG : needMore(buffer.length + missing);
}

const TOO_LONG = malformed(`no CRLF within ${V1_MAX_LENGTH} bytes`);

/** Where the line ends within the longest allowed length. */
function crlfIndex(buffer: Uint8Array, from: number): number | undefined {
  const last = Math.min(buffer.length, V1_MAX_LENGTH) - 2;
  for (let i = from; i <= last; i++) if (buffer[i] === CR && buffer[i + 1] === LF) return i;
  return undefined;
}

/** How many bytes are missing at least for a CRLF; undefined when there is no room left for it. */
function missingEnd(buffer: Uint8Array): number | undefined {
  const missing = buffer[buffer.length - 1] === CR ? 1 : 2;
  return buffer.length + missing <= V1_MAX_LENGTH ? missing : undefined;
}

/** The end of an unfinished line, without a CR that may be the first half of its CRLF. */
function endOfText(buffer: Uint8Array): number {
  const end = Math.min(buffer.length, V1_MAX_LENGTH);
  return buffer[end - 1] === CR ? end - 1 : end;
}

function asciiText(buffer: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...buffer.subarray(from, to));
}
