/** What was wanted of the file. */
type Wish = "read" | "write";

interface FileProblem {
  readonly problem: string;
  readonly hint: string;
}

const CHECK_PATH = "check the path; a relative one starts at the working directory";

function known(code: string | undefined, wish: Wish): FileProblem | undefined {
  switch (code) {
    case "ENOENT":
      // A missing file is made by writing it.
      return { problem: `there is no such ${wish === "read" ? "file" : "directory"}`, hint: CHECK_PATH };
    case "EACCES":
    case "EPERM":
      return {
        problem: `the file may not be ${wish === "read" ? "read" : "written"}`,
        hint: `give this user the right to ${wish} it`,
      };
    case "EROFS":
      return { problem: "the file system is read-only", hint: "choose another place" };
    case "EISDIR":
      return { problem: "this is a directory", hint: "name a file in it" };
    case "ENOTDIR":
      return { problem: "a part of the path is not a directory", hint: "check the path" };
    case "ENXIO":
      return wish === "read" ? undefined : { problem: "nobody reads from this FIFO", hint: "start its reader first" };
    default:
      return undefined;
  }
}

/** Says in words why a file could not be read or written, from what `fs` threw. */
export function describeFileError(error: unknown, wish: Wish = "read"): FileProblem {
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
  const cause = code ?? (error instanceof Error ? error.message : String(error));
  return (
    known(code, wish) ?? {
      problem: `the file cannot be ${wish === "read" ? "read" : "written"} (${cause})`,
      hint: "check the path and its file system",
    }
  );
}
