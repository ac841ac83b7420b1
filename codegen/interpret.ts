/**
 * The meaning of the kernel language: runs a kernel over a grid on the CPU, with f32 rounding and wrapping integers, and turns
 * whatever a kernel must not do into a KernelFault. Every target is checked against this. Knows nothing of programs or graphs.
 */
import { CompilerBug } from "../src/graph/bug.ts";
import { arrayName, makeShadows } from "./interpret/access.ts";
import { type FaultKind, KernelFault } from "./interpret/fault.ts";
import { type Diverged, type Lane, runLockstep } from "./interpret/lockstep.ts";
import { runtime } from "./interpret/spell.ts";
import { type Translation, translate } from "./interpret/translate.ts";
import type { Caps, Kernel, Memory, Scalar } from "./kernel.ts";
import { plainDialect } from "./plain.ts";
import { printStatement } from "./print.ts";

export { type FaultKind, KernelFault } from "./interpret/fault.ts";

/** f16 and bf16 values are kept as f32, booleans as 0 and 1. */
export type CellData = Float32Array | Int32Array | Uint32Array;
/** A buffer's cells and, unless all of them have been written, which have (1). */
export type CheckedMemory = { readonly data: CellData; readonly written: Uint8Array | null };

const arrays = { Float32Array, Int32Array, Uint32Array } as const;

/** Zeros; `written: false` makes reading a cell before it is written a fault. */
export function allocateMemory(scalar: Scalar, length: number, written: boolean): CheckedMemory {
  const data = new arrays[arrayName[scalar]](length);
  return { data, written: written ? null : new Uint8Array(length) };
}

type LaneFunction = (
  x: number,
  y: number,
  z: number,
  lane: number,
  subgroupLane: number,
  place: Int32Array,
  give: Float64Array,
  take: Float64Array,
) => Iterator<undefined> | undefined;

type Compiled = Translation & {
  readonly make: (...given: readonly unknown[]) => LaneFunction;
  readonly names: readonly string[];
};

/** What one dispatch shares with its lanes. */
type Dispatch = {
  readonly kernel: Kernel;
  readonly compiled: Compiled;
  readonly run: LaneFunction;
  /** None where lanes never meet. */
  readonly lanes: readonly Lane[];
  /** Now, and when the workgroup began: see access.ts. */
  readonly clock: Int32Array;
  readonly workgroup: [number, number, number];
  readonly subgroupSize: number;
};

/** Runs the kernel once for every workgroup of the grid; `buffers` are its bindings in order. */
export function interpret(
  kernel: Kernel,
  grid: readonly [number, number, number],
  buffers: readonly CheckedMemory[],
  caps: Pick<Caps, "subgroup">,
): void {
  const compiled = compile(kernel);
  const clock = new Int32Array(2);
  const workgroup: [number, number, number] = [0, 0, 0];
  const fault = faultOf(kernel, compiled, workgroup);
  const given: Record<string, unknown> = { ...runtime, clock, fault, ...bind(kernel, buffers) };
  const run = compiled.make(...compiled.names.map((name) => given[name]));
  const subgroupSize = subgroupSizeOf(kernel, compiled, caps);
  const lanes = makeLanes(kernel, compiled);
  const dispatch: Dispatch = { kernel, compiled, run, lanes, clock, workgroup, subgroupSize };
  const [width, height, depth] = grid;
  for (let z = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) runWorkgroup(dispatch, x, y, z);
    }
  }
}

function makeLanes({ workgroupSize }: Kernel, { meetings }: Compiled): readonly Lane[] {
  if (!meetings.length) return [];
  const depth = 1 + Math.max(...meetings.map((m) => m.loops));
  return Array.from({ length: workgroupSize }, () => ({
    steps: [].values(),
    place: new Int32Array(depth),
    give: new Float64Array(4),
    take: new Float64Array(4),
  }));
}

function runWorkgroup(dispatch: Dispatch, x: number, y: number, z: number): void {
  const { kernel, compiled, run, lanes, clock, workgroup, subgroupSize } = dispatch;
  workgroup[0] = x;
  workgroup[1] = y;
  workgroup[2] = z;
  clock[1] = ++clock[0]!;
  if (!compiled.meetings.length) {
    for (let lane = 0; lane < kernel.workgroupSize; lane++)
      run(x, y, z, lane, lane % subgroupSize, noPlace, noValues, noValues);
    return;
  }
  for (const [lane, l] of lanes.entries()) {
    l.steps = run(x, y, z, lane, lane % subgroupSize, l.place, l.give, l.take)!;
  }
  runLockstep(
    lanes,
    compiled.meetings,
    subgroupSize,
    () => {
      clock[0]!++;
    },
    divergedOf(dispatch),
  );
}

const noPlace = new Int32Array(0);
const noValues = new Float64Array(0);

