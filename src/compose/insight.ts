import type { AdminServer } from "../admin/admin-server.ts";
import type { Settings } from "../config/settings.ts";
import type { ClientTally } from "../path/client-tally.ts";
import type { DataPath } from "../path/data-path.ts";
import { LiveSkew, type LiveSkewParts } from "./live-skew.ts";

/** What a running balancer knows about its clients, told to the log and to those who ask. */
export class Insight {
  readonly #parts: LiveSkewParts;
  readonly #skew: LiveSkew;
  #settings: Settings;
  #admin: AdminServer | undefined;
  #isClosed = false;

  constructor(parts: LiveSkewParts) {
    this.#parts = parts;
    this.#settings = parts.settings;
    this.#skew = new LiveSkew(parts);
  }

  /** Counts the clients. */
  get tally(): ClientTally {
    return this.#skew.tally;
  }

  /** Where the admin interface listens; undefined when it does not. */
  get address(): string | undefined {
    return this.#admin?.address;
  }

  /**
   * Opens the admin interface, if there is to be one, and begins to look at the clients every minute.
   * @throws ListenError
   */
  async start(path: DataPath): Promise<void> {
    this.#skew.start();
    const place = this.#settings.adminListen;
    if (place === "off") return;
    // Loaded when it is wanted, so that the others start as fast as before.
    const { openAdmin } = await import("./admin.ts");
    const { log } = this.#parts;
    const admin = await openAdmin(place, { path, skew: this.#skew, settings: () => this.#settings, log });
    if (this.#isClosed) admin.close();
    else this.#admin = admin;
  }

  /** Applies what can change live; `settings` are the ones in force. */
  configure(settings: Settings): void {
    this.#settings = settings;
    this.#skew.configure(settings);
  }

  close(): void {
    this.#isClosed = true;
    this.#admin?.close();
    this.#admin = undefined;
    this.#skew.stop();
  }
}
