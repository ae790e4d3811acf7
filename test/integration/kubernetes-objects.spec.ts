/** deploy/k8s as it would be applied: valid, closed, and each object meant for one that is there. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { beforeAll, describe, expect, it } from '@jest/globals';

import {
  FOLDERS,
  type KubernetesObject,
  Rendered,
  hasKubectl,
  isSelected,
} from '../support/kubernetes/rendered.js';
import { schemaFaults } from '../support/kubernetes/schema-faults.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const describeWithKubectl = hasKubectl() ? describe : describe.skip;

describeWithKubectl.each(FOLDERS)('deploy/k8s/%s (needs kubectl)', (folder) => {
  let site: Rendered;
  beforeAll(() => {
    site = new Rendered(folder);
  });

  const containers = () =>
    site.pods.flatMap(({ name, spec }) => spec.containers.map((one) => ({ pod: name, ...one })));

  it('is valid by the schemas of Kubernetes, and has no field that they do not know', async () => {
    const faults: Record<string, string[]> = {};
    // One after the other: jest cannot load a package of modules twice at once.
    for (const object of site.objects) faults[nameOf(object)] = await schemaFaults(object);
    expect(faults).toEqual(Object.fromEntries(site.objects.map((one) => [nameOf(one), []])));
    expect(Object.keys(faults)).toHaveLength(site.objects.length);
  });

  it('keeps to itself: one namespace, which lets nobody in who wants more than is needed', () => {
    const [namespace, ...others] = site.objects;
    expect(namespace).toMatchObject({
      kind: 'Namespace',
      metadata: {
        name: 'vigia',
        labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
      },
    });
    expect(new Set(others.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['vigia']));
  });

  it('runs nothing as root, on a file system that can be written, or with a capability', () => {
    expect(site.pods.map(({ name }) => name)).toEqual(['vigia', 'mediamtx', 'vigia-migrate']);
    for (const { spec } of site.pods) {
      expect(spec.securityContext).toMatchObject({
        runAsNonRoot: true,
        // That of `node` in the official images.
        runAsUser: 1000,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      expect([spec.hostNetwork, spec.hostPID, spec.hostIPC]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
    }
    for (const { securityContext } of containers()) {
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
  });

  it('gives nothing a way into Kubernetes, and none of the names of its Services', () => {
    const accounts = site.all('ServiceAccount');
    expect(accounts.every((account) => account.automountServiceAccountToken === false)).toBe(true);
    for (const { spec } of site.pods) {
      expect(spec).toMatchObject({
        automountServiceAccountToken: false,
        enableServiceLinks: false,
      });
      expect(accounts.map(({ metadata }) => metadata.name)).toContain(spec.serviceAccountName);
    }
  });

  it('says of each container how much it needs, and how much it may take', () => {
    for (const { resources } of containers()) {
      expect(resources).toEqual({
        requests: { cpu: expect.any(String), memory: expect.any(String) },
        limits: { cpu: expect.any(String), memory: expect.any(String) },
      });
    }
  });

  it('holds no secret, and refers to those that the guide makes', () => {
    expect(site.all('Secret')).toEqual([]);
    const variables = containers().flatMap(({ env = [] }) => env);
    const referred = variables.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef ?? []);
    const used = new Set(referred.map(({ name = '', key }) => `${name} ${key}`));
    expect([...used].sort()).toEqual(secretsOfTheGuide());
    const secretNames = variables.filter(({ name }) => /PASS|TOKEN|DATABASE_URL/.test(name));
    expect(secretNames).toHaveLength(referred.length);
    expect(secretNames.filter(({ value }) => value !== undefined)).toEqual([]);
  });

  it('mounts what is there', () => {
    const maps = site.all('ConfigMap').map(({ metadata }) => metadata.name);
    const used = site.pods
      .flatMap(({ spec }) => spec.volumes ?? [])
      .flatMap(({ configMap }) => configMap?.name ?? []);
    expect(used.sort()).toEqual(maps.sort());
    expect(maps.every((name) => /-[a-z0-9]{10}$/.test(name))).toBe(true);
  });

  it('has Services that lead to a port that is open', () => {
    for (const { metadata, spec } of site.all('Service')) {
      const { 'statefulset.kubernetes.io/pod-name': podName, ...selector } = spec!.selector!;
      const behind = site.pods.filter((pod) =>
        podName === undefined ? isSelected(selector, pod) : isNumbered(podName, pod.name),
      );
      expect([metadata.name, behind.length]).toEqual([metadata.name, 1]);
      const open = behind[0]!.spec.containers[0]!.ports!;
      for (const { targetPort, protocol = 'TCP' } of spec!.ports!) {
        const isOpen = open.some(
          (port) => port.name === targetPort && (port.protocol ?? 'TCP') === protocol,
        );
        expect([metadata.name, targetPort, isOpen]).toEqual([metadata.name, targetPort, true]);
      }
    }
  });

  it('has selectors that select the pods that they are for', () => {
    const selectedBy = (labels: Readonly<Record<string, string>> | undefined) =>
      site.pods.filter((pod) => isSelected(labels, pod)).map(({ name }) => name);
    for (const { metadata, spec } of site.all('PodDisruptionBudget')) {
      expect(selectedBy(spec?.selector?.matchLabels)).toEqual([metadata.name]);
    }
    for (const { metadata, spec } of [...site.all('Deployment'), ...site.all('StatefulSet')]) {
      expect(selectedBy(spec!.selector.matchLabels)).toEqual([metadata.name]);
      const spread = spec!.template.spec!.topologySpreadConstraints!;
      expect(spread.map(({ labelSelector }) => selectedBy(labelSelector?.matchLabels))).toEqual(
        spread.map(() => [metadata.name]),
      );
    }
  });

  it('keeps one replica of two while machines are emptied, and while a version is rolled out', () => {
    const { spec } = site.one('Deployment', 'vigia');
    expect(spec).toMatchObject({
      replicas: 2,
      strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    });
    expect(site.one('PodDisruptionBudget', 'vigia').spec).toMatchObject({
      minAvailable: 1,
      // Else a machine with two replicas that have lost their database could never be emptied.
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    });
    expect(site.one('PodDisruptionBudget', 'mediamtx').spec?.maxUnavailable).toBe(1);
  });

  it('runs one version of Vigia, in the Job and in the Deployment', () => {
    const [vigia, node, migrate] = containers().map(({ image }) => image);
    expect(migrate).toBe(vigia);
    for (const image of [vigia, node]) expect(image).toMatch(/^.+:(?!latest$)[\w.-]+$/);
  });
});

describeWithKubectl('deploy/k8s/overlays/production (needs kubectl)', () => {
  it('shares a machine only while too few take pods, and then waits for none', () => {
    const site = new Rendered('overlays/production');
    const spread = [site.one('Deployment', 'vigia'), site.one('StatefulSet', 'mediamtx')].map(
      ({ spec }) => spec!.template.spec!.topologySpreadConstraints![0],
    );
    const own = {
      topologyKey: 'kubernetes.io/hostname',
      maxSkew: 1,
      whenUnsatisfiable: 'DoNotSchedule',
      nodeTaintsPolicy: 'Honor',
    };
    expect(spread).toMatchObject([own, own]);
  });
});

describeWithKubectl('the check of schemas (needs kubectl)', () => {
  const deployment = () => new Rendered('base').one('Deployment', 'vigia');

  it('finds a value of the wrong kind', async () => {
    const object = deployment();
    Object.assign(object.spec!, { replicas: 'two' });
    expect((await schemaFaults(object)).join()).toContain('/spec/replicas');
  });

  it('finds a field that is misspelt, however deep', async () => {
    const object = deployment();
    Object.assign(object.spec!.template.spec!.containers[0]!, { readinesProbe: { httpGet: {} } });
    expect(await schemaFaults(object)).toContain(
      '/spec/template/spec/containers/0/readinesProbe is unknown',
    );
  });

  it('finds a kind that does not exist', async () => {
    expect(await schemaFaults({ ...deployment(), kind: 'Deploymend' })).not.toEqual([]);
  });
});

const nameOf = ({ kind, metadata }: KubernetesObject) => `${kind} ${metadata.name}`;

const isNumbered = (podName: string, owner: string) =>
  podName.startsWith(`${owner}-`) && /^\d+$/.test(podName.slice(owner.length + 1));

/** Each name and key of `… | kubectl create secret generic NAME`: of a file, or of lines `"KEY=$…"`. */
function secretsOfTheGuide(): string[] {
  const guide = readFileSync(path.join(ROOT, 'docs/kubernetes.md'), 'utf8').replaceAll(
    /\\\n\s*/g,
    ' ',
  );
  return [...guide.matchAll(/^.*create secret generic (\S+).*$/gm)]
    .flatMap(([line, name = '']) =>
      [...line.matchAll(/--from-file=([\w-]+)=|"([\w-]+)=\$/g)].map(
        ([, ofFile, ofLine]) => `${name} ${ofFile ?? ofLine ?? ''}`,
      ),
    )
    .sort();
}
