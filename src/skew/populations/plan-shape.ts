import * as z from "zod/mini";

const MOST_ADDRESSES = 1_000_000;
const MOST_USERS_PER_ADDRESS = 10_000_000;
const MOST_CONNECTIONS_PER_USER = 100_000;
const HIGHEST_EXPONENT = 5;
const ROUNDING = 1e-9;

function wholeNumber(max: number) {
  const error = `is not a whole number from 1 to ${max}`;
  return z.int({ error }).check(z.minimum(1, { error }), z.maximum(max, { error }));
}

function number(min: number, max: number) {
  const error = `is not a number from ${min} to ${max}`;
  return z.number({ error }).check(z.minimum(min, { error }), z.maximum(max, { error }));
}

function text() {
  const error = "is not a text, or empty";
  return z.string({ error }).check(z.minLength(1, { error }));
}

/** An object that has no other keys than these. */
function only<T extends z.core.$ZodLooseShape>(keys: T) {
  return z.strictObject(keys, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? `has the unknown key ${issue.keys.map((key) => JSON.stringify(key)).join(", ")}: only ${Object.keys(keys).join(", ")} are allowed here`
        : "is not an object",
  });
}

/** The laws, for numbers up to `most`. */
function laws(most: number) {
  const pair = z.tuple([wholeNumber(most), number(0, 1)], { error: "is not [number, share]" });
  const values = z.array(pair, { error: "is not a list of [number, share]" }).check(
    z.refine((list) => Math.abs(list.reduce((sum, [, share]) => sum + share, 0) - 1) < ROUNDING, {
      error: "has shares that do not add up to 1",
    }),
  );
  return [
    only({ law: z.literal("constant"), value: wholeNumber(most) }),
    only({ law: z.literal("weighted"), values }),
    only({ law: z.literal("uniform"), min: wholeNumber(most), max: wholeNumber(most) }).check(
      z.refine(({ min, max }) => min <= max, { error: "has a min above its max" }),
    ),
    only({ law: z.literal("geometric"), mean: number(1, most) }),
    only({ law: z.literal("poisson"), mean: number(1, 500) }),
    only({ law: z.literal("lognormal"), median: number(1, most), sigma: number(0, 5), max: wholeNumber(most) }),
    only({
      law: z.literal("zipf"),
      exponent: number(0, HIGHEST_EXPONENT),
      max: wholeNumber(Math.min(most, 100_000)),
    }),
  ] as const;
}

function lawNames(options: readonly { readonly shape: { readonly law: z.ZodMiniLiteral } }[]): string {
  return options.map(({ shape }) => [...shape.law.def.values].join()).join(", ");
}

/** A plain number stands for the constant law. */
const plainNumber = (value: unknown): unknown => (typeof value === "number" ? { law: "constant", value } : value);

function usersLaw() {
  const rankSize = only({
    law: z.literal("rank-size"),
    exponent: number(0, HIGHEST_EXPONENT),
    users: wholeNumber(MOST_USERS_PER_ADDRESS),
  });
  const options = [...laws(MOST_USERS_PER_ADDRESS), rankSize] as const;
  const error = `is neither a number nor has a "law" of ${lawNames(options)}`;
  return z.pipe(z.transform(plainNumber), z.discriminatedUnion("law", options, { error }));
}

function connectionsLaw() {
  const options = laws(MOST_CONNECTIONS_PER_USER);
  const error = `is neither a number nor has a "law" of ${lawNames(options)}`;
  return z.pipe(z.transform(plainNumber), z.discriminatedUnion("law", options, { error }));
}

/** The shape of a population file; a function, so that importing it costs nothing. */
export function planShape() {
  const group = only({
    name: text(),
    addresses: z.optional(wholeNumber(MOST_ADDRESSES)),
    spread: z.optional(z.enum(["scattered", "consecutive"], { error: 'is neither "scattered" nor "consecutive"' })),
    within: z.optional(text()),
    at: z.optional(z.array(text(), { error: "is not a list of addresses" })),
    usersPerAddress: usersLaw(),
    connectionsPerUser: z.optional(connectionsLaw()),
  });
  return only({
    name: text(),
    title: z.optional(text()),
    source: z.optional(text()),
    groups: z
      .array(group, { error: "is not a list of groups" })
      .check(z.minLength(1, { error: "is empty" }), z.maxLength(1_000, { error: "has more than 1000 groups" })),
  });
}

/** A group as it is written in a file. */
export type WrittenGroup = z.infer<ReturnType<typeof planShape>>["groups"][number];
