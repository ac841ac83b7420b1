/** Compares outputs with those that were scored, and remembers the largest difference. */
import { type Signature, widthOf } from "../../targets/signature.ts";
import type { TensorData, Tensors } from "../../targets/tensor.ts";

/** By output, by row: the values of all its tokens. */
export type Outputs = Readonly<Record<string, readonly Float64Array[]>>;

/** Throws where a difference is beyond the tolerance. */
export class Meter {
  readonly #signature: Signature;
  readonly #expected: Outputs;
  readonly #tolerance: number;
  largest = 0;

  constructor(signature: Signature, expected: Outputs, tolerance: number) {
    this.#signature = signature;
    this.#expected = expected;
    this.#tolerance = tolerance;
  }

  /** `found` are outputs [B, …] at token `at(row)`, null where a row has none. */
  compareLast(found: Tensors, at: (row: number) => number | null, how: string): void {
    for (const spec of this.#signature.outputs) {
      const { data, shape } = found[spec.name]!;
      const width = widthOf(spec);
      for (let row = 0; row < shape[0]!; row++) {
        const token = at(row);
        if (token === null) continue;
        const values = data.subarray(row * width, (row + 1) * width);
        this.#compare(values, spec.name, row, token, how);
      }
    }
  }

  compareAll(found: Outputs, how: string): void {
    for (const row of Object.values(found)[0]?.keys() ?? []) this.compareRow(found, row, how);
  }
  compareRow(found: Outputs, row: number, how: string): void {
    for (const [name, rows] of Object.entries(found)) this.#compare(rows[row]!, name, row, 0, how);
  }

  #compare(
    found: TensorData | Float64Array,
    name: string,
    row: number,
    token: number,
    how: string,
  ) {
    const expected = this.#expected[name]![row]!;
    const width = widthOf(this.#signature.outputs.find((spec) => spec.name === name)!);
    found.forEach((value, i) => {
      const wanted = expected[token * width + i]!;
      const difference = value === wanted ? 0 : Math.abs(value - wanted);
      if (!(difference <= this.#tolerance))
        throw new Error(
          `${name} by ${how} differs from score by ${difference}: row ${row}, token ${token + Math.floor(i / width)}, element ${i % width} is ${value}, expected ${wanted}`,
        );
      this.largest = Math.max(this.largest, difference);
    });
  }
}
