/** docker-compose.yml and the MediaMTX file beside it, as far as they can be checked without Docker. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv, type AnySchemaObject } from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

import { loadApiConfig } from '#platform/config/api-config.js';

import { LAST_CALLS_MS } from '../../apps/api/shutdown.js';
import { readAgentConfig } from '../../apps/node-agent/agent-config.js';
import { parseBaseFile } from '../../apps/node-agent/boot/base-file.js';
import { GRACE_MS } from '../../apps/node-agent/child/supervisor.js';
import { ChildProcess } from '../support/child-process.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { parseDockerfile } from '../support/image/dockerfile.js';
import { findRealMediaMtx } from '../support/mediamtx/find-real-media-mtx.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

interface Service {
  readonly image?: string;
  readonly build?: { readonly dockerfile: string };
  readonly command?: readonly string[];
  readonly profiles?: readonly string[];
  readonly restart: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly networks: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly stop_grace_period?: string;
}

interface Compose {
  readonly services: Readonly<
    Record<'postgres' | 'node' | 'migrate' | 'api' | 'prometheus' | 'grafana', Service>
  >;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
}

const real = (await findRealMediaMtx()) ?? undefined;

/** As Compose does it where nothing is set: `${NAME:-default}` becomes the default. */
const withDefaults = (text: string) => text.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');

