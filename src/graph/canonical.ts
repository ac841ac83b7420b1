/** Attributes as text, for keys. */

/** A text that is equal for equal values, whatever the order of their keys; tells −0, NaN and infinities apart. */
export function canonical(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "object":
      return value === null ? "null" : Array.isArray(value) ? ofList(value) : ofRecord(value);
    default:
      return Object.is(value, -0) ? "-0" : `${value}`;
  }
}

// Loops: every node that is made asks for its attributes' text.
function ofList(values: readonly unknown[]): string {
  let text = "[";
  for (let i = 0; i < values.length; i++) text += `${i === 0 ? "" : ","}${canonical(values[i])}`;
  return `${text}]`;
}

function ofRecord(value: object): string {
  const entries = value as Readonly<Record<string, unknown>>;
  const keys = Object.keys(entries);
  if (keys.length > 1) keys.sort();
  let text = "{";
  for (const key of keys) text += `${text === "{" ? "" : ","}${key}:${canonical(entries[key])}`;
  return `${text}}`;
}
