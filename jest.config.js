const TRANSFORM = {
  '^.+\\.ts$': [
    '@swc/jest',
    {
      jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
      module: { type: 'es6' },
    },
  ],
};

/** Folders of tests that start the built server or command. No other test may need the build. */
export const SYSTEM = ['cli', 'crash', 'load'];

/** The same, with starts at each of many steps: `npm run test:long`, which `.ci/run` runs as well. */
export const LONG = ['api/fuzz', 'failpoints', 'runbooks'];

/** Folders of tests that need EventStoreDB, MongoDB or Redis: jest.servers.config.js. */
export const SERVERS = ['adapters/eventstoredb', 'adapters/mongodb', 'adapters/redis', 'servers'];

export const testsIn = (folders) => folders.map((name) => `<rootDir>/tests/${name}/**/*.test.ts`);

/** What the projects have in common. */
export const PROJECT = {
  testEnvironment: 'node',
  roots: ['<rootDir>/tests'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: TRANSFORM,
};

/** Builds the product once, before the first test of a project that needs it. */
export const BUILT = { globalSetup: '<rootDir>/tests/support/build-product.js' };

export default {
  projects: [
    {
      ...PROJECT,
      displayName: 'unit',
      testMatch: ['<rootDir>/tests/**/*.test.ts'],
      testPathIgnorePatterns: [...SYSTEM, ...LONG, ...SERVERS].map(
        (name) => `<rootDir>/tests/${name}/`,
      ),
    },
    { ...PROJECT, ...BUILT, displayName: 'system', testMatch: testsIn(SYSTEM) },
    { ...PROJECT, ...BUILT, displayName: 'long', testMatch: testsIn(LONG) },
  ],
  maxWorkers: '100%',
  // Modules of finished files stay in memory, and a worker of 4 GB is several times slower.
  workerIdleMemoryLimit: '1GB',
  // For a hung test; none is so slow, not even on a busy machine.
  testTimeout: 120_000,
  coverageProvider: 'v8',
  coverageThreshold: {
    global: { statements: 80, branches: 80, functions: 80, lines: 80 },
    './src/domain/': { statements: 95, lines: 95 },
    './src/engine/': { statements: 95, lines: 95 },
  },
  collectCoverageFrom: [
    'src/**/*.ts',
    // They run in child processes, whose counters are not collected.
    '!src/main.ts',
    '!src/boot/**',
    'src/boot/embedded/{remote-projections,projection-host,rpc}.ts',
    '!src/maintenance/{maintenance,backup}.ts',
    '!src/cli/demo/**',
    // Exercised against real servers: jest.servers.config.js.
    '!src/adapters/{eventstoredb,mongodb,redis}/**',
  ],
};
