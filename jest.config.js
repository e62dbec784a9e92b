export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/tests'],
  testMatch: ['**/*.test.ts'],
  // These need real servers: jest.servers.config.js.
  testPathIgnorePatterns: [
    '/node_modules/',
    '/tests/adapters/(eventstoredb|mongodb|redis)/',
    '/tests/servers/',
  ],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
        module: { type: 'es6' },
      },
    ],
  },
  maxWorkers: '100%',
  testTimeout: 20_000,
  coverageProvider: 'v8',
  coverageThreshold: {
    global: { statements: 80, branches: 80, functions: 80, lines: 80 },
    './src/domain/': { statements: 95, lines: 95 },
    './src/engine/': { statements: 95, lines: 95 },
  },
  collectCoverageFrom: [
    'src/**/*.ts',
    // Run in processes of their own, where the counters of this one do not reach.
    '!src/main.ts',
    '!src/boot/**',
    'src/boot/embedded/{remote-projections,projection-host,rpc}.ts',
    '!src/maintenance/{maintenance,backup}.ts',
    '!src/cli/demo/**',
    // Exercised against real servers: jest.servers.config.js.
    '!src/adapters/{eventstoredb,mongodb,redis}/**',
  ],
};
