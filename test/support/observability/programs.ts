/** Prometheus and promtool, where the machine has them (Debian's package `prometheus` brings both). */
import { execFile } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The program, or null where there is none. */
export function findProgram(name: 'prometheus' | 'promtool'): string | null {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return folders.map((folder) => path.join(folder, name)).find(isProgram) ?? null;
}

/** Its exit code, and all that it said. */
export async function promtool(
  cwd: string,
  args: readonly string[],
  input = '',
): Promise<[number, string]> {
  // It leaves its databases behind when a test fails.
  const folder = mkdtempSync(path.join(tmpdir(), 'vigia-promtool-'));
  try {
    const env = { ...process.env, TMPDIR: folder };
    const running = run(findProgram('promtool') ?? 'promtool', args, { cwd, env });
    running.child.stdin?.end(input);
    const { stdout, stderr } = await running;
    return [0, stdout + stderr];
  } catch (err) {
    const { code, stdout, stderr } = err as { code: number; stdout: string; stderr: string };
    return [code, stdout + stderr];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
