import { setting } from "../setting.ts";
import { adminListen } from "../types/admin-listen.ts";

const section = "Admin";

/** How a running balancer is asked what it does. */
export const admin = {
  adminListen: setting(adminListen(), {
    name: "ADMIN_LISTEN",
    section,
    default: "off",
    example: "unix:/run/lengket-admin.sock",
    meaning: "where `lengket route --live` and other programs of this machine may ask; loopback or a unix socket only",
    live: false,
  }),
};
