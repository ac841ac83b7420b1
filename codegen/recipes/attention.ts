/**
 * Attention over a ring of keys with an online softmax: what is kept of the keys so far is the largest logit, the sum of
 * weights and the weighted values, so no row of logits is ever stored. Either a lane owns a query and takes a few keys
 * at a time, or several queries that share their keys, or a workgroup owns a query: its lanes are keys while logits are made
 * and parts of the value while values are added.
 * Seen on lavapipe, 2 busy cores, one token of 6 heads of 128 over 1 024 keys: 1.1 ms a lane a query (4 keys at a time; 2.0 one),
 * 1.9 to 5 ms a workgroup a query. Medians of a call of 128 tokens after 1 152 through two layers of those heads, sharing a
 * key: 559 ms a lane a query, 296 four queries a lane, 433 eight.
 */
import type { Region } from "../../src/passes/regions.ts";
import { RegionIO } from "../access.ts";
import type { Caps } from "../kernel.ts";
import type { Choice, Recipe } from "../recipe.ts";
import { type Block, laneSomeQueries } from "./attention-block.ts";
import { laneAQuery } from "./attention-lane.ts";
import { type Team, workgroupAQuery } from "./attention-team.ts";
import { attentionTile, attentionTileFits } from "./attention-tiles.ts";
import { isAttend, type Query, queryOf, widthOf } from "./query.ts";

const blocks: readonly Block[] = [
  { queries: 4, keys: 4 },
  { queries: 4, keys: 2 },
  { queries: 8, keys: 2 },
  { queries: 2, keys: 4 },
];

export const attention: Recipe = {
  name: "attention",
  accepts: (region) => isAttend(region.anchor),
  choices(region, caps) {
    const q = queryOf(region);
    const oneEach: Choice[] = [4, 1].map((keys) => ({
      schedule: { keys },
      build: () => ({ kernels: [laneAQuery(region, q, caps, keys)], scratch: [] }),
    }));
    const queries = q.time * (q.heads / q.groups);
    // On GPUs so many numbers a lane would not stay in registers.
    const someEach: Choice[] = blocks
      .filter((b) => caps.barriers === "dear" && !q.fresh && queries >= b.queries)
      .map((block) => ({
        schedule: block,
        build: () => ({ kernels: [laneSomeQueries(region, q, caps, block)], scratch: [] }),
      }));
    const alone = q.time > 1 ? [...someEach, ...oneEach] : [...oneEach, ...someEach];
    const shared: Choice[] = teamsOf(region, q, caps).map((team) => ({
      schedule: team,
      build: () => ({ kernels: [workgroupAQuery(region, q, team)], scratch: [] }),
    }));
    const units: Choice[] = attentionTileFits(region, q, caps)
      ? [
          {
            schedule: { tile: 32 },
            build: () => ({ kernels: [attentionTile(region, q)], scratch: [] }),
          },
        ]
      : [];
    return caps.barriers === "cheap"
      ? [...units, ...shared, ...alone]
      : [...alone, ...shared, ...units];
  },
};

function teamsOf(region: Region, q: Query, caps: Caps): readonly Team[] {
  const width = widthOf(new RegionIO(region), q);
  const sizes = caps.subgroup ? [caps.subgroup.size, 1] : [1];
  // Few queries, as one token has, leave a device idle unless many lanes take each.
  const wanted = caps.busyLanes / (q.batch * q.time * q.heads);
  const most = [64, 128, 256].find((lanes) => lanes >= wanted) ?? 256;
  return [most, ...[64, 128, 256].filter((lanes) => lanes !== most)]
    .flatMap((lanes) => sizes.map((subgroup) => ({ lanes, subgroup })))
    .filter(
      ({ lanes, subgroup }) =>
        lanes % subgroup === 0 &&
        lanes <= caps.maxWorkgroupLanes &&
        q.dims / width <= lanes &&
        4 * (q.dims + 3 * lanes + 4 * lanes) <= caps.maxWorkgroupBytes &&
        [q.heads, q.time, q.batch].every((n) => n <= caps.maxWorkgroupsPerDimension),
    );
}
