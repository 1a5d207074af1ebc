import { setting } from "../setting.ts";
import { optional } from "../setting-type.ts";
import { MAX_CONNECTIONS } from "../types/backend.ts";
import { backendList } from "../types/backend-list.ts";
import { ipAddressList } from "../types/ip-address.ts";
import { integer } from "../types/number.ts";
import { path } from "../types/text.ts";

const section = "Backends";

/** Where connections go. */
export const backends = {
  backends: setting(backendList(), {
    name: "BACKENDS",
    section,
    default: "",
    unset: "required, unless BACKENDS_FILE is set",
    example: "app1=10.0.0.11:3000;weight=2, app2=[2001:db8::12]:3000, spare=10.0.0.13:3000;backup",
    meaning: "the backends; the id is what gets hashed (host:port without one); weight 0 drains; backup = only in need",
    live: true,
  }),
  backendsFile: setting(optional(path()), {
    name: "BACKENDS_FILE",
    section,
    default: "",
    unset: "none",
    example: "/etc/lengket/backends.txt",
    meaning: "the same from a file, one a line, # comments; its content is watched and applied live",
    live: false,
  }),
  backendMaxConnections: setting(integer({ min: 0, max: MAX_CONNECTIONS }), {
    name: "BACKEND_MAX_CONNECTIONS",
    section,
    default: "0",
    example: "500",
    meaning: "ceiling of open connections of a backend that has no max=; 0 = none",
    live: true,
  }),
  sourceAddresses: setting(ipAddressList(), {
    name: "SOURCE_ADDRESS",
    section,
    default: "",
    unset: "the system chooses",
    example: "10.0.0.5, 10.0.0.6",
    meaning: "local addresses for connections to backends; several give more ports",
    live: false,
  }),
};
