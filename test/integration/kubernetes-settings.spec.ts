/** deploy/k8s against what Vigia, its agent and MediaMTX themselves say: names, ports and times. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type INetworkPolicyEgressRule } from 'kubernetes-models/networking.k8s.io/v1';
import { type IContainer, type IEnvVar } from 'kubernetes-models/v1';
import { parse } from 'yaml';

import { type ApiConfig, apiEnvironment, loadApiConfig } from '#platform/config/api-config.js';
import { METRICS_PATH } from '#platform/metrics/metrics-path.js';

import { PATIENCE_MS } from '../../apps/api/connect-database.js';
import { LAST_CALLS_MS } from '../../apps/api/shutdown.js';
import {
  type AgentConfig,
  agentEnvironment,
  readAgentConfig,
} from '../../apps/node-agent/agent-config.js';
import { childEnvironment } from '../../apps/node-agent/child/child-environment.js';
import { GRACE_MS } from '../../apps/node-agent/child/supervisor.js';
import { parseDockerfile } from '../support/image/dockerfile.js';
import { FOLDERS, Rendered, hasKubectl, isSelected } from '../support/kubernetes/rendered.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
const describeWithKubectl = hasKubectl() ? describe : describe.skip;

const apiImage = parseDockerfile(read('docker/Dockerfile'));
const nodeImage = parseDockerfile(read('docker/node.Dockerfile'));
const environmentOf = ({ stages }: typeof apiImage) =>
  Object.fromEntries(
    stages
      .flatMap(({ steps }) => steps)
      .flatMap((step) => (step.kind === 'env' ? [[step.name, step.value] as const] : [])),
  );

const openApi = JSON.parse(read('libs/api-client/openapi.json')) as {
  readonly paths: Readonly<Record<string, { readonly get?: object }>>;
};

/** Takes time of its own, on top of what is promised: for processes to start, and for a slow machine. */
const SPARE_MS = 5_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vigia-kubernetes-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describeWithKubectl.each(FOLDERS)('deploy/k8s/%s (needs kubectl)', (name) => {
  let site: Rendered;
  let api: IContainer;
  let node: IContainer;
  let config: ApiConfig;
  let warnings: readonly string[];
  let agent: AgentConfig;

  beforeAll(() => {
    site = new Rendered(name);
    api = site.pod('vigia').spec.containers[0]!;
    node = site.pod('mediamtx').spec.containers[0]!;
    const nodesFile = path.join(folder, `${path.basename(name)}.yml`);
    writeFileSync(nodesFile, site.one('ConfigMap', 'vigia-nodes').data!['nodes.yml']!);
    ({ config, warnings } = loadApiConfig({
      ...environmentOf(apiImage),
      ...withSecrets(api.env),
      NODES_FILE: nodesFile,
    }));
    agent = readAgentConfig({ ...environmentOf(nodeImage), ...withSecrets(node.env) });
  });

  const portOf = (container: IContainer, portName: string) =>
    container.ports!.find((port) => port.name === portName)?.containerPort;

  describe('Vigia', () => {
    it('gets settings that it knows, and takes without a word', () => {
      const names = api.env!.map((variable) => variable.name);
      expect(names.filter((one) => !(one in apiEnvironment.shape))).toEqual([]);
      expect(warnings).toEqual([]);
      expect(config).toMatchObject({ HOST: '0.0.0.0', MIGRATE_ON_START: false });
      expect(portOf(api, 'http')).toBe(config.PORT);
      expect(new Set(names).size).toBe(names.length);
    });

    it('finds the file of nodes where it is mounted', () => {
      const file = api.env!.find((variable) => variable.name === 'NODES_FILE')?.value;
      expect(file).toBe(`${api.volumeMounts![0]!.mountPath}/nodes.yml`);
    });

    it('is probed at paths that it serves', () => {
      const { startupProbe, livenessProbe, readinessProbe } = api;
      const paths = [startupProbe, livenessProbe, readinessProbe].map((probe) => probe!.httpGet);
      expect(paths).toEqual([
        { path: '/health/live', port: 'http' },
        { path: '/health/live', port: 'http' },
        { path: '/health/ready', port: 'http' },
      ]);
      for (const probe of paths) expect(openApi.paths[probe!.path!]?.get).toBeDefined();
    });

    it('is given the time to wait for the database and the schema, and to say which one it was', () => {
      const { periodSeconds, failureThreshold } = api.startupProbe!;
      expect(periodSeconds! * failureThreshold! * 1_000).toBeGreaterThan(
        2 * PATIENCE_MS + SPARE_MS,
      );
    });

    it('is out of service long before it is started again', () => {
      const patience = ({ periodSeconds, failureThreshold } = api.livenessProbe!) =>
        periodSeconds! * failureThreshold!;
      expect(patience(api.readinessProbe)).toBeLessThanOrEqual(10);
      expect(patience(api.livenessProbe)).toBeGreaterThanOrEqual(60);
    });

    it('may drain before it is killed', () => {
      const { spec } = site.pod('vigia');
      const { seconds } = api.lifecycle!.preStop!.sleep!;
      expect(spec.terminationGracePeriodSeconds! * 1_000).toBeGreaterThanOrEqual(
        seconds * 1_000 + config.DRAIN_TIMEOUT_MS + LAST_CALLS_MS + SPARE_MS,
      );
    });

    it('has its metrics read at its own port', () => {
      expect(site.one('Deployment', 'vigia').spec!.template.metadata!.annotations).toEqual({
        'prometheus.io/scrape': 'true',
        'prometheus.io/path': METRICS_PATH,
        'prometheus.io/port': String(config.PORT),
      });
    });

    it('is migrated by the Job, with the same database', () => {
      const migrate = site.pod('vigia-migrate').spec.containers[0]!;
      expect(migrate.command).toEqual(['node', 'dist/apps/api/migrate.js']);
      expect(read('apps/api/migrate.ts')).toContain('migrateDatabase');
      expect(api.env).toEqual(expect.arrayContaining(migrate.env!));
      expect(() => loadApiConfig(withSecrets(migrate.env))).not.toThrow();
    });
  });

  describe('the nodes', () => {
    it('are those of the file, each with the address of its pod', () => {
      const { spec } = site.one('StatefulSet', 'mediamtx');
      const pods = Array.from({ length: spec!.replicas! }, (_, index) => `mediamtx-${index}`);
      expect(site.one('Service', spec!.serviceName!).spec!.clusterIP).toBe('None');
      expect(config.nodes.map(({ id, apiUrl, agentUrl }) => [id, apiUrl, agentUrl])).toEqual(
        pods.map((pod) => [
          pod,
          `http://${pod}.${spec!.serviceName!}:${portOf(node, 'api')!}`,
          `http://${pod}.${spec!.serviceName!}:${portOf(node, 'agent')!}`,
        ]),
      );
    });

    it('have a Service each for viewers, with the ports of the file', () => {
      for (const { id, playback } of config.nodes) {
        const { selector, ports } = site.one('Service', id).spec!;
        expect(selector).toEqual({ 'statefulset.kubernetes.io/pod-name': id });
        const port = (of: string) => ports!.find((one) => one.name === of)?.port;
        expect([playback.rtsp, playback.hls, playback.webrtc].map(portIn)).toEqual([
          port('rtsp'),
          port('hls'),
          port('webrtc'),
        ]);
        // Where MediaMTX says it is to be reached, it is: these ports stand in its answers.
        expect([port('ice-udp'), port('ice-tcp')]).toEqual([
          portOf(node, 'ice-udp'),
          portOf(node, 'ice-tcp'),
        ]);
      }
    });

    it('tell viewers of WebRTC the address at which the file has them', () => {
      const settings = parse(read('docker/mediamtx.yml')) as { webrtcAdditionalHosts: string[] };
      const told =
        withSecrets(node.env)['MTX_WEBRTCADDITIONALHOSTS'] ?? settings.webrtcAdditionalHosts[0]!;
      for (const { id, playback } of config.nodes) {
        expect(new URL(playback.webrtc).hostname).toBe(told.replace('$(POD_NAME)', id));
      }
    });

    it('get settings that the agent knows, or hands on to MediaMTX', () => {
      const names = node.env!.map((variable) => variable.name);
      const handedOn = Object.keys(childEnvironment(withSecrets(node.env)));
      const known = [...Object.keys(agentEnvironment.shape), 'POD_NAME'];
      const unknown = names.filter((one) => !known.includes(one));
      expect(unknown).not.toEqual([]);
      for (const one of unknown) expect(one).toMatch(/^MTX_/);
      expect(handedOn).toEqual(expect.arrayContaining(unknown));
      expect(agent).toMatchObject({ NODE_AGENT_HOST: '0.0.0.0', PATH_PREFIX: config.PATH_PREFIX });
      expect(agent.NODE_AGENT_PORT).toBe(portOf(node, 'agent'));
    });

    it('name the variables that others refer to first', () => {
      const names = node.env!.map((variable) => variable.name);
      node.env!.forEach(({ value = '' }, index) => {
        for (const [, referred = ''] of value.matchAll(/\$\((\w+)\)/g)) {
          expect(names.slice(0, index)).toContain(referred);
        }
      });
    });

    it('start MediaMTX on docker/mediamtx.yml, and keep what is wanted in the volume', () => {
      const mountOf = (volume: string) =>
        node.volumeMounts!.find((mount) => mount.name === volume)!.mountPath;
      const { data } = site.one('ConfigMap', 'mediamtx-base-file');
      expect(data).toEqual({ 'mediamtx.yml': read('docker/mediamtx.yml') });
      expect(agent.NODE_BASE_FILE).toBe(`${mountOf('base-file')}/mediamtx.yml`);
      // Below it: the folder must be the agent's own, so that it can be closed.
      expect(path.dirname(agent.NODE_AGENT_DIR)).toBe(mountOf('data'));
      const { volumeClaimTemplates } = site.one('StatefulSet', 'mediamtx').spec!;
      expect(volumeClaimTemplates!.map(({ metadata }) => metadata!.name)).toEqual(['data']);
    });

    it('open the ports on which MediaMTX listens', () => {
      const variables = withSecrets(node.env);
      const settings = parse(read('docker/mediamtx.yml')) as Record<string, string>;
      const listening = (setting: string) =>
        Number((variables[`MTX_${setting.toUpperCase()}`] ?? settings[setting]!).slice(1));
      expect(node.ports!.slice(1)).toEqual([
        { name: 'api', containerPort: listening('apiAddress') },
        { name: 'rtsp', containerPort: listening('rtspAddress') },
        { name: 'hls', containerPort: listening('hlsAddress') },
        { name: 'webrtc', containerPort: listening('webrtcAddress') },
        {
          name: 'ice-udp',
          containerPort: listening('webrtcLocalUDPAddress'),
          protocol: 'UDP',
        },
        { name: 'ice-tcp', containerPort: listening('webrtcLocalTCPAddress') },
      ]);
      // Patches and applies of older kinds tell ports apart by their number alone.
      const numbers = node.ports!.map(({ containerPort }) => containerPort);
      expect(new Set(numbers).size).toBe(numbers.length);
    });

    it('are alive as long as the agent is, and ready when MediaMTX serves', () => {
      expect(node.livenessProbe!.exec!.command).toEqual(nodeImage.healthcheck);
      expect(node.startupProbe!.tcpSocket).toEqual({ port: 'agent' });
      expect(node.readinessProbe!.tcpSocket).toEqual({ port: 'rtsp' });
    });

    it('may say goodbye to their cameras', () => {
      const { terminationGracePeriodSeconds } = site.pod('mediamtx').spec;
      expect(terminationGracePeriodSeconds! * 1_000).toBeGreaterThanOrEqual(
        GRACE_MS + 2 * SPARE_MS,
      );
    });
  });

  describe('the network', () => {
    const policiesFor = (pod: string) =>
      site
        .all('NetworkPolicy')
        .filter(({ spec }) => isSelected(spec!.podSelector?.matchLabels, site.pod(pod)));
    const into = (pod: string) => policiesFor(pod).flatMap(({ spec }) => spec!.ingress ?? []);
    const outOf = (pod: string) => policiesFor(pod).flatMap(({ spec }) => spec!.egress ?? []);
    const numbers = ({ ports }: Pick<INetworkPolicyEgressRule, 'ports'>) =>
      ports?.map(({ port, protocol }) => `${String(port ?? 'any')}/${protocol ?? 'TCP'}`) ?? [];
    const selectedPods = ({ to = [] }: INetworkPolicyEgressRule) =>
      site.pods.filter((pod) =>
        to.some(({ podSelector }) => podSelector && isSelected(podSelector.matchLabels, pod)),
      );

    it('is closed where nothing opens it', () => {
      expect(site.one('NetworkPolicy', 'default-deny').spec).toEqual({
        podSelector: {},
        policyTypes: ['Ingress', 'Egress'],
      });
    });

    it('lets Vigia alone reach the control API and the agents', () => {
      const control = [`${portOf(node, 'api')!}/TCP`, `${portOf(node, 'agent')!}/TCP`];
      const rules = into('mediamtx').filter((rule) =>
        numbers(rule).some((port) => control.includes(port) || port.startsWith('any')),
      );
      expect(rules.map(numbers)).toEqual([control]);
      expect(rules[0]!.from).toEqual([
        {
          podSelector: { matchLabels: site.one('Deployment', 'vigia').spec!.selector.matchLabels },
        },
      ]);
      const towards = outOf('vigia').filter((rule) => selectedPods(rule).length > 0);
      expect(towards.map((rule) => selectedPods(rule).map((pod) => pod.name))).toEqual([
        ['mediamtx'],
      ]);
      expect(towards.map(numbers)).toEqual([control]);
    });

    it('lets viewers reach the media, whoever they are', () => {
      const media = node.ports!.filter(({ name: one }) => one !== 'api' && one !== 'agent');
      const open = into('mediamtx').filter(({ from }) => from === undefined);
      expect(open.map(numbers)).toEqual([
        media.map(({ containerPort, protocol = 'TCP' }) => `${containerPort}/${protocol}`),
      ]);
    });

    it('lets Vigia be called from namespaces that were named, and the Job by nobody', () => {
      expect(into('vigia')).toEqual([
        {
          from: [{ namespaceSelector: { matchLabels: { 'vigia-api': 'allowed' } } }],
          ports: [{ port: config.PORT, protocol: 'TCP' }],
        },
      ]);
      expect(read('docs/kubernetes.md')).toContain('vigia-api=allowed');
      expect(into('vigia-migrate')).toEqual([]);
    });

    it('lets Vigia and the Job reach names and the database, Vigia cameras, and nodes no database', () => {
      const database = '5432/TCP';
      const names = ['53/UDP', '53/TCP'];
      const addresses = (pod: string) => outOf(pod).flatMap(({ to = [] }) => to);
      expect(outOf('vigia-migrate').map(numbers).sort()).toEqual([[database], names].sort());
      expect(outOf('vigia').map(numbers)).toEqual(
        expect.arrayContaining([[database], names, ['any/TCP']]),
      );
      expect(outOf('mediamtx').map(numbers)).toEqual(expect.arrayContaining([names, []]));
      expect(outOf('mediamtx').map(numbers)).not.toContainEqual([database]);
      for (const pod of ['vigia', 'mediamtx']) {
        const blocks = addresses(pod).flatMap(({ ipBlock }) => ipBlock ?? []);
        expect(blocks.map(({ cidr }) => cidr)).toEqual(['0.0.0.0/0', '::/0']);
        // What a machine in a cloud tells of itself, with its credentials.
        expect(blocks[0]!.except).toContain('169.254.0.0/16');
      }
    });
  });
});

/** What a container sees, with something in the place of each secret. */
function withSecrets(variables: readonly IEnvVar[] = []): Record<string, string> {
  const stand = (variable: string) =>
    variable === 'DATABASE_URL' ? 'postgresql://v:p@db:5432/vigia' : 'a-secret-of-the-tests';
  return Object.fromEntries(variables.map(({ name, value }) => [name, value ?? stand(name)]));
}

const portIn = (url: string) => Number(new URL(url).port);
