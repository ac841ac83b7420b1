/** Eyrie in a process of its own: the cases' texts through the library's front door. */

import type { Compiled } from "../../../src/compile.ts";
import { wgslExecutor } from "../../../src/execute/executors.ts";
import { compileFile } from "../../../src/execute/open-model.ts";
import { readSchedules } from "../../../src/tune/file.ts";
import type { Session } from "../../../targets/executor.ts";
import type { Tensors } from "../../../targets/tensor.ts";
import { type OpenDevice, openDevice } from "../../../targets/wgsl/device.ts";
import { workDone } from "../../../targets/wgsl/waiting.ts";
import { type Case, resultShape, sizeOf, type Work } from "../cases.ts";
import { type Contestant, type Measure, serve, type Way } from "../contestant.ts";
import {
  givenFor,
  inputsOf,
  keptStates,
  lastRows,
  placesOf,
  residentInputs,
  textOf,
} from "../ours.ts";
import { type Given, tensorsOf } from "../tensors.ts";

type Schedules = Awaited<ReturnType<typeof readSchedules>>;

/** What `eyrie tune` measured on this device, where the first argument names its file. */
const tuned = process.argv[2] ? await readSchedules(process.argv[2]) : null;
const folder = new URL("../models/", import.meta.url);

async function open(): Promise<Contestant> {
  const opened = await openDevice();
  return { describe: `Eyrie on ${opened.info}`, prepare: (one) => prepare(opened, one) };
}

async function prepare(opened: OpenDevice, one: Case) {
  const ready = [await readyOf(opened, one, tuned ? "tuned" : "untuned", tuned)];
  if (tuned) ready.push(await readyOf(opened, one, "untuned", null));
  for (const beside of one.beside ?? []) {
    const other = await readyOf(opened, beside, beside.name, tuned);
    // Another work has another result, which is of no use here.
    const result = () => other.way.result().then(() => null);
    ready.push({ ...other, way: { ...other.way, measures: ["device"], result } });
  }
  const release = async () => {
    for (const one of ready) await one.release();
  };
  return { ways: ready.map(({ way }) => way), release };
}

async function readyOf(
  opened: OpenDevice,
  { work, precision }: Pick<Case, "work" | "precision">,
  name: string,
  schedules: Schedules | null,
) {
  const { file, settings } = textOf(work);
  const entry = work.rows === 1 ? "decode" : "score";
  const executor = wgslExecutor(opened);
  const compiled = await compileFile(
    {
      ...{ model: new URL(file, folder).pathname, settings, precision, chunk: work.rows },
      ...{ entries: [entry], ...(schedules ? { schedules } : {}) },
    },
    executor.caps,
    executor.device,
  );
  const tensors = tensorsOf(work);
  const inputs = Object.keys(givenFor(work, tensors));
  const crossing = await load(opened, compiled, tensors);
  const resident = await load(opened, residentInputs(compiled, inputs), tensors);
  const release = async () => {
    await crossing.release();
    await resident.release();
  };
  const way = await wayOf(opened, work, entry, { crossing, resident }, tensors);
  return { way: { ...way, name }, release };
}

const load = (
  opened: OpenDevice,
  compiled: Compiled,
  tensors: Readonly<Record<string, Given>>,
): Promise<Session> => {
  const read = async (name: string) => lastRows(compiled, name, tensors[name]!.data);
  return wgslExecutor(opened).load(compiled, { read });
};

async function wayOf(
  { device }: OpenDevice,
  work: Work,
  entry: string,
  sessions: Readonly<Record<"crossing" | "resident", Session>>,
  tensors: Readonly<Record<string, Given>>,
): Promise<Way> {
  const ready = async (session: Session, given: Tensors) => ({
    session,
    inputs: inputsOf(session.entries[entry]!, given),
    state: await session.upload(keptStates(work, session.entries[entry]!.states, tensors)),
  });
  const crossing = await ready(sessions.crossing, {
    ...placesOf(work),
    ...givenFor(work, tensors),
  });
  const resident = await ready(sessions.resident, placesOf(work));
  const run = async (measure: Measure) => {
    const { session, inputs, state } = measure === "host" ? crossing : resident;
    const start = performance.now();
    const read = await session.run(entry, inputs, state, measure === "host" ? ["y"] : []);
    if (measure === "device") await workDone(device);
    return { read, milliseconds: performance.now() - start };
  };
  return {
    name: entry,
    measures: ["device", "host"],
    result: async () => {
      await run("device");
      const { read } = await run("host");
      return Float32Array.from(read["y"]!.data).subarray(0, sizeOf(resultShape(work)));
    },
    run: async (measure) => (await run(measure)).milliseconds,
  };
}

await serve(open);
