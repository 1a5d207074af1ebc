import { parseArgs } from "node:util";
import { Sightings } from "./fuzz-backend.ts";
import { type FuzzOptions, fuzz, startFuzzBackends } from "./fuzz-run.ts";
import { startFuzzed } from "./fuzzed-lengket.ts";

const MAX_SEED = 1_000_000;
const USAGE = `Sends changed requests to Lengket, and compares what backends saw with what clients were told.

  --messages N     (default 1000000)
  --seconds N      stop after so long (default: no limit)
  --seed N         (default: from the clock; printed)
  --connections N  at once (default 32)
  --odd-answers N  change one answer of the backends in N (default 0: none)
`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      messages: { type: "string", default: "1000000" },
      seconds: { type: "string", default: "86400" },
      seed: { type: "string", default: String(Date.now() % MAX_SEED) },
      connections: { type: "string", default: "32" },
      "odd-answers": { type: "string", default: "0" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const options: FuzzOptions = {
    messages: Number(values.messages),
    seconds: Number(values.seconds),
    seed: Number(values.seed),
    connections: Number(values.connections),
    oddAnswers: Number(values["odd-answers"]),
  };
  process.stdout.write(`--seed ${options.seed}\n`);
  const failures = await run(options);
  return failures === 0 ? 0 : 1;
}

async function run(options: FuzzOptions): Promise<number> {
  const sightings = new Sightings();
  const backends = await startFuzzBackends(sightings, options);
  const lengket = await startFuzzed(backends);
  let ended: string | undefined;
  lengket.exited.then(({ code, signal }) => {
    ended = `Lengket ended with ${signal ?? code}`;
  });
  try {
    const result = await fuzz(lengket.port, sightings, options);
    const { messages, changed, connections, accepted, refused, seconds } = result;
    const failures = [...result.failures, ...(ended === undefined ? [] : [ended])];
    const rate = Math.round(messages / seconds);
    process.stdout.write(
      `${messages} messages (${changed} of them changed) on ${connections} connections in ${seconds.toFixed(1)} s (${rate} a second): ` +
        `${accepted} requests reached a backend, ${refused} connections ended with an error answer, ${failures.length} failures\n`,
    );
    for (const failure of failures) process.stdout.write(`${failure}\n`);
    return failures.length;
  } finally {
    await lengket.kill();
    for (const backend of backends) await backend.kill();
  }
}
