/** @returns the head and the rows as lines, each column as wide as its widest cell; null is a dash */
export function table(
  head: readonly string[],
  rows: readonly (readonly (string | null)[])[],
): string[] {
  const lines = [head, ...rows].map((row) => row.map((cell) => cell ?? '-'));
  const widths = head.map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  return lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** @returns `name  value` a line, the values below each other */
export function fields(
  pairs: readonly (readonly [name: string, value: string | null])[],
): string[] {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${name.padEnd(width)}  ${value ?? '-'}`);
}
