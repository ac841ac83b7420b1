/**
 * Takes what every turn of a loop would find again out of the loop. nvcc does so by itself, but not past copies beside other
 * work and barriers, which it takes to change all memory, nor out of a select that it makes a branch. The result means the same.
 */
import type { Expr, Kernel, Stmt } from "../../codegen/kernel.ts";
import { childrenOf, expressionsOf, visit, withChildren, withParts } from "../../codegen/visit.ts";

type Loop = Stmt & { readonly kind: "for" };
type Let = Stmt & { readonly kind: "let" };

/** What may stand before a loop, and how its parts are named. */
type Hoist = {
  /** Buffers that the kernel never writes. */
  readonly constant: ReadonlySet<string>;
  readonly fresh: () => string;
};

/** Loops that surely run once lose the values that do not change in them; innermost first. */
export function hoistOutOfLoops(kernel: Kernel): Kernel {
  const bound = namesBoundIn(kernel.body);
  const fresh = (number = 0): string => {
    const name = `of_all_turns_${number}`;
    if (bound.has(name)) return fresh(number + 1);
    bound.add(name);
    return name;
  };
  const read = kernel.buffers.filter((b) => b.access === "read");
  const hoist: Hoist = { constant: new Set(read.map((b) => b.memory.name)), fresh };
  const block = (body: readonly Stmt[]): readonly Stmt[] =>
    body.flatMap((s) => {
      const inner = withParts(s, expressionsOf(s), block);
      return inner.kind === "for" && surelyRuns(inner) ? taken(inner, hoist) : [inner];
    });
  return { ...kernel, body: block(kernel.body) };
}

const surelyRuns = ({ from, below }: Loop): boolean =>
  from.kind === "literal" && below.kind === "literal" && from.value < below.value;

/** The statements that come before the loop, then the loop. */
function taken(loop: Loop, { constant, fresh }: Hoist): readonly Stmt[] {
  const changing = namesBoundIn([loop]);
  const isSame = (e: Expr): boolean => {
    if (e.kind === "local") return !changing.has(e.name);
    if (e.kind === "subgroup") return false;
    if (e.kind === "load" && !constant.has(e.from.name)) return false;
    return childrenOf(e).every(isSame);
  };
  const same = loop.body.filter((s): s is Let => {
    const stays = s.kind === "let" && isSame(s.value);
    if (stays) changing.delete(s.name);
    return stays;
  });
  const parts: Let[] = [];
  const bind = (e: Expr): Expr => {
    if (!(isSame(e) && isDear(e))) return withChildren(e, bind);
    const part: Let = { kind: "let", name: fresh(), value: e };
    parts.push(part);
    return { kind: "local", name: part.name, type: e.type };
  };
  const rest = loop.body.map((s) =>
    same.includes(s as Let) ? s : withParts(s, expressionsOf(s).map(bind), (inner) => inner),
  );
  const before = worthwhile(same, parts);
  const body = rest.filter((s) => !before.includes(s as Let));
  return [...before, ...parts, { ...loop, body }];
}

/** Those that read memory or are dear, and those that they or the parts need; cheap ones stay beside what uses them. */
function worthwhile(same: readonly Let[], parts: readonly Let[]): readonly Let[] {
  const needed = new Set<string>();
  const need = (e: Expr): void => {
    if (e.kind === "local") needed.add(e.name);
    for (const child of childrenOf(e)) need(child);
  };
  for (const { value } of parts) need(value);
  return same
    .toReversed()
    .filter((s) => {
      const moves = needed.has(s.name) || isDear(s.value) || reads(s.value);
      if (moves) need(s.value);
      return moves;
    })
    .toReversed();
}

const reads = (e: Expr): boolean => e.kind === "load" || childrenOf(e).some(reads);

/** Names that the statements bind or assign. */
function namesBoundIn(body: readonly Stmt[]): Set<string> {
  const names = new Set<string>();
  const onStatement = (s: Stmt) => {
    if ("name" in s) names.add(s.name);
  };
  visit(body, () => {}, onStatement);
  return names;
}

const dear: ReadonlySet<string> = new Set([
  "exp",
  "log",
  "sqrt",
  "rsqrt",
  "tanh",
  "sin",
  "cos",
  "div",
  "mod",
] as const);

/** Whether it costs more than a register to keep. */
function isDear(e: Expr): boolean {
  const isFloat = e.type.scalar === "f32" || e.type.scalar === "f16";
  return (e.kind === "call" && isFloat && dear.has(e.fn)) || childrenOf(e).some(isDear);
}
