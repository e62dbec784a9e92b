import { BUILT, PROJECT, SERVERS, testsIn } from './jest.config.js';

/** The suites that need real servers, one file after the other: `npm run test:servers`. */
export default {
  ...PROJECT,
  ...BUILT,
  testMatch: testsIn(SERVERS),
  maxWorkers: 1,
  testTimeout: 60_000,
};
