/** Walks over kernels: every statement and expression, and what is found on the way. */
import type { BufferUse, Expr, Memory, Stmt } from "./kernel.ts";

/** How a kernel uses one of its memories. */
export function accessOf(memory: Memory, body: readonly Stmt[]): BufferUse["access"] {
  let reads = false;
  let writes = false;
  visit(
    body,
    (e) => {
      if (e.kind === "load" && e.from === memory) reads = true;
    },
    (s) => {
      if (s.kind === "store" && s.to === memory) writes = true;
    },
  );
  return writes ? (reads ? "read_write" : "write") : "read";
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
      return [];
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
    case "barrier":
    case "note":
      return [];
  }
}
