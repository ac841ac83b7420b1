/** Finds the names that a misspelt name may have meant. Knows letters, not what the names stand for. */

/** Least number of letters added, dropped, changed or swapped with a neighbour that turns one word into another; infinite beyond `most`. */
function editDistance(from: string, to: string, most: number): number {
  if (Math.abs(from.length - to.length) > most) return Number.POSITIVE_INFINITY;
  let before: number[] = [];
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const here = [row];
    let nearest = row;
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1] ? 0 : 1;
      let least = Math.min(above[column]! + 1, here[column - 1]! + 1, above[column - 1]! + same);
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (swapped && row > 1 && column > 1) least = Math.min(least, before[column - 2]! + 1);
      here.push(least);
      nearest = Math.min(nearest, least);
    }
    if (nearest > most) return Number.POSITIVE_INFINITY;
    before = above;
    above = here;
  }
  return above[to.length]!;
}

/** Up to three candidates close to `name`, nearest first. */
export function nearNames(name: string, candidates: Iterable<string>): string[] {
  const wanted = name.toLowerCase();
  if (wanted.length > 64) return [];
  const reach = wanted.length === 1 ? 0 : Math.max(1, Math.floor(wanted.length / 3));
  const scored: { candidate: string; distance: number }[] = [];
  for (const candidate of new Set(candidates)) {
    const word = candidate.toLowerCase();
    const apart = Math.abs(word.length - wanted.length);
    if (candidate === name || apart > Math.max(reach, 8)) continue;
    const contains =
      wanted.length > 2 && word.length > 2 && (word.includes(wanted) || wanted.includes(word));
    const distance = contains ? apart : editDistance(wanted, word, reach);
    if (distance < Number.POSITIVE_INFINITY) scored.push({ candidate, distance });
  }
  scored.sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1));
  return scored.slice(0, 3).map(({ candidate }) => candidate);
}
