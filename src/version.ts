/** The version of the package, which files and reports name. */
export const version = "0.1.0";
