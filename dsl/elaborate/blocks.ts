/** Calls of blocks: settings and tensors meet the parameter list, the body runs under its own names, the result goes back. */
import type { BlockItem, Expr, Formal, Name, Span, TensorType } from "../syntax.ts";
import { runBody } from "./body.ts";
import {
  claimInstance,
  define,
  isAmbientDim,
  joinPath,
  nameValue,
  newFrame,
  outerText,
  report,
} from "./frame.ts";
import { checkSetting, type SettingKind } from "./kinds.ts";
import { limits } from "./session.ts";
import { evaluateDim } from "./sizes.ts";
import { expressionText, grouped, shapeText } from "./text.ts";
import {
  type BlockValue,
  type Frame,
  type Given,
  numberValue,
  poison,
  type TensorValue,
  tensorText,
  type Value,
  valueText,
} from "./values.ts";

type TensorFormal = Formal & { readonly type: TensorType };
const isTensorFormal = (formal: Formal): formal is TensorFormal => formal.type.kind === "tensor";
export const tensorFormals = (item: BlockItem): readonly TensorFormal[] =>
  item.parameters.filter(isTensorFormal);

/** A tensor passed by place, and where it stands. */
export type Passed = { readonly value: Value; readonly span: Span };
export type Application = {
  readonly block: BlockValue;
  readonly args: readonly Passed[];
  /** What the text at hand calls the block. */
  readonly name: Name;
  /** The instance's name; the block's own where there is none. */
  readonly label: Name | null;
  readonly span: Span;
};

/** The value of a block applied to tensors. */
export function applyBlock(frame: Frame, application: Application): Value {
  const { block, args, span } = application;
  const { item } = block;
  const isPoisoned = [
    ...args.map((arg) => arg.value),
    ...[...block.given.values()].map((given) => given.value),
  ].some((value) => value.kind === "poison");
  if (!item) return poison;
  const formals = tensorFormals(item);
  if (args.length !== formals.length)
    return report(frame, "E0405", span, {
      owner: application.name.text,
      expected: formals.length,
      found: args.length,
    });
  if (isPoisoned || frame.session.library.endless.has(item) || !mayGoDeeper(frame, span))
    return poison;
  const name = application.label?.text ?? item.name.text;
  const callee = newFrame({
    session: frame.session,
    evaluate: frame.evaluate,
    owner: item.name.text,
    file: item.span.file,
    path: joinPath(frame.path, name),
    calls: [span, ...frame.calls],
  });
  const before = frame.session.kept;
  const result = bindAll(frame, callee, application, item)
    ? runBlock(frame, callee, item, span)
    : poison;
  if (frame.session.kept > before)
    claimInstance(frame, name, application.label?.span ?? application.name.span);
  if (result.kind === "tensor") nameValue(frame, result.node, name);
  return result;
}

/** Whether one more block may be entered; a model without an end is stopped once and for all. */
function mayGoDeeper(frame: Frame, span: Span): boolean {
  const { session } = frame;
  if (session.stopped) return false;
  session.calls++;
  const isNested = frame.calls.length >= limits.nesting;
  if (isNested) report(frame, "E0212", span, { depth: limits.nesting });
  else if (session.calls > limits.calls) report(frame, "E0417", span, { limit: limits.calls });
  else if (!session.checking || session.calls <= limits.checked) return true;
  session.stopped = true;
  return false;
}

