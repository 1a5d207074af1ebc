import { nearestName } from "../nearest-name.ts";
import { accept, type Reading, refuse } from "../reading.ts";
import { type SettingType, settingType } from "../setting-type.ts";
import { readHostPort } from "./host-port.ts";
import { readUnixPlace } from "./listen.ts";

/** Where the admin interface listens. */
export type AdminListen =
  | "off"
  /** A loopback address; port 0 = any free port. */
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

/** A place that only programs of this machine can reach. */
export function adminListen(): SettingType<AdminListen> {
  return settingType("admin listener", "off, unix:/path, or a loopback host:port (127.0.0.1:8405, [::1]:8405)", read);
}

function read(text: string): Reading<AdminListen> {
  if (text === "off") return accept("off");
  if (text.startsWith("unix:")) return readUnixPlace(text);
  if (/^:?\d+$/.test(text)) return refuse("the host is missing", `write 127.0.0.1:${text.replace(":", "")}`);
  if (nearestName(text, ["off"]) !== undefined) return refuse("not an address", 'did you mean "off"?');
  const reading = readHostPort(text, { minPort: 0, hostOptional: false });
  if (!reading.ok) return reading;
  const { host, port } = reading.value;
  // Not looked up: what a name server says about it is no reason to trust it.
  if (host === "localhost") return accept({ kind: "tcp", host: "127.0.0.1", port });
  return host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host)
    ? accept({ kind: "tcp", host, port })
    : refuse(
        "not an address of this machine alone: whoever can connect may ask, for it wants no password",
        `write 127.0.0.1:${port} or unix:/run/lengket-admin.sock, and reach it through ssh from elsewhere`,
      );
}
