/** Reading PTX, and refusing what the emulator does not run: errors name the line. */
import assert from "node:assert/strict";
import { readPtx } from "../../../../targets/cuda/emulator/ptx/read.ts";
import { plainName } from "../../../../targets/cuda/emulator/translate/layout.ts";
import { translate } from "../../../../targets/cuda/emulator/translate/translate.ts";
import { head } from "./tools.ts";

const kernel = (body: string): string =>
  `${head}.visible .entry k(.param .u64 p0)\n{\n${body}\n}\n`;

const refuse = (body: string, words: RegExp): void =>
  assert.throws(
    () => translate(readPtx(kernel(body))),
    (error: Error) => {
      assert.equal(error.name, "UserError");
      assert.match(error.message, words);
      return true;
    },
  );

describe("reading PTX", () => {
  it("gives declarations, statements and lines", () => {
    const module = readPtx(`${head}
      .global .align 4 .b8 table[8] = {1, 0xff, 3};
      .extern .shared .align 16 .b8 dynamic[];
      .visible .entry k(.param .u64 .ptr .align 8 p0, .param .align 4 .b8 p1[12]) .maxntid 64, 2, 1
      {
        .reg .pred %p<2>; .reg .f32 %f<3>;
        .shared .align 16 .f32 tile[4][8];
        .loc 1 7 3
        // A comment.
        @!%p1 ld.global.nc.v2.f32 {%f1, _}, [table+4];
        .loc 2 9 1, function_name $L__info, inlined_at 1 12 5
      $L_1: bra.uni $L_1;
      }
      .file 1 "a/kernels.cu"
      .section .debug_str { .b8 1,2 }`);
    assert.equal(module.target, "sm_80");
    assert.equal(module.files.get(1), "a/kernels.cu");
    assert.deepEqual(module.variables[0]!.initial, [1n, 255n, 3n]);
    assert.equal(module.variables[1]!.count, 0);
    const [k] = module.kernels;
    assert.deepEqual(
      k!.parameters.map((p) => p.bytes),
      [8, 12],
    );
    assert.deepEqual(k!.maxThreads, [64, 2, 1]);
    assert.deepEqual([...k!.registers.keys()], ["%p0", "%p1", "%f0", "%f1", "%f2"]);
    assert.equal(k!.variables[0]!.count, 32);
    const [load, label, branch] = k!.statements;
    assert.deepEqual(load, {
      kind: "instruction",
      name: "ld",
      modifiers: ["global", "nc", "v2", "f32"],
      operands: [
        { kind: "list", parts: [{ kind: "register", name: "%f1" }, { kind: "nothing" }] },
        { kind: "address", base: { kind: "symbol", name: "table", offset: 0n }, offset: 4n },
      ],
      guard: { register: "%p1", negated: true },
      line: 13,
      source: { file: 1, line: 7 },
    });
    assert.deepEqual(label, { kind: "label", name: "$L_1" });
    assert.equal(branch!.kind === "instruction" && branch!.source!.line, 12);
  });

  it("gives registers of nested scopes names of their own", () => {
    const { kernels } = readPtx(
      kernel(".reg .b32 a; { .reg .b32 a; mov.u32 a, 1; } mov.u32 a, 2; ret;"),
    );
    const names = kernels[0]!.statements.map((s) => s.kind === "instruction" && s.operands[0]);
    assert.deepEqual(names.slice(0, 2), [
      { kind: "register", name: "a$2" },
      { kind: "register", name: "a" },
    ]);
  });

  it("takes the names of shared variables from mangled ones", () => {
    assert.equal(plainName("_ZZ10matmul_f32E2As"), "As");
    assert.equal(plainName("_ZZ14matmul_bf16_tcPK13__nv_bfloat16S1_PfiiiE2As"), "As");
    assert.equal(plainName("_ZZ1kvE4tile_0"), "tile");
    assert.equal(plainName("plain"), "plain");
  });

  it("names the line of what is not PTX", () => {
    assert.throws(() => readPtx("hello"), /PTX line 1: 'hello' is not supported/);
    assert.throws(() => readPtx(`${head}\n#`), /PTX line 5: cannot read "#"/);
    assert.throws(
      () => readPtx(`${head}.visible .func f() { ret; }`),
      /PTX line 4: a function that is called .* __forceinline__/,
    );
    assert.throws(() => readPtx(`${head}.entry k() { mov.u32 %r1, 0; `), /does not end/);
    assert.throws(() => readPtx(`${head}.tex .u32 image;`), /'\.tex' is not supported/);
  });

  for (const [body, words] of [
    ["frobnicate.u32 a, 1;", /PTX line 7: this instruction is not supported: frobnicate\.u32/],
    [".reg .b32 a; add.rounded.u32 a, a, a;", /this form is not supported: add\.rounded\.u32/],
    [".reg .f32 a; add.rn.ftz.wide.f32 a, a, a;", /this form is not supported/],
    [".reg .f64 a; add.rz.f64 a, a, a;", /this form is not supported: add\.rz\.f64/],
    [".reg .b32 a; mov.u32 a, %smid;", /'%smid' has no value here/],
    [".reg .b32 a; mov.u32 a, unknown;", /'unknown' is not declared/],
    ["bar.sync 1;", /only barrier 0/],
    ["bar.sync 0, 64;", /not supported: bar\.sync/],
    [".reg .b32 a; ld.global.v8.b32 a, [a];", /not supported: ld\.global\.v8\.b32/],
    [".reg .b64 a; st.const.b64 [a], a;", /constant memory cannot be written/],
    [".reg .b32 a; ld.param.u32 a, [p9];", /'p9' is not a parameter/],
    [".reg .b32 a; ld.param.u32 a, [p0+8];", /not supported/],
    ["call (x), f, (y);", /a call is not supported: make the function __forceinline__/],
    [
      ".reg .b32 a<9>; .reg .f32 d<4>; mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {a0,a1,a2,a3}, {a0,a1,a2,a3}, {a0,a1}, {a0,a1,a2,a3};",
      /supported are m16n8k16/,
    ],
    [".reg .b32 a; cvt.rn.satfinite.e4m3x2.f32 a, a, a;", /not supported: cvt/],
    [".reg .b32 a; .reg .b64 b; cp.async.cg.shared.global [a], [b], 8;", /not supported/],
    ["wgmma.fence.sync.aligned;", /this instruction is not supported/],
  ] as const)
    it(`refuses ${body
      .split(";")
      .find((s) => !s.trim().startsWith(".reg"))!
      .trim()
      .slice(0, 40)}`, () => refuse(`\n${body}`, words));
});
