import { expect } from "chai";
import { FIELD, FIELD_ID_COUNT, fieldId, UNKNOWN_FIELD } from "../../../src/http/field-names.ts";
import { FieldTable } from "../../../src/http/field-table.ts";
import { DEFAULT_REQUEST_HEAD_LIMITS } from "../../../src/http/message-limits.ts";
import { asciiOctets } from "../../../src/http/octets.ts";
import { RequestScanner } from "../../../src/http/request-scanner.ts";
import { latin1 } from "../../support/http-messages.ts";

const idOf = (name: string): number => fieldId(latin1(`:${name}:`), 1, name.length + 1);

describe("field names", () => {
  const names = Object.entries(FIELD);

  it("have an id each", () => {
    expect(names.length).to.equal(FIELD_ID_COUNT - 1);
    expect(new Set(names.map(([, id]) => id)).size).to.equal(names.length);
    expect(names.map(([, id]) => id)).to.not.include(UNKNOWN_FIELD);
  });

  for (const [name, id] of names) {
    it(`finds ${name} in any case and nothing like it`, () => {
      expect(idOf(name)).to.equal(id);
      expect(idOf(name.toUpperCase())).to.equal(id);
      expect(idOf(name.replace(/./g, (letter, at: number) => (at % 2 ? letter : letter.toUpperCase())))).to.equal(id);
      const others = [`${name}x`, `x${name}`, name.slice(1), name.slice(0, -1), `${name.slice(0, -1)}~`];
      for (const other of others) {
        expect(idOf(other), other).to.equal(names.find(([known]) => known === other)?.[1] ?? UNKNOWN_FIELD);
      }
    });
  }

  it("is not fooled by bytes that differ from letters by the bit of lower case", () => {
    // U+212A and U+017F fold to k and s in other alphabets; as bytes they are no token, so never asked for.
    expect(idOf("\x48ost")).to.equal(FIELD.host);
    expect(idOf("x\x5freal-ip")).to.equal(UNKNOWN_FIELD);
    expect(idOf("te^")).to.equal(UNKNOWN_FIELD);
  });
});

describe("field table", () => {
  const text =
    "GET / HTTP/1.1\r\nHost: a\r\nCookie: a=1\r\nX-User: u\r\ncookie: b=2\r\nx-user: v\r\nCOOKIE: c=3\r\n\r\n";
  const bytes = latin1(text);
  const scanner = new RequestScanner(DEFAULT_REQUEST_HEAD_LIMITS);
  const { fields } = scanner.head;
  const value = (row: number): string => bytes.toString("latin1", fields.valueStart[row], fields.valueEnd[row]);
  beforeEach(() => {
    expect(scanner.scan(bytes, 0, bytes.length)).to.equal("head");
  });

  it("walks over the lines of one id", () => {
    const rows: number[] = [];
    for (let row = fields.first(FIELD.cookie); row >= 0; row = fields.next(FIELD.cookie, row)) rows.push(row);
    expect(rows.map(value)).to.deep.equal(["a=1", "b=2", "c=3"]);
    expect(fields.howMany(FIELD.cookie)).to.equal(3);
    expect(fields.first(FIELD.te)).to.equal(-1);
    expect(fields.howMany(FIELD.te)).to.equal(0);
  });

  it("finds names that have no id", () => {
    const name = asciiOctets("x-user");
    const first = fields.find(bytes, name);
    expect(value(first)).to.equal("u");
    expect(value(fields.find(bytes, name, first + 1))).to.equal("v");
    expect(fields.find(bytes, asciiOctets("x-use"))).to.equal(-1);
  });

  it("says where every line ends", () => {
    expect(bytes.toString("latin1", fields.lineStart[1], fields.lineStart[2])).to.equal("Cookie: a=1\r\n");
    expect(bytes.toString("latin1", fields.lineStart[fields.count])).to.equal("\r\n");
  });

  it("follows bytes that are moved in the middle of a head, up to the last line that fits", () => {
    const full = new RequestScanner({ ...DEFAULT_REQUEST_HEAD_LIMITS, maxFields: fields.count });
    for (let cut = 1; cut < bytes.length; cut++) {
      expect(full.scan(bytes, 0, cut)).to.equal("more");
      const moved = Buffer.concat([Buffer.alloc(1000), bytes]);
      expect(full.scan(moved, 1000, moved.length)).to.equal("head");
      const table = full.head.fields;
      for (const name of ["lineStart", "nameEnd", "valueStart", "valueEnd"] as const) {
        const offsets = Array.from(table[name].subarray(0, table.count + 1), (offset) => offset - 1000);
        expect(offsets, `${name}, cut at ${cut}`).to.deep.equal([...fields[name].subarray(0, offsets.length)]);
      }
    }
  });

  it("forgets when it is cleared", () => {
    const table = new FieldTable(2);
    table.name(FIELD.host);
    expect(table.first(FIELD.host)).to.equal(0);
    table.clear();
    expect(table.first(FIELD.host)).to.equal(-1);
    expect(table.howMany(FIELD.host)).to.equal(0);
  });
});
