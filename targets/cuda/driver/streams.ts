/** Streams, events, launches, and graphs of what a stream was given. */
import koffi from "koffi";
import { type Calls, written } from "./call.ts";
import { codes } from "./failure.ts";

const notWithDefaultStream = 1;
const withoutTiming = 2;
/** Other threads may call what they will while this one captures. */
const captureThreadLocal = 1;

/** What a kernel is given: the values themselves, and where each lies. Keeps both alive. */
export type Parameters = { readonly values: BigUint64Array; readonly pointers: BigUint64Array };

/** Parameters that are all device addresses. */
export function addressParameters(addresses: readonly bigint[]): Parameters {
  const values = BigUint64Array.from(addresses);
  const start = koffi.address(values);
  return { values, pointers: values.map((_, i) => start + BigInt(8 * i)) };
}

export type Launch = {
  readonly function: bigint;
  /** For errors. */
  readonly name: string;
  readonly grid: readonly [number, number, number];
  readonly lanes: number;
  readonly dynamicBytes: number;
  readonly parameters: Parameters;
};

export function bindStreams({ call, callFor, giveBack, ask, fail }: Calls) {
  return {
    createStream: () => written((to) => call("cuStreamCreate", to, notWithDefaultStream)),
    destroyStream: (stream: bigint) => giveBack("cuStreamDestroy_v2", stream),
    /** Blocks the thread until the stream has nothing left to do, or can do nothing more. */
    settle: (stream: bigint) => void ask("cuStreamSynchronize", stream),
    createEvent: (options: { readonly timing: boolean }) =>
      written((to) => call("cuEventCreate", to, options.timing ? 0 : withoutTiming)),
    destroyEvent: (event: bigint) => giveBack("cuEventDestroy_v2", event),
    record: (event: bigint, stream: bigint) => call("cuEventRecord", event, stream),
    /** Whether all that the stream was given before the event is done. Throws what went wrong there. */
    hasHappened: (event: bigint): boolean => {
      const code = ask("cuEventQuery", event);
      if (code !== codes.success && code !== codes.notReady) fail("cuEventQuery", code);
      return code === codes.success;
    },
    millisecondsBetween: (start: bigint, end: bigint): number => {
      const time = new Float32Array(1);
      call("cuEventElapsedTime", time, start, end);
      return time[0]!;
    },
    /** Workgroups of (lanes, 1, 1). */
    launch: (launch: Launch, stream: bigint) => {
      const { function: at, name, grid, lanes, dynamicBytes, parameters } = launch;
      const sizes = [...grid, lanes, 1, 1, dynamicBytes];
      const { pointers } = parameters;
      callFor(`kernel ${name}`, "cuLaunchKernel", at, ...sizes, stream, pointers, null);
    },
  };
}

export function bindGraphs({ call, giveBack, ask }: Calls) {
  const destroyGraph = (graph: bigint) => giveBack("cuGraphDestroy", graph);
  return {
    /** What `work` gives the stream, as one piece of work that can be launched again and again. Nothing runs. */
    capture: (stream: bigint, work: () => void): bigint => {
      call("cuStreamBeginCapture_v2", stream, captureThreadLocal);
      try {
        work();
      } catch (error) {
        const graph = new BigUint64Array(1);
        // The first error explains; the stream must leave its capture all the same.
        if (ask("cuStreamEndCapture", stream, graph) === codes.success && graph[0])
          ask("cuGraphDestroy", graph[0]);
        throw error;
      }
      const graph = written((to) => call("cuStreamEndCapture", stream, to));
      try {
        return written((to) => call("cuGraphInstantiateWithFlags", to, graph, 0));
      } finally {
        destroyGraph(graph);
      }
    },
    launchGraph: (executable: bigint, stream: bigint) => call("cuGraphLaunch", executable, stream),
    destroyExecutable: (executable: bigint) => giveBack("cuGraphExecDestroy", executable),
  };
}
