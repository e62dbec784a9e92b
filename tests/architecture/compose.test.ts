import { parse } from 'yaml';

import { CONFIG_KEYS, readConfig } from '../../src/config.ts';
import { readProjectFile } from './project-files.ts';

interface Service {
  readonly image?: string;
  readonly build?: unknown;
  readonly user?: string;
  readonly read_only?: boolean;
  readonly privileged?: boolean;
  readonly cap_add?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly networks?: readonly string[];
  readonly network_mode?: string;
  readonly profiles?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly stop_grace_period?: string;
  readonly mem_limit?: string;
  readonly pids_limit?: number;
}

interface Step {
  readonly run?: string;
  readonly uses?: string;
}

interface Workflow {
  readonly permissions: unknown;
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly steps: readonly Step[];
        readonly strategy?: { readonly matrix: { readonly node: readonly string[] } };
      }
    >
  >;
}

const compose = parse(readProjectFile('docker-compose.yml'), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
};
const services = Object.entries(compose.services);
const exposed = services.filter(([, { ports }]) => ports !== undefined).map(([name]) => name);
const needs = services.flatMap(([name, { depends_on }]) =>
  Object.entries(depends_on ?? {}).map(([on, { condition }]) => ({ name, on, condition })),
);
/** Those that do their work and end, which others wait for. */
const ending = needs
  .filter(({ condition }) => condition === 'service_completed_successfully')
  .map(({ on }) => on);
const running = services.filter(([name]) => !ending.includes(name));
const products = services.filter(([, { build }]) => build !== undefined);

describe('The compose file', () => {
  it('starts the product with one server of each kind, and with three nodes when asked', () => {
    const named = (profile: string | undefined) =>
      services.filter(([, { profiles }]) => profiles?.join() === profile);

    expect(named(undefined).map(([name]) => name)).toEqual([
      'app',
      'event-store',
      'read-store',
      'cache',
    ]);
    expect(named('cluster').map(([name]) => name)).toEqual([
      'app-cluster',
      'certificates',
      'event-store-1',
      'event-store-2',
      'event-store-3',
    ]);
  });

  it.each(services)('gives %s an image of one version, or builds it', (_name, service) => {
    const version = service.image?.split(':')[1] ?? '';

    expect(service.build !== undefined || /^\d+\.\d+/.test(version)).toBe(true);
    expect(version).not.toBe('latest');
  });

  it.each(running)('knows whether %s is well', (_name, { healthcheck }) => {
    expect(healthcheck?.test[0]).toMatch(/^CMD/);
  });

  it('starts each after those that it needs are well, or have done their work', () => {
    expect(needs.length).toBeGreaterThan(6);
    for (const { name, on, condition } of needs) {
      const done = ending.includes(on) ? 'service_completed_successfully' : 'service_healthy';
      expect({ name, on, condition }).toEqual({ name, on, condition: done });
      expect(compose.services[on]).toBeDefined();
    }
  });

  it('lets only the API out, and only on this machine', () => {
    expect(exposed).toEqual(['app', 'app-cluster']);
    for (const [, { ports }] of products) expect(ports).toEqual(['127.0.0.1:${PORT:-8080}:8080']);
  });

  it('keeps the servers on a network that reaches no further', () => {
    const servers = services.filter(([, { build }]) => build === undefined);

    expect(compose.networks['stores']?.internal).toBe(true);
    for (const [name, { networks, network_mode: mode }] of servers) {
      expect({ name, on: networks ?? mode }).toEqual({ name, on: mode ?? ['stores'] });
      expect([undefined, 'none']).toContain(mode);
    }
  });

  it.each(services)('takes from %s what it does not need', (_name, service) => {
    expect(service.read_only).toBe(true);
    expect(service.privileged ?? false).toBe(false);
    expect(service.cap_drop).toEqual(['ALL']);
    expect(service.security_opt).toContain('no-new-privileges:true');
    expect(service.mem_limit).toMatch(/^\d+[mg]$/);
    expect(service.pids_limit).toBeGreaterThan(0);
  });

  it('gives nobody a capability but who hands out the keys, and that ends', () => {
    const given = services.filter(([, service]) => service.cap_add !== undefined);

    expect(given.map(([name, service]) => [name, service.cap_add])).toEqual([
      ['certificates', ['CHOWN']],
    ]);
    expect(ending).toContain('certificates');
  });

  it('runs the product as an ordinary user', () => {
    for (const [, { user }] of products) expect(user).toBe('node');
  });

  it('keeps what must last in volumes of its own, which no two services write', () => {
    const mounts = services.flatMap(([name, { volumes = [] }]) =>
      volumes.map((volume) => ({ name, volume: volume.split(':')[0] ?? '', text: volume })),
    );
    const written = mounts.filter(({ text }) => !text.endsWith(':ro')).map(({ volume }) => volume);

    expect(written).toHaveLength(new Set(written).size);
    expect([...new Set(mounts.map(({ volume }) => volume))].sort()).toEqual(
      Object.keys(compose.volumes).sort(),
    );
    for (const [, { volumes, environment }] of products) {
      expect(volumes?.[0]?.split(':')[1]).toBe(environment?.['DATA_DIR']);
    }
    expect(written).toEqual(expect.arrayContaining(['data', 'event-store', 'read-store']));
  });

  it('waits for a stop longer than requests may take to end', () => {
    for (const [, { stop_grace_period: grace }] of products) {
      const graceMs = Number.parseInt(grace ?? '0', 10) * 1_000;
      expect(graceMs).toBeGreaterThan(Number(CONFIG_KEYS.drainMs.default));
    }
  });

  it('sets nothing that the product does not know, and the product takes it', () => {
    for (const [, { environment = {} }] of products) {
      const known: readonly string[] = Object.values(CONFIG_KEYS).map(({ env }) => env);
      expect(Object.keys(environment).filter((name) => !known.includes(name))).toEqual([]);
      const config = readConfig({ ...environment, LOG_LEVEL: 'info' });
      expect(config).toMatchObject({ eventStore: 'esdb', readStore: 'mongodb' });
      expect(config.redisUrl).not.toBe('');
    }
  });

  it('names servers in its connection strings that it starts', () => {
    for (const [name, { environment = {}, depends_on: needed = {} }] of products) {
      const urls = ['ESDB_URL', 'MONGO_URL', 'REDIS_URL'].map((key) => environment[key] ?? '');
      const hosts = urls.flatMap((url) =>
        [...url.matchAll(/(?:\/\/|@|,)([a-z0-9-]+):\d+/g)].map(([, host]) => host ?? ''),
      );
      expect({ name, hosts: hosts.sort() }).toEqual({ name, hosts: Object.keys(needed).sort() });
    }
  });
});

