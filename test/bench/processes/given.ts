/** What whoever started this process gave it. */
export function given(): unknown {
  return JSON.parse(process.argv[2] ?? '{}');
}
