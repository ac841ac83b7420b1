/** Copies beside other work and products by matrix units: what they mean, and that targets without them can do the same. */
import assert from "node:assert/strict";
import { KernelBuilder } from "../../codegen/build.ts";
import { roundTo } from "../../codegen/interpret/spell.ts";
import { allocateMemory, type FaultKind, interpret, KernelFault } from "../../codegen/interpret.ts";
import { type Caps, type Kernel, minimumCaps } from "../../codegen/kernel.ts";
import { placeOfSum } from "../../codegen/multiply.ts";
import { printPlain } from "../../codegen/plain.ts";
import { literal, type Val } from "../../codegen/val.ts";
import { multiplyProblem } from "../../codegen/verify/statements.ts";
import { verifyKernel } from "../../codegen/verify.ts";
import { copyAtOnce, multiplyInLoops } from "../../targets/legalize.ts";

const caps: Caps = {
  ...minimumCaps,
  subgroup: { size: 32 },
  f16: true,
  matrixUnits: true,
  asyncCopy: true,
};
const [rows, columns, depth] = [32, 24, 16] as const;
const numbers = {
  plus: (a: number, b: number) => a + b,
  times: (a: number, n: number) => a * n,
  over: (a: number, n: number) => Math.floor(a / n),
  modulo: (a: number, n: number) => a % n,
};

type Half = "f16" | "bf16";

/** One subgroup multiplies: copies of both operands, eight scalars at a time, then the sums, each by the lane that holds it. */
function product(
  change: {
    awaited?: boolean;
    barrier?: boolean;
    turned?: boolean;
    when?: (part: Val) => Val;
  } = {},
  half: Half = "f16",
) {
  const k = new KernelBuilder();
  const [a, b] = [k.buffer("a", half, rows * depth), k.buffer("b", half, depth * columns)] as const;
  const out = k.buffer("out", "f32", rows * columns);
  const [left, right] = [
    k.workgroup("left", half, rows * depth),
    k.workgroup("right", half, depth * columns),
  ] as const;
  const sums = k.registers("sums", "f32", (rows * columns) / 32);
  const lane = k.builtin("lane");
  k.loop("i", 0, sums.length, 1, (i) => k.store(sums, i, 0));
  for (const [to, from] of [
    [left, a],
    [right, b],
  ] as const)
    k.loop("part", lane, from.length / 8, 32, (part) =>
      k.copy(to, part.times(8), from, part.times(8), 8, change.when?.(part)),
    );
  k.commit();
  if (change.awaited !== false) k.await();
  if (change.barrier !== false) k.barrier();
  const zero = literal(0, "u32");
  k.multiply(
    sums,
    { memory: left, index: zero, stride: depth },
    { memory: right, index: zero, stride: change.turned ? depth : columns },
    { rows, columns, depth },
    change.turned,
  );
  const arithmetic = {
    plus: (x: Val, y: Val | number) => x.plus(y),
    times: (x: Val, n: number) => x.times(n),
    over: (x: Val, n: number) => x.over(n),
    modulo: (x: Val, n: number) => x.modulo(n),
  };
  k.loop("i", 0, sums.length, 1, (i) => {
    const { row, column } = placeOfSum(arithmetic, i, lane, columns);
    k.store(out, row.times(columns).plus(column), k.load(sums, i));
  });
  return k.finish("product", 32);
}

const numbersIn = (half: Half, length: number, of: (i: number) => number) => {
  const memory = allocateMemory(half, length, true);
  for (let i = 0; i < length; i++) memory.data[i] = roundTo[half](of(i));
  return memory;
};
const operands = (half: Half) =>
  [
    numbersIn(half, rows * depth, (i) => Math.sin(i * 1.7)),
    numbersIn(half, depth * columns, (i) => Math.cos(i * 0.9)),
  ] as const;

function run(kernel: Kernel, half: Half = "f16", [a, b] = operands(half)): Float32Array {
  const out = allocateMemory("f32", rows * columns, false);
  interpret(kernel, [1, 1, 1], [a, b, out], caps);
  return out.data as Float32Array;
}

function expectedOf(half: Half): readonly number[] {
  const [a, b] = operands(half);
  return Array.from({ length: rows * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    let sum = 0;
    for (let d = 0; d < depth; d++) sum += a.data[row * depth + d]! * b.data[d * columns + column]!;
    return sum;
  });
}

const faults = (kind: FaultKind, kernel: Kernel) =>
  assert.throws(
    () => run(kernel),
    (e: unknown) => e instanceof KernelFault && e.kind === kind,
    kind,
  );

