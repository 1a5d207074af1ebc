/**
 * Runs `action`, in which files (sockets of unix paths too) are made that only this user may open. It must make them before
 * it returns. Setting the mode afterwards would leave a moment in which others get in.
 */
export function ownerOnly<T>(action: () => T): T {
  const before = process.umask(0o177);
  try {
    return action();
  } finally {
    process.umask(before);
  }
}
