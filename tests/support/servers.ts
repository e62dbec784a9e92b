/** The servers that tests look for and start, by kind. */
export {
  type BinarySource,
  type ServerSource,
  describeWith,
  findBinary,
  findServer,
  preferContainer,
  startable,
} from './servers/find.ts';
export { freePort } from './servers/runner.ts';
