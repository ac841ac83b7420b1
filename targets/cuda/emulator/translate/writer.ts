/** Writes operands and results of one kernel's instructions as C++. Knows registers, variables and places, no opcode. */
import {
  bytesOf,
  type Instruction,
  type Kernel,
  type Module,
  type Operand,
  type RegisterClass,
  type Space,
} from "../ptx/ptx.ts";
import { failAt } from "../ptx/tokens.ts";
import type { Placed } from "./layout.ts";
import { specialRegister } from "./specials.ts";
import { bitsOf, cppType, registerType } from "./types.ts";

/** What a kernel's text needs around it; filled while its instructions are written. */
export type Uses = {
  readonly registers: Set<string>;
  /** Threads wait for each other somewhere. */
  meets: boolean;
  carries: boolean;
};

export type Writer = {
  readonly kernel: Kernel;
  readonly uses: Uses;
  /** An operand's value as C++ of the given PTX type. */
  read(operand: Operand | undefined, type: string): string;
  /** A statement that stores a C++ expression of the given PTX type. */
  write(operand: Operand | undefined, type: string, value: string): string;
  /** The address that an operand in brackets means, within its space: u32 for shared memory, u64 else. */
  address(operand: Operand | undefined, space: Space | "generic"): string;
  /** The parameter and the byte within it that ld.param names. */
  parameter(operand: Operand | undefined): { readonly index: number; readonly offset: number };
  parts(operand: Operand | undefined): readonly Operand[];
  /** The number of the current line in the module's table. */
  readonly site: string;
  readonly registerClass: (operand: Operand) => RegisterClass | null;
  /** Where a label of .branchtargets leads. */
  readonly targets: ReadonlyMap<string, readonly string[]>;
  fail(why?: string): never;
};

export const registerName = (name: string): string => `_${name.replace(/%/g, "")}`;
export const labelName = (name: string): string => `L${name.replace(/%/g, "")}`;
export const variableName = (name: string): string => `g_${name.replace(/%/g, "")}`;

export type Environment = {
  readonly module: Module;
  readonly kernel: Kernel;
  readonly placed: Placed;
  readonly uses: Uses;
  readonly siteOf: (instruction: Instruction) => number;
  readonly targets: ReadonlyMap<string, readonly string[]>;
};

export function writerFor(environment: Environment, instruction: Instruction): Writer {
  const { kernel, uses, targets } = environment;
  const opcode = [instruction.name, ...instruction.modifiers].join(".");
  const fail = (why?: string): never =>
    failAt(instruction.line, `${why ?? "this form is not supported"}: ${opcode}`);
  const scope: Scope = { ...environment, fail };
  return {
    kernel,
    uses,
    targets,
    fail,
    site: String(environment.siteOf(instruction)),
    registerClass: (o) => (o.kind === "register" ? (kernel.registers.get(o.name) ?? null) : null),
    parts: (operand) => (operand?.kind === "list" ? operand.parts : operand ? [operand] : fail()),
    read: (operand, type) => readOperand(scope, operand, type),
    write: (operand, type, value) => writeResult(scope, operand, type, value),
    address: (operand, space) => addressOf(scope, operand, space === "shared" ? "u32" : "u64"),
    parameter: (operand) => parameterOf(scope, operand),
  };
}

type Scope = Environment & { fail(why?: string): never };

function useRegister({ kernel, uses }: Scope, name: string): readonly [string, string] {
  uses.registers.add(name);
  return [registerName(name), registerType(kernel.registers.get(name)!)];
}

function readOperand(scope: Scope, operand: Operand | undefined, type: string): string {
  const { fail } = scope;
  const to = cppType(type) ?? fail(`'.${type}' is no type that is supported`);
  switch (operand?.kind) {
    case "register":
      return convertRead(...useRegister(scope, operand.name), to);
    case "integer":
      return wholeLiteral(operand.value, type, to) ?? fail("a whole number stands for a float");
    case "float":
      return floatLiteral(operand.bits, operand.bytes, type) ?? fail("a float of another width");
    case "special":
      return `(${to})${specialRegister(operand.name) ?? fail(`'${operand.name}' has no value here`)}`;
    case "symbol":
      return `(${to})${symbolOf(scope, operand.name, operand.offset)}`;
    case "not":
      return type === "pred" ? `!${readOperand(scope, operand.of, type)}` : fail();
    default:
      return fail("an operand is missing or of another kind");
  }
}

function symbolOf({ placed, fail }: Scope, name: string, offset: bigint): string {
  const place = placed.addresses.get(name) ?? fail(`'${name}' is not declared`);
  return offset === 0n ? place : `(${place} + ${offset})`;
}

function writeResult(
  scope: Scope,
  operand: Operand | undefined,
  type: string,
  value: string,
): string {
  const from = cppType(type) ?? scope.fail(`'.${type}' is no type that is supported`);
  if (operand?.kind === "nothing") return `(void)(${value});`;
  if (operand?.kind !== "register") return scope.fail("the result is not a register");
  const [name, to] = useRegister(scope, operand.name);
  return `${name} = ${convertWrite(value, from, to)};`;
}

function addressOf(scope: Scope, operand: Operand | undefined, type: "u32" | "u64"): string {
  if (operand?.kind !== "address") return scope.fail("an address in brackets is missing");
  const base = readOperand(scope, operand.base, type);
  return operand.offset === 0n ? base : `${base} + (${type})(${operand.offset})`;
}

function parameterOf({ kernel, fail }: Scope, operand: Operand | undefined) {
  const base = operand?.kind === "address" ? operand.base : fail();
  const name = base.kind === "symbol" ? base.name : fail("a parameter's name is missing");
  const index = kernel.parameters.findIndex((p) => p.name === name);
  if (index < 0) return fail(`'${name}' is not a parameter`);
  return { index, offset: operand?.kind === "address" ? Number(operand.offset) : 0 };
}

const isFloating = (type: string): boolean => type === "f32" || type === "f64";
const width = (type: string): number => (type === "bool" ? 1 : bitsOf(type));

function convertRead(name: string, from: string, to: string): string {
  if (from === to) return name;
  if (isFloating(to)) return `BITS(${to}, (u${width(to)})${name})`;
  if (isFloating(from)) return `(${to})BITS(u${width(from)}, ${name})`;
  return `(${to})${name}`;
}

/** Narrower values widen by their own sign. */
function convertWrite(value: string, from: string, to: string): string {
  if (from === to) return value;
  if (isFloating(from)) return `BITS(u${width(from)}, (${from})(${value}))`;
  if (isFloating(to)) return `BITS(${to}, (u${width(to)})(${from})(${value}))`;
  return `(${from})(${value})`;
}

function wholeLiteral(value: bigint, type: string, to: string): string | null {
  if (type === "pred") return value === 0n ? "false" : "true";
  if (isFloating(to)) return null;
  const bits = bytesOf(type === "tf32" ? "b32" : type) * 8;
  const text = `0x${BigInt.asUintN(bits, value).toString(16)}${bits === 64 ? "ull" : "u"}`;
  return `(${to})${text}`;
}

function floatLiteral(bits: bigint, bytes: number, type: string): string | null {
  const suffix = bytes === 8 ? "ull" : "u";
  const text = `0x${bits.toString(16)}${suffix}`;
  if (isFloating(type)) return bitsOf(type) === bytes * 8 ? `BITS(${type}, ${text})` : null;
  return bytesOf(type) === bytes ? text : null;
}
