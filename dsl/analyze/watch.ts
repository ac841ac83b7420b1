/** Gathers the values that an elaboration shows, by place; forgets the graph they came from. */
import { isAmbientDim } from "../elaborate/frame.ts";
import type { BlockCall, Observer } from "../elaborate/observe.ts";
import { type Frame, tensorText, type Value, valueText } from "../elaborate/values.ts";
import type { Span } from "../syntax.ts";
import { factLimit, type ValueFact } from "./facts.ts";

type Gathered = {
  readonly span: Span;
  readonly texts: Set<string>;
  isTensor: boolean;
  readonly sizes: Map<string, Set<number>>;
};

export class Watch implements Observer {
  readonly calls: BlockCall[] = [];
  readonly #places = new Map<string, Gathered>();

  readonly value = (span: Span, value: Value, { session }: Frame): void => {
    if (value.kind === "poison") return;
    const gathered = this.#at(span);
    gathered.isTensor ||= value.kind === "tensor";
    if (gathered.texts.size < factLimit) gathered.texts.add(factText(value));
    if (!session.standIn) noteSizes(gathered, value);
  };
  readonly call = (call: BlockCall): void => {
    this.calls.push(call);
  };

  has(span: Span): boolean {
    return this.#places.has(keyOf(span));
  }
  facts(): readonly ValueFact[] {
    return [...this.#places.values()].map(({ span, texts, isTensor, sizes }) => ({
      span,
      texts: [...texts],
      isTensor,
      sizes: Object.fromEntries([...sizes].map(([dim, all]) => [dim, [...all]])),
    }));
  }

  #at(span: Span): Gathered {
    const key = keyOf(span);
    const found = this.#places.get(key);
    if (found) return found;
    const made = { span, texts: new Set<string>(), isTensor: false, sizes: new Map() };
    this.#places.set(key, made);
    return made;
  }
}

const keyOf = ({ file, from, to }: Span): string => `${from} ${to} ${file}`;

/** A value for a reader: shapes and numbers as they are written. */
function factText(value: Value): string {
  switch (value.kind) {
    case "tensor":
      return tensorText(value);
    case "number":
    case "flag":
      return String(value.value);
    case "record": {
      const fields = [...value.fields].map(([name, field]) => `${name}: ${factText(field)}`);
      return `{ ${fields.join(", ")} }`;
    }
    case "block":
    case "pattern":
    case "poison":
      return valueText(value);
  }
}

function noteSizes(gathered: Gathered, value: Value): void {
  if (value.kind === "record")
    for (const field of value.fields.values()) noteSizes(gathered, field);
  if (value.kind !== "tensor") return;
  for (const [axis, dim] of value.dims.entries()) {
    if (isAmbientDim(dim) || /^\d+$/.test(dim)) continue;
    const sizes = gathered.sizes.get(dim) ?? new Set();
    if (sizes.size < factLimit) sizes.add(value.node.type.shape[axis]!);
    gathered.sizes.set(dim, sizes);
  }
}
