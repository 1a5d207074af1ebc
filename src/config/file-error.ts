const CAUSES: ReadonlyMap<string, { readonly problem: string; readonly hint: string }> = new Map([
  [
    "ENOENT",
    { problem: "there is no such file", hint: "check the path; a relative one starts at the working directory" },
  ],
  ["EACCES", { problem: "the file may not be read", hint: "give this user the right to read it" }],
  ["EPERM", { problem: "the file may not be read", hint: "give this user the right to read it" }],
  ["EISDIR", { problem: "this is a directory", hint: "name a file in it" }],
  ["ENOTDIR", { problem: "a part of the path is not a directory", hint: "check the path" }],
]);

/** Says in words why a file could not be read, from what `fs` threw. */
export function describeFileError(error: unknown): { readonly problem: string; readonly hint: string } {
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
  const known = code === undefined ? undefined : CAUSES.get(code);
  if (known !== undefined) return known;
  const cause = code ?? (error instanceof Error ? error.message : String(error));
  return { problem: `the file cannot be read (${cause})`, hint: "check the path and its file system" };
}
