import { AddressList, type ShownBits } from "./address-list.ts";

/**
 * A list that makes the bytes and the text of each address once, for a study that asks for each of them some hundred times:
 * the garbage would be several times what is in use. About 250 bytes an address; nobody may change the arrays.
 */
export class RememberedAddresses extends AddressList {
  readonly #bytes: (Uint8Array | undefined)[] = [];
  readonly #texts: (string | undefined)[] = [];

  /** The same array at every call. */
  override bytes(index: number): Uint8Array {
    let bytes = this.#bytes[index];
    if (bytes === undefined) {
      bytes = super.bytes(index);
      this.#bytes[index] = bytes;
    }
    return bytes;
  }

  override text(index: number, shown?: ShownBits): string {
    if (shown !== undefined) return super.text(index, shown);
    let text = this.#texts[index];
    if (text === undefined) {
      text = super.text(index);
      this.#texts[index] = text;
    }
    return text;
  }
}
