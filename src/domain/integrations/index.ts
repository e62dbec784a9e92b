export { type IntegrationCommand, integrationCommands } from './commands.ts';
export { integrationDecider, type IntegrationState } from './decide.ts';
export * from './events.ts';
export * from './health.ts';
