export * from './commands.ts';
export { fieldMappingDecider, type FieldMappingState } from './decide.ts';
export * from './events.ts';
export * from './fields.ts';
export { applyMappings, findFaults, healMappings } from './rules.ts';
export { BUILT_IN } from './templates.ts';
