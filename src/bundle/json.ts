/** Prints JSON for people: what fits on a line stays on one. */

/** JSON text whose lines hold about `width` characters at most. */
export function printJson(value: unknown, width = 100, indent = ""): string {
  const flat = JSON.stringify(value);
  if (flat.length + indent.length <= width || typeof value !== "object" || value === null)
    return flat;
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item === "number")) return flat;
    return `[\n${value.map((item) => inner + printJson(item, width, inner)).join(",\n")}\n${indent}]`;
  }
  const fields = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .map(([key, item]) => `${inner}${JSON.stringify(key)}: ${printJson(item, width, inner)}`);
  return `{\n${fields.join(",\n")}\n${indent}}`;
}
