/** The shortest decimal text of an f32. Knows no dialect. */

/** Reads back as the same f32; without a point or an exponent where it needs none. Nine digits tell any two f32 apart. */
export function shortest(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = String(Number(value.toPrecision(digits)));
    if (Math.fround(Number(text)) === value) return text;
  }
  return String(Number(value.toPrecision(9)));
}
