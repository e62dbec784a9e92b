export { type AlertCommand, alertCommands } from './commands.ts';
export * from './contacts.ts';
export { alertDecider } from './decide.ts';
export * from './events.ts';
export * from './rules.ts';
export { type AlertFindings, type AlertState, isOpen, type KnownAlert } from './state.ts';
