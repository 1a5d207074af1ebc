import { type CookieAttributes, cookieProblems } from "../../http/set-cookie.ts";
import { accept, refuse } from "../reading.ts";
import { type SettingType, settingType } from "../setting-type.ts";
import { isHostName } from "./host-port.ts";

/** A cookie that browsers take, to try out one attribute by itself. */
const PLAIN: CookieAttributes = {
  name: "a",
  path: "/",
  domain: undefined,
  secure: "auto",
  httpOnly: true,
  sameSite: "lax",
  partitioned: false,
  maxAgeS: 0,
};

/** Together with its value a cookie has to stay below 4096 bytes (RFC 6265bis, section 5.6). */
const LONGEST = 256;

/** The name of a cookie. */
export function cookieName(): SettingType<string> {
  const allowed = `1 to ${LONGEST} letters, digits and signs such as - _ .`;
  return settingType("cookie name", allowed, (text) => {
    if (text.length <= LONGEST && isTaken({ name: text })) return accept(text);
    const first = /^([^=;]+)[=;]/.exec(text)?.[1];
    const hint = first !== undefined && isTaken({ name: first }) ? `did you mean ${first}?` : "write e.g. lengket";
    return refuse(`not a cookie name: ${allowed}`, hint);
  });
}

/** The path of a cookie. */
export function cookiePath(): SettingType<string> {
  const allowed = "visible ASCII characters but ; after a /";
  return settingType("path", allowed, (text) => {
    if (isTaken({ path: text })) return accept(text);
    const hint = isTaken({ path: `/${text}` }) ? `did you mean /${text}?` : "write e.g. /shop";
    return refuse(`not ${allowed}`, hint);
  });
}

/** The domain of a cookie, in lower case. */
export function cookieDomain(): SettingType<string> {
  return settingType("domain", "a domain name without a dot in front", (text) => {
    if (isTaken({ domain: text })) return accept(text.toLowerCase());
    const bare = text.replace(/^https?:\/\//, "").replace(/^[.*]+|[:/].*$/g, "");
    const hint = isHostName(bare) && isTaken({ domain: bare }) ? `did you mean ${bare}?` : "write e.g. example.com";
    return refuse("not a domain name", hint);
  });
}

function isTaken(attribute: Partial<CookieAttributes>): boolean {
  return cookieProblems({ ...PLAIN, ...attribute }).length === 0;
}
