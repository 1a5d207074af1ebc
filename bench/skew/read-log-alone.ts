import { readLogInput } from "../../src/cli/simulate/log-input.ts";
import { systemClock } from "../../src/platform/clock.ts";

// The first half of `lengket simulate --from FILE`: reads and counts, and names the heaviest clients.

const MOST_NAMED = 10;

const input = await readLogInput({
  ...{ from: process.argv.slice(2), format: undefined, prefixV4: 32, prefixV6: 64, mask: false, env: {} },
  ...{ clock: systemClock, stderr: process.stderr },
});
if (input === undefined) process.exitCode = 2;
else {
  const { addresses } = input.population;
  for (let i = 0; i < Math.min(MOST_NAMED, addresses.length); i++) process.stdout.write(`${addresses.text(i)}\n`);
}
