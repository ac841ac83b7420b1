/** Reads a kernel's body into statements in order; nested scopes become unique register names. */
import { readRegisters, readVariable } from "./declarations.ts";
import { type FindRegister, readOperands } from "./operands.ts";
import type { Instruction, RegisterClass, Source, Statement, Variable } from "./ptx.ts";
import type { Reader } from "./tokens.ts";

export type Body = {
  readonly registers: Map<string, RegisterClass>;
  readonly variables: Variable[];
  readonly statements: Statement[];
};

type Scopes = Map<string, string>[];

/** From the opening brace to behind the closing one. */
export function readBody(reader: Reader): Body {
  const body: Body = { registers: new Map(), variables: [], statements: [] };
  const scopes: Scopes = [];
  const find: FindRegister = (name) =>
    scopes.findLast((scope) => scope.has(name))?.get(name) ?? null;
  let source: Source | null = null;
  reader.expect("{");
  scopes.push(new Map());
  while (scopes.length > 0) {
    const { text, kind } = reader.peek();
    if (kind === "end") reader.fail("the kernel's body does not end");
    if (reader.accept("{")) scopes.push(new Map());
    else if (reader.accept("}")) scopes.pop();
    else if (reader.accept(";")) continue;
    else if (reader.accept(".loc")) source = readLocation(reader, source);
    else if (reader.accept(".pragma")) while (!reader.accept(";")) reader.next();
    else if (reader.accept(".reg")) declare(reader, body, scopes);
    else if (text === ".shared" || text === ".local" || text === ".const" || text === ".global")
      body.variables.push(readVariable(reader, reader.word().slice(1) as Variable["space"], false));
    else if (kind === "word" && reader.peek(1).text === ":") readLabel(reader, body);
    else body.statements.push(readInstruction(reader, find, source));
  }
  return body;
}

function declare(reader: Reader, body: Body, scopes: Scopes): void {
  for (const [name, type] of readRegisters(reader)) {
    let unique = name;
    for (let again = 2; body.registers.has(unique); again++) unique = `${name}$${again}`;
    body.registers.set(unique, type);
    scopes.at(-1)!.set(name, unique);
  }
}

/** name:, or name: .branchtargets a, b; */
function readLabel(reader: Reader, body: Body): void {
  const name = reader.word();
  reader.expect(":");
  if (!reader.accept(".branchtargets")) {
    body.statements.push({ kind: "label", name });
    return;
  }
  const labels: string[] = [];
  do labels.push(reader.word());
  while (reader.accept(","));
  reader.expect(";");
  body.statements.push({ kind: "targets", name, labels });
}

/** Behind .loc: file line column, then perhaps where it was inlined, which is the line that a reader knows. */
export function readLocation(reader: Reader, before: Source | null): Source | null {
  const triple = (): Source => {
    const file = Number(reader.integer());
    const line = Number(reader.integer());
    reader.integer();
    return { file, line };
  };
  let at = triple();
  if (reader.accept(",")) {
    reader.expect("function_name");
    reader.word();
    if (reader.accept("+")) reader.integer();
    reader.expect(",");
    reader.expect("inlined_at");
    at = triple();
  }
  // Line 0 stands for code of no line of its own.
  return at.line === 0 ? before : at;
}

function readInstruction(reader: Reader, find: FindRegister, source: Source | null): Instruction {
  const { line } = reader.peek();
  let guard: Instruction["guard"] = null;
  if (reader.accept("@")) {
    const negated = reader.accept("!");
    const name = reader.word();
    guard = { register: find(name) ?? reader.fail(`'${name}' is not a register`), negated };
  }
  const opcode = reader.word();
  if (!/^[a-z]/.test(opcode)) reader.fail(`'${opcode}' is not supported in a kernel`);
  if (/^call(\.|$)/.test(opcode))
    reader.fail("a call is not supported: make the function __forceinline__");
  const [name, ...modifiers] = opcode.split(".");
  const operands = readOperands(reader, find);
  return { kind: "instruction", name: name!, modifiers, operands, guard, line, source };
}
