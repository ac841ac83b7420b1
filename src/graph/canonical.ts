/** Attributes as text, for keys. */

/** A text that is equal for equal values, whatever the order of their keys; tells −0, NaN and infinities apart. */
export function canonical(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? "-0" : `${value}`;
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const entries = value as Readonly<Record<string, unknown>>;
  const keys = Object.keys(entries).sort();
  return `{${keys.map((key) => `${key}:${canonical(entries[key])}`).join(",")}}`;
}
