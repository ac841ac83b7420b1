/** The graph's inputs: the tensors that a model or a block by itself is given, each under its parameter's name. */
import type { Expr, Formal, ModelItem, TensorType } from "../syntax.ts";
import { isFreeDim, type TensorFormal, tensorFormals } from "./bind.ts";
import { define, isAmbientDim, lookUp, report } from "./frame.ts";
import { evaluateDim, evaluateDims, namedTensor } from "./sizes.ts";
import { expressionText, shapeText } from "./text.ts";
import { type Frame, numberValue, poison, type Value } from "./values.ts";

type Shape = readonly number[] | undefined;

/** What every model's graph reads beside its own tensors. */
const reserved: ReadonlySet<string> = new Set([
  "count",
  "temperature",
  "topP",
  "topK",
  "seed",
  "draw",
]);
const isReserved = (name: string): boolean => reserved.has(name) || /^rotary_\d/.test(name);

/** Gives a model its tensors, once its settings are known: each starts with batch and time. */
export function bindModelInputs(frame: Frame, model: ModelItem): void {
  for (const formal of tensorFormals(model)) {
    const { name } = formal;
    define(frame, name.text, name.span, modelInput(frame, model, formal));
  }
}

function modelInput(frame: Frame, model: ModelItem, { name, type }: TensorFormal): Value {
  if (isReserved(name.text))
    return report(frame, "E0228", name.span, { name: name.text, what: "an input" });
  const texts = type.dims.map((dim) => expressionText(dim));
  if (texts[0] !== "B" || texts[1] !== "T") {
    const shape = `${type.element === "int" ? "int" : ""}${shapeText(texts)}`;
    return report(frame, "E0214", name.span, { name: name.text, shape });
  }
  const known = type.dims.map((dim) => hasSize(frame, model, dim, name.text));
  const dims = known.every(Boolean) ? evaluateDims(frame, type.dims) : null;
  return dims ? inputTensor(frame, name.text, type, dims) : poison;
}

/** Whether something gives a dimension its size; a name without one is reported once. */
function hasSize(frame: Frame, { parameters }: ModelItem, dim: Expr, name: string): boolean {
  if (!isFreeDim(frame, dim, parameters) || isAmbientDim(dim.name)) return true;
  const value = lookUp(frame, dim.name);
  if (value) return value.kind !== "poison";
  report(frame, "E0229", dim.span, { dim: dim.name, name });
  frame.values.set(dim.name, poison);
  return false;
}

type Dims = readonly { readonly text: string; readonly size: number }[];

function inputTensor(frame: Frame, name: string, { element, span }: TensorType, dims: Dims): Value {
  const type = {
    dtype: element === "int" ? "i32" : "f32",
    shape: dims.map(({ size }) => size),
  } as const;
  return namedTensor(
    frame,
    span,
    frame.session.input(name, type),
    dims.map(({ text }) => text),
  );
}

/** The sizes of the dimensions that the shape given for a block's tensor names. */
export function bindShape(
  frame: Frame,
  { name, type }: TensorFormal,
  formals: readonly Formal[],
  shape: Shape,
): void {
  if (shape?.length !== type.dims.length) {
    const expected = shapeText(type.dims.map((dim) => expressionText(dim)));
    const found = shape ? `it has [${shape.join(", ")}]` : "it is missing";
    report(frame, "E0418", name.span, { name: name.text, expected, found });
  }
  type.dims.forEach((dim, axis) => {
    if (!isFreeDim(frame, dim, formals) || isAmbientDim(dim.name) || frame.values.has(dim.name))
      return;
    const size = shape?.length === type.dims.length ? shape[axis] : undefined;
    const value = size === undefined ? poison : numberValue(size, dim.name);
    frame.values.set(dim.name, value);
    frame.spans.set(dim.name, dim.span);
    frame.outer.set(dim.name, dim.name);
    frame.session.observe?.value(dim.span, value, frame);
  });
}

/** Gives a block's tensor parameter its input, once all its dimensions are known. */
export function bindInput(frame: Frame, { name, type }: TensorFormal, shape: Shape): void {
  const dims = type.dims.map((dim) => evaluateDim(frame, dim));
  const known = dims.filter((dim) => dim !== null);
  const isWhole = known.length === dims.length && shape?.length === dims.length;
  const value = isWhole ? blockInput(frame, { name, type }, known, shape) : poison;
  define(frame, name.text, name.span, value);
}

function blockInput(
  frame: Frame,
  { name, type }: Pick<TensorFormal, "name" | "type">,
  dims: Dims,
  shape: readonly number[],
): Value {
  const differs = dims.some(({ size }, axis) => size !== shape[axis]);
  // Stand-ins for computed dimensions are whatever the others make them.
  if (!differs || frame.session.standIn) return inputTensor(frame, name.text, type, dims);
  const expected = shapeText(dims.map(({ text, size }) => `${text} = ${size}`));
  const found = `it has [${shape.join(", ")}]`;
  return report(frame, "E0418", name.span, { name: name.text, expected, found });
}
