// The part of papaparse that csv.ts uses. The published types of that library bring all of Node's with them, which the core
// does not have; the path names the file, so that they are not found.

declare module 'papaparse/papaparse.js' {
  type Step = {
    readonly data: unknown;
    readonly errors: readonly { readonly message: string }[];
    readonly meta: { readonly cursor: number };
  };
  const Papa: {
    parse(
      text: string,
      options: { readonly delimiter: string; readonly skipEmptyLines: boolean; step(row: Step): void },
    ): unknown;
  };
  export default Papa;
}
