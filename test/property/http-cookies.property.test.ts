import { expect } from "chai";
import fc from "fast-check";
import { CookieCursor, cookieNameBytes, withoutPairs } from "../../src/http/cookie-header.ts";
import { prefixOf, withoutPrefixes, withPrefix } from "../../src/http/cookie-prefix.ts";
import { pathParameter, queryValue } from "../../src/http/session-id.ts";

const NAME = "sid";
const name = cookieNameBytes(NAME);

/** Bytes that mean something in a Cookie header come often, so that most headers hold pairs of ours, nearly ours and others. */
const piece = fc.oneof(
  fc.constantFrom(
    "sid",
    "sid=",
    "sid=x",
    "Sid=x",
    " sid = y ",
    "sidx=1",
    "xsid=2",
    "sid=app1~v",
    ";",
    "; ",
    ";;",
    "=",
    " ",
    "\t",
    "~",
    '"',
    ",",
    "?",
    "&",
    "/",
  ),
  fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
);
const header = fc.array(piece, { maxLength: 24 }).map((pieces) => pieces.join(""));

const trimmed = (text: string): string => text.replace(/^[ \t]+/, "").replace(/[ \t]+$/, "");
const partsOf = (text: string): string[] => text.split(";");
const nameOf = (part: string): string | undefined =>
  part.includes("=") ? trimmed(part.slice(0, part.indexOf("="))) : undefined;
const isOurs = (part: string): boolean => nameOf(part) === NAME;
const isEmpty = (part: string): boolean => trimmed(part) === "";

/** The text in the middle of bytes that would be found if the range were not kept to. */
function embedded(text: string): { readonly bytes: Buffer; readonly from: number; readonly to: number } {
  const bytes = Buffer.from(`sid=${text};sid=behind`, "latin1");
  return { bytes, from: 4, to: 4 + text.length };
}

function valuesIn(text: string): string[] {
  const { bytes, from, to } = embedded(text);
  const cursor = new CookieCursor(name);
  cursor.start(bytes, from, to);
  const values: string[] = [];
  while (cursor.next()) {
    expect(cursor.valueFrom).to.be.within(from, to);
    expect(cursor.valueTo).to.be.within(cursor.valueFrom, to);
    values.push(cursor.value());
  }
  return values;
}

describe("cookie headers of any bytes", () => {
  it("give every pair of the name, and no other", () => {
    fc.assert(
      fc.property(header, (text) => {
        const expected = partsOf(text)
          .filter(isOurs)
          .map((part) => trimmed(part.slice(part.indexOf("=") + 1)));
        expect(valuesIn(text)).to.deep.equal(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it("keep every other pair, byte for byte and in order, when ours are removed", () => {
    fc.assert(
      fc.property(header, (text) => {
        const { bytes, from, to } = embedded(text);
        const rest = withoutPairs(name, bytes, from, to)?.toString("latin1");
        const kept = partsOf(text).filter((part) => !isOurs(part) && !isEmpty(part));
        expect(
          partsOf(rest ?? "")
            .filter((part) => !isEmpty(part))
            .map(trimmed),
        ).to.deep.equal(kept.map(trimmed));
        // Between the outermost blanks nothing else changed either.
        expect(rest ?? "").to.equal(trimmed(kept.join(";")));
        expect(rest === undefined).to.equal(kept.length === 0);
        expect(partsOf(rest ?? "x").some(isEmpty)).to.equal(false);
        expect(valuesIn(rest ?? "")).to.deep.equal([]);
      }),
      { numRuns: 2000 },
    );
  });

  it("lose exactly the prefixes", () => {
    const cursor = new CookieCursor(name);
    fc.assert(
      fc.property(header, (text) => {
        const { bytes, from, to } = embedded(text);
        const expected = valuesIn(text).map((value) => value.slice((prefixOf(value)?.length ?? -1) + 1));
        const rest = withoutPrefixes(cursor, bytes, from, to).toString("latin1");
        // A `~` in front takes what follows for the value's own blanks, which do not count.
        expect(valuesIn(rest)).to.deep.equal(expected.map(trimmed));
        expect(partsOf(rest).filter((part) => !isOurs(part))).to.deep.equal(
          partsOf(text).filter((part) => !isOurs(part)),
        );
        if (!text.includes("~")) expect(rest).to.equal(text);
      }),
      { numRuns: 1000 },
    );
  });

  it("give back what an application set, after the prefix went out and came in again", () => {
    const octets = fc.stringMatching(/^[!#-+\--:<-[\]-~]{1,20}$/);
    const cursor = new CookieCursor(name);
    fc.assert(
      fc.property(octets, fc.stringMatching(/^[A-Za-z0-9_-]{1,24}$/), (value, prefix) => {
        const set = Buffer.from(`${NAME}=${value}; Path=/`);
        const out = withPrefix(cursor, set, 0, set.length, prefix)?.toString("latin1");
        expect(out).to.equal(`${NAME}=${prefix}~${value}; Path=/`);
        const sentBack = Buffer.from(`a=1; ${NAME}=${prefix}~${value}; b=2`);
        expect(withoutPrefixes(cursor, sentBack, 0, sentBack.length).toString("latin1")).to.equal(
          `a=1; ${NAME}=${value}; b=2`,
        );
      }),
      { numRuns: 300 },
    );
  });

  it("and targets of any bytes give the same ids as a plain reading of them", () => {
    fc.assert(
      fc.property(header, (text) => {
        const { bytes, from, to } = embedded(text);
        const [path = "", ...behind] = text.split("?");
        const value = (pairs: readonly string[]): string | undefined =>
          pairs.find((pair) => pair.startsWith("sid="))?.slice(4) || undefined;
        const query = value(behind.join("?").split("&"));
        const parameter = value(
          path
            .split(";")
            .slice(1)
            .map((part) => part.split("/")[0] ?? ""),
        );
        expect(queryValue(bytes, from, to, name)).to.equal(query);
        expect(pathParameter(bytes, from, to, name)).to.equal(parameter);
      }),
      { numRuns: 2000 },
    );
  });
});
