/** Dimensions that are always 1: written so, or given so by every call that a model makes. */
import type { Diagnostic } from "../diagnostics.ts";
import { diagnose } from "../messages.ts";
import type { Expr, File, Item, Span } from "../syntax.ts";
import type { Observer } from "./observe.ts";
import { bodyExpressions, eachExpression, resultDims } from "./walk.ts";

type BodyItem = Extract<Item, { kind: "block" | "model" }>;

/** Watches which numbers the sizes of blocks are given, by the place of their names. */
export class GivenSizes {
  /** For each formal, whether some call gave it anything but a literal 1. */
  readonly #ones = new Map<string, boolean>();

  readonly observer: Observer = {
    value: (span, value) => {
      if (value.kind !== "number") return;
      const isOne = value.value === 1 && value.text === "1";
      this.#ones.set(key(span), isOne && (this.#ones.get(key(span)) ?? true));
    },
    call: () => {},
  };

  isAlwaysOne = (span: Span): boolean => this.#ones.get(key(span)) ?? false;
}

const key = ({ file, from }: Span): string => `${file} ${from}`;

/** Dimensions of a file's types that are 1 however its models are set. */
export function alwaysOne(file: File, given: GivenSizes): readonly Diagnostic[] {
  return file.items.flatMap((item): readonly Diagnostic[] => {
    if (item.kind !== "block" && item.kind !== "model") return [];
    const dims = dimsOf(item);
    const literal = dims.filter((dim) => dim.kind === "number" && dim.value === 1);
    const names = new Set(dims.flatMap((dim) => (dim.kind === "name" ? [dim.name] : [])));
    const sizes = item.body.statements.filter(
      (statement) =>
        statement.kind === "size" &&
        statement.value.kind === "number" &&
        statement.value.value === 1,
    );
    const settings = item.kind === "block" ? item.parameters : [];
    const named = [...sizes, ...settings].filter(
      ({ name }) =>
        names.has(name.text) &&
        (given.isAlwaysOne(name.span) || sizes.some((s) => s.name === name)),
    );
    return [
      ...literal.map(({ span }) => diagnose("W0504", span, { dim: "1" })),
      ...named.map(({ name }) => diagnose("W0504", name.span, { dim: name.text })),
    ];
  });
}

/** Every dimension that a block or model names: in its types, and in lists of its calls. */
function dimsOf(item: BodyItem): readonly Expr[] {
  const formals = item.parameters.flatMap(({ type }) => (type.kind === "tensor" ? type.dims : []));
  const result = item.kind === "block" ? resultDims(item.result) : [];
  const params = item.body.statements.flatMap((s) => (s.kind === "param" ? s.type.dims : []));
  const lists: Expr[] = [];
  for (const root of bodyExpressions(item.body))
    eachExpression(root, (expr) => {
      if (expr.kind !== "call") return;
      for (const arg of expr.args) if (arg.kind === "list") lists.push(...arg.items);
    });
  return [...formals, ...result, ...params, ...lists];
}
