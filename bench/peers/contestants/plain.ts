/** What peers are measured beside: the scan as plain WGSL by hand, and a copy of the bytes that it moves. In a process of its own. */
import { readFile } from "node:fs/promises";
import type { KernelText, Program } from "../../../codegen/program.ts";
import { copyProgram } from "../../../src/tune/figure-programs.ts";
import type { EntrySpec, Session } from "../../../targets/executor.ts";
import { type OpenDevice, openDevice } from "../../../targets/wgsl/device.ts";
import { toKernelText } from "../../../targets/wgsl/print.ts";
import { loadSession } from "../../../targets/wgsl/session.ts";
import { workDone } from "../../../targets/wgsl/waiting.ts";
import { type Case, resultShape, sizeOf, type Work } from "../cases.ts";
import { type Contestant, serve, type Way } from "../contestant.ts";
import { tensorsOf } from "../tensors.ts";

type Scan = Extract<Work, { op: "scan" }>;

async function open(): Promise<Contestant> {
  const opened = await openDevice();
  return { describe: `WGSL by hand on ${opened.info}`, prepare: (one) => prepare(opened, one) };
}

async function prepare(opened: OpenDevice, { work }: Case) {
  if (work.op !== "scan") return { ways: [], release: async () => {} };
  const cells = sizeOf(resultShape(work));
  // The scan reads two tensors and writes one; a copy of one and a half reads and writes as much.
  const copy = copyProgram(1.5 * cells, 4, opened.caps);
  const copies = { ...copy, kernels: copy.kernels.map(toKernelText) };
  const programs = {
    ...(work.gated ? {} : { scan: await scanProgram(work) }),
    copy: copies,
  };
  const tensors = tensorsOf(work);
  const read = async (name: string) =>
    tensors[name]?.data ?? new Float32Array(1.5 * cells).fill(0.5);
  const entries = Object.keys(programs).map((name): [string, EntrySpec] => [
    name,
    {
      inputs: [],
      outputs: [{ name: "y", dtype: "f32", shape: [name === "copy" ? 1.5 * cells : cells] }],
      states: [],
    },
  ]);
  const specs = Object.fromEntries(entries);
  const session = await loadSession(opened.device, programs, specs, { read });
  const ways = Object.keys(programs).map((name) => wayOf(opened, session, name));
  return { ways, release: () => session.release() };
}

function wayOf({ device }: OpenDevice, session: Session, name: string): Way {
  const state = session.fresh();
  return {
    name,
    measures: ["device"],
    result: async () => {
      const { y } = await session.run(name, {}, state, ["y"]);
      return name === "copy" ? null : (y!.data as Float32Array);
    },
    run: async () => {
      const start = performance.now();
      await session.run(name, {}, state, []);
      await workDone(device);
      return performance.now() - start;
    },
  };
}

async function scanProgram({ rows, channels }: Scan): Promise<Program<KernelText>> {
  const text = await readFile(new URL("../kernels/scan.wgsl", import.meta.url), "utf8");
  const code = text.replace("ROWS", String(rows)).replace("CHANNELS", String(channels));
  const stored = { dtype: "f32", shape: [rows, channels], bytes: 4 * rows * channels } as const;
  return {
    name: "scan",
    buffers: [
      { kind: "parameter", name: "decay", ...stored },
      { kind: "parameter", name: "x", ...stored },
      { kind: "output", name: "y", ...stored },
    ],
    slots: [],
    kernels: [{ name: "scan", code, access: ["read", "read", "write"] }],
    steps: [
      { kernel: 0, buffers: [0, 1, 2], grid: [Math.ceil(channels / 256), 1, 1], region: "scan" },
    ],
  };
}

await serve(open);
