import { describe, expect, it } from '@jest/globals';

import { readAncestors, watchedAncestors } from './ancestors.js';

const chain = (...commands: string[]) =>
  commands.map((command, level) => ({
    pid: 100 - level,
    parentPid: 99 - level,
    startedAt: 'a',
    isZombie: false,
    command,
  }));

const watched = (...commands: string[]) =>
  watchedAncestors(chain(...commands)).map((row) => row.command);

describe('watchedAncestors', () => {
  it('watches npm and the shell between', () => {
    expect(watched('sh -c npm run build && node main.js', 'npm start', '-bash')).toEqual([
      'sh -c npm run build && node main.js',
      'npm start',
    ]);
  });

  it('watches npm under the names it goes by', () => {
    expect(watched('node /usr/lib/node_modules/npm/bin/npm-cli.js start', 'bash')).toHaveLength(1);
    expect(watched('/bin/dash -e -c node x', '/usr/bin/node /opt/yarn.js start')).toHaveLength(2);
    expect(watched('sh -c node main.js', 'npm run dev', 'sh -c npm run dev', 'npm start')).toEqual([
      'sh -c node main.js',
      'npm run dev',
      'sh -c npm run dev',
      'npm start',
    ]);
  });

  it('watches the parent alone without a package manager', () => {
    expect(watched('-bash', 'sshd: someone', '/sbin/init')).toEqual(['-bash']);
    expect(watched('bash -c node main.js', 'bash -c all', '-bash')).toEqual([
      'bash -c node main.js',
    ]);
  });

  it('does not take a program for npm because a word in its path looks like it', () => {
    expect(watched('-bash', 'npm start')).toEqual(['-bash']);
    expect(watched('/home/npm-user/run', 'npm start')).toEqual(['/home/npm-user/run']);
  });

  it('watches nothing when nothing can be seen', () => {
    expect(watched()).toEqual([]);
  });
});

describe('readAncestors', () => {
  it('starts at the parent', () => {
    expect(readAncestors()[0]).toMatchObject({ pid: process.ppid });
  });
});
