import type { Language } from './topics.ts';

/** Why a payment failed, for the customer: codes of providers, in the words of both languages. */
const REASONS: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  insufficient_funds: {
    en: 'the card has insufficient funds',
    es: 'la tarjeta no tiene fondos suficientes',
  },
  expired_card: { en: 'the card has expired', es: 'la tarjeta ha caducado' },
  invalid_card: {
    en: 'the data of the card is not valid',
    es: 'los datos de la tarjeta no son válidos',
  },
};

const DECLINED: Readonly<Record<Language, string>> = {
  en: 'the payment was declined',
  es: 'el pago ha sido rechazado',
};

/**
 * The reason in words. Any other code reads as declined: a customer is not to learn of a suspicion
 * of fraud, or read an internal note.
 */
export function paymentReason(code: string, language: Language): string {
  return (REASONS[code] ?? DECLINED)[language];
}
