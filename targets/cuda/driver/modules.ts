/** Modules: machine code, or PTX that the driver compiles; and the functions in them. */
import koffi from "koffi";
import { type Calls, written, writtenInt } from "./call.ts";
import { codes } from "./failure.ts";

/** CUjit_option. */
const errorLog = 5;
const errorLogBytes = 6;
const logBytes = 8192;

/** CUfunction_attribute. */
const attributes = {
  maxLanes: 0,
  workgroupBytes: 1,
  stackBytes: 3,
  registers: 4,
  dynamicBytes: 8,
} as const;
export type FunctionAttribute = keyof typeof attributes;

export function bindModules({ call, callFor, giveBack, ask, fail }: Calls) {
  return {
    /** `image` is a cubin, or PTX as text. `what` is what errors call it. Compiling PTX takes the driver up to seconds. */
    loadModule: (image: Uint8Array | string, what: string): bigint =>
      written((to) => {
        const bytes = typeof image === "string" ? Buffer.from(`${image}\0`) : image;
        const log = Buffer.alloc(logBytes);
        const options = Int32Array.of(errorLog, errorLogBytes);
        const values = BigUint64Array.of(koffi.address(log), BigInt(logBytes));
        const code = ask("cuModuleLoadDataEx", to, bytes, options.length, options, values);
        if (code === codes.success) return;
        const said = log.toString("utf8", 0, log.indexOf(0)).trim().replace(/\s+/g, " ");
        fail("cuModuleLoadDataEx", code, what, said);
      }),
    unloadModule: (module: bigint) => giveBack("cuModuleUnload", module),
    functionOf: (module: bigint, name: string): bigint =>
      written((to) => callFor(`kernel ${name}`, "cuModuleGetFunction", to, module, name)),
    functionAttribute: (at: bigint, attribute: FunctionAttribute) =>
      writtenInt((to) => call("cuFuncGetAttribute", to, attributes[attribute], at)),
    /** What launches of the function may ask for at most; above 48 KiB a device wants to be told. */
    allowDynamicBytes: (at: bigint, bytes: number, name: string) =>
      callFor(`kernel ${name}`, "cuFuncSetAttribute", at, attributes.dynamicBytes, bytes),
  };
}
