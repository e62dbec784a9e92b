export { noticeDecider } from './decide.ts';
export * from './events.ts';
