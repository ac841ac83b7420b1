import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { minimumCaps } from "../../codegen/kernel.ts";
import type { Program } from "../../codegen/program.ts";
import type { Bundle } from "../../src/bundle/bundle.ts";
import { requireCaps } from "../../src/bundle/caps.ts";
import { printJson } from "../../src/bundle/json.ts";
import { readBundle } from "../../src/bundle/read.ts";
import { writeBundle } from "../../src/bundle/write.ts";

const kernel = (name: string, code: string) => ({
  name,
  code,
  access: ["read", "read_write"] as const,
});

/** One buffer of every kind, and kernels that share a name or a text. */
const program = (name: string): Program<ReturnType<typeof kernel>> => ({
  name,
  buffers: [
    {
      kind: "parameter",
      name: "embedding",
      dtype: "bf16",
      shape: [4, 2],
      bytes: 16,
      piece: { axis: 0, start: 4, size: 4 },
    },
    {
      kind: "input",
      name: "rotary",
      dtype: "f32",
      shape: [1, 1, 4],
      bytes: 16,
      source: { kind: "rotary", dims: 4, theta: 10000 },
    },
    { kind: "state", name: "seen", dtype: "i32", shape: [1], bytes: 4, updatedInPlace: false },
    { kind: "next", name: "seen'", dtype: "i32", shape: [1], bytes: 4, state: "seen" },
    { kind: "output", name: "logits", dtype: "f16", shape: [1, 3], bytes: 8 },
    { kind: "temporary", name: "t", dtype: "f32", shape: [2], bytes: 8, slot: 0, offset: 0 },
    {
      kind: "constant",
      name: "c",
      dtype: "f32",
      shape: [4],
      bytes: 16,
      values: [-Infinity, Number.NaN, -0, 0.1],
    },
  ],
  slots: [8],
  kernels: [
    kernel("RMS norm", "// one"),
    kernel("RMS norm", `// ${name}`),
    kernel("scan", "// scan"),
  ],
  steps: [
    { kernel: 0, buffers: [0, 5], grid: [1, 1, 1], region: "norm" },
    { kernel: 2, buffers: [5, 4], grid: [3, 1, 1], region: "scan" },
  ],
});

const spec = {
  inputs: [
    {
      name: "rotary",
      dtype: "f32",
      shape: [1, 1, 4],
      source: { kind: "rotary", dims: 4, theta: 10000 },
    },
  ],
  outputs: [{ name: "logits", dtype: "f16", shape: [1, 3] }],
  states: [{ name: "seen", dtype: "i32", shape: [1] }],
} as const;
const bundle: Bundle = {
  format: 1,
  model: "griffin",
  settings: { vocab: 3, cap: 30.5, tied: true, pattern: ["recurrent", "attention"] },
  parameters: [{ name: "embedding", shape: [8, 2] }],
  names: [
    {
      name: "hf",
      rules: [
        {
          path: { text: "embedding" },
          source: { text: "model.embed" },
          index: null,
          transpose: false,
        },
      ],
    },
  ],
  context: null,
  chunk: 16,
  batch: 1,
  caps: minimumCaps,
  entries: { prefill: spec, decode: spec },
  programs: { prefill: program("prefill"), decode: program("decode") },
};

