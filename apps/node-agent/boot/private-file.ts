import { chmod, mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/** A folder that nobody else can look into, also if it was there before. */
export async function privateFolder(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  return folder;
}

/** The same, with nothing in it. */
export async function emptyPrivateFolder(folder: string): Promise<string> {
  await rm(folder, { recursive: true, force: true });
  return privateFolder(folder);
}

/** A file for its owner only: there as a whole or not at all, whenever we are interrupted. */
export async function writePrivately(file: string, text: string): Promise<void> {
  const next = `${file}.next`;
  // An old one may have other rights.
  await rm(next, { force: true });
  const handle = await open(next, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(next, file);
  await syncFolder(path.dirname(file));
}

/** Until then a power cut may bring the old name back. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
