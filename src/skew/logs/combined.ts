import { CLOSE_BRACKET, findByte, OPEN_BRACKET, QUOTE, SPACE } from "./bytes.ts";
import type { LineReader } from "./line-format.ts";
import { readAddress } from "./read-address.ts";

/** `[10/Oct/2000:13:55:36 -0700]`: from bracket to bracket. */
const TIME_LENGTH = 27;

/**
 * A line of nginx's `combined` (ngx_http_log_module) and of Apache's common and combined formats (mod_log_config):
 * `address identity user [time] "request" status …`. The user may contain blanks.
 */
export const readCombinedLine: LineReader = (bytes, start, end, found) => {
  const space = findByte(bytes, SPACE, start, end);
  if (space < 0) return "not a line of this format";
  let time = findByte(bytes, OPEN_BRACKET, space, end);
  // A user's name may hold brackets of its own.
  while (time >= 0 && !isTime(bytes, time, end)) time = findByte(bytes, OPEN_BRACKET, time + 1, end);
  if (time < 0) return "not a line of this format";
  if (!readAddress(bytes, start, space, found.words)) return "not an address";
  found.count = 1;
  return "counted";
};

/** Whether a time stands here, and a request behind it. */
function isTime(bytes: Uint8Array, at: number, end: number): boolean {
  const close = at + TIME_LENGTH;
  return (
    close + 2 < end &&
    bytes[close] === CLOSE_BRACKET &&
    bytes[close + 1] === SPACE &&
    bytes[close + 2] === QUOTE &&
    bytes[at - 1] === SPACE
  );
}
