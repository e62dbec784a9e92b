export type * from './commands.ts';
export { decideOrder, orderDecider } from './decide.ts';
export * from './events.ts';
export { evolveOrder } from './evolve.ts';
export { priceOrder, type PricingInput } from './pricing.ts';
export * from './state.ts';
export { assertAddsUp, totalOf } from './totals.ts';
export { canGo, isClosed } from './transitions.ts';
