/** EX_SOFTWARE and EX_OSERR of sysexits.h. */
const EXIT_SOFTWARE = 70;
const EXIT_SYSTEM = 71;

/** What Node needs to load the program, with room for a few connections. */
const LEAST_DESCRIPTORS = 256;

/**
 * What to print and the exit code, when the program ended with an error that no command expects.
 * @param limit how many descriptors the process may open
 */
export function unexpectedEnd(error: unknown, limit: number): { readonly text: string; readonly code: number } {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EMFILE") {
    const allowed = `not enough open files allowed (ulimit -n ${limit}); at least ${LEAST_DESCRIPTORS} are needed`;
    return { text: `lengket: ${allowed}\n`, code: EXIT_SYSTEM };
  }
  if (code === "ENFILE") return { text: "lengket: this machine has too many open files (ENFILE)\n", code: EXIT_SYSTEM };
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { text: `lengket: bug: ${text}\n`, code: EXIT_SOFTWARE };
}
