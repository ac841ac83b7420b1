/** Finds what needs itself in a directed graph: Tarjan's strongly connected components, without those that have no edge inside. */

/** Groups of items that all lead to each other, and items that lead to themselves; in the order of `items`. */
export function circles<T>(items: readonly T[], next: (item: T) => readonly T[]): readonly T[][] {
  const place = new Map(items.map((item, at) => [item, at]));
  const number = new Map<T, number>();
  /** The first item that an open one leads back to, by number. */
  const back = new Map<T, number>();
  const open: T[] = [];
  const isOpen = new Set<T>();
  const groups: T[][] = [];
  const enter = (item: T) => {
    back.set(item, number.size);
    number.set(item, number.size);
    open.push(item);
    isOpen.add(item);
    return { item, edges: next(item), done: 0 };
  };
  const close = (first: T) => {
    const group = open.splice(open.lastIndexOf(first));
    for (const item of group) isOpen.delete(item);
    if (group.length > 1 || next(first).includes(first)) groups.push(group);
  };
  for (const root of items) {
    const visits = number.has(root) ? [] : [enter(root)];
    for (let visit = visits.at(-1); visit; visit = visits.at(-1)) {
      const { item, edges } = visit;
      if (visit.done < edges.length) {
        const to = edges[visit.done++]!;
        if (!number.has(to)) visits.push(enter(to));
        else if (isOpen.has(to)) back.set(item, Math.min(back.get(item)!, number.get(to)!));
        continue;
      }
      visits.pop();
      const caller = visits.at(-1)?.item;
      if (caller !== undefined) back.set(caller, Math.min(back.get(caller)!, back.get(item)!));
      if (back.get(item) === number.get(item)) close(item);
    }
  }
  const inOrder = (a: T, b: T) => place.get(a)! - place.get(b)!;
  for (const group of groups) group.sort(inOrder);
  return groups.sort(([a], [b]) => inOrder(a!, b!));
}
