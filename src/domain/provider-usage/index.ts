export type { UsageCommand } from './commands.ts';
export * from './cost.ts';
export { usageDecider } from './decide.ts';
export * from './events.ts';
