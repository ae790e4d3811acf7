import { cpSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

interface Rule {
  readonly isKept: boolean;
  readonly pattern: RegExp;
}

function ruleOf(line: string): Rule {
  const isKept = line.startsWith('!');
  const source = (isKept ? line.slice(1) : line)
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('**/', '\0')
    .replaceAll('*', '[^/]*')
    .replaceAll('\0', '(?:.*/)?');
  // A folder that matches takes along all that is in it.
  return { isKept, pattern: new RegExp(`^${source}(?:/.*)?$`) };
}

/** Whether a path, relative to the root, reaches the build: the last rule that matches decides. */
export function contextFilter(dockerignore: string): (file: string) => boolean {
  const rules = dockerignore
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(ruleOf);
  return (file) => rules.findLast((rule) => rule.pattern.test(file))?.isKept ?? true;
}

/** Copies what a build would be given, and nothing else. */
export function copyContext(root: string, target: string): void {
  const isKept = contextFilter(readFileSync(path.join(root, '.dockerignore'), 'utf8'));
  for (const name of readdirSync(root).filter(isKept)) {
    cpSync(path.join(root, name), path.join(target, name), {
      recursive: true,
      filter: (source) => isKept(path.relative(root, source).split(path.sep).join('/')),
    });
  }
}
