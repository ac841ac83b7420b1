/** Which files the standard library has, read through whatever the caller reads with. Touches no file system. */

/** A file's name for messages and its text. */
export type StandardFile = { readonly file: string; readonly text: string };

/** The names of the standard files, as they lie in `std/`. */
export const standardFiles: readonly string[] = [
  "functions.eyrie",
  "norm.eyrie",
  "linear.eyrie",
  "recurrent.eyrie",
  "pool.eyrie",
  "mlp.eyrie",
  "attention.eyrie",
  "residual.eyrie",
  "names.eyrie",
];

/** What messages call a standard file begins so; a user's path never does. */
export const standardPrefix = "std:";
export const isStandardFile = (file: string): boolean => file.startsWith(standardPrefix);

/** The standard library's files, in their order. */
export const readStandard = (read: (path: string) => string): readonly StandardFile[] =>
  standardFiles.map((path) => ({ file: `${standardPrefix}${path}`, text: read(path) }));
