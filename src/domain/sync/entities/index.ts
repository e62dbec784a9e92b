export { entityDecider } from './decide.ts';
export * from './events.ts';
export { type EntityState, mergedEntity } from './state.ts';