describe('docker-compose.yml', () => {
  const compose = parse(withDefaults(read('docker-compose.yml')), { merge: true }) as Compose;
  const { postgres, node, migrate, api, prometheus, grafana } = compose.services;
  const onNetwork = (name: string) =>
    Object.entries(compose.services)
      .filter(([, service]) => service.networks.includes(name))
      .map(([service]) => service)
      .sort();

  it('is valid by the schema of the Compose specification', () => {
    const packageJson = createRequire(import.meta.url).resolve('dclint/package.json');
    const file = path.join(path.dirname(packageJson), 'schemas/compose.schema.json');
    // Its name for the dialect is one that the validator does not know by heart.
    const { $schema, ...schema } = JSON.parse(readFileSync(file, 'utf8')) as AnySchemaObject;
    expect($schema).toContain('draft-07');
    const ajv = addFormats.default(new Ajv({ strict: false, allErrors: true }));
    const isValid = ajv.compile(schema);

    const isOurs = isValid(parse(read('docker-compose.yml'), { merge: true }));
    expect([isOurs, isValid.errors]).toEqual([true, null]);
    expect(isValid({ services: { x: { port: [1] } } })).toBe(false);
  });

  it('needs no setting: each variable has a default', () => {
    expect(withDefaults(read('docker-compose.yml'))).not.toMatch(/\$\{/);
  });

  it('publishes to this machine only, and neither the database, the control API nor the agent', () => {
    const published = Object.values(compose.services).flatMap(({ ports = [] }) => ports);
    expect(published).toHaveLength(8);
    for (const port of published) expect(port).toMatch(/^127\.0\.0\.1:(\d+):\1(\/udp|\/tcp)?$/);
    expect(published.filter((port) => /:(5432|9996|9997|9998)/.test(port))).toEqual([]);
    expect([postgres.ports, migrate.ports]).toEqual([undefined, undefined]);
  });

  it('lets the API alone reach the node, and the API and its migration the database', () => {
    expect(onNetwork('control')).toEqual(['api', 'node']);
    expect(onNetwork('media')).toEqual(['node']);
    expect(onNetwork('database')).toEqual(['api', 'migrate', 'postgres']);
    expect(compose.networks['control']).toEqual({ internal: true });
    expect(compose.networks['database']).toEqual({ internal: true });
  });

  it('migrates once, before the API starts, and starts everything else again', () => {
    expect(migrate).toMatchObject({
      restart: 'no',
      command: ['node', 'dist/apps/api/migrate.js'],
      depends_on: { postgres: { condition: 'service_healthy' } },
    });
    expect(api.depends_on).toMatchObject({
      migrate: { condition: 'service_completed_successfully' },
    });
    for (const { restart } of [postgres, node, api]) expect(restart).toBe('unless-stopped');
    for (const { build } of [api, node]) {
      expect(existsSync(path.join(ROOT, build?.dockerfile ?? ''))).toBe(true);
    }
    expect(migrate.image).toBe(api.image);
  });

  it('gives the API an environment that it takes without a word', () => {
    const { config, warnings } = loadApiConfig(api.environment);
    expect(warnings).toEqual([]);
    expect(config).toMatchObject({
      MEDIAMTX_API_URL: 'http://node:9997',
      MEDIAMTX_API_USER: 'vigia',
      MEDIAMTX_API_PASSWORD: node.environment['MTX_AUTHINTERNALUSERS_1_PASS'],
      MIGRATE_ON_START: false,
    });
    const { username, password, hostname, pathname } = new URL(config.DATABASE_URL);
    expect([username, password, hostname, pathname]).toEqual([
      postgres.environment['POSTGRES_USER'],
      postgres.environment['POSTGRES_PASSWORD'],
      'postgres',
      `/${postgres.environment['POSTGRES_DB'] ?? ''}`,
    ]);
  });

  it('lets the API drain, and the node say goodbye to its cameras, before they are killed', () => {
    const graceMs = ({ stop_grace_period = '10s' }: Service) =>
      Number(/^(\d+)s$/.exec(stop_grace_period)?.[1]) * 1_000;
    const { DRAIN_TIMEOUT_MS } = loadApiConfig(api.environment).config;
    expect(graceMs(api)).toBeGreaterThan(DRAIN_TIMEOUT_MS + LAST_CALLS_MS);
    // 10 s are those of Docker itself.
    expect(graceMs(node)).toBeGreaterThan(GRACE_MS);
  });

  it('gives the agent an environment that it takes, and the API its address and its token', () => {
    const image = parseDockerfile(read(node.build?.dockerfile ?? ''));
    const ofImage = Object.fromEntries(
      image.stages
        .flatMap(({ steps }) => steps)
        .flatMap((step) => (step.kind === 'env' ? [[step.name, step.value] as const] : [])),
    );
    const config = readAgentConfig({ ...ofImage, ...node.environment });
    expect(api.environment).toMatchObject({
      NODE_AGENT_URL: `http://node:${config.NODE_AGENT_PORT}`,
      NODE_AGENT_TOKEN: config.NODE_AGENT_TOKEN,
    });
    expect(config.NODE_AGENT_HOST).toBe('0.0.0.0');
    expect(node).toMatchObject({ read_only: true, init: true, cap_drop: ['ALL'] });
    // The one thing that it writes to is what survives.
    expect(node.volumes).toEqual([
      `./docker/mediamtx.yml:${config.NODE_BASE_FILE}:ro`,
      `node-data:${config.NODE_AGENT_DIR}`,
    ]);
  });

  it('starts Prometheus and Grafana when they are asked for, and as what they are', () => {
    const optional = Object.entries(compose.services).filter(([, { profiles }]) => profiles);
    expect(optional.map(([name]) => name)).toEqual(['prometheus', 'grafana']);
    for (const service of [prometheus, grafana]) {
      expect(service).toMatchObject({
        profiles: ['observability'],
        image: expect.stringMatching(/:v?\d+\.\d+\.\d+$/),
        restart: 'unless-stopped',
        read_only: true,
        cap_drop: ['ALL'],
      });
    }
  });

  it('lets Prometheus reach the API, and Grafana nothing but Prometheus', () => {
    expect(onNetwork('metrics')).toEqual(['api', 'prometheus']);
    expect(onNetwork('dashboards')).toEqual(['grafana', 'prometheus']);
    expect([prometheus.networks, grafana.networks]).toEqual([
      ['metrics', 'dashboards'],
      ['dashboards'],
    ]);
    expect(compose.networks['metrics']).toEqual({ internal: true });
  });

  it('gives Grafana no account, and the port that it is published with', () => {
    expect(grafana.environment).toMatchObject({
      GF_SERVER_HTTP_PORT: '3001',
      GF_AUTH_ANONYMOUS_ENABLED: 'true',
      GF_AUTH_BASIC_ENABLED: 'false',
      GF_AUTH_DISABLE_LOGIN_FORM: 'true',
      GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: 'true',
    });
    expect(grafana.ports).toEqual(['127.0.0.1:3001:3001']);
  });

  it('mounts files that exist, and lets nobody write to them', () => {
    const mounts = Object.values(compose.services)
      .flatMap(({ volumes = [] }) => volumes)
      .filter((volume) => volume.startsWith('./'));
    expect(mounts).toHaveLength(5);
    for (const mount of mounts) {
      const [source = '', , mode] = mount.split(':');
      expect([existsSync(path.join(ROOT, source)), mode]).toEqual([true, 'ro']);
    }
  });
});

describe('docker/mediamtx.yml', () => {
  const file = path.join(ROOT, 'docker/mediamtx.yml');
  const settings = parse(readFileSync(file, 'utf8')) as Readonly<Record<string, unknown>>;

  it('is one that the agent takes without a word', () => {
    expect(parseBaseFile(readFileSync(file, 'utf8'))).toMatchObject({ ok: true, warnings: [] });
  });

  it('has no path of its own, and no record cleaner', () => {
    expect(settings).toMatchObject({
      paths: {},
      pathDefaults: { recordDeleteAfter: '0s', rtspTransport: 'tcp' },
    });
  });

  it('lets anybody read, nobody publish, and one user use the API', () => {
    expect(settings['authInternalUsers']).toMatchObject([
      { user: 'any', permissions: [{ action: 'read' }] },
      { user: 'vigia', pass: expect.stringMatching(/^sha256:/), permissions: [{ action: 'api' }] },
    ]);
  });

  const withReal = real === undefined ? describe.skip : describe;

  withReal('as it is read (needs a real MediaMTX)', () => {
    let server: ChildProcess;
    let apiUrl: string;

    /** With the loopback in place of every address that a container listens on. */
    const start = async (env: Readonly<Record<string, string>>) => {
      const addresses = ['API', 'RTSP', 'HLS', 'WEBRTC', 'WEBRTCLOCALUDP', 'WEBRTCLOCALTCP'];
      const listeners = await Promise.all(
        addresses.map(async (name) => [`MTX_${name}ADDRESS`, `127.0.0.1:${await freePort()}`]),
      );
      const overrides = Object.fromEntries(listeners) as Record<string, string>;
      apiUrl = `http://${overrides['MTX_APIADDRESS'] ?? ''}`;
      server = await ChildProcess.start(real?.path ?? '', [file], {
        env: { ...overrides, ...env },
      });
      await eventually(async () => expect(await get('/v3/info')).toBe(401), { timeoutMs: 10_000 });
    };
    const get = async (what: string, password?: string) => {
      const token = Buffer.from(`vigia:${password ?? ''}`).toString('base64');
      const headers = password === undefined ? undefined : { authorization: `Basic ${token}` };
      return (await fetch(`${apiUrl}${what}`, headers && { headers })).status;
    };

    afterAll(() => server.stop());

    describe('with the password of the compose file', () => {
      beforeAll(() => start({ MTX_AUTHINTERNALUSERS_1_PASS: 'vigia' }));
      afterAll(() => server.stop());

      it('answers to that password, and to nobody else', async () => {
        expect(await get('/v3/paths/list')).toBe(401);
        expect(await get('/v3/paths/list', 'wrong')).toBe(401);
        expect(await get('/v3/paths/list', 'vigia')).toBe(200);
      });

      it('has read every setting', () => {
        const complaints = server.output
          .split('\n')
          .filter((line) => /"level":"(ERR|WAR)"/.test(line))
          .filter((line) => !line.includes('failed to authenticate'));
        expect(complaints).toEqual([]);
      });
    });

    describe('without a password', () => {
      beforeAll(() => start({}));

      it('keeps the API closed', async () => {
        expect(await get('/v3/paths/list', '')).toBe(401);
        expect(await get('/v3/paths/list', 'vigia')).toBe(401);
      });
    });
  });
});
