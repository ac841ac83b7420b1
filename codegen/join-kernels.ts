/** Several kernels as one: each keeps its own workgroups, side by side in one grid. Knows no program and no device. */
import type { BufferUse, Expr, Kernel, Memory, Stmt } from "./kernel.ts";
import { Val } from "./val.ts";
import { expressionsOf, visit, withChildren, withParts } from "./visit.ts";

/** A kernel with its grid and, for each of its buffers, a number that equal buffers share. */
export type Part = {
  readonly kernel: Kernel;
  readonly grid: readonly [number, number, number];
  readonly buffers: readonly number[];
};

/** Whether the lanes of a workgroup work together, so that all must run it; a subgroup's may do so among themselves. */
export function lanesMeet({ workgroupMemory, body }: Kernel): boolean {
  let meet = workgroupMemory.length > 0;
  visit(
    body,
    () => {},
    (s) => {
      meet ||= s.kind === "barrier" || s.kind === "multiply" || s.kind === "copy";
    },
  );
  return meet;
}

export const workgroupsOf = ({ grid }: Part): number => grid[0] * grid[1] * grid[2];

/** Lanes beyond a smaller part's own do nothing there, so such a part must not be one whose lanes meet. */
export function joinKernels(parts: readonly Part[]): Part {
  const joined = new Joined(parts);
  const workgroupSize = Math.max(...parts.map((p) => p.kernel.workgroupSize));
  let start = 0;
  const bodies = parts.map((part) => {
    const from = start;
    start += workgroupsOf(part);
    return { body: joined.add(part, from, workgroupSize), until: start };
  });
  const body = bodies.reduceRight<readonly Stmt[] | null>(
    (otherwise, { body: then, until }) =>
      otherwise === null
        ? then
        : [{ kind: "if", when: below("workgroup_x", until), then, otherwise }],
    null,
  )!;
  return {
    kernel: {
      name: parts.map((p) => p.kernel.name).join("_and_"),
      workgroupSize,
      buffers: joined.buffers.map(({ use }) => use),
      workgroupMemory: [...joined.workgroup.values()],
      registers: joined.registers,
      body,
    },
    grid: [start, 1, 1],
    buffers: joined.buffers.map(({ number }) => number),
  };
}

const builtin = (name: "workgroup_x" | "lane"): Val =>
  new Val({ kind: "builtin", name, type: { scalar: "u32", width: 1 } });
const below = (name: "workgroup_x" | "lane", count: number): Expr =>
  builtin(name).below(count).expr;

/** What the parts share: names, buffers that are bound to both, workgroup memory that never serves two of them at once. */
class Joined {
  readonly buffers: { use: BufferUse; readonly number: number }[] = [];
  readonly registers: Memory[] = [];
  /** The n-th array of a type serves all parts' n-th arrays of that type, as long as the longest of them. */
  readonly workgroup: ReadonlyMap<string, Memory>;
  readonly #names = new Set<string>();

