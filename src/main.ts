#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { lostOutput } from "./cli/lost-output.ts";
import { unexpectedEnd } from "./cli/unexpected-end.ts";
import { descriptorLimit } from "./platform/descriptors.ts";
import { keepHeapSmall } from "./platform/small-heap.ts";

/** The package's version; `package.json` lies beside `dist`, or two levels up when the tests' build is run. */
function packageVersion(): string {
  for (const path of ["../package.json", "../../package.json"]) {
    try {
      const manifest: unknown = JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));
      if (typeof manifest === "object" && manifest !== null && "version" in manifest) return String(manifest.version);
    } catch {
      // Not there: try the next place.
    }
  }
  return "unknown";
}

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  const { text, code } = lostOutput(error);
  process.stderr.write(text);
  process.exit(code);
});
// Nobody is there to tell; what is asked for is on stdout, and a balancer goes on serving.
process.stderr.on("error", () => {});

// Asked now: when descriptors are short there is none left to ask with.
const limit = descriptorLimit();
try {
  // Not imported above: reading its many files at once is what fails first when only few may be open.
  const { runProgram } = await import("./cli/program.ts");
  process.exitCode = await runProgram(process.argv.slice(2), {
    env: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    version: packageVersion(),
    keepHeapSmall,
  });
} catch (error) {
  const { text, code } = unexpectedEnd(error, limit);
  process.stderr.write(text);
  process.exitCode = code;
}
