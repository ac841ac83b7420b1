/** Attention over what a call and those before it have seen: a ring of keys and values for each row. */
import type { Node } from "../../../src/graph/graph.ts";
import { type Call, floatArg, namedArg, numberArg } from "../calls.ts";
import { report } from "../frame.ts";
import { reportShape } from "../misfits.ts";
import { isSize, namedTensor } from "../sizes.ts";
import { poison, type TensorValue, type Value } from "../values.ts";
import { type Rotation, rotate, rotationOf } from "./rotary.ts";
import { statePath } from "./states.ts";

/** `window`: tokens back that a query sees; null for the whole document. */
type AttendSettings = {
  readonly window: number | null;
  readonly scale: number;
  readonly cap: number;
  readonly rotation: Rotation;
};

/** attend(q, k, v, window:, rotary:, theta:, scale:, cap:): carries a ring of keys and values. */
export function buildAttend(call: Call): Value {
  const { frame } = call;
  const [q, k, v] = [floatArg(call, 0), floatArg(call, 1), floatArg(call, 2)];
  if (!q || !k || !v || !headsFit(call, q, k, v)) return poison;
  const settings = settingsOf(call, q.node.type.shape[3]!);
  if (!settings) return poison;
  const { window, scale, cap, rotation } = settings;
  const { batch, chunk, context } = frame.session.sizes;
  if (window === null) frame.session.usesContext = true;
  const { graph, seen, count, position } = frame.session;
  const slots = (window ?? context) + chunk;
  const path = statePath(call);
  const ring = (name: string, values: Node): Node => {
    const shape = [batch, slots, ...values.type.shape.slice(2)];
    const now = frame.session.state(path(name), { dtype: "f32", shape });
    return frame.session.carry(now, graph.ringWrite(now, values, seen, count));
  };
  const [queries, keys] = [q, k].map((x) => rotate(frame.session, x.node, rotation)) as [
    Node,
    Node,
  ];
  const inputs = [queries, ring("keys", keys), ring("values", v.node), seen, count, position];
  const node = graph.composite("attend", { window: window ?? context - 1, scale, cap }, inputs);
  return namedTensor(frame, call.span, node, q.dims);
}

/** The settings by name, for heads of `size` dimensions; null after a mistake. */
function settingsOf(call: Call, size: number): AttendSettings | null {
  const window = numberArg(call, "window", 0);
  const scale = numberArg(call, "scale", 1 / Math.sqrt(size));
  const cap = numberArg(call, "cap", 0);
  const rotation = rotationOf(call, "rotary", size, 0);
  if (window === null || scale === null || cap === null || rotation === null) return null;
  const isGlobal = namedArg(call, "window") === null;
  const wrong = (name: string, value: number, allowed: string): null => {
    report(call.frame, "E0412", call.span, { name, value: String(value), allowed });
    return null;
  };
  if (!isGlobal && !isSize(window)) return wrong("window", window, "a whole number from 1");
  if (!(cap >= 0)) return wrong("cap", cap, "a number above 0, or 0 for none");
  return { window: isGlobal ? null : window, scale, cap, rotation };
}

/** Whether q is [B, T, H, d] and k, v are [B, T, G, d] with H a multiple of G. */
function headsFit(call: Call, q: TensorValue, k: TensorValue, v: TensorValue): boolean {
  const { frame, expr } = call;
  const wrong = (place: number, wanted: readonly string[], x: TensorValue): false => {
    reportShape(frame, expr.args[place]!.span, `\`${"qkv"[place]}\` of \`attend\``, wanted, x);
    return false;
  };
  const isHeads = ({ dims }: TensorValue) =>
    dims.length === 4 && dims[0] === "B" && dims[1] === "T";
  if (!isHeads(q)) return wrong(0, ["B", "T", "heads", "d"], q);
  if (!isHeads(k)) return wrong(1, ["B", "T", "kv_heads", q.dims[3]!], k);
  if (k.dims[3] !== q.dims[3]) return wrong(1, q.dims.with(2, k.dims[2]!), k);
  if (v.dims.join() !== k.dims.join()) return wrong(2, k.dims, v);
  const [heads, shared] = [q.node.type.shape[2]!, k.node.type.shape[2]!];
  if (heads % shared === 0) return true;
  const facts = { left: q.dims[2]!, right: k.dims[2]!, leftSize: heads, rightSize: shared };
  report(frame, "E0406", call.span, facts);
  return false;
}
