/** How a sentence about a model's text is put together. Knows English, not the mistakes. */

/** A sentence in lower case, what helps to see it, and an action that mends it. */
export type Words = {
  readonly message: string;
  readonly hint: string;
  readonly notes?: readonly string[];
};

/** A name that is unknown, and known ones like it. */
export type Near = { readonly name: string; readonly near: readonly string[] };

/** Marked as text of the language. */
export const quote = (text: string): string => `\`${text}\``;

/** "`a`", "`a` or `b`", "`a`, `b` or `c`"; the last joint is `or` unless told. */
export function listed(names: readonly string[], joint = "or"): string {
  const quoted = names.map(quote);
  const last = quoted.pop() ?? "nothing";
  return quoted.length === 0 ? last : `${quoted.join(", ")} ${joint} ${last}`;
}

/** "a → b → c"; of more than eight names the first six and the last. */
export const arrows = (names: readonly string[]): string =>
  (names.length > 8 ? [...names.slice(0, 6), "…", names.at(-1)!] : names).join(" → ");

/** "1 tensor", "2 tensors". */
export const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? "" : "s"}`;
/** A question that offers near names; else another hint. */
export const meant = (near: readonly string[], otherwise: string): string =>
  near.length > 0 ? `did you mean ${listed(near)}?` : otherwise;
