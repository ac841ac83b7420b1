/** Special registers as C++: what a thread knows of itself. Those of real hardware (%smid, …) have no value here. */

const fixed: Record<string, string> = {
  "%laneid": "t.lane",
  "%warpid": "t.warp",
  "%nwarpid": "((t.block_size.x * t.block_size.y * t.block_size.z + 31) / 32)",
  "%clock": "eyrie_clock()",
  "%clock64": "eyrie_clock()",
  WARP_SZ: "32u",
  "%lanemask_eq": "(1u << t.lane)",
  "%lanemask_lt": "((1u << t.lane) - 1)",
  "%lanemask_le": "((2u << t.lane) - 1)",
  "%lanemask_gt": "~((2u << t.lane) - 1)",
  "%lanemask_ge": "~((1u << t.lane) - 1)",
};

const triples: Record<string, string> = {
  tid: "id",
  ntid: "block_size",
  ctaid: "block",
  nctaid: "grid_size",
};

/** null where the register is unknown. */
export function specialRegister(name: string): string | null {
  const triple = /^%(\w+)\.([xyz])$/.exec(name);
  if (triple) return triples[triple[1]!] ? `t.${triples[triple[1]!]}.${triple[2]}` : null;
  return fixed[name] ?? null;
}
