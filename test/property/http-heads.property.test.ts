import { expect } from "chai";
import fc from "fast-check";
import { DEFAULT_REQUEST_HEAD_LIMITS } from "../../src/http/message-limits.ts";
import { RequestScanner } from "../../src/http/request-scanner.ts";
import { anyBytes, cutsOf, mutated, requestHead, responseHead } from "../support/http-arbitraries.ts";
import { latin1, requestReader, responseReader } from "../support/http-messages.ts";
import { oracleRequest } from "../support/http-oracle.ts";

const withCuts = (text: fc.Arbitrary<string>): fc.Arbitrary<readonly [string, number[]]> =>
  text.chain((whole) => cutsOf(whole.length).map((cuts) => [whole, cuts] as const));

const anyMessage = fc.oneof(
  anyBytes,
  requestHead().map(({ text }) => text),
  requestHead().chain(({ text }) => mutated(text)),
  responseHead.map(({ text }) => text),
  responseHead.chain(({ text }) => mutated(text)),
);

describe("HTTP heads", () => {
  it("are read the same however they are cut, whatever stands around them, and never throw", () => {
    const readers = [requestReader(), responseReader(), responseReader({ head: true, upgrade: true })];
    const small = { maxHeadBytes: 90, maxStartLineBytes: 30, maxFields: 4 };
    readers.push(requestReader(small), responseReader({}, small));
    fc.assert(
      fc.property(withCuts(anyMessage), ([text, cuts]) => {
        const bytes = latin1(text);
        for (const reader of readers) {
          const whole = reader.whole(bytes, "\r\n");
          expect(reader.whole(bytes, "0: ")).to.deep.equal(whole);
          expect(reader.pieces(bytes, cuts)).to.deep.equal(whole);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it("that are in order are read as they were made", () => {
    const reader = requestReader();
    fc.assert(
      fc.property(requestHead(), ({ text, fields }) => {
        const read = reader.whole(latin1(`${text}GET`));
        if (read === "more" || !("kind" in read)) throw new Error(JSON.stringify(read));
        expect(read.length).to.equal(text.length);
        expect(read.fields.map(({ name, value }) => ({ name, value }))).to.deep.equal(fields);
        expect(`${read["method"]} ${read["target"]} HTTP/1.1`).to.equal(text.trimStart().split("\r\n")[0]);
      }),
      { numRuns: 1000 },
    );
  });

  it("that were tampered with are accepted exactly when a second reader accepts them, and read alike", () => {
    const reader = requestReader();
    let accepted = 0;
    let refused = 0;
    const tampered = fc
      .oneof(
        requestHead().chain(({ text }) => mutated(text)),
        anyBytes,
      )
      .filter((text) => /\S\r\n[\s\S]*\r\n\r\n/.test(text));
    fc.assert(
      fc.property(tampered, (text) => {
        const oracle = oracleRequest(text);
        const read = reader.whole(latin1(text));
        if (read === "more") throw new Error("more, behind the end of the head");
        if (!("kind" in read)) {
          refused++;
          expect(oracle, JSON.stringify(read)).to.equal(undefined);
          return;
        }
        accepted++;
        const { method, target, minorVersion, framing, contentLength, length } = read;
        const fields = read.fields.map(({ name, value }) => ({ name, value }));
        expect({ method, target, minorVersion, framing, contentLength, length, fields }).to.deep.equal(oracle);
      }),
      { numRuns: 5000 },
    );
    expect(accepted).to.be.greaterThan(100);
    expect(refused).to.be.greaterThan(1000);
  });

  it("cost a bounded look at each byte that came, and none at others, even byte by byte", () => {
    const scanner = new RequestScanner(DEFAULT_REQUEST_HEAD_LIMITS);
    fc.assert(
      fc.property(
        fc.oneof(
          requestHead().map(({ text }) => text),
          anyBytes,
        ),
        fc.integer({ min: 1, max: 7 }),
        (text, step) => {
          const bytes = latin1(text);
          let arrived = 0;
          let looks = 0;
          const watched = new Proxy(bytes, {
            get: (target, key) => {
              if (typeof key === "string" && /^-?\d+$/.test(key)) {
                looks++;
                if (Number(key) < 0 || Number(key) >= arrived) throw new Error(`looked at ${key} of ${arrived}`);
              }
              const value: unknown = Reflect.get(target, key);
              return typeof value === "function" ? value.bind(target) : value;
            },
          });
          scanner.reset();
          let outcome: unknown = "more";
          for (let to = step; outcome === "more" && arrived < bytes.length; to += step) {
            arrived = Math.min(to, bytes.length);
            outcome = scanner.scan(watched, 0, arrived);
          }
          // Scanning, names, trimming and deciding: a few looks a byte, whatever the number of pieces.
          expect(looks).to.be.at.most(20 * bytes.length + 100);
        },
      ),
      { numRuns: 500 },
    );
  });
});
