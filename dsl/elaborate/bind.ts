/** How a block's parameters get their values: settings as given or by their fallbacks, tensors with names for their sizes. */
import type { BlockItem, Expr, Formal, Name, Span, TensorType } from "../syntax.ts";
import { define, isAmbientDim, report } from "./frame.ts";
import { checkSetting, type SettingKind } from "./kinds.ts";
import { dimsOwner, outerText } from "./naming.ts";
import { originsOf, shapeIn } from "./origins.ts";
import { evaluateDim } from "./sizes.ts";
import { expressionText, grouped, shapeText } from "./text.ts";
import {
  type BlockValue,
  type Frame,
  type Given,
  type NumberValue,
  numberValue,
  type TensorValue,
  tensorText,
  type Value,
  valueText,
} from "./values.ts";

export type TensorFormal = Formal & { readonly type: TensorType };
const isTensorFormal = (formal: Formal): formal is TensorFormal => formal.type.kind === "tensor";
export const tensorFormals = (item: {
  readonly parameters: readonly Formal[];
}): readonly TensorFormal[] => item.parameters.filter(isTensorFormal);

/** A value passed by place, and where it stands. */
export type Passed = { readonly value: Value; readonly span: Span };
type Binding = {
  readonly block: BlockValue;
  readonly args: readonly Passed[];
  /** What the text at hand calls the block. */
  readonly name: Name;
};

type NameExpr = Extract<Expr, { kind: "name" }>;

/** Whether a dimension of a tensor's type is a name that the tensor itself gives its size: neither computed nor a constant. */
export const isFreeDim = (frame: Frame, dim: Expr, formals: readonly Formal[]): dim is NameExpr =>
  dim.kind === "name" &&
  (isAmbientDim(dim.name) ||
    formals.some((formal) => formal.name.text === dim.name) ||
    frame.session.library.constant(dim.name, frame.file) === null);

/** Gives the callee its settings and tensors; false after a mistake. */
export function bindAll(caller: Frame, callee: Frame, binding: Binding, item: BlockItem): boolean {
  const settings = item.parameters.filter((formal) => !isTensorFormal(formal));
  const tensors = tensorFormals(item);
  let right = true;
  for (const formal of settings) {
    const given = binding.block.given.get(formal.name.text);
    if (given) bindGiven(caller, callee, formal, given, binding.name.text);
  }
  tensors.forEach((formal, i) => {
    right = bindTensor(caller, callee, item, formal, binding.args[i]!) && right;
  });
  for (const formal of settings) right = bindFallback(callee, formal, binding) && right;
  tensors.forEach((formal, i) => {
    right = right && bindComputedDims(callee, item, formal, binding.args[i]!);
  });
  return right;
}

function bindGiven(
  caller: Frame,
  callee: Frame,
  formal: Formal,
  given: Given,
  block: string,
): void {
  const { text } = formal.name;
  const { value } = given;
  define(callee, text, formal.name.span, value);
  if (value.kind !== "number") return;
  const isFromHere = dimsOwner(given.frame) === dimsOwner(caller);
  callee.outer.set(text, isFromHere ? value.text : foreignName(caller, `${block}.${text}`, value));
}

/** What the caller calls a size that was given elsewhere; two sizes never have one name. */
function foreignName(caller: Frame, name: string, { value }: NumberValue): string {
  const { foreign } = dimsOwner(caller);
  const known = foreign.get(name) ?? value;
  foreign.set(name, known);
  return known === value ? name : String(value);
}

/** A setting that was not given: what a tensor's dimension says, or its fallback. */
function bindFallback(callee: Frame, formal: Formal, { name, block }: Binding): boolean {
  const { text, span } = formal.name;
  if (callee.spans.has(text)) return true;
  const kind = (formal.type as { of: SettingKind }).of;
  if (!formal.fallback) {
    const facts = { name: text, owner: name.text, kind };
    const calls = block.madeAt ? callee.calls : callee.calls.slice(1);
    callee.session.report("E0402", block.madeAt ?? callee.calls[0] ?? span, facts, [
      { span, message: "declared here" },
      ...calls.map((call) => ({ span: call, message: "called here" })),
    ]);
    return false;
  }
  const fallback = callee.evaluate(callee, formal.fallback);
  const value = checkSetting(callee, fallback, kind, text, formal.fallback.span);
  if (value.kind === "number")
    callee.outer.set(text, outerText(callee, formal.fallback, value.value));
  define(callee, text, span, value);
  return value.kind !== "poison";
}

/** Gives a tensor parameter its tensor, and names without a size yet theirs. */
function bindTensor(
  caller: Frame,
  callee: Frame,
  item: BlockItem,
  formal: TensorFormal,
  { value, span }: Passed,
): boolean {
  if (!isOfType(value, formal)) return refuse(caller, callee, formal, { value, span });
  const right = formal.type.dims.map(
    (dim, axis) =>
      !isFreeDim(callee, dim, item.parameters) ||
      bindDim(caller, callee, dim, value, axis, { span, formal }),
  );
  if (!right.every(Boolean)) return false;
  const dims = formal.type.dims.map((dim) => expressionText(dim));
  define(callee, formal.name.text, formal.name.span, { ...value, dims });
  return true;
}

