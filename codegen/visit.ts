/** Walks over kernels: every statement and expression, and what is found on the way. */
import type { BufferUse, Expr, Memory, Stmt } from "./kernel.ts";

const none: readonly never[] = [];
const nothing = { reads: none, writes: none };

/** The memories that a statement itself reads and writes, its expressions aside. */
export function touchedBy(s: Stmt): {
  readonly reads: readonly Memory[];
  readonly writes: readonly Memory[];
} {
  switch (s.kind) {
    case "store":
      return { reads: none, writes: [s.to] };
    case "copy":
      return { reads: [s.from], writes: [s.to] };
    case "multiply":
      return { reads: [s.left.memory, s.right.memory, s.sums], writes: [s.sums] };
    default:
      return nothing;
  }
}

/** How a body uses each of its memories; `read` for those that it does not touch. */
export function accessesIn(body: readonly Stmt[]): (memory: Memory) => BufferUse["access"] {
  const read = new Set<Memory>();
  const written = new Set<Memory>();
  visit(
    body,
    (e) => {
      if (e.kind === "load") read.add(e.from);
    },
    (s) => {
      const { reads, writes } = touchedBy(s);
      for (const memory of reads) read.add(memory);
      for (const memory of writes) written.add(memory);
    },
  );
  return (memory) => (written.has(memory) ? (read.has(memory) ? "read_write" : "write") : "read");
}

/** Calls back for every expression and every statement, outermost first. */
export function visit(
  body: readonly Stmt[],
  onExpr: (e: Expr) => void,
  onStmt: (s: Stmt) => void = () => {},
): void {
  const expr = (e: Expr): void => {
    onExpr(e);
    for (const child of childrenOf(e)) expr(child);
  };
  for (const s of body) {
    onStmt(s);
    for (const e of expressionsOf(s)) expr(e);
    if (s.kind === "for") visit(s.body, onExpr, onStmt);
    if (s.kind === "if") for (const inner of [s.then, s.otherwise]) visit(inner, onExpr, onStmt);
  }
}

export function childrenOf(e: Expr): readonly Expr[] {
  switch (e.kind) {
    case "literal":
    case "builtin":
    case "local":
      return none;
    case "call":
    case "fma":
      return e.args;
    case "vector":
      return e.parts;
    case "load":
      return [e.index];
    case "cast":
    case "bitcast":
    case "component":
    case "subgroup":
      return [e.of];
  }
}

/** The expression with each of its operands replaced. */
export function withChildren(e: Expr, f: (child: Expr) => Expr): Expr {
  switch (e.kind) {
    case "literal":
    case "builtin":
    case "local":
      return e;
    case "call":
      return { ...e, args: e.args.map(f) };
    case "fma":
      return { ...e, args: [f(e.args[0]), f(e.args[1]), f(e.args[2])] };
    case "vector":
      return { ...e, parts: e.parts.map(f) };
    case "load":
      return { ...e, index: f(e.index) };
    case "cast":
    case "bitcast":
    case "component":
    case "subgroup":
      return { ...e, of: f(e.of) };
  }
}

export function expressionsOf(s: Stmt): readonly Expr[] {
  switch (s.kind) {
    case "let":
    case "var":
    case "assign":
      return [s.value];
    case "store":
      return [s.index, s.value];
    case "for":
      return [s.from, s.below, s.step];
    case "if":
      return [s.when];
    case "copy":
      return [s.toIndex, s.index, s.when];
    case "multiply":
      return [s.left.index, s.right.index];
    case "commit":
    case "await":
    case "barrier":
    case "note":
      return none;
  }
}

/** The statement with other expressions, in the order of `expressionsOf`, and with its blocks replaced. */
export function withParts(
  s: Stmt,
  parts: readonly Expr[],
  block: (body: readonly Stmt[]) => readonly Stmt[],
): Stmt {
  const [first, second, third] = parts;
  switch (s.kind) {
    case "let":
    case "var":
    case "assign":
      return { ...s, value: first! };
    case "store":
      return { ...s, index: first!, value: second! };
    case "for":
      return { ...s, from: first!, below: second!, step: third!, body: block(s.body) };
    case "if":
      return { ...s, when: first!, then: block(s.then), otherwise: block(s.otherwise) };
    case "copy":
      return { ...s, toIndex: first!, index: second!, when: third! };
    case "multiply":
      return {
        ...s,
        left: { ...s.left, index: first! },
        right: { ...s.right, index: second! },
      };
    case "commit":
    case "await":
    case "barrier":
    case "note":
      return s;
  }
}
