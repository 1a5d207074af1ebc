import { type BigIntStats, type FSWatcher, stat, watch } from "node:fs";
import { dirname } from "node:path";
import type { Clock, Timer } from "../../platform/clock.ts";

export interface WatchedFileOptions {
  readonly path: string;
  /** A new version is reported when it looked the same twice, this far apart. */
  readonly settleMs: number;
  /** How often it is looked at when nothing was announced, for file systems that announce nothing. */
  readonly pollMs: number;
}

export interface WatchedFileDeps {
  readonly clock: Clock;
  /** `node:fs` but for tests. */
  readonly watchDirectory?: typeof watch;
  /** The file is another one, or has another content. Reading it is the caller's job. */
  readonly onChange: () => void;
  /** The file cannot be seen. Said once, until it is back; what was read last stays valid. */
  readonly onProblem: (problem: string) => void;
}

/**
 * Says when a file has changed. The directory is watched, not the file: editors and deploy tools replace a file by renaming
 * another one over it, and Kubernetes swaps a symbolic link (`..data`) next to it. Every announcement only leads to a look
 * at the file's status, which follows links; so neighbours in the directory cost little and report nothing.
 */
export class WatchedFile {
  readonly #options: WatchedFileOptions;
  readonly #deps: WatchedFileDeps;
  #watcher: FSWatcher | undefined;
  #timer: Timer | undefined;
  #looking = false;
  #lookAgain = false;
  #stopped = false;
  /** The version that the caller has, and one that is not yet known to have settled. */
  #reported: string | undefined;
  #candidate: string | undefined;
  #missing = false;

  constructor(options: WatchedFileOptions, deps: WatchedFileDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  /**
   * Begins to watch. Resolves when the present version is known: changes after that are reported, so read the file after it,
   * not before.
   */
  async start(): Promise<void> {
    this.#looking = true;
    this.#watch();
    const seen = await signature(this.#options.path);
    this.#looking = false;
    if (this.#stopped) return;
    this.#reported = seen.version;
    if (seen.version === undefined) this.#lost(seen.problem);
    this.#wait(this.#lookAgain ? this.#options.settleMs : this.#options.pollMs);
  }

  /** Nothing is reported after this. */
  stop(): void {
    this.#stopped = true;
    this.#unwatch();
    this.#timer?.cancel();
  }

  /** Without a watcher (no inotify watch left, directory gone) the polls do its work, and try to get it back. */
  #watch(): void {
    try {
      const watchDirectory = this.#deps.watchDirectory ?? watch;
      const watcher = watchDirectory(dirname(this.#options.path), { persistent: false }, () => this.#announced());
      watcher.on("error", () => {
        watcher.close();
        if (this.#watcher === watcher) this.#watcher = undefined;
      });
      this.#watcher = watcher;
    } catch {
      this.#watcher = undefined;
    }
  }

  #unwatch(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  /** Once a version is settling its own timer looks again; a busy directory cannot put that off. */
  #announced(): void {
    if (this.#candidate === undefined) void this.#look();
  }

  #wait(delayMs: number): void {
    if (this.#stopped) return;
    this.#timer?.cancel();
    this.#timer = this.#deps.clock.after(delayMs, () => void this.#look());
  }

  async #look(): Promise<void> {
    if (this.#looking) {
      this.#lookAgain = true;
      return;
    }
    this.#looking = true;
    const seen = await signature(this.#options.path);
    this.#looking = false;
    if (this.#stopped) return;
    if (this.#watcher === undefined) this.#watch();
    this.#judge(seen);
    const settling = this.#candidate !== undefined || this.#lookAgain;
    this.#lookAgain = false;
    this.#wait(settling ? this.#options.settleMs : this.#options.pollMs);
  }

  #judge(seen: Seen): void {
    const version = seen.version ?? "missing";
    const settled = version === this.#candidate;
    const known = seen.version === undefined ? this.#missing : version === this.#reported;
    if (known || settled) this.#candidate = undefined;
    else this.#candidate = version;
    if (seen.version !== undefined) this.#missing = false;
    if (known || !settled) return;
    if (seen.version === undefined) {
      this.#lost(seen.problem);
      return;
    }
    this.#reported = version;
    this.#deps.onChange();
  }

  /** Its directory may be gone as well, and a watcher of a directory that came back would stay silent: the next look makes one. */
  #lost(problem: string): void {
    this.#missing = true;
    this.#unwatch();
    this.#deps.onProblem(problem);
  }
}

/** What tells two versions of a file apart without reading them, or why there is none. */
type Seen = { readonly version: string } | { readonly version: undefined; readonly problem: string };

function signature(path: string): Promise<Seen> {
  return new Promise((resolve) => {
    stat(path, { bigint: true }, (error, found) => {
      resolve(error === null ? { version: versionText(found) } : { version: undefined, problem: error.message });
    });
  });
}

function versionText({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
}
