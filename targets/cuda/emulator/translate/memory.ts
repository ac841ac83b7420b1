/** Loads, stores, atomics, asynchronous copies and addresses. Each access is checked where the launch asks for it. */
import { bytesOf, type Instruction, type Operand } from "../ptx/ptx.ts";
import { cppType, isHalfPair } from "./types.ts";
import type { Writer } from "./writer.ts";

type Place = "global" | "const" | "shared" | "local" | "generic";

/** Orders and cache hints that change no value here: blocks are never ordered, whatever a load says. */
const hints =
  /^(weak|volatile|relaxed|acquire|release|acq_rel|gpu|cta|sys|ca|cg|cs|cv|lu|wb|wt|L1::\w+|L2::\w+|noftz)$/;

const access = { read: 0, write: 1, constant: 2, atomic: 3 } as const;

function placeOf(modifiers: readonly string[]): Place {
  const named = modifiers.map((m) => m.replace(/::cta$/, ""));
  return (
    (["global", "const", "shared", "local"] as const).find((p) => named.includes(p)) ?? "generic"
  );
}

/** Statements that leave a checked pointer to the bytes in `p`. */
function pointer(
  w: Writer,
  address: Operand | undefined,
  place: Place,
  bytes: number,
  kind: number,
): string {
  const at = w.address(address, place === "shared" ? "shared" : "generic");
  if (place === "shared")
    return `const u32 a = ${at}; SHARED(a, ${bytes}, ${kind}, ${w.site}); char *const p = shared + a;`;
  if (place === "local")
    return `const u64 a = ${at}; LOCAL(a, ${bytes}, ${w.site}); char *const p = (char *)a;`;
  if (place === "generic")
    return `char *const p = eyrie_generic(t, ${at}, ${bytes}, ${kind}, depot, depot_bytes, ${w.site});`;
  return `const u64 a = ${at}; GLOBAL(a, ${bytes}, ${kind}, ${w.site}); char *const p = (char *)a;`;
}

type Shape = { readonly type: string; readonly width: number; readonly place: Place };

function shapeOf(w: Writer, i: Instruction, also: RegExp): Shape {
  const type = i.modifiers.at(-1)!;
  const others = i.modifiers.slice(0, -1);
  const known = (m: string) =>
    hints.test(m) || /^(global|const|shared|shared::cta|local|v2|v4)$/.test(m) || also.test(m);
  if (bytesOf(type) === 0 || !others.every(known)) w.fail();
  const width = others.includes("v4") ? 4 : others.includes("v2") ? 2 : 1;
  return { type, width, place: placeOf(others) };
}

export function load(w: Writer, i: Instruction): string {
  if (i.modifiers.includes("param")) return loadParameter(w, i);
  const { type, width, place } = shapeOf(w, i, /^nc$/);
  const [to, from] = i.operands;
  const kind = i.modifiers.includes("nc") ? access.constant : access.read;
  const parts = width === 1 ? [to!] : w.parts(to);
  if (parts.length !== width) return w.fail();
  const bytes = bytesOf(type);
  const loads = parts.map((part, at) =>
    w.write(part, type, `LOAD(${cppType(type)}, p + ${at * bytes})`),
  );
  return `{ ${pointer(w, from, place, bytes * width, kind)} ${loads.join(" ")} }`;
}

function loadParameter(w: Writer, i: Instruction): string {
  const type = i.modifiers.at(-1)!;
  const width = i.modifiers.includes("v4") ? 4 : i.modifiers.includes("v2") ? 2 : 1;
  const { index, offset } = w.parameter(i.operands[1]);
  const parts = width === 1 ? [i.operands[0]!] : w.parts(i.operands[0]);
  const bytes = bytesOf(type);
  if (bytes === 0 || offset + width * bytes > w.kernel.parameters[index]!.bytes) return w.fail();
  return parts
    .map((part, at) =>
      w.write(
        part,
        type,
        `LOAD(${cppType(type)}, (const char *)parameters[${index}] + ${offset + at * bytes})`,
      ),
    )
    .join(" ");
}

export function store(w: Writer, i: Instruction): string {
  const { type, width, place } = shapeOf(w, i, /^$/);
  const [to, from] = i.operands;
  if (place === "const") return w.fail("constant memory cannot be written");
  const parts = width === 1 ? [from!] : w.parts(from);
  if (parts.length !== width) return w.fail();
  const bytes = bytesOf(type);
  const stores = parts.map(
    (part, at) => `STORE(${cppType(type)}, p + ${at * bytes}, ${w.read(part, type)});`,
  );
  return `{ ${pointer(w, to, place, bytes * width, access.write)} ${stores.join(" ")} }`;
}