describe("products by matrix units", () => {
  for (const half of ["f16", "bf16"] as const)
    it(`of ${half} are those of the two matrices, whatever lane holds a sum`, () => {
      const kernel = verifyKernel(product({}, half), caps);
      const found = run(kernel, half);
      for (const [i, sum] of expectedOf(half).entries())
        assert.ok(Math.abs(found[i]! - sum) < 3e-6, `${i}: ${found[i]} for ${sum}`);
      assert.deepEqual(run(multiplyInLoops(copyAtOnce(kernel)), half), found);
    });
  it("may find their right operand turned", () => {
    const [left, right] = operands("f16");
    const turned = numbersIn(
      "f16",
      depth * columns,
      (i) => right.data[(i % depth) * columns + Math.floor(i / depth)]!,
    );
    const kernel = verifyKernel(product({ turned: true }), caps);
    const expected = run(product());
    assert.deepEqual(run(kernel, "f16", [left, turned]), expected);
    assert.deepEqual(run(multiplyInLoops(copyAtOnce(kernel)), "f16", [left, turned]), expected);
    assert.match(printPlain(kernel), /right\[0u; 24 × 16, turned, by 16\]/);
  });
  it("hold each place of the result once", () => {
    const places = Array.from({ length: 32 }, (_, lane) =>
      Array.from({ length: (rows * columns) / 32 }, (_, i) => {
        const { row, column } = placeOfSum(numbers, i, lane, columns);
        return row * columns + column;
      }),
    ).flat();
    assert.deepEqual(
      places.toSorted((x, y) => x - y),
      [...expectedOf("f16").keys()],
    );
  });
  it("take both operands in the same half", () => {
    const kernel = product();
    const right = {
      space: "workgroup",
      name: "right",
      scalar: "bf16",
      length: depth * columns,
    } as const;
    const problems = kernel.body.flatMap((s) =>
      s.kind === "multiply"
        ? [multiplyProblem({ ...s, right: { ...s.right, memory: right } })]
        : [],
    );
    assert.deepEqual(problems, ["matrix units on f16 by bf16"]);
  });
  it("can be legalized for targets without either", () => {
    const plain = { ...caps, matrixUnits: false, asyncCopy: false };
    assert.throws(() => verifyKernel(product(), plain), /where the device has none/);
    verifyKernel(multiplyInLoops(copyAtOnce(product())), plain);
  });
  it("need whole tiles and whole subgroups", () => {
    const kernel = product();
    const changed = (more: object): Kernel => ({
      ...kernel,
      body: kernel.body.map((s) => (s.kind === "multiply" ? { ...s, ...more } : s)),
    });
    assert.throws(() => verifyKernel(changed({ rows: 8 }), caps), /rows of 8/);
    assert.throws(() => verifyKernel(changed({ depth: 8 }), caps), /a depth of 8/);
    assert.throws(() => verifyKernel(changed({ columns: 16 }), caps), /sums a lane/);
    assert.throws(() => verifyKernel({ ...kernel, workgroupSize: 48 }, caps), /subgroups of 32/);
  });
});

describe("copies beside other work", () => {
  it("bring zeros where they are left out, and read nothing there", () => {
    const found = run(product({ when: (part) => part.below(0) }));
    assert.ok(found.every((x) => x === 0));
    assert.deepEqual(run(copyAtOnce(product({ when: (part) => part.below(0) }))), found);
  });
  it("are not there before they are awaited", () =>
    faults("unwritten-read", product({ awaited: false })));
  it("are not there for others before a barrier", () =>
    faults("race", product({ barrier: false })));
  it("are awaited before the kernel ends", () => {
    const k = new KernelBuilder();
    const from = k.buffer("from", "f32", 32);
    const to = k.workgroup("to", "f32", 32);
    const lane = k.builtin("lane");
    k.copy(to, lane, from, lane, 1);
    k.commit();
    assert.throws(
      () => interpret(k.finish("left", 32), [1, 1, 1], [allocateMemory("f32", 32, true)], caps),
      /copy-not-awaited.*lane 0/,
    );
  });
  it("leave the last groups pending", () => {
    const k = new KernelBuilder();
    const from = k.buffer("from", "f32", 64);
    const out = k.buffer("out", "f32", 64);
    const to = k.workgroup("to", "f32", 64);
    const lane = k.builtin("lane");
    for (const half of [0, 32]) {
      k.copy(to, lane.plus(half), from, lane.plus(half), 1);
      k.commit();
    }
    k.await(1);
    k.store(out, lane, k.load(to, lane));
    k.await(0);
    k.store(out, lane.plus(32), k.load(to, lane.plus(32)));
    const memory = numbersIn("f16", 64, (i) => i);
    const written = allocateMemory("f32", 64, false);
    interpret(verifyKernel(k.finish("halves", 32), caps), [1, 1, 1], [memory, written], caps);
    assert.deepEqual([...written.data], [...memory.data]);
  });
  it("are found out where others still read what they overwrite", () => {
    const k = new KernelBuilder();
    const from = k.buffer("from", "f32", 32);
    const out = k.buffer("out", "f32", 32);
    const to = k.workgroup("to", "f32", 32);
    const lane = k.builtin("lane");
    k.store(to, lane, 1);
    k.barrier();
    k.store(out, lane, k.load(to, literal(31, "u32").minus(lane)));
    k.copy(to, lane, from, lane, 1);
    k.commit();
    k.await();
    const [read, written] = [allocateMemory("f32", 32, true), allocateMemory("f32", 32, false)];
    assert.throws(() => interpret(k.finish("early", 32), [1, 1, 1], [read, written], caps), /race/);
  });
});
