/** The gates against machine code in which something is wrong on purpose. */
import assert from "node:assert/strict";
import { KernelBuilder } from "../../../../codegen/build.ts";
import type { Kernel } from "../../../../codegen/kernel.ts";
import { architectureOf } from "../../../../targets/cuda/architectures.ts";
import { assemble, compilePtx } from "../../../../targets/cuda/nvcc.ts";
import { printCudaFile } from "../../../../targets/cuda/print.ts";
import type { KernelResources } from "../../../../targets/cuda/ptxas.ts";
import { censusOf } from "../../../../targets/cuda/sass/census.ts";
import { claimsOf } from "../../../../targets/cuda/sass/claims.ts";
import { readCubin } from "../../../../targets/cuda/sass/cubin.ts";
import { problemsOf } from "../../../../targets/cuda/sass/gates.ts";
import { needs } from "../emulator/tools.ts";
import { matrixProduct } from "../samples.ts";

/** y = 2 x, four numbers a lane, through workgroup memory. */
function doubled(): Kernel {
  const k = new KernelBuilder();
  const [x, y] = [k.buffer("x", "f32", 256), k.buffer("y", "f32", 256)];
  const near = k.workgroup("near", "f32", 256);
  const at = k.builtin("lane").times(4);
  k.store(near, at, k.load(x, at, 4));
  k.barrier();
  const quad = k.load(near, at, 4);
  k.store(y, at, quad.plus(quad));
  return k.finish("doubled", 64);
}

const kernel = doubled();
const architecture = architectureOf("sm_80");
const census = { BAR: 1, "LDG.128": 1, "LDS.128": 1, "STG.128": 1, "STS.128": 1 };
const resources: KernelResources = {
  ...{ registers: 32, workgroupBytes: 1024, barriers: 1 },
  ...{ stackBytes: 0, spillStores: 0, spillLoads: 0 },
};
const good = { kernel, architecture, census, resources, steady: true };
const withResources = (more: Partial<KernelResources>) =>
  problemsOf({ ...good, resources: { ...resources, ...more } });
const withCensus = (more: Readonly<Record<string, number>>) =>
  problemsOf({ ...good, census: { ...census, ...more } });

describe("what a kernel asks for", () => {
  it("is told by instruction, width and places in its text", () => {
    assert.deepEqual(Object.fromEntries(claimsOf(kernel)), census);
    const product = claimsOf(matrixProduct(24).kernel);
    assert.deepEqual(
      ["HMMA", "LDSM", "LDGSTS.128"].map((name) => product.get(name)),
      [1, 1, 2],
    );
  });
});

