import { addressBytes } from "../path/client-address.ts";

/** What is wrong with the address of a client, or undefined. A port belongs to `--port`. */
export function clientAddressProblem(address: string): string | undefined {
  if (addressBytes(address) !== undefined) return undefined;
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(address) ?? [];
  const alone = bracketed ?? plain;
  return alone !== undefined && addressBytes(alone) !== undefined
    ? `"${address}" is an address with a port; write ${alone} --port ${port}`
    : `"${address}" is not an IP address; write e.g. 203.0.113.7 or 2001:db8::7`;
}
