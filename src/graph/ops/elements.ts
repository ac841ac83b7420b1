/** Operations on elements at the same place: scalar functions and conversions. */
import { convert, scalarFunction, scalarResult } from "../scalars.ts";
import { demand, fill, type OpRule, operands, sameShape, sizeOf } from "./rule.ts";

export const map: OpRule<"map"> = {
  type: (inputs, { fn }) => {
    const shape = inputs[0]?.shape;
    demand(shape !== undefined, `${fn} of nothing`);
    demand(
      inputs.every((t) => sameShape(t.shape, shape)),
      `${fn} of different shapes`,
    );
    return {
      dtype: scalarResult(
        fn,
        inputs.map((t) => t.dtype),
      ),
      shape,
    };
  },
  value: (inputs, { fn }, type) => {
    const f = scalarFunction(fn, inputs[inputs.length - 1]!.type.dtype);
    const [a, b, c] = inputs.map((v) => v.data);
    const data = new Float64Array(sizeOf(type.shape));
    if (!b) for (let i = 0; i < data.length; i++) data[i] = f(a![i]!);
    else if (!c) for (let i = 0; i < data.length; i++) data[i] = f(a![i]!, b[i]!);
    else for (let i = 0; i < data.length; i++) data[i] = f(a![i]!, b[i]!, c[i]!);
    return { type, data };
  },
};

export const cast: OpRule<"cast"> = {
  type: (inputs, { to }) => ({ dtype: to, shape: operands(inputs, 1)[0].shape }),
  value: ([x], { to }, type) => fill(type, (i) => convert(x!.data[i]!, x!.type.dtype, to)),
};
