/** Calls of the driver, each checked. What came to nothing becomes an error with CUDA's own words. */
import { codes, explain, isLasting } from "./failure.ts";
import type { Argument, Library, SymbolName } from "./symbols.ts";

export type Calls = {
  /** Throws unless the call succeeds. */
  call(name: SymbolName, ...given: readonly Argument[]): void;
  /** The same; `about` says in the error what the call was for. */
  callFor(about: string, name: SymbolName, ...given: readonly Argument[]): void;
  /** For what gives a handle or memory back: after a failure that lasts, all calls give its code again, which is not told. */
  giveBack(name: SymbolName, ...given: readonly Argument[]): void;
  /** The result's code, unchecked. */
  ask(name: SymbolName, ...given: readonly Argument[]): number;
  fail(name: SymbolName, code: number, about?: string, detail?: string): never;
};

/** `enter` runs before each call. */
export function checkCalls(library: Library, enter: () => void = () => {}): Calls {
  const ask: Calls["ask"] = (name, ...given) => {
    enter();
    return library.functions[name](...given);
  };
  let lasting: number | null = null;
  const fail: Calls["fail"] = (name, code, about, detail) => {
    if (isLasting(code)) lasting = code;
    const version = new Int32Array(1);
    const told = detail || library.standIn?.failure();
    library.functions.cuDriverGetVersion(version);
    throw explain({
      call: name,
      code,
      name: library.errorName(code),
      words: library.errorText(code),
      driverVersion: version[0] ?? 0,
      about,
      ...(told ? { detail: told } : {}),
    });
  };
  const check = (about: string | undefined, name: SymbolName, given: readonly Argument[]) => {
    const code = ask(name, ...given);
    if (code !== codes.success) fail(name, code, about);
  };
  return {
    call: (name, ...given) => check(undefined, name, given),
    callFor: (about, name, ...given) => check(about, name, given),
    giveBack: (name, ...given) => {
      const code = ask(name, ...given);
      if (code !== codes.success && code !== lasting) fail(name, code);
    },
    ask,
    fail,
  };
}

/** A call's 64-bit result: what `call` wrote to the array that it is given. */
export function written(call: (to: BigUint64Array) => void): bigint {
  const to = new BigUint64Array(1);
  call(to);
  return to[0]!;
}

/** A call's int. */
export function writtenInt(call: (to: Int32Array) => void): number {
  const to = new Int32Array(1);
  call(to);
  return to[0]!;
}
