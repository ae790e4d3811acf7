import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { Said } from '#test/support/said.js';
import { ChildLedger } from '#supervision/child-ledger.js';

import { Terminal } from '../terminal.js';
import { LogFile } from './log-file.js';
import { SupervisedProcess, type Supervision } from './supervised-process.js';

const IDLE = 'setInterval(() => {}, 1000);';

describe('SupervisedProcess', () => {
  let folder: string;
  let said: Said;
  let ledger: ChildLedger;
  const made: SupervisedProcess[] = [];
  const never = new AbortController().signal;

  const until = async (isTrue: () => boolean) => {
    for (let tries = 0; tries < 200 && !isTrue(); tries += 1) await sleep(25);
    expect(isTrue()).toBe(true);
  };
  const touch = (name: string) => `require('fs').writeFileSync(${JSON.stringify(at(name))}, '');`;
  const at = (name: string) => path.join(folder, name);
  const supervise = (code: string, more: Partial<Supervision> = {}) => {
    const supervised = new SupervisedProcess({
      name: 'Thing',
      command: { file: process.execPath, args: ['-e', code], env: process.env, cwd: folder },
      stopSignal: 'SIGTERM',
      startTimeoutMs: 5_000,
      graceMs: 5_000,
      isReady: () => Promise.resolve(existsSync(at('ready'))),
      log: new LogFile(at('thing.log')),
      ledger,
      terminal: new Terminal(said, said),
      ...more,
    });
    made.push(supervised);
    return supervised;
  };

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'vigia-supervised-'));
    said = new Said();
    ledger = new ChildLedger(at('children.json'), () => undefined);
  });
  afterEach(async () => {
    for (const supervised of made.splice(0)) await supervised.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is up when the child is ready, and the child is written down while it runs', async () => {
    const thing = supervise(`${touch('ready')} ${IDLE}`);
    await thing.start(never);
    expect(ledger.list()).toMatchObject([{ name: 'Thing', stopSignal: 'SIGTERM' }]);

    await thing.stop();
    expect(ledger.list()).toEqual([]);
    expect(said.text).toBe('');
  });

  it('fails its first start with the last words of the child', async () => {
    const thing = supervise(`console.error('cannot find my file\\n'); process.exit(3)`);
    await expect(thing.start(never)).rejects.toThrow(
      `Thing ended at once: cannot find my file (its log: ${at('thing.log')})`,
    );
    expect(readFileSync(at('thing.log'), 'utf8')).toContain('cannot find my file');
  });

  it('hears the last words of the child also when they arrive after its end', async () => {
    const thing = supervise(
      `require('node:child_process').spawn('sh', ['-c', 'sleep 0.3; echo I was broken'], ` +
        `{ stdio: 'inherit' }).unref(); process.exit(3)`,
    );
    await expect(thing.start(never)).rejects.toThrow('Thing ended at once: I was broken');
  });

  it('fails its first start when there is no such program', async () => {
    const command = { file: at('none'), args: [], env: {}, cwd: folder };
    const thing = supervise('', { command });
    await expect(thing.start(never)).rejects.toThrow('Thing ended at once');
  });

  it('lets a part say what the last words mean', async () => {
    const thing = supervise('process.exit(1)', { explain: () => 'set THIS' });
    await expect(thing.start(never)).rejects.toThrow(/^set THIS$/);
  });

  it('gives up a first start that takes too long', async () => {
    const thing = supervise(IDLE, { startTimeoutMs: 300 });
    await expect(thing.start(never)).rejects.toThrow('Thing was not ready within 0.3 s');
  });

  it('gives up a start that is not wanted any more, and can be stopped then', async () => {
    const thing = supervise(IDLE);
    await expect(thing.start(AbortSignal.timeout(300))).rejects.toThrow();
    await thing.stop();
    expect(ledger.list()).toEqual([]);
  });

  it('starts a child again that has died, whatever its exit code, and says so', async () => {
    const once = `if (require('fs').existsSync(${JSON.stringify(at('ready'))})) { ${IDLE} }`;
    const thing = supervise(`${once} else { ${touch('ready')} setTimeout(() => {}, 300); }`);
    await thing.start(never);
    const [first] = ledger.list();
    await until(() => said.text.includes('up again'));
    expect(ledger.list()[0]?.pid).not.toBe(first?.pid);
    await thing.stop();

    expect(said.text).toMatch(
      /^! Thing ended \(code 0\): starting it again in 0\.5 s\nThing is up again \(pid \d+\)\n$/,
    );
  });

  it('kills a child that came back but does not get ready, and tries again', async () => {
    let isFirst = true;
    const thing = supervise(IDLE, {
      isReady: () => Promise.resolve(isFirst),
      startTimeoutMs: 300,
    });
    await thing.start(never);
    isFirst = false;
    process.kill(ledger.list()[0]!.pid, 'SIGKILL');
    await until(() => said.text.includes('not ready within 0.3 s: killed'));
    await until(() => said.text.includes('starting it again in 1 s'));
    await thing.stop();
  });

  it('kills a child that does not stop, and says so', async () => {
    const deaf = `process.on('SIGTERM', () => {}); ${touch('ready')} ${IDLE}`;
    const thing = supervise(deaf, { graceMs: 200 });
    await thing.start(never);
    await thing.stop();

    expect(ledger.list()).toEqual([]);
    expect(said.text).toBe('! Thing did not stop within 0.2 s: killed\n');
  });

  it('starts nothing any more once it was stopped, not even in the middle of a pause', async () => {
    const thing = supervise(`${touch('ready')} setTimeout(() => {}, 100);`);
    await thing.start(never);
    await until(() => ledger.list().length === 0);
    await thing.stop();
    await sleep(700);
    expect(ledger.list()).toEqual([]);
  });
});
