/** What a device's limits mean for a model, as part of the one catalogue: N060 what the compiler does about them, E061 what does not fit. */
import { count, listed, quote, type Words } from "./wording.ts";

/** A tensor that is told of: its path, its dimensions where its body names them, how many like it there are. */
export type Told = {
  readonly name: string;
  readonly dims: readonly string[] | null;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly bytes: number;
  /** Whether `name` only stands near it: the tensor itself has no name. */
  readonly unnamed?: boolean;
  /** How many tensors of repeated layers this one stands for; 1. */
  readonly times?: number;
};
type Limited = { readonly device: string; readonly limit: number };

/** Bytes in the unit that keeps three digits. */
export function readableBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const step = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** step;
  return `${step === 0 || value >= 1000 ? Math.round(value) : Number(value.toPrecision(3))} ${units[step]}`;
}

/** "`embedding` [vocab, width] = [256000, 2560] in f16 is 1.22 GiB" */
function sized({ name, dims, shape, dtype, bytes, unnamed, times = 1 }: Told): string {
  const size = dims ? `[${dims.join(", ")}] = [${shape.join(", ")}]` : `[${shape.join(", ")}]`;
  const what = unnamed ? `a value on the way to ${quote(name)},` : quote(name);
  const each = times > 1 ? ` (${times} of them)` : "";
  return `${what}${each} ${size} in ${dtype} is ${readableBytes(bytes)}`;
}

const holds = ({ device, limit }: Limited): string =>
  `a binding of ${device} holds ${readableBytes(limit)}`;

export const deviceMessages = {
  N0601: (f: Told & Limited & { pieces: number; along: string }) => ({
    message: `${sized(f)}; ${holds(f)}: it is split in ${f.pieces} along ${quote(f.along)}`,
    hint: f.dtype === "f32" ? "half precision (`--precision bf16`) needs half as many pieces" : "",
  }),
  N0602: (f: {
    name: string;
    kind: string;
    device: string;
    limit: number;
    needed: number;
    apart: readonly string[];
    /** The named value that follows, where nothing of what is apart has a name. */
    before: string;
    times: number;
  }) => ({
    message: `the kernels of ${quote(f.name)} (${f.kind}${f.times > 1 ? `, ${f.times} times` : ""}) would bind ${f.needed} buffers with all that belongs to them, and ${f.device} binds ${f.limit}: ${
      f.apart.length > 0 ? listed(f.apart, "and") : `what leads to ${quote(f.before)}`
    } ${f.apart.length > 1 ? "are" : "is"} computed by other kernels`,
    hint: "",
  }),
  N0603: (f: {
    device: string;
    weights: number;
    states: number;
    arena: number;
    other: number;
    limit: number;
    table: string;
    typical: readonly string[];
  }) => ({
    message: `on ${f.device} this takes ${readableBytes(f.weights + f.states + f.arena + f.other)}: ${readableBytes(f.weights)} of weights, ${readableBytes(f.states)} of states for each stream, ${readableBytes(f.arena)} for intermediate values, ${readableBytes(f.other)} for inputs, outputs and next states`,
    notes: [
      f.table,
      ...(f.typical.length > 0
        ? [`only typical of ${f.device}, not certain: ${f.typical.join(", ")}`]
        : []),
    ],
    hint: "",
  }),

  E0610: (f: Told & Limited & { entries: readonly string[]; action: string }) => ({
    message: `${sized(f)} (${f.entries.join(", ")}), and ${holds(f)}`,
    hint: f.action,
  }),
  E0611: (f: Told & Limited) => ({
    message: `${sized(f)}; ${holds(f)}, and where it is used it can be split along none of its dimensions`,
    hint:
      f.dtype === "f32"
        ? "make one of its dimensions smaller, or store it in half precision (`--precision bf16`)"
        : "make one of its dimensions smaller",
  }),
  E0612: (f: { name: string; parameters: readonly string[] } & Limited) => ({
    message: `${quote(f.name)} needs ${listed(f.parameters, "and")} in several places at once, each too large for one binding; ${holds(f)}`,
    hint: `give what reads ${f.parameters.length > 1 ? "each of them" : "it"} a value of its own, or make ${f.parameters.length > 1 ? "them" : "it"} smaller`,
  }),
  E0613: (f: { name: string; count: number } & Limited) => ({
    message: `${quote(f.name)} takes ${count(f.count, "workgroup")}, more than the ${f.limit} of one dispatch of ${f.device}`,
    hint: "use a smaller `--batch` or `--chunk`",
  }),
  E0614: (f: { device: string }) => ({
    message: `f16 was asked for, and ${f.device} has none (shader-f16)`,
    hint: "give `--precision bf16`, which every device has, or choose another device",
  }),
} satisfies Record<`${"E" | "N"}06${number}`, (facts: never) => Words>;
