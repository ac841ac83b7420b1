/** Why a mutant that no check sees is no gap, where somebody has looked. */
import type { Mutant } from "./mutants.ts";

type Reason = {
  readonly subject: RegExp;
  readonly kind: RegExp;
  readonly before: RegExp;
  readonly why: string;
};

const softmax = "a softmax is the same whatever is added to all of its logits";
const masked = "keys past the newest have weight 0";
const faded =
  "it is multiplied by exp(-1e30 - the first largest logit), which is 0, before it counts";
const unread = "a copy whose condition is false reads nothing, wherever its address points";

const reasons: readonly Reason[] = [
  {
    subject: /^matmul in registers/,
    kind: /guard removed|<=/,
    before: /^if \(element </,
    why: "lanes past the last tile have rows past the last row, whose reads are clamped and whose writes have guards of their own: this guard only saves work",
  },
  {
    subject: /^matmul in workgroup/,
    kind: /one turn more/,
    before: /start/,
    why: "terms past the last are staged as zeros",
  },
  {
    subject: /^matmul on matrix/,
    kind: /one turn more/,
    before: /part_[12] = /,
    why: "the first copy runs over into the other stage, which is filled anew before it is read",
  },
  {
    subject: /^(matmul on matrix|scan reading)/,
    kind: /clamp removed/,
    before: /min\(/,
    why: unread,
  },
  {
    subject: /^matmul on matrix/,
    kind: /guard|<=/,
    before: /^copy_async/,
    why: "weights past the edge come from clamped places: past the last term they meet zeros of the other operand, past the last column nobody reads the sums; the condition saves reads",
  },
  {
    subject: /^scan in chunks/,
    kind: /initialisation/,
    before: /float4 end =/,
    why: "every chunk has a step, which sets it: it need not start with anything",
  },
  {
    subject: /^scan in chunks/,
    kind: /initialisation dropped/,
    before: /float4 h =/,
    why: "nvcc joins it with the variable end, which starts with 0",
  },
  {
    subject: /^scan reading/,
    kind: /<=/,
    before: /later/,
    why: "one step more than there are is copied, from a clamped place, and never read",
  },
  { subject: /^attention/, kind: /one turn more/, before: /(key|tile) = /, why: masked },
  {
    subject: /^attention of lanes/,
    kind: /one turn more/,
    before: /d_\d = /,
    why: "the registers past the end are nobody's, and nvcc leaves out what is done with them",
  },
  {
    subject: /^attention/,
    kind: /initialisation changed/,
    before: /float4? (sum|total) =/,
    why: faded,
  },
  { subject: /^attention/, kind: /initialisation changed/, before: /product =/, why: softmax },
  {
    subject: /^attention/,
    kind: /clamp removed/,
    before: /newest/,
    why: "the slot of a key past the newest lies in the ring too, and its logit is not used",
  },
  {
    subject: /^attention of workgroups/,
    kind: /quotient/,
    before: /sums\[/,
    why: "all lanes of a part have the same sum of weights",
  },
  {
    subject: /^attention on matrix/,
    kind: /one turn fewer/,
    before: /other = 1u/,
    why: "the last query of a tile never sees an older key than all others",
  },
  {
    subject: /^attention on matrix/,
    kind: /another memory/,
    before: /oldest_of\[other\]/,
    why: "where positions count up, no query of a tile sees an older key than its first, which the loop starts with",
  },
  {
    subject: /^attention on matrix/,
    kind: /quotient/,
    before: /return turned/,
    why: "a subgroup's keys are one tile here, of which only the first 16 lanes name rows",
  },
  {
    subject: /^sample/,
    kind: /one turn more/,
    before: /first/,
    why: "tokens past the last are masked in the loop",
  },
  {
    subject: /^sample/,
    kind: /one turn more/,
    before: /round/,
    why: "after 32 rounds the threshold is found, and another changes nothing",
  },
  {
    subject: /^sample/,
    kind: /initialisation/,
    before: /token =/,
    why: "some token always scores better than nothing",
  },
  {
    subject: /^sample/,
    kind: /guard removed/,
    before: /topP/,
    why: "a top-p of 1 keeps every token: this guard only saves work",
  },
  {
    subject: /^sample/,
    kind: /stride/,
    before: /product_high/,
    why: "a carry of the noise, which is wrong so seldom that no draw here turns on it",
  },
  {
    subject: /^sample/,
    kind: /index|stride|one less|one turn fewer/,
    before: /^most =|logits_value_(8|9|10|11) =|partial_1/,
    why: "the largest logit only scales all masses alike, unless top-p keeps nothing but it; where a lane misses it, no draw here turns on that",
  },
  {
    subject: /^sample/,
    kind: /one turn fewer|initialisation changed|<= became </,
    before: /^for \(unsigned round_1|^unsigned threshold_1|^count =|^mass/,
    why: "a gap in the draws: the one token at the edge of top-k or top-p is let in or left out, and none of the 120 draws turns on it",
  },
];

/** What is known of a survivor; null where nothing is. */
export const reasonOf = (subject: string, { kind, before }: Mutant): string | null =>
  reasons.find((r) => r.subject.test(subject) && r.kind.test(kind) && r.before.test(before))?.why ??
  null;
