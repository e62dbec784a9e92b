/** What suites need that use servers; each kind of server has a file in `servers/`. */
export { describeWith } from './servers/describe-with.ts';
export { startable } from './servers/find.ts';
export { freePort } from './servers/runner.ts';
