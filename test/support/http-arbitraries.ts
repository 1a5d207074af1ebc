import fc from "fast-check";

const TOKEN_CHARS = [..."!#$%&'*+-.^_`|~0123456789ABCXYZabcxyz"];
const VALUE_CHARS = [...'aZ09 \t,;="\\:()\xe9\xff\x80~!'];
const TARGET_CHARS = [..."aZ09/%?&=.~-_:@!$'()*+,;[]{}|\\^`\"<>"];

const text = (chars: readonly string[], minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...chars), minLength, maxLength });

export const token = text(TOKEN_CHARS, 1, 12);
/** A field value without blanks around it. */
export const fieldValue = text(VALUE_CHARS, 0, 30).map((value) => value.replace(/^[ \t]+|[ \t]+$/g, ""));
const blank = fc.constantFrom("", " ", " ", " ", "\t", " \t ");
const path = text(TARGET_CHARS, 0, 30).map((rest) => `/${rest}`);
export const host = fc.constantFrom("a", "shop.example:8080", "127.0.0.1", "[::1]:80", "");

export interface Field {
  readonly name: string;
  readonly value: string;
}

/** Names that decide nothing: prefixed, so that chance never makes a known one. */
export const plainField: fc.Arbitrary<Field> = fc.oneof(
  fc.record({ name: token.map((name) => `x${name}`), value: fieldValue }),
  fc.record({
    name: fc.constantFrom("Cookie", "Accept", "User-Agent", "Set-Cookie", "X-Forwarded-For"),
    value: fieldValue,
  }),
);

/** Fields with a say in how the message goes on. */
const decidingField: fc.Arbitrary<Field> = fc.oneof(
  fc.record({
    name: fc.constantFrom("Connection", "connection"),
    value: fc.constantFrom("close", "keep-alive", "Keep-Alive, x-gone", "x-gone", ", close,", "TE", "cookie, host"),
  }),
  fc.constantFrom(
    { name: "Keep-Alive", value: "5" },
    { name: "TE", value: "trailers" },
    { name: "X-Gone", value: "1" },
    { name: "Proxy-Connection", value: "keep-alive" },
    { name: "Trailer", value: "X-Sum" },
  ),
);

const lengthField: fc.Arbitrary<readonly Field[]> = fc.oneof(
  fc.constant([]),
  fc.nat(40).map((length) => [{ name: "Content-Length", value: String(length) }]),
  fc.constantFrom("chunked", "Chunked").map((value) => [{ name: "transfer-encoding", value }]),
);

const fieldLines = (fixed: readonly Field[]): fc.Arbitrary<readonly Field[]> =>
  fc
    .tuple(fc.array(fc.oneof({ weight: 3, arbitrary: plainField }, decidingField), { maxLength: 8 }), lengthField)
    .chain(([fields, length]) =>
      fc.shuffledSubarray([...fixed, ...fields, ...length], {
        minLength: fixed.length + fields.length + length.length,
      }),
    );

const written = (start: string, fields: readonly Field[]): fc.Arbitrary<string> =>
  fc.array(fc.tuple(blank, blank), { minLength: fields.length, maxLength: fields.length }).map((blanks) => {
    const lines = fields.map(
      ({ name, value }, i) => `${name}:${blanks[i]?.[0] ?? ""}${value}${blanks[i]?.[1] ?? ""}\r\n`,
    );
    return `${start}\r\n${lines.join("")}\r\n`;
  });

export interface Message {
  readonly text: string;
  readonly fields: readonly Field[];
}

const message = (start: string, fields: readonly Field[]): fc.Arbitrary<Message> =>
  written(start, fields).map((whole) => ({ text: whole, fields }));

/** A request head that is in order. */
export const requestHead = (
  methods: fc.Arbitrary<string> = fc.oneof(
    fc.constantFrom("GET", "POST", "HEAD"),
    token.map((method) => `M${method}`),
  ),
): fc.Arbitrary<Message> =>
  fc
    .tuple(
      methods,
      fc.oneof({ weight: 5, arbitrary: path }, fc.constant("http://b:1/c?d")),
      host,
      fc.constantFrom("", "\r\n"),
    )
    .chain(([method, target, name, leading]) => {
      const authority = target.startsWith("/") ? name : "a";
      return fieldLines([{ name: "Host", value: authority }]).chain((fields) =>
        message(`${leading}${method} ${target} HTTP/1.1`, fields),
      );
    });

export const responseHead: fc.Arbitrary<Message> = fc
  .tuple(fc.constantFrom("200", "204", "304", "404", "503", "599"), fieldValue)
  .chain(([status, reason]) => fieldLines([]).chain((fields) => message(`HTTP/1.1 ${status} ${reason}`, fields)));

/** Ascending positions at which to cut `length` bytes. */
export const cutsOf = (length: number): fc.Arbitrary<number[]> =>
  fc.uniqueArray(fc.nat(length), { maxLength: 8 }).map((cuts) => cuts.sort((a, b) => a - b));

/** Bytes that matter to a parser, in any order, and some others. */
const nearlyHttp = fc
  .array(
    fc.constantFrom(
      "GET",
      " ",
      "/",
      "HTTP/1.1",
      "HTTP/1.0",
      "\r\n",
      "\r\n",
      "\r\n\r\n",
      "Host: a",
      "Content-Length: 5",
      "Transfer-Encoding: chunked",
      "chunked",
      ":",
      ",",
      "5",
      "0",
      "\r",
      "\n",
      "\0",
      "\t",
      ";",
      "x",
      "\xe9",
      "Connection: close",
      '"',
      "HTTP/1.1 200 OK",
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(""));

export const anyBytes: fc.Arbitrary<string> = fc.oneof(
  nearlyHttp,
  nearlyHttp.map((rest) => `GET / HTTP/1.1\r\nHost: a\r\n${rest}`),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
);

const HARMFUL = [
  "\r",
  "\n",
  "\0",
  " ",
  "\t",
  ":",
  ",",
  ";",
  "\r\n",
  "\x0b",
  "\x7f",
  "\xa0",
  "\x85",
  "0",
  "5",
  "#",
  "+",
  "x",
  "\r\n\r\n",
  "Content-Length: 1\r\n",
  "Transfer-Encoding: chunked\r\n",
  "Host: b\r\n",
];

/** `original` with one to three places changed: something put in, taken out or overwritten. */
export const mutated = (original: string): fc.Arbitrary<string> =>
  fc
    .array(fc.tuple(fc.nat(original.length), fc.nat(2), fc.constantFrom(...HARMFUL)), { minLength: 1, maxLength: 3 })
    .map((changes) =>
      changes.reduce(
        (whole, [at, cut, put]) => whole.slice(0, at) + (cut === 1 ? "" : put) + whole.slice(at + Math.min(cut, 1)),
        original,
      ),
    );