/** The new value of an atomic operation, from the old one and the operand(s). */
const updates: Record<string, (type: string) => string> = {
  add: (t) =>
    isHalfPair(t)
      ? `EYRIE_PAIR2(add_${t.replace("x2", "")}, old, x)`
      : /^b?f16$/.test(t)
        ? `add_${t}(old, x)`
        : "old + x",
  min: () => "x < old ? x : old",
  max: () => "x > old ? x : old",
  and: () => "old & x",
  or: () => "old | x",
  xor: () => "old ^ x",
  exch: () => "x",
  inc: () => "old >= x ? 0 : old + 1",
  dec: () => "old == 0 || old > x ? x : old - 1",
  cas: () => "old == x ? y : old",
};

/** atom gives the old value, red none. Threads take turns here, so a plain update is atomic. */
export function atomic(w: Writer, i: Instruction): string {
  const { type, width, place } = shapeOf(w, i, /^(add|min|max|and|or|xor|exch|inc|dec|cas)$/);
  const operation = i.modifiers.find((m) => updates[m]);
  const reduces = i.name === "red";
  const operands = reduces ? [undefined, ...i.operands] : i.operands;
  if (!operation || width !== 1 || place === "const" || place === "local") return w.fail();
  if (/^f(32|64)$/.test(type) && operation !== "add") return w.fail();
  const c = cppType(type);
  const y = operation === "cas" ? ` const ${c} y = ${w.read(operands[3], type)};` : "";
  const value = `const ${c} x = ${w.read(operands[2], type)};${y}`;
  const update = `const ${c} old = LOAD(${c}, p); STORE(${c}, p, (${c})(${updates[operation]!(type)}));`;
  const result = reduces ? "" : w.write(operands[0], type, "old");
  return `{ ${pointer(w, operands[1], place, bytesOf(type), access.atomic)} ${value} ${update} ${result} }`;
}

/** cp.async and its groups. */
export function copyAsync(w: Writer, i: Instruction): string {
  const form = i.modifiers.filter((m) => !/^L2::\w+$/.test(m)).join(".");
  if (form === "async.commit_group") return "eyrie_commit_group(t);";
  if (form === "async.wait_all") return `eyrie_wait_all(t, ${w.site});`;
  if (form === "async.wait_group")
    return `eyrie_wait_group(t, ${w.read(i.operands[0], "u32")}, ${w.site});`;
  if (!/^async\.(ca|cg)\.shared(::cta)?\.global$/.test(form)) return w.fail();
  const [to, from, size, source] = i.operands;
  const bytes = size?.kind === "integer" ? Number(size.value) : 0;
  if (![4, 8, 16].includes(bytes) || (form.includes(".cg.") && bytes !== 16)) return w.fail();
  // The fourth operand is how many bytes are read, or a predicate that says to read none.
  const ignores = source && w.registerClass(source) === "pred";
  const read = !source
    ? bytes
    : ignores
      ? `(${w.read(source, "pred")} ? 0 : ${bytes})`
      : w.read(source, "u32");
  if (i.operands.length > 4) return w.fail("a cache policy");
  return `eyrie_copy_async(t, ${w.address(to, "shared")}, ${w.address(from, "generic")}, ${bytes}, ${read}, ${w.site});`;
}

/** Between a space's addresses and generic ones: only shared memory's differ here. */
export function convertAddress(w: Writer, i: Instruction): string {
  const type = i.modifiers.at(-1)!;
  const place = placeOf(i.modifiers);
  if (type !== "u64" || place === "generic") return w.fail();
  const value = w.read(i.operands[1], "u64");
  if (place !== "shared") return w.write(i.operands[0], "u64", value);
  const sign = i.modifiers[0] === "to" ? "-" : "+";
  return w.write(i.operands[0], "u64", `${value} ${sign} (u64)shared`);
}

export function isInSpace(w: Writer, i: Instruction): string {
  const value = w.read(i.operands[1], "u64");
  const inShared = `eyrie_is_shared(${value})`;
  const inLocal = `(${value} - (u64)depot < depot_bytes)`;
  const test = { shared: inShared, local: inLocal, global: `!${inShared} && !${inLocal}` }[
    i.modifiers[0] as "shared" | "local" | "global"
  ];
  return w.write(i.operands[0], "pred", test ?? w.fail());
}
