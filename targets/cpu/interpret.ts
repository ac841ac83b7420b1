/**
 * Runs programs of kernels as a Session by the kernel interpreter, with every check on: also that a temporary is read only while
 * its arena slot is its own, and that outputs and next states are written whole.
 */

import { scalarOfStored } from "../../codegen/bytes.ts";
import { roundTo } from "../../codegen/interpret/spell.ts";
import { allocateMemory, type CheckedMemory, interpret } from "../../codegen/interpret.ts";
import type { Caps, Kernel, Scalar } from "../../codegen/kernel.ts";
import type { BufferPlan, Program, Step } from "../../codegen/program.ts";
import { verifyKernel } from "../../codegen/verify.ts";
import { CompilerBug, UserError } from "../../src/graph/bug.ts";
import type { DType } from "../../src/graph/graph.ts";
import type { EntrySpec, Session, Weights } from "../executor.ts";
import { completeInputs, tensorOf } from "../inputs.ts";
import {
  type ParameterPlan,
  parameterKey,
  plansByName,
  type ReadParameter,
  readParameter,
} from "../parameters.ts";
import type { Tensor, Tensors } from "../tensor.ts";
import { type Carried, keepStates } from "./carried.ts";

type Programs = Readonly<Record<string, Program<Kernel>>>;
/** Parameters and constants by program and buffer index. */
type Fixed = ReadonlyMap<BufferPlan, CheckedMemory>;

/** One program an entry; parameters are read once and shared. */
export async function loadInterpreter(
  programs: Programs,
  entries: Readonly<Record<string, EntrySpec>>,
  weights: Weights,
  caps: Caps,
): Promise<Session> {
  for (const program of Object.values(programs)) verifyProgram(program, caps);
  let fixed: Fixed = await readFixed(programs, weights);
  const { valuesOf, ...states } = keepStates<CheckedMemory>(entries, {
    fresh: (spec) => memoryOf(spec, null),
    copy: (memory) => ({ data: memory.data.slice(), written: null }),
    toTensor: (spec, memory) => tensorOf(spec, memory.data),
    fromTensor: (spec, tensor) => memoryOf(spec, tensor.data),
  });
  return {
    executor: "interpret",
    entries,
    ...states,
    run: async (entry, inputs, state, outputs) => {
      const [program, spec] = [programs[entry], entries[entry]];
      if (!program || !spec)
        throw new UserError(
          `there is no entry "${entry}"; the entries are ${Object.keys(programs).join(", ")}`,
        );
      return runProgram(
        program,
        fixed,
        completeInputs(entry, spec, inputs),
        valuesOf(state),
        outputs,
        caps,
      );
    },
    release: async () => {
      fixed = new Map();
    },
  };
}

function verifyProgram(program: Program<Kernel>, caps: Caps): void {
  for (const kernel of program.kernels) verifyKernel(kernel, caps);
  for (const { grid, region } of program.steps) {
    const legal = grid.every(
      (n) => Number.isInteger(n) && n >= 1 && n <= caps.maxWorkgroupsPerDimension,
    );
    if (!legal) throw new CompilerBug(`${region} runs on a grid of ${grid.join(" × ")}`);
  }
}

/** What a buffer's cells are. */
const scalarOf = (dtype: DType): Scalar => (dtype === "bool" ? "u32" : scalarOfStored(dtype));

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Cells with these numbers, or zeros; halves are rounded. */
function memoryOf(
  { dtype, shape }: Pick<BufferPlan, "dtype" | "shape">,
  numbers: ArrayLike<number> | null,
  written = true,
): CheckedMemory {
  const memory = allocateMemory(scalarOf(dtype), sizeOf(shape), written);
  if (!numbers) return memory;
  if (numbers.length !== memory.data.length)
    throw new CompilerBug(`${numbers.length} numbers for ${memory.data.length} cells`);
  memory.data.set(numbers);
  if (dtype === "f16" || dtype === "bf16")
    memory.data.forEach((x, i) => {
      memory.data[i] = roundTo[dtype](x);
    });
  return memory;
}

/** Reads each parameter once, however many programs and pieces use it. */
async function readFixed(programs: Programs, weights: Weights): Promise<Fixed> {
  const fixed = new Map<BufferPlan, CheckedMemory>();
  for (const buffer of Object.values(programs).flatMap((p) => p.buffers)) {
    if (buffer.kind === "constant") fixed.set(buffer, memoryOf(buffer, buffer.values));
  }
  const made = new Map<string, CheckedMemory>();
  for (const [name, plans] of plansByName(Object.values(programs))) {
    const read = await readParameter(weights, name, plans.values());
    for (const [key, plan] of plans) made.set(key, parameterMemory(plan, read));
  }
  for (const buffer of Object.values(programs).flatMap((p) => p.buffers))
    if (buffer.kind === "parameter") fixed.set(buffer, made.get(parameterKey(buffer))!);
  return fixed;
}

