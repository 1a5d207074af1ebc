import { expect } from "chai";
import { readText, type SettingType } from "../../src/config/setting-type.ts";

/** What a type makes of texts, and which it refuses; a hint may be demanded of a refusal. */
export interface SettingTypeTable {
  readonly name: string;
  readonly type: SettingType<unknown>;
  readonly good: readonly (readonly [string, unknown])[];
  readonly bad: readonly (string | readonly [string, string])[];
}

/** Tests each type against its table. */
export function describeSettingTypes(tables: readonly SettingTypeTable[]): void {
  for (const { name, type, good, bad } of tables) {
    describe(`setting type: ${name}`, () => {
      for (const [input, value] of good) {
        it(`reads ${JSON.stringify(input)}`, () => {
          expect(readText(type.schema, input)).to.deep.equal({ ok: true, value });
        });
      }
      for (const entry of bad) {
        const [input, hint] = typeof entry === "string" ? [entry, ""] : entry;
        it(`refuses ${JSON.stringify(input)}${hint === "" ? "" : ` with a suggestion`}`, () => {
          const reading = readText(type.schema, input);
          expect(reading.ok).to.equal(false);
          const refusals = reading.ok ? [] : reading.refusals;
          expect(refusals).to.have.lengthOf(1);
          expect(refusals[0]?.problem).to.match(/\S/);
          if (hint !== "") expect(refusals[0]?.hint).to.include(hint);
        });
      }
    });
  }
}
