/** Primitives that multiply tensors whose dimensions differ: contract sums over some that both have, outer over none. */
import { spreadTo } from "../broadcast.ts";
import { type Call, floatArg, listItems, namedArg, overDims, type Primitive } from "../calls.ts";
import { isAmbientDim, report } from "../frame.ts";
import { dimText } from "../naming.ts";
import { originsOf, shapeIn } from "../origins.ts";
import { namedTensor } from "../sizes.ts";
import { poison, type TensorValue } from "../values.ts";

/** One letter for each dimension's name; past z come the letters from U+0100 on. */
function letters(dims: readonly string[]): (over: readonly string[]) => string {
  const known = [...new Set(dims)];
  const letter = (place: number) => String.fromCharCode(place < 26 ? 97 + place : 230 + place);
  return (over) => over.map((dim) => letter(known.indexOf(dim))).join("");
}

/** The dimensions that only `x` has. */
const ownDims = (x: TensorValue, other: TensorValue): readonly string[] =>
  x.dims.filter((dim) => !other.dims.includes(dim));

/** contract(a, b, over:): Σ of products over dimensions that both have; what both keep are batches. */
const contract: Primitive = {
  places: 2,
  named: ["over"],
  build: (call) => {
    const [a, b] = [floatArg(call, 0), floatArg(call, 1)];
    if (!a || !b || !inBoth(call, a, b)) return poison;
    const over = overDims(call, [a, b]);
    if (!over) return poison;
    const dims = [...a.dims, ...ownDims(b, a)].filter((dim) => !over.includes(dim));
    const spell = letters([...a.dims, ...b.dims]);
    const node = call.frame.session.graph.contract(
      a.node,
      b.node,
      spell(a.dims),
      spell(b.dims),
      spell(dims),
    );
    return namedTensor(call.frame, call.span, node, dims);
  },
};

/** Whether both operands have every contracted dimension. */
function inBoth(call: Call, a: TensorValue, b: TensorValue): boolean {
  const expr = namedArg(call, "over");
  const lacking = (expr ? listItems(expr) : []).filter((item) => {
    const dim = dimText(call.frame, item);
    return a.dims.includes(dim) !== b.dims.includes(dim);
  });
  for (const item of lacking) {
    const dim = dimText(call.frame, item);
    const facts = { dim, left: shapeIn(a, "a"), right: shapeIn(b, "b") };
    report(call.frame, "E0305", item.span, facts, originsOf([a, b]));
  }
  return lacking.length === 0;
}

/** outer(a, b): every element of a times every one of b; what both have are batches. */
const outer: Primitive = {
  places: 2,
  named: [],
  build: (call) => {
    const { frame, span } = call;
    const [a, b] = [floatArg(call, 0), floatArg(call, 1)];
    if (!a || !b) return poison;
    const own = ownDims(b, a);
    const ambient = own.find(isAmbientDim);
    if (ambient) {
      const instead = `pass the tensor that has ${ambient} first: its dimensions lead the result's`;
      return report(frame, "E0311", span, { dim: ambient, doing: call.name, instead });
    }
    const dims = [...a.dims, ...own];
    const shape = [
      ...a.node.type.shape,
      ...own.map((dim) => b.node.type.shape[b.dims.indexOf(dim)]!),
    ];
    const [left, right] = [a, b].map((x) => spreadTo(frame, x, dims, shape));
    return namedTensor(frame, span, frame.session.graph.map("mul", left!, right!), dims);
  },
};

export const products: Readonly<Record<string, Primitive>> = { contract, outer };
