export * from './commands.ts';
export { type CatalogueFacts, productIdsOf } from './catalogue-lines.ts';
export { orderDecider, orderDeciderWith } from './decide.ts';
export * from './events.ts';
export { priceOrder, type PricingInput } from './pricing/pricing.ts';
export * from './state.ts';
export { assertAddsUp } from './pricing/totals.ts';
