/** Turns a PTX module into C++: a function a kernel, and the tables that the runtime reads. */
import { basename } from "node:path";
import { bytesOf, type Instruction, type Kernel, type Module, type Variable } from "../ptx/ptx.ts";
import { failAt } from "../ptx/tokens.ts";
import { layoutOf, type Placed, variableBytes } from "./layout.ts";
import { translateInstruction } from "./opcodes.ts";
import { registerType } from "./types.ts";
import { labelName, registerName, type Uses, variableName, writerFor } from "./writer.ts";

/** Kernels of one file: enough to keep a core busy for a second. */
const perFile = 16;

/** C++ files to be compiled apart and linked. Throws a UserError that names the PTX line of what it does not know. */
export function translate(module: Module): readonly string[] {
  const sites = siteTable(module);
  const stored = storedVariables(module);
  const kernels = module.kernels.map((kernel, at) => translateKernel(module, kernel, at, sites.of));
  const head = ['#include "kernel.h"', ...stored.map(declareVariable)];
  const files: string[] = [];
  for (let at = 0; at < kernels.length; at += perFile)
    files.push([...head, ...kernels.slice(at, at + perFile).map((k) => k.text)].join("\n"));
  const tables = [
    ...head,
    ...stored.map(printVariable),
    ...kernels.map((_, at) => `void kernel${at}(Thread &, void *const *);`),
    sites.print(),
    ...kernels.map((k) => k.tables),
    printRecord(
      stored,
      kernels.map((k) => k.record),
    ),
  ];
  return [...files, tables.join("\n")];
}

/** Variables that lie in the library itself, wherever they are declared. */
function storedVariables({ variables, kernels }: Module): readonly Variable[] {
  const all = [...variables, ...kernels.flatMap((k) => k.variables)];
  return all.filter(({ space }) => space === "global" || space === "const");
}

/** Every source line that a check may name, once; the PTX line where nvcc gave none. */
function siteTable(module: Module) {
  const numbers = new Map<string, number>();
  const rows: string[] = [];
  const of = ({ source, line }: Instruction): number => {
    const file = source ? basename(module.files.get(source.file) ?? "?") : "PTX";
    const key = `{${JSON.stringify(file)}, ${source?.line ?? line}}`;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    if (rows.length > 65535) failAt(line, "more than 65536 source lines");
    numbers.set(key, rows.length);
    return rows.push(key) - 1;
  };
  return { of, print: () => `static const Site sites[] = {${[...rows, '{"", 0}'].join(", ")}};` };
}

type Translated = { readonly text: string; readonly tables: string; readonly record: string };

function translateKernel(
  module: Module,
  kernel: Kernel,
  at: number,
  siteOf: (i: Instruction) => number,
): Translated {
  const placed = layoutOf(module, kernel);
  const uses: Uses = { registers: new Set(), meets: false, carries: false };
  const targets = new Map(
    kernel.statements.flatMap((s) => (s.kind === "targets" ? [[s.name, s.labels] as const] : [])),
  );
  const environment = { module, kernel, placed, uses, siteOf, targets };
  const body = kernel.statements.flatMap((statement) => {
    if (statement.kind === "targets") return [];
    if (statement.kind === "label") return [`${labelName(statement.name)}:;`];
    const text = translateInstruction(writerFor(environment, statement), statement);
    return [guarded(statement, uses, text)];
  });
  const text = `void kernel${at}(Thread &t, void *const *parameters) {\n${declarations(kernel, placed, uses)}\n${body.join("\n")}\n}`;
  return { text, ...printTables(kernel, placed, uses, at) };
}

function guarded({ guard }: Instruction, uses: Uses, text: string): string {
  if (!guard) return text;
  uses.registers.add(guard.register);
  return `if (${guard.negated ? "!" : ""}${registerName(guard.register)}) { ${text} }`;
}

/** A register that nothing has set holds anything; here a number that spoils what is made of it: NaN wherever it is a float. */
const unset: Readonly<Record<string, string>> = {
  bool: "true",
  u16: "0x7fff",
  u32: "0x7fffffff",
  u64: "0x7fffffff7fffffff",
  f32: '__builtin_nanf("")',
  f64: '__builtin_nan("")',
};

function declarations(kernel: Kernel, placed: Placed, uses: Uses): string {
  const byType = new Map<string, string[]>();
  for (const name of uses.registers) {
    const type = registerType(kernel.registers.get(name)!);
    const names = byType.get(type) ?? [];
    names.push(name);
    byType.set(type, names);
  }
  const local = placed.localBytes
    ? [
        `alignas(16) char depot[${placed.localBytes}]; const u32 depot_bytes = ${placed.localBytes};`,
        `if (checked) __builtin_memset(depot, 0xff, depot_bytes);`,
      ]
    : ["char *const depot = nullptr; const u32 depot_bytes = 0;"];
  return [
    "const bool checked = t.checked; char *const shared = t.shared;",
    ...local,
    ...(uses.carries ? ["u32 carry = 0;"] : []),
    ...[...byType].map(
      ([type, names]) =>
        `${type} ${names.map((name) => `${registerName(name)} = ${unset[type]}`).join(", ")};`,
    ),
  ].join("\n");
}

function printTables(kernel: Kernel, placed: Placed, uses: Uses, at: number) {
  const most = kernel.maxThreads ?? kernel.requiredThreads;
  const threads = most ? most.reduce((a, b) => a * b) : 1024;
  const shared = placed.shared.map((v) => `{${JSON.stringify(v.name)}, ${v.offset}, ${v.bytes}}`);
  const bytes = kernel.parameters.map((p) => p.bytes);
  const tables = [
    `static const u32 parameters${at}[] = {${[...bytes, 0].join(", ")}};`,
    `static const SharedVariable shared${at}[] = {${[...shared, "{nullptr, 0, 0}"].join(", ")}};`,
  ].join("\n");
  const record = [
    JSON.stringify(kernel.name),
    `kernel${at}`,
    bytes.length,
    `parameters${at}`,
    placed.sharedEnd,
    shared.length,
    `shared${at}`,
    placed.localBytes,
    uses.registers.size,
    Math.min(threads, 1024),
    `{${(kernel.requiredThreads ?? [0, 0, 0]).join(", ")}}`,
    uses.meets ? 1 : 0,
    "sites",
  ];
  return { tables, record: `{${record.join(", ")}}` };
}

const elementType = ({ type }: Variable): string => `u${bytesOf(type) * 8}`;

const declareVariable = (variable: Variable): string =>
  `extern ${elementType(variable)} ${variableName(variable.name)}[${variable.count}];`;

function printVariable(variable: Variable): string {
  const type = elementType(variable);
  const values = variable.initial.map((value) =>
    typeof value === "string"
      ? `(u64)${variableName(value)}`
      : `(${type})0x${BigInt.asUintN(64, value).toString(16)}ull`,
  );
  return `alignas(16) ${type} ${variableName(variable.name)}[${variable.count}] = {${values.join(", ")}};`;
}

function printRecord(stored: readonly Variable[], kernels: readonly string[]): string {
  const variables = stored.map(
    (v) => `{${JSON.stringify(v.name)}, ${variableName(v.name)}, ${variableBytes(v)}}`,
  );
  return [
    `static const KernelRecord kernels[] = {${kernels.join(",\n")}};`,
    `static const VariableRecord variables[] = {${[...variables, "{nullptr, nullptr, 0}"].join(", ")}};`,
    `static const ModuleRecord record = {1, ${kernels.length}, kernels, ${variables.length}, variables};`,
    'extern "C" const ModuleRecord *eyrie_module_record() { return &record; }',
  ].join("\n");
}
