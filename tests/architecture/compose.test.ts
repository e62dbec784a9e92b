import { parse } from 'yaml';

import { CONFIG_KEYS } from '../../src/config.ts';
import { readProjectFile } from './project-files.ts';

interface Service {
  readonly image?: string;
  readonly build?: unknown;
  readonly user?: string;
  readonly read_only?: boolean;
  readonly privileged?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly stop_grace_period?: string;
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

const compose = parse(readProjectFile('docker-compose.yml')) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const services = Object.entries(compose.services);
const exposed = services.filter(([, { ports }]) => ports !== undefined).map(([name]) => name);

describe('The compose file', () => {
  it.each(services)('gives %s an image of one version, or builds it', (_name, service) => {
    const version = service.image?.split(':')[1] ?? '';

    expect(service.build !== undefined || /^\d+\.\d+/.test(version)).toBe(true);
    expect(version).not.toBe('latest');
  });

  it.each(services)('knows whether %s is well', (_name, { healthcheck }) => {
    expect(healthcheck?.test[0]).toMatch(/^CMD/);
  });

  it('lets only the API out, and only on this machine', () => {
    expect(exposed).toEqual(['app']);
    expect(compose.services['app']?.ports).toEqual(['127.0.0.1:${PORT:-8080}:8080']);
  });

  it('takes from the product what it does not need', () => {
    const app = compose.services['app'];

    expect(app?.user).toBe('node');
    expect(app?.read_only).toBe(true);
    expect(app?.privileged ?? false).toBe(false);
    expect(app?.cap_drop).toEqual(['ALL']);
    expect(app?.security_opt).toContain('no-new-privileges:true');
  });

  it('keeps the data in a volume of its own', () => {
    expect(compose.services['app']?.volumes).toEqual(['data:/data']);
    expect(Object.keys(compose.volumes)).toContain('data');
    expect(compose.services['app']?.environment?.['DATA_DIR']).toBe('/data');
  });

  it('waits for a stop longer than requests may take to end', () => {
    const graceMs = Number.parseInt(compose.services['app']?.stop_grace_period ?? '0', 10) * 1_000;

    expect(graceMs).toBeGreaterThan(Number(CONFIG_KEYS.drainMs.default));
  });

  it('sets nothing that the product does not know', () => {
    const known: readonly string[] = Object.values(CONFIG_KEYS).map(({ env }) => env);
    const set = Object.keys(compose.services['app']?.environment ?? {});

    expect(set.length).toBeGreaterThan(0);
    expect(set.filter((name) => !known.includes(name))).toEqual([]);
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
