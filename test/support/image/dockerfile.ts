/** As much of a Dockerfile as ours uses, read into steps that can be done by hand. */
export interface CopyStep {
  readonly kind: 'copy';
  /** The stage to copy from; the build's context if not given. */
  readonly from: string | undefined;
  readonly sources: readonly string[];
  readonly target: string;
}

export type Step =
  | CopyStep
  | { readonly kind: 'run'; readonly command: string }
  | { readonly kind: 'workdir'; readonly folder: string }
  | { readonly kind: 'env'; readonly name: string; readonly value: string };

export interface Stage {
  readonly name: string;
  readonly image: string;
  readonly steps: Step[];
}

export interface Image {
  readonly stages: readonly Stage[];
  readonly command: readonly string[];
  readonly healthcheck: readonly string[];
  readonly user: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** One instruction a line: comments left out, continued lines joined. */
function instructions(text: string): [name: string, rest: string][] {
  return text
    .split('\n')
    .filter((line) => !line.trim().startsWith('#'))
    .join('\n')
    .replaceAll(/\s*\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line.trim()) ?? [];
      return [name.toUpperCase(), rest];
    });
}

function copy(rest: string): CopyStep {
  const words = rest.split(/\s+/);
  const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
  const paths = words.filter((word) => !word.startsWith('--'));
  return { kind: 'copy', from, sources: paths.slice(0, -1), target: paths.at(-1) ?? '' };
}

function stepOf(name: string, rest: string): Step | undefined {
  switch (name) {
    case 'COPY':
      return copy(rest);
    case 'RUN':
      return { kind: 'run', command: rest };
    case 'WORKDIR':
      return { kind: 'workdir', folder: rest };
    case 'ENV': {
      const [, variable = '', value = ''] = /^(\w+)=(.*)$/.exec(rest) ?? [];
      return { kind: 'env', name: variable, value };
    }
    default:
      return undefined;
  }
}

const SETTINGS = ['ARG', 'FROM', 'USER', 'EXPOSE', 'HEALTHCHECK', 'CMD', 'LABEL'];

/** The list in brackets of a CMD. */
function listIn(rest = '[]'): string[] {
  return JSON.parse(rest.slice(rest.indexOf('['))) as string[];
}

/** `a="b" c="d"`, with arguments of the build left as they are. */
function labelsIn(rest = ''): Record<string, string> {
  const pairs = rest.matchAll(/([\w.]+)="([^"]*)"/g);
  return Object.fromEntries([...pairs].map(([, name = '', value = '']) => [name, value]));
}

function stageOf(rest: string): Stage {
  const [image = '', , name = ''] = rest.split(/\s+/);
  return { name, image, steps: [] };
}

/** @throws on an instruction that it does not know: nothing is passed over in silence. */
export function parseDockerfile(text: string): Image {
  const stages: Stage[] = [];
  const settings = new Map<string, string>();
  for (const [name, rest] of instructions(text)) {
    const step = stepOf(name, rest);
    if (step) stages.at(-1)?.steps.push(step);
    else if (SETTINGS.includes(name)) settings.set(name, rest);
    else throw new Error(`unknown instruction: ${name} ${rest}`);
    if (name === 'FROM') stages.push(stageOf(rest));
  }
  return {
    stages,
    command: listIn(settings.get('CMD')),
    healthcheck: listIn(settings.get('HEALTHCHECK')),
    user: settings.get('USER') ?? 'root',
    labels: labelsIn(settings.get('LABEL')),
  };
}
