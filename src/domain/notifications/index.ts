export { paymentReason } from './payment-reasons.ts';
export { receiptOf } from './receipt.ts';
export * from './recipients/commands.ts';
export { recipientDecider } from './recipients/decide.ts';
export * from './recipients/events.ts';
export { recipientId, recipientOf } from './recipients/recipient-id.ts';
export { carriedFrom, type RecipientState } from './recipients/state.ts';
export { builtInTemplate, type TemplateText } from './templates/built-in.ts';
export * from './templates/commands.ts';
export { templateDecider, templateId, type TemplateState } from './templates/decide.ts';
export * from './templates/events.ts';
export {
  type Language,
  LANGUAGES,
  type Topic,
  TOPIC_NAMES,
  traitsOf,
  variablesOf,
} from './topics.ts';
