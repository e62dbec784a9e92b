export { LOG_ENTITY, restoreDecider } from './decide.ts';
export * from './events.ts';
export { restoreRequest } from './request.ts';
