/** What a model or block gives as the graph's outputs: one tensor under a name that it always has, or a record's fields. */
import type { Node } from "../../src/graph/graph.ts";
import type { Body, Span } from "../syntax.ts";
import { report } from "./frame.ts";
import { type Frame, type TensorValue, tensorText, type Value, valueText } from "./values.ts";

/** Nodes by the outputs' names; null after a mistake. */
export type Outputs = Readonly<Record<string, Node>> | null;

const isPerToken = (value: Value): value is TensorValue =>
  value.kind === "tensor" &&
  value.dims[0] === "B" &&
  value.dims[1] === "T" &&
  value.node.type.dtype === "f32";
const text = (value: Value): string =>
  value.kind === "tensor" ? tensorText(value) : valueText(value);

/** A model's `logits` [B, T, vocabulary], or a record of tensors [B, T, …]. */
export function modelOutputs(frame: Frame, body: Body, value: Value): Outputs {
  if (value.kind === "poison") return null;
  const span = body.result?.span ?? body.span;
  if (value.kind === "record") return recordOutputs(frame, body, value.fields);
  if (isPerToken(value) && value.dims.length === 3)
    return { logits: frame.session.graph.label(value.node, "logits") };
  const facts = { expected: "[B, T, vocabulary]", found: text(value), owner: frame.owner };
  report(frame, "E0306", span, facts);
  return null;
}

function recordOutputs(frame: Frame, body: Body, fields: ReadonlyMap<string, Value>): Outputs {
  const written = body.result?.kind === "record" ? body.result.fields : [];
  const placeOf = (name: string): Span => {
    const field = written.find((one) => one.name.text === name);
    return field?.name.span ?? body.result?.span ?? body.span;
  };
  const outputs: Record<string, Node> = {};
  let right = true;
  for (const [name, value] of fields) {
    if (name === "token") report(frame, "E0228", placeOf(name), { name, what: "an output" });
    else if (isPerToken(value)) {
      outputs[name] = frame.session.graph.label(value.node, name);
      continue;
    } else if (value.kind !== "poison")
      report(frame, "E0429", placeOf(name), { name, found: text(value) });
    right = false;
  }
  return right ? outputs : null;
}

/** A block's tensor as `y`, or its fields. */
export function blockOutputs({ session }: Frame, value: Value): Outputs {
  if (value.kind === "tensor") return { y: session.graph.label(value.node, "y") };
  if (value.kind !== "record") return null;
  const outputs: Record<string, Node> = {};
  for (const [name, field] of value.fields) {
    if (field.kind !== "tensor") return null;
    outputs[name] = session.graph.label(field.node, name);
  }
  return outputs;
}
