/**
 * Makes a kernel shorter without changing what it computes: folds literals, applies the laws of simplify/rules.ts to expressions,
 * drops branches that are never taken and names that are never used. Knows no target.
 */

import { evaluateCall } from "./interpret/spell.ts";
import type { Expr, Kernel, Stmt } from "./kernel.ts";
import { type Facts, type Range, rangeOf } from "./simplify/ranges.ts";
import { type Rule, rules } from "./simplify/rules.ts";
import { childrenOf, expressionsOf, visit, withChildren, withParts } from "./visit.ts";

/** The facts of a block, which grow as it is walked, and what names now stand for. */
type Scope = {
  readonly lanes: number;
  readonly ranges: Map<string, Range>;
  readonly definitions: Map<string, Expr>;
  readonly replaced: Map<string, Expr>;
  /** Variables: their values depend on when they are read. */
  readonly changing: Set<string>;
};

export function simplifyKernel(kernel: Kernel): Kernel {
  const scope: Scope = {
    lanes: kernel.workgroupSize,
    ranges: new Map(),
    definitions: new Map(),
    replaced: new Map(),
    changing: new Set(),
  };
  return { ...kernel, body: withoutUnused(simplifyBlock(kernel.body, scope)) };
}

/** Names are unique in a kernel, so what is known of one never meets another. */
const simplifyBlock = (body: readonly Stmt[], scope: Scope): readonly Stmt[] =>
  body.flatMap((s) => simplifyStatement(s, scope));

function simplifyStatement(s: Stmt, scope: Scope): readonly Stmt[] {
  const simple = (e: Expr) => simplifyExpr(e, scope);
  switch (s.kind) {
    case "let":
      return simplifyLet(s.name, simple(s.value), scope);
    case "var":
      scope.changing.add(s.name);
      return [{ ...s, value: simple(s.value) }];
    case "assign":
      return [{ ...s, value: simple(s.value) }];
    case "store":
      return [{ ...s, index: simple(s.index), value: simple(s.value) }];
    case "for":
      return simplifyLoop(
        { ...s, from: simple(s.from), below: simple(s.below), step: simple(s.step) },
        scope,
      );
    case "if": {
      const when = simple(s.when);
      if (when.kind === "literal") return simplifyBlock(when.value ? s.then : s.otherwise, scope);
      const [then, otherwise] = [simplifyBlock(s.then, scope), simplifyBlock(s.otherwise, scope)];
      return [{ kind: "if", when, then, otherwise }];
    }
    case "copy":
    case "multiply":
      return [withParts(s, expressionsOf(s).map(simple), (block) => block)];
    case "commit":
    case "await":
    case "barrier":
    case "note":
      return [s];
  }
}

function simplifyLet(name: string, value: Expr, scope: Scope): readonly Stmt[] {
  const constant =
    value.kind === "literal" ||
    value.kind === "builtin" ||
    (value.kind === "local" && !scope.changing.has(value.name));
  if (constant) {
    scope.replaced.set(name, value);
    return [];
  }
  if (value.type.scalar === "u32" || value.type.scalar === "i32")
    scope.ranges.set(name, rangeOf(value, scope));
  if (isStable(value, scope)) scope.definitions.set(name, value);
  return [{ kind: "let", name, value }];
}

/** Whether the expression has the same value wherever its names are visible. */
function isStable(e: Expr, scope: Scope): boolean {
  if (e.kind === "load" || e.kind === "subgroup") return false;
  if (e.kind === "local" && scope.changing.has(e.name)) return false;
  return childrenOf(e).every((child) => isStable(child, scope));
}

function simplifyLoop(s: Stmt & { readonly kind: "for" }, scope: Scope): readonly Stmt[] {
  const [from, below, step] = [
    rangeOf(s.from, scope),
    rangeOf(s.below, scope),
    rangeOf(s.step, scope),
  ];
  if (from.least >= below.most) return [];
  const once =
    from.most < below.least && from.least + step.least >= below.most && isStable(s.below, scope);
  const limit = s.from.type.scalar === "u32" ? 2 ** 32 : 2 ** 31;
  if (once && from.most + step.most < limit) {
    return [...simplifyLet(s.name, s.from, scope), ...simplifyBlock(s.body, scope)];
  }
  // A loop that could wrap around could come back below its start.
  if (step.least >= 1 && below.most + step.most - 1 < limit) {
    scope.ranges.set(s.name, { least: from.least, most: below.most - 1 });
  }
  return [{ ...s, body: simplifyBlock(s.body, scope) }];
}

