import base from './jest.config.js';

const { coverageThreshold: _, testPathIgnorePatterns: __, ...shared } = base;

/** The suites that need real servers, one file after the other: `npm run test:servers`. */
export default {
  ...shared,
  testMatch: [
    '<rootDir>/tests/adapters/{eventstoredb,mongodb,redis}/**/*.test.ts',
    '<rootDir>/tests/servers/**/*.test.ts',
  ],
  maxWorkers: 1,
  testTimeout: 60_000,
};
