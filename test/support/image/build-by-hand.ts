import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import { type CopyStep, type Image, type Stage, type Step } from './dockerfile.js';
import { areAsLocked } from './installed-packages.js';

const run = promisify(execFile);
const RUN_LIMIT_MS = 240_000;
const MAX_OUTPUT_BYTES = 10_000_000;

/** A stage that has been built: a folder that stands for its file system. */
export interface Built {
  readonly folder: string;
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What of the environment of the tests a step may see: programs, and where packages come from. */
function environmentOfTests(): NodeJS.ProcessEnv {
  const isNeeded = (name: string) => /^(PATH|HOME|TMPDIR|npm_config_.*)$/i.test(name);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => isNeeded(name)));
}

const NPM_CI = /^npm ci(?: --[\w=-]+)*$/;

class StageBuilder {
  private workdir: string;
  private readonly env: Record<string, string> = {};

  constructor(
    private readonly folder: string,
    private readonly plan: BuildPlan,
    private readonly built: ReadonlyMap<string, Built>,
  ) {
    this.workdir = folder;
    mkdirSync(folder, { recursive: true });
  }

  async build(stage: Stage): Promise<Built> {
    for (const step of stage.steps) await this.do(step);
    return { folder: this.folder, workdir: this.workdir, env: this.env };
  }

  private async do(step: Step): Promise<void> {
    switch (step.kind) {
      case 'workdir':
        this.workdir = path.join(this.folder, step.folder);
        mkdirSync(this.workdir, { recursive: true });
        return;
      case 'env':
        this.env[step.name] = step.value;
        return;
      case 'copy':
        await this.copy(step);
        return;
      case 'run':
        if (NPM_CI.test(step.command)) await this.install(step.command);
        else await this.run(step.command);
    }
  }

  /** `npm ci` says whether it could; then what it would have made is copied, where that is here. */
  private async install(command: string): Promise<void> {
    const { installedIn } = this.plan;
    if (!areAsLocked(installedIn, path.join(this.workdir, 'package-lock.json'))) {
      await this.run(command);
      return;
    }
    await this.run(`${command} --dry-run --offline`);
    // No hard links: npm writes to files in place, and those of the repository must stay as they are.
    await run('cp', ['-a', path.join(installedIn, 'node_modules'), this.workdir]);
  }

  private async run(command: string): Promise<void> {
    await run('sh', ['-ec', command], {
      cwd: this.workdir,
      // The packages were installed on this machine a while ago: no need to ask about each.
      env: { ...environmentOfTests(), npm_config_prefer_offline: 'true', ...this.env },
      timeout: RUN_LIMIT_MS,
      maxBuffer: MAX_OUTPUT_BYTES,
    });
  }

  /** An absolute path is one of the image, and never one of this machine. */
  private base(target: string): string {
    return path.isAbsolute(target) ? this.folder : this.workdir;
  }

  private async copy({ from, sources, target }: CopyStep): Promise<void> {
    const root = from === undefined ? this.plan.contextDir : this.built.get(from)?.folder;
    if (root === undefined) throw new Error(`COPY from a stage that is not there: ${from ?? ''}`);
    for (const source of sources) {
      const file = path.join(root, source);
      if (!existsSync(file)) throw new Error(`COPY of what is not there: ${source}`);
      const name = path.join(this.base(target), nameOfCopy(file, target));
      if (from === undefined) cpSync(file, name, { recursive: true, verbatimSymlinks: true });
      else await linkStage(file, name);
    }
  }
}

/** Nobody works in a stage that is done: links to its files are as good as copies. */
async function linkStage(file: string, name: string): Promise<void> {
  mkdirSync(path.dirname(name), { recursive: true });
  await run('cp', ['-al', file, name]);
}

/** As Docker does: a file goes into a target that ends with a slash, else it gets that name. */
function nameOfCopy(file: string, target: string): string {
  const isInto = target.endsWith('/') && statSync(file).isFile();
  return isInto ? path.join(target, path.basename(file)) : target;
}

export interface BuildPlan {
  /** What the build is given of the repository. */
  readonly contextDir: string;
  /** Where packages may be installed already. */
  readonly installedIn: string;
  /** An empty folder. */
  readonly into: string;
  /** Stages that are there already, or that stand for an image of somebody else. */
  readonly given?: ReadonlyMap<string, Built>;
}

export interface BuiltImage {
  readonly stages: ReadonlyMap<string, Built>;
  /** The last one. */
  readonly runtime: Built;
}

/** Does the steps of all stages that are not there yet, in order. */
export async function buildByHand(image: Image, plan: BuildPlan): Promise<BuiltImage> {
  const stages = new Map(plan.given);
  let runtime: Built | undefined;
  for (const stage of image.stages) {
    const into = path.join(plan.into, stage.name);
    runtime = stages.get(stage.name) ?? (await new StageBuilder(into, plan, stages).build(stage));
    stages.set(stage.name, runtime);
  }
  if (runtime === undefined) throw new Error('a Dockerfile without a stage');
  return { stages, runtime };
}
