/** Small PTX kernels that differ in one instruction each, from whose machine code the numbers of instructions are found. */

/** Bits that one lane reads or writes at once. */
export type AccessBits = 8 | 16 | 32 | 64 | 128;

/** Two kernels: `instruction(i)` is what `with` has, `copies` times, and `without` has not. */
export type Probe = {
  readonly name: string;
  /** Set for each of the widths of an access to memory. */
  readonly bits?: AccessBits;
  /** PTX that both have, before and after. */
  readonly before?: string;
  readonly after?: string;
  readonly instruction: (i: number) => string;
  /** In their place; nothing when left out. */
  readonly without?: (i: number) => string;
};

/** Each instruction comes so often, at other addresses: what is only around it comes less or more often. */
export const copies = 5;

const everyWidth: readonly AccessBits[] = [8, 16, 32, 64, 128];
const types: Readonly<Record<AccessBits, string>> = {
  ...{ 8: "u8", 16: "u16", 32: "u32", 64: "v2.u32", 128: "v4.u32" },
};

/** Registers that hold a value of so many bits, the same for copy `i` in a load and a store. */
function registers(bits: AccessBits, i: number): string {
  if (bits < 32) return `%half${i}`;
  const words = Array.from({ length: bits / 32 }, (_, word) => `%word${4 * i + word}`);
  return words.length === 1 ? words[0]! : `{${words.join(", ")}}`;
}

type Space = "global" | "shared" | "local" | "generic";
const addresses: Readonly<Record<Space, string>> = {
  ...{ global: "%from", shared: "%near", local: "%own", generic: "%unknown" },
};
const spaceName = (space: Space) => (space === "generic" ? "" : `.${space}`);

const load = (space: Space, bits: AccessBits) => (i: number) =>
  `ld${spaceName(space)}.${types[bits]} ${registers(bits, i)}, [${addresses[space]} + ${64 * i}];`;
const store = (space: Space, bits: AccessBits) => (i: number) =>
  `st${spaceName(space)}.${types[bits]} [${addresses[space]} + ${64 * i + 1024}], ${registers(bits, i)};`;

const all = (text: (i: number) => string): string =>
  Array.from({ length: copies }, (_, i) => text(i)).join("\n");

/** Loads are kept alive by stores to another space; stores take what nobody computes. */
const memoryProbes = (
  name: string,
  make: (bits: AccessBits) => Omit<Probe, "name" | "bits">,
): readonly Probe[] => everyWidth.map((bits) => ({ name, bits, ...make(bits) }));

const loads = (name: string, space: Space): readonly Probe[] =>
  memoryProbes(name, (bits) => ({
    instruction: load(space, bits),
    after: all(store(space === "shared" ? "global" : "shared", bits)),
  }));

const stores = (name: string, space: Space): readonly Probe[] =>
  memoryProbes(name, (bits) => ({ instruction: store(space, bits) }));

/** The lane's own memory is written only where it is read again. */
const localStores: readonly Probe[] = memoryProbes("STL", (bits) => ({
  instruction: store("local", bits),
  after: `ld.local.u32 %word30, [%elsewhere]; st.shared.u32 [%near], %word30;`,
}));

const copyProbes = ([32, 64, 128] as const).map(
  (bits): Probe => ({
    ...{ name: "LDGSTS", bits },
    instruction: (i) =>
      `cp.async.${bits === 128 ? "cg" : "ca"}.shared.global [%near + ${64 * i}], [%from + ${64 * i}], ${bits / 8};`,
    after: "cp.async.commit_group; cp.async.wait_group 0;",
  }),
);

/** Operands a, b and c, and the result d. */
type Registers = Readonly<Record<"a" | "b" | "c" | "d", string>>;

/** An operation on values that are loaded before and stored after it; without it the first operand is stored. */
const operation = (
  name: string,
  type: "word" | "float" | "double",
  text: (registers: Registers) => string,
): Probe => {
  const [storage, bytes] = type === "double" ? ["b64", 8] : ["b32", 4];
  const value = (i: number, part: number) => `%${type}${4 * i + part}`;
  const read = (i: number) =>
    [0, 1, 2]
      .map((p) => `ld.global.${storage} ${value(i, p)}, [%from + ${64 * i + bytes * p}];`)
      .join("\n");
  const registersOf = (i: number) => ({
    ...{ a: value(i, 0), b: value(i, 1), c: value(i, 2), d: value(i, 3) },
  });
  return {
    ...{ name, before: all(read) },
    instruction: (i) => text(registersOf(i)),
    without: (i) => `mov.${storage} ${value(i, 3)}, ${value(i, 0)};`,
    after: all((i) => `st.global.${storage} [%to + ${64 * i}], ${value(i, 3)};`),
  };
};

