/** What an expression of PromQL asks for, as far as our own rules and panels go. */

/** `name{matchers}`, each once. */
export function selectorsIn(expressions: readonly string[]): string[] {
  return unique(expressions.flatMap((expr) => expr.match(/[A-Za-z_:][\w:]*\{[^}]*\}/g) ?? []));
}

/** Names of series that somebody must expose; recorded ones have a colon. */
export function metricsIn(expressions: readonly string[]): string[] {
  return unique(
    expressions.flatMap((expr) => expr.match(/\b(?:vigia|process|nodejs)_[a-z0-9_]+/g) ?? []),
  );
}

function unique(words: readonly string[]): string[] {
  return [...new Set(words)].sort();
}
