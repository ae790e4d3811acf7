const TROUBLE = /\b(PANIC|FATAL|ERROR):\s+(.*)$/;

/**
 * Why PostgreSQL did not start, in the words of its log: the last grave line before it ended, or,
 * where it ended before it could log, the last line.
 */
export function explainPostgres(
  tail: readonly string[],
  clusterDir: string,
  log: string,
): string | undefined {
  const grave = tail.map((line) => TROUBLE.exec(line)?.[2]).findLast((text) => text !== undefined);
  const reason = grave ?? tail.findLast((line) => line.trim() !== '')?.trim();
  if (reason === undefined) return undefined;
  return (
    `PostgreSQL cannot use ${clusterDir}: ${reason} (its log: ${log}). ` +
    'Move the folder away, or set VIGIA_DATA_DIR to another'
  );
}
