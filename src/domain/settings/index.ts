export * from './commands.ts';
export { settingDecider, type SettingState } from './decide.ts';
export * from './events.ts';
