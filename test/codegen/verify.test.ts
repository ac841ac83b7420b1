import assert from "node:assert/strict";
import { KernelBuilder } from "../../codegen/build.ts";
import {
  type Caps,
  type Expr,
  type Kernel,
  type Memory,
  minimumCaps,
  type Stmt,
} from "../../codegen/kernel.ts";
import type { Val } from "../../codegen/val.ts";
import { verifyKernel } from "../../codegen/verify.ts";
import type { ScalarName } from "../../src/graph/graph.ts";

const one: Expr = { kind: "literal", value: 1, type: { scalar: "u32", width: 1 } };
const half: Expr = { kind: "literal", value: 0.5, type: { scalar: "f32", width: 1 } };
const local = (name: string): Expr => ({ kind: "local", name, type: { scalar: "u32", width: 1 } });
const out: Memory = { space: "buffer", name: "out", scalar: "f32", length: 8 };

const kernelOf = (body: readonly Stmt[], change: Partial<Kernel> = {}): Kernel => ({
  name: "k",
  buffers: [{ memory: out, access: "write" }],
  workgroupMemory: [],
  registers: [],
  workgroupSize: 8,
  body,
  ...change,
});

function refuses(
  pattern: RegExp,
  body: readonly Stmt[],
  change: Partial<Kernel> = {},
  caps: Partial<Caps> = {},
): void {
  assert.throws(() => verifyKernel(kernelOf(body, change), { ...minimumCaps, ...caps }), pattern);
}

const bind = (name: string, value: Expr): Stmt => ({ kind: "let", name, value });
const store = (value: Expr, index: Expr = one): Stmt => ({ kind: "store", to: out, index, value });
const sum: Expr = { kind: "subgroup", op: "sum", of: half, type: half.type };

describe("verifying kernels", () => {
  it("accepts what the builder writes", () => {
    const k = new KernelBuilder();
    const [x, y] = [k.buffer("x", "f32", 64), k.buffer("y", "f32", 64)];
    const shared = k.workgroup("shared", "f32", 64);
    const total = k.variable("total", k.load(x, k.builtin("lane")));
    k.store(shared, k.builtin("lane"), total.get());
    k.barrier();
    k.loop("i", 0, 64, 1, (i: Val) => total.set(total.get().plus(k.load(shared, i))));
    k.when(k.builtin("lane").below(8), () => k.store(y, k.builtin("lane"), total.get()));
    const kernel = k.finish("sum", 64);
    assert.equal(verifyKernel(kernel, minimumCaps), kernel);
  });
  it("refuses names that are not bound, not visible, or bound twice", () => {
    refuses(/i is not bound here, at: i/, [store(half, local("i"))]);
    refuses(/i is not bound here/, [
      {
        kind: "if",
        when: { ...one, type: { scalar: "bool", width: 1 } },
        then: [bind("i", one)],
        otherwise: [],
      },
      store(half, local("i")),
    ]);
    refuses(/the name i is bound twice/, [bind("i", one), bind("i", one)]);
    refuses(/the name out is bound twice/, [bind("out", one)]);
    refuses(/i is not a variable here/, [
      bind("i", one),
      { kind: "assign", name: "i", value: one },
    ]);
  });
  it("refuses types and widths that disagree", () => {
    refuses(/u32 where f32 belongs/, [store(one)]);
    refuses(/f32 as an index/, [store(half, half)]);
    refuses(/f32 where u32 belongs/, [
      bind("i", { kind: "call", fn: "add", args: [one, half], type: one.type }),
    ]);
    refuses(/u32x4 where u32 belongs/, [
      bind("i", {
        kind: "call",
        fn: "add",
        args: [one, { ...one, type: { scalar: "u32", width: 4 } }],
        type: one.type,
      }),
    ]);
    refuses(/exp of u32/, [bind("i", { kind: "call", fn: "exp", args: [one], type: one.type })]);
    refuses(/lt as u32, it is bool/, [
      bind("i", { kind: "call", fn: "lt", args: [one, one], type: one.type }),
    ]);
    refuses(
      /u32 where f32 belongs/,
      [bind("i", { kind: "load", from: out, index: one, type: one.type })],
      { buffers: [{ memory: out, access: "read" }] },
    );
    refuses(/the literal -1 as u32/, [bind("i", { ...one, value: -1 } as Expr)]);
  });
  it("refuses to calculate with bf16, and to convert it to anything but f32", () => {
    const type = { scalar: "bf16", width: 1 } as const;
    const stored: Expr = { kind: "cast", of: half, type };
    const call = (fn: ScalarName, ...args: Expr[]): Expr => ({ kind: "call", fn, args, type });
    const back: Expr = { kind: "cast", of: stored, type: half.type };
    verifyKernel(kernelOf([bind("h", stored), store(back)]), minimumCaps);
    for (const [message, e] of [
      [/add of bf16/, call("add", stored, stored)],
      [/max of bf16/, call("max", stored, stored)],
      [/eq of bf16/, { ...call("eq", stored, stored), type: { scalar: "bool", width: 1 } }],
      [
        /select of bf16/,
        call("select", { ...one, type: { scalar: "bool", width: 1 } }, stored, stored),
      ],
      [/fma on bf16/, { kind: "fma", args: [stored, stored, stored], type }],
      [/a subgroup operation on bf16/, { kind: "subgroup", op: "max", of: stored, type }],
      [/a cast of bf16 to i32/, { kind: "cast", of: stored, type: { scalar: "i32", width: 1 } }],
      [/a cast of u32 to bf16/, { kind: "cast", of: one, type }],
      [/a bitcast of bf16 to u32/, { kind: "bitcast", of: stored, type: one.type }],
    ] as const)
      refuses(message, [bind("bad", e as Expr)], {}, { subgroup: { size: 8 } });
  });
  it("refuses accesses that are not declared", () => {
    refuses(/out is written, but declared for reading/, [store(half)], {
      buffers: [{ memory: out, access: "read" }],
    });
    refuses(/out is not declared so/, [store(half)], { buffers: [] });
  });
  it("refuses what a device cannot do", () => {
    refuses(/512 lanes, at most 256/, [store(half)], { workgroupSize: 512 });
    refuses(/1 buffers, at most 0/, [store(half)], {}, { maxBuffersPerKernel: 0 });
    refuses(/20000 bytes of workgroup memory, at most 16384/, [], {
      workgroupMemory: [{ space: "workgroup", name: "w", scalar: "f32", length: 5000 }],
    });
    refuses(/subgroups where their size is not known/, [store(sum)]);
    refuses(/8 lanes in subgroups of 32/, [store(sum)], {}, { subgroup: { size: 32 } });
    refuses(/f16 where the device has none/, [
      bind("h", { ...half, type: { scalar: "f16", width: 1 } }),
    ]);
  });
});
