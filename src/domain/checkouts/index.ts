export { type CheckoutCommand, checkoutCommands, type RequestCheckout } from './commands.ts';
export { type Checkout, checkoutDecider, type CheckoutState } from './decide.ts';
export * from './events.ts';
