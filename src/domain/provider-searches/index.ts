export { searchDecider, searchIdOf } from './decide.ts';
export * from './events.ts';