describe("the gates of machine code", () => {
  it("let pass what is as its kernel asks, and what is joined to wider accesses", () => {
    assert.deepEqual(problemsOf(good), []);
    assert.deepEqual(withCensus({ "LDG.128": 8, FFMA: 3 }), []);
  });

  it("tell of spills, stack, registers and workgroup memory", () => {
    assert.deepEqual(withResources({ spillStores: 8, spillLoads: 4 }), [
      "spills 8 bytes and loads 4 again",
    ]);
    assert.deepEqual(withResources({ stackBytes: 40 }), ["takes 40 bytes of stack"]);
    assert.deepEqual(withResources({ registers: 256 }), ["takes 256 registers a lane"]);
    assert.deepEqual(withResources({ workgroupBytes: 164 * 2 ** 10 }), [
      "takes 167936 bytes of workgroup memory, of which there are 166912",
      "cannot start: its workgroup does not fit a multiprocessor's memory",
    ]);
    const large = { ...good, kernel: { ...kernel, workgroupSize: 1024 } };
    assert.deepEqual(problemsOf({ ...large, resources: { ...resources, registers: 80 } }), [
      "cannot start: its workgroup does not fit a multiprocessor's registers",
    ]);
  });

  it("tell of f64, local memory and addresses of an unknown kind", () => {
    assert.deepEqual(withCensus({ DFMA: 2, "STL.32": 1, "LDL.64": 3, "LD.32": 1 }), [
      "has 2 DFMA: f64",
      "has 3 LDL: local memory",
      "has 1 STL: local memory",
      "has 1 LD: an address of any kind of memory",
    ]);
  });

  it("tell of accesses that were taken apart", () => {
    const { "LDG.128": _, ...others } = census;
    assert.deepEqual(problemsOf({ ...good, census: { ...others, "LDG.32": 4 } }), [
      "has no LDG.128, which its text asks for",
      "has LDG.32, narrower than any that its text asks for",
    ]);
    assert.deepEqual(withCensus({ "STS.64": 1 }), [
      "has STS.64, narrower than any that its text asks for",
    ]);
  });

  it("let pass one narrow access in sixteen wide ones where nvcc may make either text, and no more", () => {
    const narrow = ["has LDS.32, narrower than any that its text asks for"];
    const either = (more: Readonly<Record<string, number>>) =>
      problemsOf({ ...good, steady: false, census: { ...census, ...more } });
    assert.deepEqual(either({ "LDS.128": 16, "LDS.32": 1 }), []);
    assert.deepEqual(either({ "LDS.128": 31, "LDS.32": 2 }), narrow);
    assert.deepEqual(withCensus({ "LDS.128": 999, "LDS.32": 1 }), narrow);
  });

  it("tell of what is missing and of what nobody asked for", () => {
    const { BAR: _, ...others } = census;
    assert.deepEqual(problemsOf({ ...good, census: others }), [
      "has no BAR, which its text asks for",
    ]);
    assert.deepEqual(withCensus({ HMMA: 1, "LDGSTS.128": 1 }), [
      "has HMMA, which its text does not ask for",
      "has LDGSTS.128, which its text does not ask for",
    ]);
  });
});

/** Each changes the kernel's CUDA text; what the gates then say. */
const planted: readonly {
  readonly what: string;
  readonly from: string;
  readonly to: string;
  readonly says: readonly RegExp[];
}[] = [
  {
    what: "loads and stores one number at a time",
    from: "return *reinterpret_cast<const Vector*>(from + index);",
    to: "volatile const Scalar* at = from + index; return {at[0], at[1], at[2], at[3]};",
    says: [/has no LDG\.128/, /has no LDS\.128/, /has LDG\.32, narrower/, /has LDS\.32, narrower/],
  },
  {
    what: "computes in f64",
    from: "a.x + b.x",
    to: "float(double(a.x) * 3.0 + double(b.x))",
    says: [/has 1 DMUL: f64/, /has 1 DADD: f64/],
  },
  {
    what: "keeps an array whose places are not known",
    from: "a.x + b.x",
    to: "[&] { float all[64]; for (int i = 0; i < 64; i++) all[i ^ int(a.y)] = a.z; return all[int(a.w)]; }()",
    says: [/takes \d+ bytes of stack/, /has \d+ LDL: local memory/, /has \d+ STL: local memory/],
  },
  {
    // Without it each lane reads what it wrote itself, and workgroup memory is not read at all.
    ...{ what: "has lost its barrier", from: "__syncthreads();", to: ";" },
    says: [/has no BAR/, /has no LDS\.128/],
  },
];

describe("the gates of what nvcc and ptxas make", function () {
  this.timeout(60_000);
  const text = printCudaFile([kernel]);
  const problemsIn = async (changed: string) => {
    const { ptx } = await compilePtx(changed);
    const { sm_80: made } = await assemble(ptx, ["sm_80"], { warnings: "pass" });
    const code = readCubin(made.cubin)["doubled"]!;
    return problemsOf({
      ...{ kernel, architecture, steady: true, resources: made.resources["doubled"]! },
      census: censusOf(code, "sm_80"),
    });
  };
  it("pass a kernel as it is printed", async function () {
    needs(this, "nvcc");
    assert.deepEqual(await problemsIn(text), []);
  });
  for (const { what, from, to, says } of planted)
    it(`tell of one that ${what}`, async function () {
      needs(this, "nvcc");
      assert.ok(text.includes(from), `the text has no ${from}`);
      const problems = await problemsIn(text.replace(from, to));
      assert.equal(problems.length, says.length, problems.join("; "));
      for (const [i, said] of says.entries()) assert.match(problems[i]!, said);
    });
});
