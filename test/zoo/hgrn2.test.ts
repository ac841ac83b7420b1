import { hgrn2 } from "./reference/hgrn2.ts";
import { testZoo } from "./zoo.ts";

const sizes = { depth: 3, heads: 3 };

testZoo({
  name: "hgrn2",
  settings: { vocab: 23, width: 21, hidden: 17, ...sizes },
  reference: (weights, document) => hgrn2(weights, document, sizes),
  tolerance: 1e-5,
});
