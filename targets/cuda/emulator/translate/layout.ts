/** Where a kernel's variables lie: shared ones apart by red zones, local ones in the thread's own bytes. */
import { bytesOf, type Kernel, type Module, type Operand, type Variable } from "../ptx/ptx.ts";
import { variableName } from "./writer.ts";

/** The first shared offset and the bytes between variables; the runtime's calls.h has the same number. */
const sharedStart = 1024;
const redZone = 64;

export type SharedPlace = {
  readonly name: string;
  readonly offset: number;
  readonly bytes: number;
};

export type Placed = {
  /** What a variable's name means as a C++ expression. */
  readonly addresses: ReadonlyMap<string, string>;
  readonly shared: readonly SharedPlace[];
  readonly sharedEnd: number;
  readonly localBytes: number;
};

export const variableBytes = (variable: Variable): number =>
  bytesOf(variable.type) * variable.count;

const roundUp = (n: number, to: number): number => Math.ceil(n / to) * to;

export function layoutOf(module: Module, kernel: Kernel): Placed {
  const addresses = new Map<string, string>();
  const shared: SharedPlace[] = [];
  const dynamic: string[] = [];
  let sharedEnd = sharedStart;
  let localBytes = 0;
  const named = namesIn(kernel);
  for (const variable of [...module.variables, ...kernel.variables]) {
    const bytes = variableBytes(variable);
    if (variable.space === "shared") {
      // A module's shared variables cost only the kernels that use them.
      if (!named.has(variable.name)) continue;
      if (bytes === 0) {
        dynamic.push(variable.name);
        continue;
      }
      const offset = roundUp(sharedEnd, Math.max(variable.align, 16));
      shared.push({ name: plainName(variable.name), offset, bytes });
      addresses.set(variable.name, `${offset}u`);
      sharedEnd = offset + bytes + redZone;
    } else if (variable.space === "local") {
      const offset = roundUp(localBytes, Math.max(variable.align, 16));
      addresses.set(variable.name, `(u64)(depot + ${offset})`);
      localBytes = offset + bytes;
    } else addresses.set(variable.name, `(u64)${variableName(variable.name)}`);
  }
  for (const name of dynamic) addresses.set(name, `${roundUp(sharedEnd, 128)}u`);
  return { addresses, shared, sharedEnd, localBytes };
}

/** Every variable, label and parameter that the kernel's instructions name. */
function namesIn(kernel: Kernel): ReadonlySet<string> {
  const names = new Set<string>();
  const look = (operand: Operand): void => {
    if (operand.kind === "symbol") names.add(operand.name);
    else if (operand.kind === "address") look(operand.base);
    else if (operand.kind === "list") operand.parts.forEach(look);
  };
  for (const statement of kernel.statements)
    if (statement.kind === "instruction") statement.operands.forEach(look);
  return names;
}

/** The name that the .cu text has: _ZZ6matmulPfE4tile is `tile`. */
export function plainName(mangled: string): string {
  const nested = /^_ZZ.*E(\d+)(\w+)$/.exec(mangled);
  if (nested) {
    const length = Number(nested[1]);
    return nested[2]!.slice(0, length);
  }
  return mangled;
}
