export * from './commands.ts';
export { stockDecider, stockDeciderWith, type StockFacts } from './decide.ts';
export * from './events.ts';
export { availableOf, nextEnd, type StockState } from './state.ts';
export { placeOf, stockId, type StockPlace } from './stock-id.ts';
