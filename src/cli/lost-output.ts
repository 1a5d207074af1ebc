/** EX_IOERR of sysexits.h. */
const EXIT_OUTPUT = 74;

/** What a shell reports for a program that SIGPIPE ended. */
const EXIT_PIPE = 141;

/**
 * What to print on stderr and the exit code, when stdout takes no more: nobody may take the part that was written for the whole.
 * A reader that left (`lengket config | head`) wants no more and is told nothing.
 */
export function lostOutput(error: NodeJS.ErrnoException): { readonly text: string; readonly code: number } {
  if (error.code === "EPIPE") return { text: "", code: EXIT_PIPE };
  return { text: `lengket: the output is incomplete: ${error.message}\n`, code: EXIT_OUTPUT };
}
