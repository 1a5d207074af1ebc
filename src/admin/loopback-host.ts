/**
 * Whether a Host header (RFC 9110 section 7.2) names this machine itself: `localhost`, 127.x.y.z or [::1], with any port. A
 * page on the web can make a name of its own resolve to 127.0.0.1 and then ask us as if we were its own server (DNS
 * rebinding); the browser still sends that name.
 */
export function isLoopbackHost(host: string | undefined): boolean {
  const name = /^(localhost|\[::1\]|127(?:\.\d{1,3}){3})(?::\d{1,5})?$/i.exec(host ?? "")?.[1];
  return name !== undefined;
}
