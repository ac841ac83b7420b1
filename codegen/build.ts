/** The recipes' vocabulary beside arithmetic: a builder that records statements in the order the recipe runs. */

import { CompilerBug } from "../src/graph/bug.ts";
import type { Builtin, Collective, Kernel, Memory, Scalar, Stmt, Width } from "./kernel.ts";
import { literal, type Num, spread, Val } from "./val.ts";
import { accessesIn } from "./visit.ts";

/** A local that can change. Reading binds its value where it is read. */
export type Variable = { readonly get: () => Val; readonly set: (v: Num) => void };

/** A matrix in workgroup memory: its first scalar, and how many scalars from row to row. */
export type OperandAt = { readonly memory: Memory; readonly index: Val; readonly stride: number };

/** Collects one kernel. Names given as hints are made unique; the first use keeps the hint. */
export class KernelBuilder {
  #body: Stmt[] = [];
  readonly #names = new Map<string, number>();
  readonly #open: Stmt[][] = [];
  readonly #buffers: Memory[] = [];
  readonly #workgroup: Memory[] = [];
  readonly #registers: Memory[] = [];

  /** A name no other thing in this kernel has. */
  fresh(hint: string): string {
    const clean = hint
      .replace(/[^A-Za-z0-9_]/g, "_")
      .replace(/^(?=[0-9])/, "n")
      .replace(/__+/g, "_");
    const used = this.#names.get(clean) ?? 0;
    this.#names.set(clean, used + 1);
    return used === 0 ? clean : this.fresh(`${clean}_${used}`);
  }
  /** Declares the next binding; how it is accessed is found from the body. */
  buffer(hint: string, scalar: Scalar, length: number): Memory {
    const memory: Memory = { space: "buffer", name: this.fresh(hint), scalar, length };
    this.#buffers.push(memory);
    return memory;
  }
  workgroup(hint: string, scalar: Scalar, length: number): Memory {
    const memory: Memory = { space: "workgroup", name: this.fresh(hint), scalar, length };
    this.#workgroup.push(memory);
    return memory;
  }
  registers(hint: string, scalar: Scalar, length: number): Memory {
    const memory: Memory = { space: "registers", name: this.fresh(hint), scalar, length };
    this.#registers.push(memory);
    return memory;
  }
  builtin(name: Builtin): Val {
    return new Val({ kind: "builtin", name, type: { scalar: "u32", width: 1 } });
  }
  /** Reads memory now: the value is bound to a name at once, so later stores do not change it. */
  load(from: Memory, index: Num, width: Width = 1, hint = from.name): Val {
    const at = index instanceof Val ? index : literal(index, "u32");
    return this.let(
      `${hint}_value`,
      new Val({ kind: "load", from, index: at.expr, type: { scalar: from.scalar, width } }),
    );
  }
  store(to: Memory, index: Num, value: Num): void {
    const at = index instanceof Val ? index : literal(index, "u32");
    const val = value instanceof Val ? value : literal(value, to.scalar);
    if (val.type.scalar !== to.scalar)
      throw new CompilerBug(`store of ${val.type.scalar} to ${to.name}: ${to.scalar}`);
    this.#emit({ kind: "store", to, index: at.expr, value: val.expr });
  }
  /** Names a value. Literals, builtins and names pass through. */
  let(hint: string, v: Val): Val {
    if (["literal", "builtin", "local"].includes(v.expr.kind)) return v;
    const name = this.fresh(hint);
    this.#emit({ kind: "let", name, value: v.expr });
    return new Val({ kind: "local", name, type: v.type });
  }
  variable(hint: string, initial: Val): Variable {
    const name = this.fresh(hint);
    const type = initial.type;
    this.#emit({ kind: "var", name, value: initial.expr });
    const read = new Val({ kind: "local", name, type });
    return {
      get: () => {
        const bound = this.fresh(`${name}_now`);
        this.#emit({ kind: "let", name: bound, value: read.expr });
        return new Val({ kind: "local", name: bound, type });
      },
      set: (v) => {
        const value =
          v instanceof Val ? spread(v, type.width) : literal(v, type.scalar, type.width);
        this.#emit({ kind: "assign", name, value: value.expr });
      },
    };
  }
  /** Sets a variable from its own value. */
  accumulate(variable: Variable, update: (now: Val) => Val): void {
    variable.set(update(variable.get()));
  }
  loop(hint: string, from: Num, below: Num, step: Num, body: (i: Val) => void): void {
    const scalar =
      [from, below, step].find((v): v is Val => v instanceof Val)?.type.scalar ?? "u32";
    const lift = (v: Num) => (v instanceof Val ? v : literal(v, scalar)).expr;
    const name = this.fresh(hint);
    const i = new Val({ kind: "local", name, type: { scalar, width: 1 } });
    this.#emit({
      kind: "for",
      name,
      from: lift(from),
      below: lift(below),
      step: lift(step),
      body: this.#inside(() => body(i)),
    });
  }
  when(condition: Val, then: () => void, otherwise: () => void = () => {}): void {
    if (condition.expr.kind === "literal") {
      const taken = condition.expr.value ? then : otherwise;
      taken();
      return;
    }
    this.#emit({
      kind: "if",
      when: condition.expr,
      then: this.#inside(then),
      otherwise: this.#inside(otherwise),
    });
  }
  subgroup(op: Collective, v: Val, by?: number): Val {
    return this.let(
      `subgroup_${op}`,
      new Val({
        kind: "subgroup",
        op,
        of: v.expr,
        type: v.type,
        ...(by === undefined ? {} : { by }),
      }),
    );
  }
  /** Begins to copy `width` scalars; zeros come where `when` is false. Commit, then await them before they are read. */
  copy(to: Memory, toIndex: Val, from: Memory, index: Val, width: number, when?: Val): void {
    const condition = when ?? literal(1, "bool");
    this.#emit({
      ...{ kind: "copy", to, from, width },
      ...{ toIndex: toIndex.expr, index: index.expr, when: condition.expr },
    });
  }
  commit(): void {
    this.#emit({ kind: "commit" });
  }
  /** Waits for all groups of copies but the last `pending`. */
  await(pending = 0): void {
    this.#emit({ kind: "await", pending });
  }
  /** sums += left × right by a whole subgroup; sizes and places as in kernel.ts. `turned`: right is stored as columns × depth. */
  multiply(
    sums: Memory,
    left: OperandAt,
    right: OperandAt,
    size: Readonly<Record<"rows" | "columns" | "depth", number>>,
    turned = false,
  ): void {
    const at = ({ memory, index, stride }: OperandAt) => ({ memory, index: index.expr, stride });
    this.#emit({ kind: "multiply", sums, left: at(left), right: at(right), turned, ...size });
  }
  barrier(): void {
    this.#emit({ kind: "barrier" });
  }
  note(text: string): void {
    this.#emit({ kind: "note", text });
  }
  finish(name: string, workgroupSize: number): Kernel {
    const access = accessesIn(this.#body);
    return {
      name,
      workgroupSize,
      buffers: this.#buffers.map((memory) => ({ memory, access: access(memory) })),
      workgroupMemory: this.#workgroup,
      registers: this.#registers,
      body: this.#body,
    };
  }
  /** The block being written, as a token: names bound in it are visible while isOpen(token). */
  get block(): object {
    return this.#body;
  }
  isOpen(block: object): boolean {
    return block === this.#body || this.#open.includes(block as Stmt[]);
  }
  #emit(s: Stmt): void {
    this.#body.push(s);
  }
  #inside(f: () => void): readonly Stmt[] {
    const outer = this.#body;
    this.#open.push(outer);
    this.#body = [];
    f();
    const inner = this.#body;
    this.#body = outer;
    this.#open.pop();
    return inner;
  }
}