/** Operands first, then rules until none applies. */
function simplifyExpr(e: Expr, scope: Scope): Expr {
  return improve(
    withChildren(e, (child) => simplifyExpr(child, scope)),
    scope,
  );
}

function improve(e: Expr, scope: Scope): Expr {
  switch (e.kind) {
    case "local":
      return scope.replaced.get(e.name) ?? e;
    case "call": {
      const better = fold(e) ?? applyRules(e, scope);
      // A result may hold new calls inside; they become simple in turn.
      return better ? (better.kind === "call" ? simplifyExpr(better, scope) : better) : e;
    }
    case "component":
      return improveComponent(e);
    default:
      return e;
  }
}

function improveComponent(e: Expr & { readonly kind: "component" }): Expr {
  const { of } = e;
  if (of.type.width === 1) return of;
  if (of.kind === "literal") return { ...of, type: e.type };
  if (of.kind === "vector") return of.parts.length === 1 ? of.parts[0]! : of.parts[e.index]!;
  return e;
}

/** A call of literals, where targets can spell the result and would calculate the same. */
function fold(e: Expr & { readonly kind: "call" }): Expr | null {
  const values: (number | boolean)[] = [];
  for (const a of e.args) {
    if (a.kind !== "literal") return null;
    values.push(a.type.scalar === "bool" ? a.value !== 0 : a.value);
  }
  const { scalar } = e.args[e.fn === "select" ? 1 : 0]!.type;
  const integer = scalar === "i32" || scalar === "u32";
  if (inexact.includes(e.fn) || (integer && (e.fn === "div" || e.fn === "mod") && values[1] === 0))
    return null;
  const value = Number(evaluateCall(e.fn, values, scalar));
  return Number.isFinite(value) ? { kind: "literal", value, type: e.type } : null;
}

/** Devices differ in their last digits. */
const inexact: readonly string[] = ["exp", "log", "tanh", "sin", "cos", "rsqrt"];

function applyRules(e: Expr & { readonly kind: "call" }, facts: Facts): Expr | null {
  const { scalar, width } = e.args[e.fn === "select" ? 1 : 0]!.type;
  const integer = width === 1 && (scalar === "i32" || scalar === "u32");
  const fits = (rule: Rule) =>
    typeof rule.fn === "string" ? rule.fn === e.fn : rule.fn.includes(e.fn);
  for (const rule of rules) {
    if (!fits(rule) || (rule.of === "integers" && !integer)) continue;
    const better = rule.apply(e.args, e, facts);
    if (better) return better;
  }
  return null;
}

/** Without lets that nothing reads and blocks that do nothing, until all are of use. */
function withoutUnused(body: readonly Stmt[]): readonly Stmt[] {
  const used = new Set<string>();
  visit(body, (e) => {
    if (e.kind === "local") used.add(e.name);
  });
  const kept = sweep(body, used);
  return kept.changed ? withoutUnused(kept.body) : body;
}

type Swept = { readonly body: readonly Stmt[]; readonly changed: boolean };

function sweep(body: readonly Stmt[], used: ReadonlySet<string>): Swept {
  let changed = false;
  const inner = (block: readonly Stmt[]) => {
    const swept = sweep(block, used);
    changed ||= swept.changed;
    return swept.body;
  };
  const kept = body.map((s) => withBlocks(s, inner)).filter((s) => isUseful(s, used));
  return { body: kept, changed: changed || kept.length < body.length };
}

function withBlocks(s: Stmt, f: (block: readonly Stmt[]) => readonly Stmt[]): Stmt {
  if (s.kind === "for") return { ...s, body: f(s.body) };
  return s.kind === "if" ? { ...s, then: f(s.then), otherwise: f(s.otherwise) } : s;
}

const isEmpty = (block: readonly Stmt[]) => block.every((s) => s.kind === "note");

function isUseful(s: Stmt, used: ReadonlySet<string>): boolean {
  if (s.kind === "let") return used.has(s.name);
  if (s.kind === "for") return !isEmpty(s.body);
  return s.kind !== "if" || !isEmpty(s.then) || !isEmpty(s.otherwise);
}
