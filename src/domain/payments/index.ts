export { isConnectedProvider } from './charging.ts';
export * from './commands.ts';
export { paymentDecider } from './decide.ts';
export * from './events.ts';
export * from './splits.ts';
export { excessMinor, type Payment, type PaymentState } from './state.ts';
