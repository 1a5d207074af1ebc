import { BACKSLASH, DQUOTE, EQUALS, FIELD_VALUE, octetAt, QUOTED_TEXT, runEnd, SEMICOLON, TOKEN } from "./octets.ts";

const NAME_FIRST = 0;
const NAME = 1;
const VALUE_FIRST = 2;
const VALUE = 3;
const QUOTED = 4;
const ESCAPED = 5;
const CLOSED = 6;

/**
 * Reads the extensions of a chunk-size line, which begin with their first `;` (RFC 9112, section 7.1.1), without the
 * blanks that the grammar tolerates: `;name`, `;name=token`, `;name="quoted"`, any number of them.
 */
export class ChunkExtension {
  #state: number = CLOSED;

  /** Begins a line, at its first `;`. */
  begin(): void {
    this.#state = CLOSED;
  }

  /** The first position in `buffer[from..to)` whose byte cannot go on the extensions; `to` when all can. */
  scan(buffer: Uint8Array, from: number, to: number): number {
    let at = from;
    while (at < to) {
      if (this.#state === NAME || this.#state === VALUE) at = runEnd(TOKEN, buffer, at, to);
      else if (this.#state === QUOTED) at = runEnd(QUOTED_TEXT, buffer, at, to);
      if (at === to) break;
      const next = following(this.#state, octetAt(buffer, at));
      if (next < 0) break;
      this.#state = next;
      at++;
    }
    return at;
  }

  /** Whether the line may end here. */
  get mayEnd(): boolean {
    return this.#state === NAME || this.#state === VALUE || this.#state === CLOSED;
  }
}

/** The state behind `octet`, -1 when it cannot stand there. */
function following(state: number, octet: number): number {
  switch (state) {
    case NAME_FIRST:
      return TOKEN[octet] === 1 ? NAME : -1;
    case NAME:
      if (octet === EQUALS) return VALUE_FIRST;
      return octet === SEMICOLON ? NAME_FIRST : -1;
    case VALUE_FIRST:
      if (octet === DQUOTE) return QUOTED;
      return TOKEN[octet] === 1 ? VALUE : -1;
    case QUOTED:
      if (octet === DQUOTE) return CLOSED;
      return octet === BACKSLASH ? ESCAPED : -1;
    case ESCAPED:
      return FIELD_VALUE[octet] === 1 ? QUOTED : -1;
    default:
      return octet === SEMICOLON ? NAME_FIRST : -1;
  }
}