  constructor(parts: readonly Part[]) {
    const found = new Map<string, Memory>();
    for (const { kernel } of parts)
      for (const [m, key] of numberedByType(kernel.workgroupMemory)) {
        const { name = this.#fresh(m.name), length = 0 } = found.get(key) ?? {};
        found.set(key, { ...m, name, length: Math.max(length, m.length) });
      }
    this.workgroup = found;
  }

  /** The part's body for a grid in which its workgroups begin at `from`. */
  add({ kernel, grid, buffers }: Part, from: number, workgroupSize: number): readonly Stmt[] {
    const names = this.#unusedNames(kernel);
    const memories = new Map<Memory, Memory>();
    const rename = (m: Memory): Memory => ({ ...m, name: names.get(m.name)! });
    for (const [i, use] of kernel.buffers.entries())
      memories.set(use.memory, this.#buffer(use, buffers[i]!, rename));
    for (const [m, key] of numberedByType(kernel.workgroupMemory))
      memories.set(m, this.workgroup.get(key)!);
    for (const m of kernel.registers) {
      memories.set(m, rename(m));
      this.registers.push(memories.get(m)!);
    }
    const place = placeIn(grid, from, (hint) => this.#fresh(hint));
    const changes = { names, memories, builtins: place.builtins };
    const body = [...place.lets, ...renamed(kernel.body, changes)];
    return kernel.workgroupSize === workgroupSize
      ? body
      : [{ kind: "if", when: below("lane", kernel.workgroupSize), then: body, otherwise: [] }];
  }

  #buffer(use: BufferUse, number: number, rename: (m: Memory) => Memory): Memory {
    const known = this.buffers.find(
      (b) =>
        b.number === number &&
        b.use.memory.scalar === use.memory.scalar &&
        b.use.memory.length === use.memory.length,
    );
    if (!known) {
      const memory = rename(use.memory);
      this.buffers.push({ use: { ...use, memory }, number });
      return memory;
    }
    return known.use.memory;
  }

  #unusedNames(kernel: Kernel): ReadonlyMap<string, string> {
    const all = [
      ...[...kernel.buffers.map((b) => b.memory), ...kernel.registers].map((m) => m.name),
      ...localsOf(kernel.body),
    ];
    return new Map(all.map((name) => [name, this.#fresh(name)]));
  }

  #fresh(hint: string): string {
    let name = hint;
    for (let n = 2; this.#names.has(name); n++) name = `${hint}_${n}`;
    this.#names.add(name);
    return name;
  }
}

/** Each with its type and its place among those of that type. */
function numberedByType(memories: readonly Memory[]): readonly (readonly [Memory, string])[] {
  const counts = new Map<string, number>();
  return memories.map((m) => {
    const number = counts.get(m.scalar) ?? 0;
    counts.set(m.scalar, number + 1);
    return [m, `${m.scalar} ${number}`] as const;
  });
}

function localsOf(body: readonly Stmt[]): readonly string[] {
  const found: string[] = [];
  visit(
    body,
    () => {},
    (s) => {
      if (s.kind === "let" || s.kind === "var" || s.kind === "for") found.push(s.name);
    },
  );
  return found;
}

type Builtins = ReadonlyMap<string, Expr>;

/** What the workgroup's indices are within a part. Along axes of one they stay as they are: 0. */
function placeIn(
  [x, y, z]: Part["grid"],
  from: number,
  fresh: (hint: string) => string,
): { readonly lets: readonly Stmt[]; readonly builtins: Builtins } {
  const lets: Stmt[] = [];
  const named = (hint: string, v: Val): Val => {
    if (v.expr.kind === "builtin") return v;
    const name = fresh(hint);
    lets.push({ kind: "let", name, value: v.expr });
    return new Val({ kind: "local", name, type: v.type });
  };
  const own = builtin("workgroup_x");
  const place = named("place", from === 0 ? own : own.minus(from));
  const builtins = new Map<string, Expr>();
  builtins.set("workgroup_x", named("across", y * z === 1 ? place : place.modulo(x)).expr);
  if (y > 1)
    builtins.set(
      "workgroup_y",
      named("down", z === 1 ? place.over(x) : place.over(x).modulo(y)).expr,
    );
  if (z > 1) builtins.set("workgroup_z", named("layer", place.over(x * y)).expr);
  return { lets, builtins };
}

type Changes = {
  readonly names: ReadonlyMap<string, string>;
  readonly memories: ReadonlyMap<Memory, Memory>;
  readonly builtins: Builtins;
};

function renamed(body: readonly Stmt[], changes: Changes): readonly Stmt[] {
  const { names, memories, builtins } = changes;
  const memory = (m: Memory) => memories.get(m)!;
  const expr = (e: Expr): Expr => {
    if (e.kind === "builtin") return builtins.get(e.name) ?? e;
    if (e.kind === "local") return { ...e, name: names.get(e.name)! };
    const inner = withChildren(e, expr);
    return inner.kind === "load" ? { ...inner, from: memory(inner.from) } : inner;
  };
  return body.map((s): Stmt => {
    const parts = withParts(s, expressionsOf(s).map(expr), (block) => renamed(block, changes));
    switch (parts.kind) {
      case "let":
      case "var":
      case "assign":
      case "for":
        return { ...parts, name: names.get(parts.name)! };
      case "store":
        return { ...parts, to: memory(parts.to) };
      case "copy":
        return { ...parts, to: memory(parts.to), from: memory(parts.from) };
      case "multiply":
        return {
          ...parts,
          sums: memory(parts.sums),
          left: { ...parts.left, memory: memory(parts.left.memory) },
          right: { ...parts.right, memory: memory(parts.right.memory) },
        };
      default:
        return parts;
    }
  });
}