/** Gives the callee its settings and tensors; false after a mistake. */
function bindAll(caller: Frame, callee: Frame, application: Application, item: BlockItem): boolean {
  const settings = item.parameters.filter((formal) => !isTensorFormal(formal));
  let right = true;
  for (const formal of settings) {
    const given = application.block.given.get(formal.name.text);
    if (given) bindGiven(caller, callee, formal, given, application.name.text);
  }
  tensorFormals(item).forEach((formal, i) => {
    right = bindTensor(caller, callee, formal, application.args[i]!) && right;
  });
  for (const formal of settings) right = bindFallback(callee, formal, application) && right;
  tensorFormals(item).forEach((formal, i) => {
    right = right && bindComputedDims(callee, formal, application.args[i]!);
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
  callee.outer.set(text, given.frame === caller ? value.text : `${block}.${text}`);
}

/** A setting that was not given: what a tensor's dimension says, or its fallback. */
function bindFallback(callee: Frame, formal: Formal, application: Application): boolean {
  const { text, span } = formal.name;
  if (callee.spans.has(text)) return true;
  const kind = (formal.type as { of: SettingKind }).of;
  if (!formal.fallback) {
    const facts = { name: text, owner: application.name.text, kind };
    const [at, ...calls] = callee.calls;
    callee.session.report("E0402", at ?? span, facts, [
      { span, message: "declared here" },
      ...calls.map((call) => ({ span: call, message: "called here" })),
    ]);
    return false;
  }
  const value = checkSetting(
    callee,
    callee.evaluate(callee, formal.fallback),
    kind,
    text,
    formal.fallback.span,
  );
  if (value.kind === "number") callee.outer.set(text, outerText(callee, formal.fallback));
  define(callee, text, span, value);
  return value.kind !== "poison";
}

/** Gives a tensor parameter its tensor, and names without a size yet theirs. */
function bindTensor(
  caller: Frame,
  callee: Frame,
  formal: TensorFormal,
  { value, span }: Passed,
): boolean {
  const expected = expressionText({ kind: "list", items: formal.type.dims, span: formal.span });
  const what = `\`${formal.name.text}\` of \`${callee.owner}\``;
  const related = [{ span: formal.span, message: "declared here" }];
  if (value.kind !== "tensor") {
    report(
      caller,
      "E0312",
      span,
      { what, expected: `a tensor ${expected}`, found: valueText(value) },
      related,
    );
    return false;
  }
  const element =
    value.node.type.dtype === "i32" ? "int" : value.node.type.dtype === "f32" ? "float" : "flag";
  if (element !== formal.type.element) {
    report(
      caller,
      "E0308",
      span,
      { what, expected: `${formal.type.element} elements`, found: tensorText(value) },
      related,
    );
    return false;
  }
  if (value.dims.length !== formal.type.dims.length) {
    report(caller, "E0302", span, { what, expected, found: shapeText(value.dims) }, related);
    return false;
  }
  const right = formal.type.dims.map((dim, axis) =>
    bindDim(caller, callee, dim, value, axis, { what, expected, span }),
  );
  if (!right.every(Boolean)) return false;
  define(callee, formal.name.text, formal.name.span, {
    ...value,
    dims: formal.type.dims.map((dim) => expressionText(dim)),
  });
  return true;
}

type Meeting = { readonly what: string; readonly expected: string; readonly span: Span };

/** One axis of a tensor meets the name that the callee has for it. */
function bindDim(
  caller: Frame,
  callee: Frame,
  dim: Expr,
  value: TensorValue,
  axis: number,
  meeting: Meeting,
): boolean {
  if (dim.kind !== "name") return true;
  const actual = value.dims[axis]!;
  const size = value.node.type.shape[axis]!;
  const { what, expected, span } = meeting;
  if (isAmbientDim(dim.name) || isAmbientDim(actual)) {
    if (dim.name === actual) return true;
    report(caller, "E0302", span, { what, expected, found: shapeText(value.dims) }, [
      { span: dim.span, message: "declared here" },
    ]);
    return false;
  }
  const known = callee.outer.get(dim.name);
  if (known === undefined) {
    callee.values.set(dim.name, numberValue(size, dim.name));
    callee.spans.set(dim.name, dim.span);
    callee.outer.set(dim.name, actual);
    return true;
  }
  if (known === actual) return true;
  report(caller, "E0307", span, { dim: dim.name, first: known, second: actual }, [
    { span: dim.span, message: "declared here" },
  ]);
  return false;
}

/** Checks dimensions that are computed or plain numbers against the sizes that came. */
function bindComputedDims(callee: Frame, formal: TensorFormal, { value, span }: Passed): boolean {
  return formal.type.dims.every((dim, axis) => {
    if (dim.kind === "name" || value.kind !== "tensor") return true;
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

/** The body's result under the caller's names, after a check against the promised type. */
export function runBlock(caller: Frame, callee: Frame, item: BlockItem, span: Span): Value {
  const value = runBody(callee, item.body);
  if (value.kind === "poison") return poison;
  const promised = item.result.dims.map((dim) => evaluateDim(callee, dim)?.text ?? null);
  if (promised.some((dim) => dim === null)) return poison;
  const end = item.body.result?.span ?? item.body.span;
  const expected = `${item.result.element === "int" ? "int" : ""}${shapeText(promised.map(String))}`;
  const related = [{ span: item.result.span, message: "promised here" }];
  if (value.kind !== "tensor" || tensorText(value) !== expected) {
    const found = value.kind === "tensor" ? tensorText(value) : valueText(value);
    return report(callee, "E0306", end, { expected, found, owner: item.name.text }, related);
  }
  const dims = item.result.dims.map(
    (dim) => callee.outer.get(expressionText(dim)) ?? outerText(callee, dim),
  );
  const twice = dims.find((dim, i) => dims.indexOf(dim) !== i);
  if (twice !== undefined)
    return report(caller, "E0309", span, { dim: twice, shape: shapeText(dims) });
  return { kind: "tensor", node: value.node, dims };
}
