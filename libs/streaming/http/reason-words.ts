/** The reasons in words, for the documents: what the table of the domain says, and nothing else. */
import { EXPLANATIONS } from '../domain/reason.js';

/** For the description of a member of the API. */
export const KNOWN_REASONS = Object.entries(EXPLANATIONS)
  .map(([code, { cause }]) => `- \`${code}\`: ${cause}`)
  .join('\n');

const INTRODUCTION = `# Reasons

\`reason\` says more about the \`status\` of a stream, and \`error.code\` why it is an ERROR. Both are open sets: accept values that you do not know. Vigia learns what a camera has to say by asking it itself, 3 s after its path fell silent and then ever more rarely; within ERROR a reason changes only when two answers in a row agree.

This page is made by \`npm run reasons\`.
`;

/** docs/reasons.md */
export function reasonsPage(): string {
  const sections = Object.entries(EXPLANATIONS).map(
    ([code, { cause, advice }]) => `## ${code}\n\n${cause}\n\n**What to do:** ${advice}\n`,
  );
  return [INTRODUCTION, ...sections].join('\n');
}
