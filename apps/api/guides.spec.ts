/** The pages for people: each reason and each alert has its section, and no link leads nowhere. */
import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

import { Reason } from '#streaming/domain/reason.js';
import { alerts } from '#test/support/observability/files.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const TROUBLESHOOTING = 'docs/troubleshooting.md';
const PAGES = [
  'README.md',
  ...['docs', 'docs/adr'].flatMap((folder) =>
    readdirSync(path.join(ROOT, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name}`),
  ),
];

const SOURCE = ['apps', 'libs'].flatMap((folder) =>
  readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /(?<!\.spec)\.ts$/.test(name))
    .map((name) => `${folder}/${name}`),
);

const read = (page: string): string => readFileSync(path.join(ROOT, page), 'utf8');
const withoutBlocks = (text: string): string => text.replace(/^( *)```[\s\S]*?^\1```$/gm, '');

function headingsOf(text: string): string[] {
  return [...withoutBlocks(text).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => heading ?? '');
}

/** As GitHub makes them. */
function anchorsOf(text: string): Set<string> {
  return new Set(
    headingsOf(text).map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

function brokenLinks(page: string, text: string): string[] {
  const links = [...withoutBlocks(text).matchAll(/\]\(([^()\s]+)\)/g)].map(([, to]) => to ?? '');
  return links.filter((link) => {
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? page : path.join(path.dirname(page), file);
    if (/^https?:/.test(link)) {
      return false;
    }
    if (!existsSync(path.join(ROOT, target))) {
      return true;
    }
    const isPage = statSync(path.join(ROOT, target)).isFile();
    return anchor !== undefined && !(isPage && anchorsOf(read(target)).has(anchor));
  });
}

describe('docs/troubleshooting.md', () => {
  const sections = headingsOf(read(TROUBLESHOOTING));

  it('has one section for each reason, and for no other', () => {
    const codes = sections.filter((heading) => /^[A-Z_]{6,}$/.test(heading));

    expect(codes.sort()).toEqual(Object.values(Reason).sort());
  });

  it('has one section for each alert, and for no other', () => {
    const names = sections.filter((heading) => /^Vigia[A-Z]\w+$/.test(heading));

    expect(names.sort()).toEqual(alerts.map(({ alert }) => alert).sort());
  });

  it.each(alerts)('is where the runbook of $alert leads', ({ annotations }) => {
    expect(brokenLinks('README.md', `[runbook](${annotations['runbook_url'] ?? ''})`)).toEqual([]);
  });
});

describe('the pages', () => {
  it.each(PAGES)('%s has no link that leads nowhere', (page) => {
    expect(brokenLinks(page, read(page))).toEqual([]);
  });

  it.each(['gone.md', 'nodes.md#gone', '#gone', '../docker/gone.yml'])(
    'would not get away with a link to %s',
    (link) => {
      expect(brokenLinks(TROUBLESHOOTING, `[there](${link})`)).toEqual([link]);
    },
  );

  it.each(['docs/troubleshooting.md', 'docs/operations.md'])(
    '%s names no metric that there is not',
    (page) => {
      const source = SOURCE.map(read).join('\n');
      const named = [...read(page).matchAll(/\bvigia_[a-z_]+[a-z]/g)].map(([name]) => name);
      const unknown = named.filter(
        (name) => !source.includes(`'${name.replace(/_(?:bucket|sum|count)$/, '')}'`),
      );

      expect(named).not.toEqual([]);
      expect(unknown).toEqual([]);
    },
  );
});
