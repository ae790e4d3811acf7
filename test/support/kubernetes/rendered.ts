/** What `kubectl kustomize` makes of deploy/k8s. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';

import { type IDeployment, type IStatefulSet } from 'kubernetes-models/apps/v1';
import { type IJob } from 'kubernetes-models/batch/v1';
import { type INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { type IPodDisruptionBudget } from 'kubernetes-models/policy/v1';
import {
  type IConfigMap,
  type IPodSpec,
  type ISecret,
  type IService,
  type IServiceAccount,
} from 'kubernetes-models/v1';
import { parseAllDocuments } from 'yaml';

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Labels;
  };
}

export type Labels = Readonly<Record<string, string>>;

const ROOT = path.resolve(import.meta.dirname, '../../..');
/** That of kubectl 1.20 knows neither labels nor several of the fields used. */
const OLDEST_KUSTOMIZE = 5;

/** The two that are deployed. */
export const FOLDERS = ['base', 'overlays/production'] as const;

/** Whether there is one that can render; an older one is as good as none. */
export function hasKubectl(): boolean {
  try {
    const version = JSON.parse(kubectl('version', '--client', '--output=json')) as {
      kustomizeVersion?: string;
    };
    const [, major = '0'] = /^v(\d+)\./.exec(version.kustomizeVersion ?? '') ?? [];
    return Number(major) >= OLDEST_KUSTOMIZE;
  } catch {
    return false;
  }
}

/** The objects of one of FOLDERS, as they would be applied. */
export class Rendered {
  readonly objects: readonly KubernetesObject[];

  constructor(folder: string) {
    const text = kubectl('kustomize', path.join(ROOT, 'deploy/k8s', folder));
    this.objects = parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject);
  }

  all<Kind extends keyof Kinds>(kind: Kind): (KubernetesObject & Kinds[Kind])[] {
    const isOfKind = (object: KubernetesObject): object is KubernetesObject & Kinds[Kind] =>
      object.kind === kind;
    return this.objects.filter(isOfKind);
  }

  one<Kind extends keyof Kinds>(kind: Kind, name: string): KubernetesObject & Kinds[Kind] {
    const found = this.all(kind).find(({ metadata }) => withoutHash(metadata.name) === name);
    if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
    return found;
  }

  get pods(): readonly Pod[] {
    const owners = [...this.all('Deployment'), ...this.all('StatefulSet'), ...this.all('Job')];
    return owners.map(({ metadata, spec }) => ({
      name: metadata.name,
      labels: spec!.template.metadata!.labels!,
      spec: spec!.template.spec!,
    }));
  }

  pod(name: string): Pod {
    return this.pods.find((pod) => pod.name === name)!;
  }
}

export interface Pod {
  /** Of what makes it. */
  readonly name: string;
  readonly labels: Labels;
  readonly spec: IPodSpec;
}

interface Kinds {
  readonly ConfigMap: IConfigMap;
  readonly Deployment: IDeployment;
  readonly Job: IJob;
  readonly NetworkPolicy: INetworkPolicy;
  readonly PodDisruptionBudget: IPodDisruptionBudget;
  readonly Secret: ISecret;
  readonly Service: IService;
  readonly ServiceAccount: IServiceAccount;
  readonly StatefulSet: IStatefulSet;
}

/** Names of generated ConfigMaps end with one. */
export const withoutHash = (name: string): string => name.replace(/-[a-z0-9]{10}$/, '');

export const isSelected = (wanted: Labels | undefined, { labels }: Pick<Pod, 'labels'>): boolean =>
  Object.entries(wanted ?? {}).every(([name, value]) => labels[name] === value);

function kubectl(...args: string[]): string {
  return execFileSync('kubectl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
