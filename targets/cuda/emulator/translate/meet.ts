/** Barriers, warp operations, matrix operations: what threads do together. The runtime does it; here are the calls. */
import type { Instruction } from "../ptx/ptx.ts";
import type { Writer } from "./writer.ts";

/** bar.sync 0 of the whole block, __syncwarp, and barriers that count votes. */
export function barrier(w: Writer, i: Instruction): string {
  w.uses.meets = true;
  const form = i.modifiers.filter((m) => m !== "cta" && m !== "aligned").join(".");
  if (form === "warp.sync")
    return `eyrie_sync_warp(t, ${w.read(i.operands[0], "u32")}, ${w.site});`;
  const reduces = /^red\.(popc\.u32|and\.pred|or\.pred)$/.exec(form)?.[1];
  const id = i.operands[reduces ? 1 : 0];
  if (id?.kind !== "integer" || id.value !== 0n) return w.fail("only barrier 0 is supported");
  if (form === "sync" && i.operands.length === 1) return `eyrie_barrier(t, ${w.site});`;
  if (!reduces || i.operands.length !== 3) return w.fail();
  const op = ["popc.u32", "and.pred", "or.pred"].indexOf(reduces);
  const call = `eyrie_barrier_reduce(t, ${op}, ${w.read(i.operands[2], "pred")}, ${w.site})`;
  return w.write(i.operands[0], op === 0 ? "u32" : "pred", call);
}

export function shuffle(w: Writer, i: Instruction): string {
  w.uses.meets = true;
  const mode = ["up", "down", "bfly", "idx"].indexOf(i.modifiers[1] ?? "");
  if (i.modifiers[0] !== "sync" || mode < 0 || i.modifiers[2] !== "b32") return w.fail();
  const [to, value, by, clamp, mask] = i.operands;
  const result = to?.kind === "pair" ? to.first : to;
  const within = to?.kind === "pair" ? w.write(to.second, "pred", "within") : "";
  const call = `eyrie_shuffle(t, ${mode}, ${[value, by, clamp, mask].map((o) => w.read(o, "b32")).join(", ")}, within, ${w.site})`;
  return `{ bool within; const u32 got = ${call}; ${w.write(result, "b32", "got")} ${within} }`;
}

export function vote(w: Writer, i: Instruction): string {
  w.uses.meets = true;
  const form = i.modifiers.join(".");
  const mode = ["sync.all.pred", "sync.any.pred", "sync.uni.pred", "sync.ballot.b32"].indexOf(form);
  if (mode < 0) return w.fail();
  const call = `eyrie_vote(t, ${mode}, ${w.read(i.operands[1], "pred")}, ${w.read(i.operands[2], "u32")}, ${w.site})`;
  return w.write(i.operands[0], mode === 3 ? "b32" : "pred", call);
}

const reductions: Record<string, number> = {
  ...{ "add.u32": 0, "add.s32": 0, "min.u32": 1, "max.u32": 2, "min.s32": 3, "max.s32": 4 },
  ...{ "and.b32": 5, "or.b32": 6, "xor.b32": 7 },
};

export function reduce(w: Writer, i: Instruction): string {
  w.uses.meets = true;
  const op = reductions[i.modifiers.slice(1).join(".")];
  if (i.modifiers[0] !== "sync" || op === undefined) return w.fail();
  const call = `eyrie_reduce(t, ${op}, ${w.read(i.operands[1], "b32")}, ${w.read(i.operands[2], "u32")}, ${w.site})`;
  return w.write(i.operands[0], "b32", call);
}

export function match(w: Writer, i: Instruction): string {
  w.uses.meets = true;
  if (i.modifiers.join(".") !== "any.sync.b32") return w.fail();
  const call = `eyrie_match_any(t, ${w.read(i.operands[1], "b32")}, ${w.read(i.operands[2], "u32")}, ${w.site})`;
  return w.write(i.operands[0], "b32", call);
}

export function activeMask(w: Writer, i: Instruction): string {
  w.uses.meets = true;
  return w.write(i.operands[0], "b32", "eyrie_active_mask(t)");
}

export function loadMatrix(w: Writer, i: Instruction): string {
  w.uses.meets = true;
  const form = /^sync\.aligned\.m8n8\.x([124])(\.trans)?(\.shared(?:::cta)?)?\.b16$/.exec(
    i.modifiers.join("."),
  );
  if (!form) return w.fail();
  const parts = w.parts(i.operands[0]);
  if (parts.length !== Number(form[1])) return w.fail();
  // Without .shared the address is generic.
  const at = w.address(i.operands[1], form[3] ? "shared" : "generic");
  const offset = form[3] ? at : `(u32)(${at} - (u64)shared)`;
  const writes = parts.map((p, k) => w.write(p, "b32", `got[${k}]`));
  return `{ u32 got[4]; eyrie_load_matrix(t, ${offset}, ${form[1]}, ${form[2] ? "true" : "false"}, got, ${w.site}); ${writes.join(" ")} }`;
}

const products =
  /^sync\.aligned\.m16n8k(?:(16|8)\.row\.col\.f32\.(f16|bf16)\.\2|(8)\.row\.col\.f32\.(tf32)\.tf32)\.f32$/;

export function multiply(w: Writer, i: Instruction): string {
  w.uses.meets = true;
  const form = products.exec(i.modifiers.join("."));
  if (!form)
    return w.fail("supported are m16n8k16 and m16n8k8 of f16 and bf16, m16n8k8 of tf32, into f32");
  const depth = Number(form[1] ?? form[3]);
  const type = (form[2] ?? form[4])!;
  const slices = depth / (type === "tf32" ? 4 : 8);
  const [d, a, b, c] = i.operands.map((o) => w.parts(o));
  if (a?.length !== 2 * slices || b?.length !== slices || c?.length !== 4 || d?.length !== 4)
    return w.fail("a fragment has another number of registers");
  const list = (parts: typeof a, t: string) => parts.map((p) => w.read(p, t)).join(", ");
  const factor = { f16: 0, bf16: 1, tf32: 2 }[type as "f16" | "bf16" | "tf32"];
  const writes = d.map((p, k) => w.write(p, "f32", `d[${k}]`));
  return (
    `{ const u32 a[] = {${list(a, "b32")}}, b[] = {${list(b, "b32")}}; const f32 c[] = {${list(c, "f32")}}; f32 d[4]; ` +
    `eyrie_multiply(t, ${factor}, ${depth}, a, b, c, d, ${w.site}); ${writes.join(" ")} }`
  );
}
