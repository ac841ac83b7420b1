/** Puts the columns of matrices into the strips in which kernels read them. Knows no device. */

/** The numbers of matrices [rows, columns] side by side, strip after strip, each with all rows. */
export function inStrips(
  numbers: Float32Array,
  shape: readonly number[],
  strip: number,
): Float32Array<ArrayBuffer> {
  const [columns = 1, rows = 1] = shape.toReversed();
  const moved = new Float32Array(numbers.length);
  let to = 0;
  for (let matrix = 0; matrix < numbers.length; matrix += rows * columns)
    for (let first = 0; first < columns; first += strip)
      for (let row = 0; row < rows; row++) {
        const from = matrix + row * columns + first;
        moved.set(numbers.subarray(from, from + strip), to);
        to += strip;
      }
  return moved;
}
