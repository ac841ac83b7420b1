/**
 * Attention over a ring of keys with an online softmax: what is kept of the keys so far is the largest logit, the sum of
 * weights and the weighted values, so no row of logits is ever stored. Either a lane owns a query and takes a few keys
 * at a time, or a subgroup owns several queries that share their keys, or a workgroup owns a query: its lanes are keys while
 * logits are made and parts of the value while values are added; or matrix units take tiles of queries and keys.
 */
import type { Region } from "../../src/passes/regions.ts";
import { RegionIO } from "../access.ts";
import type { Caps } from "../kernel.ts";
import type { Choice, Recipe } from "../recipe.ts";
import { laneAQuery } from "./attention-lane.ts";
import { shareQueries, waysToShareQueries } from "./attention-rows.ts";
import { type Team, workgroupAQuery } from "./attention-team.ts";
import { attentionTile, attentionTileFits } from "./attention-tiles.ts";
import { isAttend, type Query, queryOf, widthOf } from "./query.ts";
import { joinStretches, leftBy } from "./stretches.ts";

export const attention: Recipe = {
  name: "attention",
  accepts: (region) => isAttend(region.anchor),
  choices(region, caps) {
    const q = queryOf(region);
    const oneEach: Choice[] = [4, 1].map((keys) => ({
      schedule: { keys },
      build: () => ({ kernels: [laneAQuery(region, q, caps, keys)], scratch: [] }),
    }));
    const { subgroup } = caps;
    const together: Choice[] = subgroup
      ? waysToShareQueries(region, q, caps).map((schedule) => ({
          schedule,
          build: () => ({
            kernels: [shareQueries(region, q, caps, subgroup, schedule)],
            scratch: [],
          }),
        }))
      : [];
    const shared: Choice[] = teamsOf(region, q, caps).map((team) => {
      const { stretches } = team;
      return {
        schedule: team,
        build: () => ({
          kernels: [
            workgroupAQuery(region, q, team),
            ...(stretches ? [joinStretches(region, q, caps, stretches)] : []),
          ],
          scratch: stretches ? leftBy(q, stretches) : [],
        }),
      };
    });
    const units: Choice[] = attentionTileFits(region, q, caps)
      ? [
          {
            schedule: { tile: 32 },
            build: () => ({ kernels: [attentionTile(region, q)], scratch: [] }),
          },
        ]
      : [];
    return caps.barriers === "cheap"
      ? [...units, ...shared, ...oneEach]
      : [...orderOf(together, oneEach, q), ...shared, ...units];
  },
};

/**
 * Where a single query reads a key, there is nothing to share; and few keys never win back that the larger kernel takes longer
 * to compile (1.8 s against 1.3 for a decode step on lavapipe). Where few ends is not measured.
 */
const orderOf = (together: readonly Choice[], oneEach: readonly Choice[], q: Query) =>
  q.time * (q.heads / q.groups) > 1 && q.slots >= manyKeys
    ? [...together, ...oneEach]
    : [...oneEach, ...together];
const manyKeys = 512;

function teamsOf(region: Region, q: Query, caps: Caps): readonly Team[] {
  const width = widthOf(new RegionIO(region), q);
  const sizes = caps.subgroup ? [caps.subgroup.size, 1] : [1];
  // Few queries, as one token has, leave a device idle unless many lanes take each.
  const wanted = caps.busyLanes / (q.batch * q.time * q.heads);
  const most = [64, 128, 256].find((lanes) => lanes >= wanted) ?? 256;
  const whole = [most, ...[64, 128, 256].filter((lanes) => lanes !== most)].flatMap((lanes) =>
    sizes.map((subgroup): Team => ({ lanes, subgroup })),
  );
  const stretches = stretchesOf(q, wanted / most, most);
  const cut = stretches > 1 ? [{ ...whole[0]!, stretches }] : [];
  return (q.slots >= longRing ? [...cut, ...whole] : [...whole, ...cut]).filter(
    ({ lanes, subgroup, stretches = 1 }) =>
      lanes % subgroup === 0 &&
      lanes <= caps.maxWorkgroupLanes &&
      q.dims / width <= lanes &&
      4 * (q.dims + 3 * lanes + 4 * lanes) <= caps.maxWorkgroupBytes &&
      [q.heads * stretches, q.time, q.batch].every((n) => n <= caps.maxWorkgroupsPerDimension),
  );
}

/** A ring so long that keys in stretches win back the second dispatch that they cost; reckoned for GPUs, not measured. */
const longRing = 4096;

/** As many as keep a device busy that is `idle` times too large, with eight tiles of keys each at least. */
function stretchesOf(q: Query, idle: number, lanes: number): number {
  const most = Math.min(idle, q.slots / (8 * lanes), 32);
  return 2 ** Math.floor(Math.log2(Math.max(1, most)));
}
