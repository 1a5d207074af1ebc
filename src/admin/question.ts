/** A question that cannot be answered; the text says what is wrong with it. */
export class BadQuestion extends Error {
  override readonly name = "BadQuestion";
}

/** The parameters of a question. What is not among `names`, and what is given twice, is a mistake of the asker's. */
export function parametersOf<N extends string>(
  query: URLSearchParams,
  names: readonly N[],
): Readonly<Partial<Record<N, string>>> {
  const found: Partial<Record<N, string>> = {};
  for (const [given, value] of query) {
    const name = names.find((known) => known === given);
    if (name === undefined) {
      const known = names.length === 0 ? "there are none" : `there are ${names.join(", ")}`;
      throw new BadQuestion(`unknown parameter ${JSON.stringify(given)}: ${known}`);
    }
    if (found[name] !== undefined) throw new BadQuestion(`${name} is given twice`);
    found[name] = value;
  }
  return found;
}
