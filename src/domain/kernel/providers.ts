/** Systems outside that shops are connected to. */
export const PROVIDERS = ['square', 'quickbooks', 'mercadopago', 'stripe', 'mailchimp'] as const;
export type Provider = (typeof PROVIDERS)[number];
