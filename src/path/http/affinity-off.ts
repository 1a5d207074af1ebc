import type { CookieOut } from "../../model/request-record.ts";
import type { Binding } from "./affinity-binding.ts";
import type { AffinityMode, AffinityRequest } from "./affinity-mode.ts";

/** No cookie: the hash of the address, or of what HASH_KEY names, decides alone. */
export class OffMode implements AffinityMode {
  read(_request: AffinityRequest, binding: Binding): void {
    binding.received = "off";
    binding.belongsByHash = true;
  }

  answer(): CookieOut {
    return "off";
  }

  close(): void {}
}
