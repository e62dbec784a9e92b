export * from './commands.ts';
export { deliveryDecider } from './decide.ts';
export * from './events.ts';
export { isEmailAddress, isOfPerson, isPhoneNumber } from './message.ts';
export type { DeliveryQueue } from './policy.ts';
export type { DeliveryState, KnownDelivery } from './state.ts';
