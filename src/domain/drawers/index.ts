export * from './commands.ts';
export { drawerDecider, drawerDeciderWith, DEFAULT_VARIANCE_LIMIT_MINOR } from './decide.ts';
export * from './events.ts';
export { tillDecider, tillInUse, type TillState } from './till.ts';
export type { DrawerSession, DrawerState } from './state.ts';
