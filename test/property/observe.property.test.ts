import { expect } from "chai";
import fc from "fast-check";
import { LineQueue } from "../../src/observe/line-queue.ts";
import { LineRing } from "../../src/observe/line-ring.ts";
import { createJsonLogLine } from "../../src/observe/log-line.ts";
import { anyText, PRINTABLE } from "../support/record-arbitraries.ts";
import { ScriptedFiles } from "../support/scripted-files.ts";
import { SteppedClock } from "../support/stepped-clock.ts";

describe("log lines (properties)", () => {
  it("any message and fields give one JSON object whose own names nobody can forge", () => {
    const value = fc.oneof(anyText, fc.double(), fc.boolean(), fc.constant(undefined));
    const name = fc.oneof(anyText, fc.constantFrom("ts", "level", "message", "instance", "a"));
    fc.assert(
      fc.property(anyText, fc.dictionary(name, value), (message, fields) => {
        const { event: _, ...others } = fields;
        const line = createJsonLogLine("lb1")(0, "info", message, others);
        expect(line).to.match(PRINTABLE);
        expect(JSON.parse(line)).to.include({
          ts: "1970-01-01T00:00:00.000Z",
          level: "info",
          message,
          instance: "lb1",
        });
      }),
      { numRuns: 300 },
    );
  });
});

const shortLine = fc
  .oneof(fc.constantFrom("", "a", "é", "€€", "😀", "\ud800"), fc.string({ maxLength: 30 }))
  .map((text) => text.replaceAll("\n", "·"));

describe("LineQueue (properties)", () => {
  it("gives back exactly what it took, whatever is sent in whatever pieces", () => {
    const step = fc.oneof(
      shortLine,
      fc.nat(40),
      fc.constant("rewind" as const).map(() => -1),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 80 }), fc.array(step, { maxLength: 60 }), (capacity, steps) => {
        const queue = new LineQueue(capacity);
        const took: Buffer[] = [];
        let sent = Buffer.alloc(0);
        for (const one of steps) {
          if (typeof one === "string") {
            const bytes = Buffer.from(`${one}\n`);
            const waiting = queue.bytes;
            if (queue.push(one)) took.push(bytes);
            else expect(waiting + bytes.length, "refused only near the limit").to.be.above(capacity / 2 - bytes.length);
          } else if (one < 0) {
            if (queue.midLine) sent = sent.subarray(0, sent.lastIndexOf(10) + 1);
            queue.rewind();
          } else {
            const { offset, length } = queue.batch(Math.max(1, one));
            const part = Math.ceil(length / 2);
            sent = Buffer.concat([sent, queue.buffer.subarray(offset, offset + part)]);
            queue.advance(part);
          }
          const whole = Buffer.concat(took);
          expect(sent.equals(whole.subarray(0, sent.length))).to.equal(true);
          expect(queue.bytes).to.equal(whole.length - sent.length);
          expect(queue.bytes).to.be.at.most(capacity);
          expect(queue.lines).to.equal(took.length - sent.toString("latin1").split("\n").length + 1);
        }
      }),
      { numRuns: 500 },
    );
  });
});

type Step =
  | { readonly kind: "append"; readonly line: string }
  | { readonly kind: "take"; readonly count: number | undefined }
  | { readonly kind: "refuse"; readonly code: string }
  | { readonly kind: "pass"; readonly ms: number }
  | { readonly kind: "reopen" };

const ringStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: shortLine.map((line) => ({ kind: "append" as const, line })) },
  { weight: 3, arbitrary: fc.option(fc.nat(30), { nil: undefined }).map((n) => ({ kind: "take" as const, count: n })) },
  { weight: 2, arbitrary: fc.constantFrom("EAGAIN", "ENOSPC").map((code) => ({ kind: "refuse" as const, code })) },
  { weight: 2, arbitrary: fc.nat(1200).map((ms) => ({ kind: "pass" as const, ms })) },
  { weight: 1, arbitrary: fc.constant({ kind: "reopen" as const }) },
);

describe("LineRing (properties)", () => {
  it("every line arrives whole and in order, or is counted as dropped, through any refusals and rotations", () => {
    fc.assert(
      fc.property(fc.array(ringStep, { maxLength: 80 }), fc.constantFrom(0, 10), (steps, lingerMs) => {
        const clock = new SteppedClock();
        const files = new ScriptedFiles();
        const ring = new LineRing({ file: { fd: 99, owned: true }, limitBytes: 64, lingerMs, clock, files });
        const accepted: string[] = [];
        let reopened = 0;
        for (const step of steps) {
          if (step.kind === "append") {
            const before = ring.dropped;
            ring.append(step.line);
            if (ring.dropped === before) accepted.push(Buffer.from(step.line).toString());
          } else if (step.kind === "pass") {
            clock.advance(step.ms);
          } else if (step.kind === "reopen") {
            reopened++;
            void ring.reopen("/log");
          } else if (files.inFlight !== undefined) {
            if (step.kind === "take") files.take(step.count);
            else files.refuse(step.code);
          }
        }
        for (let i = 0; i < 300 && ring.written + ring.dropped < ring.appended; i++) {
          if (files.inFlight === undefined) clock.advance(1000);
          else files.take();
        }
        expect(ring.written).to.equal(accepted.length);
        expect(ring.written + ring.dropped).to.equal(ring.appended);
        // A file that refused a line it had in part keeps that part as its last line; the next file has the line whole.
        const texts = Array.from({ length: reopened + 1 }, (_, i) => files.text(99 + i));
        const whole = texts
          .map((text, i) => (i === reopened ? text : text.slice(0, text.lastIndexOf("\n") + 1)))
          .join("");
        expect(whole).to.equal(accepted.map((line) => `${line}\n`).join(""));
        expect(clock.timers).to.equal(0);
      }),
      { numRuns: 1000 },
    );
  });
});
