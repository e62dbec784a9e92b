export * from './causes.ts';
export * from './days.ts';
export * from './match.ts';
