import { expect } from "chai";
import type { RefusalCode } from "../../src/http/refusal.ts";
import { type MessageReader, readEverywhere, shown } from "./http-messages.ts";

/** What a rule lets through and what it refuses, as messages. */
export interface Rule {
  readonly accepted: readonly string[];
  readonly refused: readonly (readonly [status: number, code: RefusalCode, messages: readonly string[]])[];
}

/** One test a message, each read whole and cut at every byte. */
export function describeRules(reader: MessageReader, rules: Readonly<Record<string, Rule>>): void {
  for (const [rule, { accepted, refused }] of Object.entries(rules)) {
    describe(rule, () => {
      for (const text of accepted) {
        it(`accepts ${shown(text)}`, () => {
          expect(readEverywhere(reader, text)).to.include({ kind: "head", length: text.length });
        });
      }
      for (const [status, code, texts] of refused) {
        for (const text of texts) {
          it(`${status} ${code}: ${shown(text)}`, () => {
            expect(readEverywhere(reader, text)).to.deep.equal({ status, code });
          });
        }
      }
    });
  }
}