const elementOf = ({ node }: TensorValue): string =>
  node.type.dtype === "i32" ? "int" : node.type.dtype === "f32" ? "float" : "flag";

/** Whether a value is a tensor of a parameter's elements and rank. */
const isOfType = (value: Value, { type }: TensorFormal): value is TensorValue =>
  value.kind === "tensor" &&
  elementOf(value) === type.element &&
  value.dims.length === type.dims.length;

/** What a message calls a parameter, and what it is to be given. */
const wanted = (callee: Frame, { name, type, span }: TensorFormal) => ({
  what: `\`${name.text}\` of \`${callee.owner}\``,
  expected: expressionText({ kind: "list", items: type.dims, span }),
});

/** Says why a value is no tensor for this parameter. */
function refuse(
  caller: Frame,
  callee: Frame,
  formal: TensorFormal,
  { value, span }: Passed,
): false {
  const { what, expected } = wanted(callee, formal);
  const origins = value.kind === "tensor" ? originsOf([value]) : [];
  const related = [{ span: formal.span, message: "declared here" }, ...origins];
  if (value.kind === "record")
    report(caller, "E0220", span, { name: "r", fields: [...value.fields.keys()] }, related);
  else if (value.kind !== "tensor") {
    const facts = { what, expected: `a tensor ${expected}`, found: valueText(value) };
    report(caller, "E0312", span, facts, related);
  } else if (elementOf(value) !== formal.type.element) {
    const elements = `${formal.type.element} elements`;
    const facts = { what, expected: elements, found: tensorText(value) };
    report(caller, "E0308", span, facts, related);
  } else {
    const dims = formal.type.dims.map((dim) => expressionText(dim));
    const shapes = shapesOf(formal, dims, value);
    const facts = { what, expected, found: shapeText(value.dims), shapes };
    report(caller, "E0302", span, facts, related);
  }
  return false;
}

type Meeting = {
  readonly span: Span;
  readonly formal: TensorFormal;
};

/** A parameter's dimensions beside those of the tensor that it was given. */
const shapesOf = (formal: TensorFormal, dims: readonly string[], value: TensorValue) => ({
  wanted: { text: formal.name.text, dims, sizes: [] },
  found: shapeIn(value, "given"),
});

/** One axis of a tensor meets the name that the callee has for it. */
function bindDim(
  caller: Frame,
  callee: Frame,
  dim: NameExpr,
  value: TensorValue,
  axis: number,
  meeting: Meeting,
): boolean {
  const actual = value.dims[axis]!;
  const size = value.node.type.shape[axis]!;
  const { span, formal } = meeting;
  const related = () => [{ span: dim.span, message: "declared here" }, ...originsOf([value])];
  if (isAmbientDim(dim.name) || isAmbientDim(actual)) {
    if (dim.name === actual) return true;
    const facts = { ...wanted(callee, formal), found: shapeText(value.dims) };
    report(caller, "E0302", span, facts, related());
    return false;
  }
  const known = callee.outer.get(dim.name);
  if (known === undefined) {
    callee.values.set(dim.name, numberValue(size, dim.name));
    callee.spans.set(dim.name, dim.span);
    callee.outer.set(dim.name, actual);
    callee.session.observe?.value(dim.span, numberValue(size, dim.name), callee);
    return true;
  }
  if (known === actual) return true;
  const dims = formal.type.dims.map((other, i) =>
    other.kind === "name" ? (callee.outer.get(other.name) ?? value.dims[i]!) : value.dims[i]!,
  );
  const shapes = shapesOf(formal, dims, value);
  const first = callee.spans.get(dim.name);
  const message = `\`${dim.name}\` of \`${callee.owner}\` is the caller's \`${known}\` here`;
  const since = first ? [{ span: first, message }] : [];
  const facts = { dim: dim.name, first: known, second: actual, shapes };
  report(caller, "E0307", span, facts, [...related(), ...since]);
  return false;
}

/** Checks dimensions that are computed, constants or plain numbers against the sizes that came. */
function bindComputedDims(
  callee: Frame,
  item: BlockItem,
  formal: TensorFormal,
  { value, span }: Passed,
): boolean {
  return formal.type.dims.every((dim, axis) => {
    if (isFreeDim(callee, dim, item.parameters) || value.kind !== "tensor") return true;
    const computed = evaluateDim(callee, dim);
    if (!computed) return false;
    const size = value.node.type.shape[axis]!;
    callee.outer.set(computed.text, value.dims[axis]!);
    if (computed.size === size) return true;
    const facts = {
      what: `\`${formal.name.text}\``,
      expected: `${grouped(computed.text)} = ${computed.size}`,
      found: `${value.dims[axis]} = ${size}`,
    };
    report(callee, "E0302", span, facts);
    return false;
  });
}
