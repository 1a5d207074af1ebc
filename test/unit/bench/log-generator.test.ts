import { expect } from "chai";
import {
  generatedFormats,
  LINES_PER_BAD_LINE,
  type LogPlan,
  logChunks,
  planted,
} from "../../../bench/skew/log-generator.ts";
import { defaultReadLogOptions, readLog } from "../../../src/skew/logs/read-log.ts";

const plan: LogPlan = { format: "combined", lines: 2 * LINES_PER_BAD_LINE, clients: 5_000, seed: 3 };

async function* chunksOf(given: LogPlan): AsyncGenerator<Uint8Array> {
  yield* logChunks(given);
}

describe("the generator of logs", () => {
  it("writes what each format's reader reads, with what was planted on top", async () => {
    for (const format of generatedFormats) {
      const log = await readLog(chunksOf({ ...plan, format }), defaultReadLogOptions);
      expect(log.format, format).to.equal(format === "json" ? "lengket-connections" : format);
      expect(log, format).to.include({ lines: plan.lines, malformed: 2, counted: plan.lines - 2 });
      planted.forEach(({ client, share }, i) => {
        expect(log.clients.addresses.text(i), format).to.equal(client);
        expect((log.clients.counts[i] ?? 0) / log.total, format).to.be.within(share - 0.01, share + 0.01);
      });
    }
  });

  it("writes the same log for the same plan, and another one for another seed", () => {
    const text = (given: LogPlan): string => Buffer.concat([...logChunks(given)]).toString("latin1");
    const short = { ...plan, lines: 5_000 };
    expect(text(short)).to.equal(text(short));
    expect(text({ ...short, seed: 4 })).not.to.equal(text(short));
  });
});