const divergedOf =
  ({ kernel, compiled, workgroup }: Dispatch): Diverged =>
  (lane, meeting, other) => {
    const print = (s: number) => printStatement(compiled.statements[s]!, plainDialect);
    const elsewhere = !other
      ? "has finished"
      : other === meeting
        ? "is in another iteration"
        : `waits at: ${print(other.statement)}`;
    const where = {
      kernel: kernel.name,
      workgroup: [...workgroup] as const,
      lane,
      statement: print(meeting.statement),
    };
    throw new KernelFault(
      "divergent-barrier",
      where,
      `other lanes wait here, this one ${elsewhere}`,
    );
  };

const details = {
  "out-of-range": "the memory is shorter",
  misaligned: "the index is no multiple of the width",
  "unwritten-read": "nothing has been written there",
  race: "",
  "divergent-barrier": "",
  "copy-not-awaited": "the kernel ends before the copy has arrived for certain",
  "division-by-zero": "an integer is divided by zero",
} as const satisfies Record<FaultKind, string>;

/** The `fault` that generated text calls. */
const faultOf =
  (kernel: Kernel, { statements }: Compiled, workgroup: readonly [number, number, number]) =>
  (
    kind: FaultKind,
    at: number,
    memory?: string,
    index?: number,
    lane = 0,
    what = "",
    other = 0,
  ): never => {
    const statement = printStatement(statements[at]!, plainDialect).split("\n")[0]!;
    const cell = memory === undefined || index === undefined ? {} : { memory, index };
    const by = other < 0 ? "several lanes" : `lane ${other}`;
    const length = memoriesOf(kernel).find((m) => m.name === memory)?.length;
    const detail = kind === "race" ? `${what} by ${by} without a barrier between` : details[kind];
    const where = {
      kernel: kernel.name,
      workgroup: [...workgroup] as const,
      lane,
      ...cell,
      statement,
    };
    throw new KernelFault(
      kind,
      where,
      kind === "out-of-range" ? `its length is ${length}` : detail,
    );
  };

const memoriesOf = (kernel: Kernel): readonly Memory[] => [
  ...kernel.buffers.map((b) => b.memory),
  ...kernel.workgroupMemory,
  ...kernel.registers,
];

/** The arrays that the generated text names. */
function bind(kernel: Kernel, buffers: readonly CheckedMemory[]): Record<string, unknown> {
  const bound: Record<string, unknown> = {};
  kernel.buffers.forEach(({ memory, access }, i) => {
    const buffer = buffers[i];
    if (!buffer) throw new CompilerBug(`${kernel.name} has no buffer for ${memory.name}`);
    if (buffer.data.length < memory.length) {
      throw new CompilerBug(
        `${kernel.name}: ${memory.name} has ${memory.length} cells, its buffer ${buffer.data.length}`,
      );
    }
    if (buffer.data.constructor !== arrays[arrayName[memory.scalar]]) {
      throw new CompilerBug(
        `${kernel.name}: ${memory.name} holds ${memory.scalar}, its buffer is a ${buffer.data.constructor.name}`,
      );
    }
    bound[`data_${memory.name}`] = buffer.data;
    bound[`written_${memory.name}`] = buffer.written;
    if (access !== "read") bindShadows(memory, access === "write", bound);
  });
  for (const memory of kernel.workgroupMemory) {
    bound[`data_${memory.name}`] = new arrays[arrayName[memory.scalar]](memory.length);
    bindShadows(memory, false, bound);
  }
  return bound;
}

function bindShadows(memory: Memory, neverRead: boolean, bound: Record<string, unknown>): void {
  const shadows = makeShadows(memory.length, neverRead ? 0 : memory.length);
  for (const [name, array] of Object.entries(shadows)) bound[`${name}_${memory.name}`] = array;
}

function subgroupSizeOf(
  kernel: Kernel,
  { meetings }: Compiled,
  caps: Pick<Caps, "subgroup">,
): number {
  if (caps.subgroup) return caps.subgroup.size;
  if (meetings.some((m) => m.collective))
    throw new CompilerBug(`${kernel.name} needs subgroups of a known size`);
  return kernel.workgroupSize;
}

const compiledKernels = new WeakMap<Kernel, Compiled>();

function compile(kernel: Kernel): Compiled {
  const known = compiledKernels.get(kernel);
  if (known) return known;
  const translation = translate(kernel);
  const cells = ["data", "written", "when", "who", "seen", "by", "elsewhere"];
  const shared = [...kernel.buffers.map((b) => b.memory), ...kernel.workgroupMemory];
  const names = [
    "clock",
    "fault",
    ...Object.keys(runtime),
    ...shared.flatMap((m) => cells.map((c) => `${c}_${m.name}`)),
  ];
  const make = new Function(...names, translation.source) as Compiled["make"];
  const compiled = { ...translation, make, names };
  compiledKernels.set(kernel, compiled);
  return compiled;
}
