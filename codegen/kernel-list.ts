/** Numbers the kernels of a program: those that differ in names and notes only are one. Knows no buffers and no steps. */
import type { Kernel } from "./kernel.ts";
import { kernelKey } from "./plain.ts";

/** Distinct kernels in the order in which they come, each with a name of its own. */
export class KernelList {
  readonly list: Kernel[] = [];
  readonly #known = new Map<Kernel, number>();
  /** Numbers of kernels that may be one: the text that tells for certain is dear. */
  readonly #alike = new Map<string, number[]>();

  indexOf(kernel: Kernel): number {
    const known = this.#known.get(kernel) ?? this.#find(kernel);
    this.#known.set(kernel, known);
    return known;
  }

  #find(kernel: Kernel): number {
    const outline = outlineOf(kernel);
    const alike = this.#alike.get(outline) ?? [];
    this.#alike.set(outline, alike);
    const same = alike.find((i) => kernelKey(this.list[i]!) === kernelKey(kernel));
    if (same !== undefined) return same;
    const index = this.list.push({ ...kernel, name: unused(kernel.name, this.list) }) - 1;
    alike.push(index);
    return index;
  }
}

/** What equal kernels have in common and is had at once. */
const outlineOf = ({ workgroupSize, buffers, body }: Kernel): string => {
  const statements = body.filter(({ kind }) => kind !== "note").map(({ kind }) => kind);
  const memories = buffers.map(({ memory }) => `${memory.scalar} ${memory.length}`);
  return [workgroupSize, ...memories, ...statements].join();
};

/** The name, with a number where another kernel has it. */
function unused(name: string, kernels: readonly Kernel[]): string {
  const taken = (n: string) => kernels.some((k) => k.name === n);
  let number = 2;
  while (taken(`${name}_${number}`)) number++;
  return taken(name) ? `${name}_${number}` : name;
}
