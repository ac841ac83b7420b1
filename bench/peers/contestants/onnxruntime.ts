/** onnxruntime on one of its providers, named by the first argument, in a process of its own. Its runs take tensors from the host and give them back. */
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { Case } from "../cases.ts";
import { type Contestant, serve, type Way } from "../contestant.ts";
import { onnxModels } from "../onnx/models.ts";
import { tensorsOf } from "../tensors.ts";

const provider = process.argv[2] === "webgpu" ? "webgpu" : "cpu";

/** On WebGPU, a model with a node that would run on the CPU is refused. */
const options: InferenceSession.SessionOptions = {
  executionProviders: [provider],
  logSeverityLevel: 3,
  ...(provider === "webgpu" ? { extra: { session: { disable_cpu_ep_fallback: "1" } } } : {}),
};

const open = async (): Promise<Contestant> => ({
  describe: `onnxruntime-node 1.30.0, provider ${provider}`,
  prepare,
});

async function prepare(one: Case) {
  const opened: InferenceSession[] = [];
  const ways = onnxModels(one, tensorsOf(one.work)).map(({ way, bytes, inputs }): Way => {
    const feeds = Object.fromEntries(
      Object.entries(inputs).map(([name, { shape, data }]) => [
        name,
        new Tensor("float32", data, shape),
      ]),
    );
    const session = { current: null as InferenceSession | null };
    const run = async () => {
      const start = performance.now();
      const { y } = await session.current!.run(feeds);
      return { milliseconds: performance.now() - start, data: y!.data as Float32Array };
    };
    return {
      name: way,
      measures: ["host"],
      result: async () => {
        session.current = await InferenceSession.create(bytes, options);
        opened.push(session.current);
        return (await run()).data;
      },
      run: async () => (await run()).milliseconds,
    };
  });
  const release = async () => {
    for (const session of opened) await session.release();
  };
  return { ways, release };
}

await serve(open);