describe('The Dockerfile', () => {
  const dockerfile = readProjectFile('Dockerfile');
  const stages = dockerfile.split(/^FROM /m).slice(1);
  const last = stages.at(-1) ?? '';

  it('pins the base image to one version', () => {
    expect(dockerfile).toMatch(/^ARG NODE_IMAGE=node:22\.\d+\.\d+-bookworm-slim$/m);
    expect(stages.every((stage) => stage.startsWith('${NODE_IMAGE}'))).toBe(true);
  });

  it('installs by the lockfile and ships no tools of development', () => {
    expect(stages).toHaveLength(2);
    expect(stages[0]).toMatch(/npm ci/);
    expect(stages[0]).toMatch(/npm prune --omit=dev/);
    expect(last).not.toMatch(/npm (ci|install)|COPY src/);
  });

  it('runs as an ordinary user who owns the data', () => {
    expect(last.match(/^USER .+$/gm)).toEqual(['USER node']);
    expect(last).toMatch(/install -d -o node -g node -m 700 \/data/);
    expect(last.indexOf('USER node')).toBeLessThan(last.indexOf('\nCMD '));
  });

  it('starts node itself, so that signals reach it', () => {
    expect(last).toMatch(/^CMD \["node", .*"dist\/main\.js"\]$/m);
  });

  it('tells by the API whether it is well', () => {
    expect(last).toMatch(/HEALTHCHECK[\s\S]*fetch\([\s\S]*\/health\/live/);
  });

  it('sets nothing that the product does not know', () => {
    const known: readonly string[] = Object.values(CONFIG_KEYS).map(({ env }) => env);
    const set = [...last.matchAll(/^(?:ENV)? +([A-Z_]+)=/gm)].map(([, name]) => name ?? '');

    expect(set).toEqual(expect.arrayContaining(['HOST', 'DATA_DIR']));
    expect(set.filter((name) => name !== 'NODE_ENV' && !known.includes(name))).toEqual([]);
  });

  it('finds all that it copies from the project', () => {
    const sources = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths]) =>
      (paths ?? '').split(' '),
    );
    const allowed = readProjectFile('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));

    expect(sources.length).toBeGreaterThan(5);
    expect(sources.filter((path) => !allowed.includes(path))).toEqual([]);
  });
});

describe('The workflow', () => {
  const workflow = parse(readProjectFile('.github/workflows/ci.yml')) as Workflow;
  const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
  const scripts = (JSON.parse(readProjectFile('package.json')) as { scripts: object }).scripts;

  it('checks every supported line of Node', () => {
    expect(workflow.jobs['check']?.strategy?.matrix.node).toEqual(['20', '22', '24']);
  });

  it('pins what it uses to one commit and may only read', () => {
    const used = steps.flatMap(({ uses }) => uses ?? []);

    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((name) => !/@[0-9a-f]{40}$/.test(name))).toEqual([]);
    expect(workflow.permissions).toEqual({ contents: 'read' });
  });

  it('runs scripts that there are', () => {
    const named = steps.flatMap(({ run }) => [...(run ?? '').matchAll(/npm run ([\w:-]+)/g)]);
    const names = named.map(([, name]) => name ?? '');

    expect(names).toContain('check');
    expect(names.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('audits what is shipped and builds the image', () => {
    const runs = steps.flatMap(({ run }) => run ?? []).join('\n');

    expect(runs).toMatch(/npm audit --omit=dev/);
    expect(runs).toMatch(/docker compose build/);
  });
});
