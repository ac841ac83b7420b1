/** Dispatches small steps together that do not wait for each other: a launch costs more than they do. Knows no device. */
import { workgroupBytesOf } from "./bytes.ts";
import { joinKernels, lanesMeet, type Part, workgroupsOf } from "./join-kernels.ts";
import type { Caps, Kernel } from "./kernel.ts";
import type { Step, Unplaced } from "./program.ts";
import { trafficOf } from "./traffic.ts";
import { verifyKernel } from "./verify.ts";

/** The joined program, and which steps of the given one each of its steps runs. */
export type JoinedSteps = {
  readonly program: Unplaced<Kernel>;
  readonly steps: readonly (readonly number[])[];
};

/** What reads and writes more is worth a launch of its own: these are 8 µs at 1 TB/s, where a launch is some µs. Not measured. */
const smallBytes = 8 * 2 ** 20;
/** More parts than this would make long kernels. */
const mostParts = 4;

type Group = { readonly steps: number[]; bytes: number };

/** A step runs as early as what it waits for allows, in the first dispatch that has room for it. */
export function joinSteps(program: Unplaced<Kernel>, caps: Caps): JoinedSteps {
  const traffic = trafficOf(program).map(({ read, written }) => read + written);
  const conflict = conflictsOf(program);
  const fits = roomWithin(program, caps);
  const groups: Group[] = [];
  program.steps.forEach((_, s) => {
    const after = groups.findLastIndex((g) => g.steps.some((other) => conflict(other, s)));
    const bytes = traffic[s]!;
    const room = groups
      .slice(after + 1)
      .find((g) => Math.min(g.bytes, bytes) <= smallBytes && fits([...g.steps, s]));
    if (!room) groups.push({ steps: [s], bytes });
    else {
      room.steps.push(s);
      room.bytes += bytes;
    }
  });
  return { program: rebuilt(program, groups, caps), steps: groups.map((g) => g.steps) };
}

/** Whether two steps must keep their order: one writes what the other reads or writes. */
function conflictsOf({ steps, kernels }: Unplaced<Kernel>): (a: number, b: number) => boolean {
  const touched = steps.map(({ kernel, buffers }) => {
    const written = buffers.filter((_, i) => kernels[kernel]!.buffers[i]!.access !== "read");
    return { all: new Set(buffers), written };
  });
  const writesInto = (a: number, b: number) =>
    touched[a]!.written.some((x) => touched[b]!.all.has(x));
  return (a, b) => writesInto(a, b) || writesInto(b, a);
}

/** Whether one kernel for these steps is within what the device allows. */
function roomWithin(program: Unplaced<Kernel>, caps: Caps): (steps: readonly number[]) => boolean {
  const meet = program.kernels.map(lanesMeet);
  const workgroupBytes = program.kernels.map(workgroupBytesOf);
  return (steps) => {
    if (steps.length > mostParts) return false;
    const parts = steps.map((s) => program.steps[s]!);
    const sizes = parts.map((p) => program.kernels[p.kernel]!.workgroupSize);
    const lanes = Math.max(...sizes);
    const together = parts.map((p) => meet[p.kernel]!);
    const sum = (of: (p: Step) => number) => parts.reduce((total, p) => total + of(p), 0);
    return (
      sizes.every((size, i) => size === lanes || !together[i]) &&
      (caps.barriers === "cheap" || together.every((m) => m === together[0])) &&
      sum(({ grid: [x, y, z] }) => x * y * z) <= caps.maxWorkgroupsPerDimension &&
      sum((p) => workgroupBytes[p.kernel]!) <= caps.maxWorkgroupBytes &&
      new Set(parts.flatMap((p) => p.buffers)).size <= caps.maxBuffersPerKernel
    );
  };
}

/** A kernel of the joined program; and for a joined one, which of its parts' buffers each of its bindings is. */
type Known = { readonly kernel: number; readonly order: readonly number[] };

function rebuilt(
  program: Unplaced<Kernel>,
  groups: readonly Group[],
  caps: Caps,
): Unplaced<Kernel> {
  const kernels: Kernel[] = [];
  const known = new Map<string, Known>();
  const find = (key: string, make: () => Pick<Part, "kernel" | "buffers">): Known => {
    const seen = known.get(key);
    if (seen) return seen;
    const { kernel, buffers } = make();
    const made = { kernel: kernels.push(kernel) - 1, order: buffers };
    known.set(key, made);
    return made;
  };
  const alone = (step: Step): Step => {
    const { kernel } = find(`${step.kernel}`, () => ({
      kernel: program.kernels[step.kernel]!,
      buffers: [],
    }));
    return { ...step, kernel };
  };
  const together = (steps: readonly Step[]): Step => {
    const numbers = [...new Set(steps.flatMap((s) => s.buffers))];
    const parts = steps.map(({ kernel, grid, buffers }) => ({
      ...{ kernel: program.kernels[kernel]!, grid },
      buffers: buffers.map((b) => numbers.indexOf(b)),
    }));
    const key = steps.map(({ kernel, grid }, i) => `${kernel} on ${grid} of ${parts[i]!.buffers}`);
    const { kernel, order } = find(key.join("; "), () => {
      const joined = joinKernels(parts);
      return { ...joined, kernel: verifyKernel(joined.kernel, caps) };
    });
    return {
      kernel,
      buffers: order.map((n) => numbers[n]!),
      grid: [parts.reduce((sum, p) => sum + workgroupsOf(p), 0), 1, 1],
      region: steps.map((s) => s.region).join(" and "),
    };
  };
  const steps = groups.map((group) => {
    const [first, ...others] = group.steps.map((s) => program.steps[s]!);
    return others.length === 0 ? alone(first!) : together([first!, ...others]);
  });
  return { ...program, kernels, steps };
}