const matrixLoad: Probe = {
  name: "LDSM",
  instruction: (i) =>
    `ldmatrix.sync.aligned.m8n8.x4.shared.b16 ${registers(128, i)}, [%near + ${64 * i}];`,
  after: all(store("global", 128)),
};

/** The sums of one product are the next one's. */
const matrixProduct: Probe = {
  name: "HMMA",
  before: `${all(load("global", 128))}\n${[0, 1, 2, 3].map((p) => `mov.f32 %float${p}, 0f00000000;`).join("\n")}`,
  instruction: (i) => {
    const sums = "{%float0, %float1, %float2, %float3}";
    const right = `{%word${4 * i}, %word${4 * i + 1}}`;
    return `mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 ${sums}, ${registers(128, i)}, ${right}, ${sums};`;
  },
  after: `${all(store("shared", 128))}\nst.global.v4.f32 [%to], {%float0, %float1, %float2, %float3};`,
};

const barrier: Probe = {
  name: "BAR",
  instruction: (i) => `bar.sync 0;\nst.global.u32 [%to + ${64 * i}], %near;`,
  without: (i) => `st.global.u32 [%to + ${64 * i}], %near;`,
};

export const probes: readonly Probe[] = [
  ...[...loads("LDG", "global"), ...stores("STG", "global")],
  ...[...loads("LDS", "shared"), ...stores("STS", "shared")],
  ...[...loads("LDL", "local"), ...localStores],
  ...[...loads("LD", "generic"), ...stores("ST", "generic")],
  ...copyProbes,
  ...[matrixLoad, matrixProduct, barrier],
  operation("SHFL", "word", ({ d, a }) => `shfl.sync.bfly.b32 ${d}, ${a}, 1, 31, -1;`),
  operation("FFMA", "float", ({ d, a, b, c }) => `fma.rn.f32 ${d}, ${a}, ${b}, ${c};`),
  operation("FMUL", "float", ({ d, a, b }) => `mul.rn.f32 ${d}, ${a}, ${b};`),
  operation("FADD", "float", ({ d, a, b }) => `add.rn.f32 ${d}, ${a}, ${b};`),
  operation("MUFU", "float", ({ d, a }) => `ex2.approx.ftz.f32 ${d}, ${a};`),
  operation("DFMA", "double", ({ d, a, b, c }) => `fma.rn.f64 ${d}, ${a}, ${b}, ${c};`),
  operation("DMUL", "double", ({ d, a, b }) => `mul.rn.f64 ${d}, ${a}, ${b};`),
  operation("DADD", "double", ({ d, a, b }) => `add.rn.f64 ${d}, ${a}, ${b};`),
];

export const probeName = ({ name, bits }: Probe): string =>
  bits === undefined ? name : `${name}_${bits}`;

/** All probes as one file, each as NAME_with and NAME_without. */
export const probeFile = (): string =>
  [
    ".version 8.0\n.target sm_80\n.address_size 64",
    ...probes.flatMap((probe) => {
      const { before = "", after = "", instruction, without = () => "" } = probe;
      return [["with", instruction] as const, ["without", without] as const].map(([which, text]) =>
        kernelText(`${probeName(probe)}_${which}`, [before, all(text), after].join("\n")),
      );
    }),
  ].join("\n\n");

/** Addresses in every space that no assembler can know, and registers of every kind. */
const kernelText = (
  name: string,
  body: string,
): string => `.visible .entry ${name}(.param .u64 p0, .param .u64 p1) {
.reg .b16 %half<${copies}>; .reg .b32 %word<40>; .reg .f32 %float<40>; .reg .f64 %double<40>;
.reg .b32 %near; .reg .b64 %from, %to, %own, %elsewhere, %unknown, %step;
.shared .align 16 .b8 memory[8192]; .local .align 16 .b8 stack[8192];
ld.param.u64 %unknown, [p0]; cvta.to.global.u64 %from, %unknown;
ld.param.u64 %to, [p1]; cvta.to.global.u64 %to, %to;
mov.u32 %near, %tid.x; shl.b32 %near, %near, 4; cvt.u64.u32 %step, %near;
add.u64 %unknown, %unknown, %step; add.u64 %from, %from, %step; add.u64 %to, %to, %step;
mov.u64 %own, stack; add.u64 %own, %own, %step; mov.u64 %elsewhere, stack; mul.lo.u64 %step, %step, 3; add.u64 %elsewhere, %elsewhere, %step;
mov.u32 %word30, memory; add.u32 %near, %near, %word30;
${body}
ret;
}`;