describe("bundle", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "eyrie-"));
  });
  after(() => rm(folder, { recursive: true }));

  it("reads back exactly what was written, with one readable file for each distinct kernel", async () => {
    const path = join(folder, "whole");
    await writeBundle(path, bundle);
    assert.deepEqual(await readBundle(path), bundle);
    assert.deepEqual((await readdir(path)).sort(), ["kernels", "manifest.json", "model.ts"]);
    const kernels = await readdir(join(path, "kernels"));
    assert.deepEqual(kernels.sort(), [
      "rms_norm-2.wgsl",
      "rms_norm-3.wgsl",
      "rms_norm.wgsl",
      "scan.wgsl",
    ]);
    assert.match(await readFile(join(path, "model.ts"), "utf8"), /export class Griffin \{/);
  });

  it("replaces an older bundle whole, leaves other folders alone, and nothing behind", async () => {
    const path = join(folder, "twice");
    await writeBundle(path, bundle);
    await writeFile(join(path, "kernels", "stale.wgsl"), "");
    await writeBundle(path, { ...bundle, model: "hawk" });
    assert.equal((await readBundle(path)).model, "hawk");
    assert.ok(!(await readdir(join(path, "kernels"))).includes("stale.wgsl"));
    const own = join(folder, "own");
    await mkdir(own);
    await writeFile(join(own, "diary.txt"), "mine");
    await assert.rejects(writeBundle(own, bundle), /own holds other files; choose a new folder/);
    await assert.rejects(
      writeBundle(join(own, "diary.txt"), bundle),
      /cannot be the folder of a bundle \(ENOTDIR\)/,
    );
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.startsWith(".")),
      [],
    );
  });

  // biome-ignore lint/suspicious/noExplicitAny: manifests are broken on purpose
  type Breakable = any;
  const broken: [string, (manifest: Breakable) => void, RegExp][] = [
    [
      "another format",
      (m) => (m.format = 2),
      /manifest.json has format 2, and this version reads 1; compile the model again/,
    ],
    ["no format", (m) => delete m.format, /must have required property 'format'/],
    ["a field of no meaning", (m) => (m.extra = 1), /the top level must not have a field "extra"/],
    ["a size that is not whole", (m) => (m.chunk = 1.5), /"chunk" must be integer/],
    [
      "an unknown buffer kind",
      (m) => (m.programs.decode.buffers[0].kind = "heap"),
      /"programs\/decode\/buffers\/0" value of tag "kind"/,
    ],
    [
      "a buffer without its slot",
      (m) => delete m.programs.decode.buffers[5].slot,
      /"programs\/decode\/buffers\/5" must have required property 'slot'/,
    ],
    [
      "a kernel file outside its folder",
      (m) => (m.programs.decode.kernels[0].file = "kernels/../../secret.wgsl"),
      /must match pattern/,
    ],
    [
      "a kernel file that is not there",
      (m) => (m.programs.decode.kernels[0].file = "kernels/gone.wgsl"),
      /gone.wgsl cannot be read \(ENOENT\); compile/,
    ],
    [
      "a program without an entry",
      (m) => delete m.entries.decode,
      /the program decode has no entry/,
    ],
    [
      "an entry without a program",
      (m) => delete m.programs.decode,
      /the entry decode has no program/,
    ],
    [
      "an input that its program does not take",
      (m) => m.entries.decode.inputs.push({ name: "image", dtype: "f32", shape: [1, 1, 4] }),
      /the entry decode and its program disagree about the input "image"; compile the model again$/,
    ],
    [
      "an output of another shape than its program gives",
      (m) => (m.entries.decode.outputs[0].shape = [1, 4]),
      /the entry decode and its program disagree about the output "logits"/,
    ],
    [
      "no output that its program gives",
      (m) => m.entries.decode.outputs.pop(),
      /the entry decode and its program disagree about the output "logits"/,
    ],
    [
      "tokens below no number",
      (m) => (m.entries.decode.inputs[0].below = 0),
      /"entries\/decode\/inputs\/0\/below" must be >= 1; compile the model again$/,
    ],
    [
      "a step of no kernel",
      (m) => (m.programs.decode.steps[0].kernel = 9),
      /the program decode runs kernel 9 in step 0, but has 3/,
    ],
    [
      "a step of no buffer",
      (m) => (m.programs.decode.steps[0].buffers[0] = 7),
      /binds buffer 7 in step 0, but has 7/,
    ],
    [
      "a step with too few buffers",
      (m) => m.programs.decode.steps[0].buffers.pop(),
      /gives RMS norm 1 buffers in step 0, but it takes 2/,
    ],
    [
      "a slot too small",
      (m) => (m.programs.decode.slots[0] = 4),
      /places "t" in slot 0, which does not hold it/,
    ],
    [
      "a buffer smaller than its shape",
      (m) => (m.programs.decode.buffers[0].bytes = 4),
      /gives "embedding" 4 bytes, but its shape takes 16/,
    ],
  ];
  for (const [what, spoil, message] of broken) {
    it(`refuses a manifest with ${what} in one sentence`, async () => {
      const path = join(folder, "broken");
      await writeBundle(path, bundle);
      const file = join(path, "manifest.json");
      const manifest: Breakable = JSON.parse(await readFile(file, "utf8"));
      spoil(manifest);
      await writeFile(file, JSON.stringify(manifest));
      await assert.rejects(readBundle(path), (error: Error) => {
        assert.equal(error.name, "UserError");
        assert.match(error.message, message);
        return true;
      });
    });
  }

  it("says so when there is no bundle, or no JSON", async () => {
    await assert.rejects(
      readBundle(join(folder, "nowhere")),
      /manifest.json cannot be read \(ENOENT\)/,
    );
    const path = join(folder, "text");
    await mkdir(path);
    await writeFile(join(path, "manifest.json"), "{");
    await assert.rejects(readBundle(path), /manifest.json is not JSON/);
  });

  it("runs only on a device that offers what it was compiled for", () => {
    requireCaps(minimumCaps, minimumCaps);
    const wanted = { ...minimumCaps, f16: true, subgroup: { size: 32 }, maxBindingBytes: 2 ** 31 };
    assert.throws(
      () => requireCaps(wanted, minimumCaps),
      /maxBindingBytes 134217728 where 2147483648 was assumed, no f16, subgroups of unknown size where 32/,
    );
  });

  it("prints JSON with short things on one line", () => {
    const value = {
      numbers: [1, 2, 3],
      long: Array.from({ length: 9 }, (_, at) => `word ${at}`),
      gone: undefined,
    };
    const text = printJson(value, 60);
    assert.deepEqual(JSON.parse(text), { numbers: value.numbers, long: value.long });
    assert.match(text, /^ {2}"numbers": \[1,2,3\],$/m);
    assert.match(text, /^ {4}"word 8"$/m);
  });
});
