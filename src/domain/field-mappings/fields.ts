/** Providers whose fields can be mapped. */
export const MAPPED_PROVIDERS = ['square', 'stripe', 'mailchimp', 'quickbooks'] as const;
export type MappedProvider = (typeof MAPPED_PROVIDERS)[number];

/** Where a value is read in an order of the shop, and where it is written at the provider. */
export interface FieldMapping {
  /** Path with dots, such as `customer.email`. */
  readonly source: string;
  readonly target: string;
}

export interface ProviderFields {
  readonly source: readonly string[];
  readonly target: readonly string[];
  /** Targets without which the provider takes nothing. */
  readonly required: readonly string[];
}

/** What can be mapped. The order of the targets counts where a lost one is replaced. */
export const FIELDS: Readonly<Record<MappedProvider, ProviderFields>> = {
  square: {
    source: [
      ...['event.name', 'event.description', 'event.price', 'ticket.type', 'ticket.price'],
      ...['customer.email', 'customer.name'],
    ],
    target: [
      ...['item.name', 'item.description', 'item.variation.price'],
      ...['customer.email_address', 'customer.given_name', 'customer.family_name'],
    ],
    required: ['item.name', 'item.variation.price'],
  },
  stripe: {
    source: ['event.name', 'event.price', 'customer.email', 'customer.id'],
    target: [
      ...['product.name', 'price.unit_amount'],
      ...['customer.email', 'customer.metadata.venue_id'],
    ],
    required: ['product.name', 'price.unit_amount'],
  },
  mailchimp: {
    source: ['customer.email', 'customer.firstName', 'customer.lastName', 'customer.tags'],
    target: ['email_address', 'merge_fields.FNAME', 'merge_fields.LNAME', 'tags'],
    required: ['email_address'],
  },
  quickbooks: {
    source: ['event.name', 'event.price', 'customer.name', 'customer.email', 'transaction.amount'],
    target: [
      ...['Item.Name', 'Item.UnitPrice', 'Customer.DisplayName'],
      ...['Customer.PrimaryEmailAddr.Address', 'Invoice.Line.Amount'],
    ],
    required: ['Item.Name', 'Customer.DisplayName'],
  },
};
