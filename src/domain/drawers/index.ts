export * from './commands.ts';
export {
  assertOpening,
  DEFAULT_VARIANCE_LIMIT_MINOR,
  drawerDecider,
  drawerDeciderWith,
} from './decide.ts';
export * from './events.ts';
export { tillDecider, tillInUse, type TillState } from './till.ts';
export type { DrawerSession, DrawerState } from './state.ts';
