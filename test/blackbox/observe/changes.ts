/** Wakes those who wait for something to be true whenever something has happened. */
export class Changes {
  readonly #waiting = new Set<() => void>();

  /** Something has happened. */
  notify(): void {
    for (const look of [...this.#waiting]) look();
  }

  /** True as soon as `isSo`; false when that took longer than `deadlineMs`. */
  until(isSo: () => boolean, deadlineMs: number): Promise<boolean> {
    if (isSo()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const end = (result: boolean): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(result);
      };
      const look = (): void => {
        if (isSo()) end(true);
      };
      const timer = setTimeout(() => end(false), deadlineMs);
      this.#waiting.add(look);
    });
  }
}