function parameterMemory(plan: ParameterPlan, { numbers, stored }: ReadParameter): CheckedMemory {
  if (!plan.quantized) return memoryOf(plan, numbers(plan));
  const words = stored(plan);
  const memory = allocateMemory(scalarOf(plan.dtype), words.length, true);
  memory.data.set(words);
  return memory;
}

function runProgram(
  program: Program<Kernel>,
  fixed: Fixed,
  inputs: Tensors,
  states: Carried<CheckedMemory>,
  outputs: readonly string[],
  caps: Caps,
): Record<string, Tensor> {
  const memories = program.buffers.map((buffer) => placeBuffer(buffer, fixed, inputs, states));
  const tenants = new Set<number>();
  for (const step of program.steps) {
    enterSlots(program, step, memories, tenants);
    interpret(
      program.kernels[step.kernel]!,
      step.grid,
      step.buffers.map((b) => memories[b]!),
      caps,
    );
  }
  const results: Record<string, Tensor> = {};
  program.buffers.forEach((buffer, i) => {
    const { data, written } = memories[i]!;
    if (buffer.kind !== "next" && buffer.kind !== "output") return;
    const gap = written?.indexOf(0) ?? -1;
    if (gap >= 0)
      throw new CompilerBug(
        `${program.name} leaves ${buffer.kind} ${buffer.name}[${gap}] unwritten`,
      );
    if (buffer.kind === "next") states.set(buffer.state, { data, written: null });
    else if (outputs.includes(buffer.name)) results[buffer.name] = tensorOf(buffer, data);
  });
  const missing = outputs.find((name) => !(name in results));
  if (missing !== undefined) throw new UserError(`${program.name} has no output "${missing}"`);
  return results;
}

function placeBuffer(
  buffer: BufferPlan,
  fixed: Fixed,
  inputs: Tensors,
  states: Carried<CheckedMemory>,
): CheckedMemory {
  switch (buffer.kind) {
    case "parameter":
    case "constant": {
      const memory = fixed.get(buffer);
      if (!memory) throw new UserError("the session was released; load the model again");
      return memory;
    }
    case "input":
      return memoryOf(buffer, inputs[buffer.name]?.data ?? null);
    case "state": {
      const memory = states.get(buffer.name);
      if (!memory) throw new CompilerBug(`no state ${buffer.name}`);
      return memory;
    }
    case "next":
    case "output":
    case "temporary":
      return memoryOf(buffer, null, false);
  }
}

/** A temporary enters its place when it is first written, and what was in any part of it is lost. */
function enterSlots(
  program: Program<Kernel>,
  step: Step,
  memories: readonly CheckedMemory[],
  tenants: Set<number>,
): void {
  const { buffers } = program.kernels[step.kernel]!;
  if (buffers.length !== step.buffers.length) {
    throw new CompilerBug(
      `${step.region} binds ${step.buffers.length} buffers, its kernel has ${buffers.length}`,
    );
  }
  step.buffers.forEach((b, binding) => {
    const plan = program.buffers[b]!;
    const { access } = buffers[binding]!;
    const twice = step.buffers.some((other, i) => i !== binding && other === b);
    if (twice && access !== "read")
      throw new CompilerBug(`${step.region} binds ${plan.name} twice and writes it`);
    if (
      access !== "read" &&
      (plan.kind === "parameter" || plan.kind === "input" || plan.kind === "constant")
    ) {
      throw new CompilerBug(`${step.region} writes the ${plan.kind} ${plan.name}`);
    }
    if (plan.kind !== "temporary" || tenants.has(b)) return;
    if (access === "read") {
      throw new CompilerBug(
        `${step.region} reads ${plan.name}, but its place in slot ${plan.slot} is not its own`,
      );
    }
    for (const other of tenants) if (overlap(plan, program.buffers[other]!)) tenants.delete(other);
    tenants.add(b);
    memories[b]!.written!.fill(0);
  });
}

type Temporary = BufferPlan & { readonly kind: "temporary" };

/** Whether two temporaries lie in part at the same place. */
const overlap = (a: Temporary, b: BufferPlan): boolean =>
  b.kind === "temporary" &&
  a.slot === b.slot &&
  a.offset < b.offset + b.bytes &&
  b.offset < a.offset + a.bytes;
