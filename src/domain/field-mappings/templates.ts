import type { FieldMapping, MappedProvider } from './fields.ts';

export const VENUE_TYPES = [
  ...(['comedy_club', 'music_venue', 'theater', 'festival', 'restaurant', 'shop'] as const),
  'standard',
] as const;
export type VenueType = (typeof VENUE_TYPES)[number];

/** Words in the names of venues of a type; the first type with one of them is taken. */
const NAMED_AFTER: readonly (readonly [VenueType, readonly string[]])[] = [
  ['comedy_club', ['comedy', 'laugh']],
  ['music_venue', ['music', 'concert']],
  ['theater', ['theater', 'theatre']],
  ['festival', ['festival']],
  ['restaurant', ['restaurant', 'bistro', 'grill']],
  ['shop', ['shop', 'store', 'boutique']],
];

/** The type of a venue, from its name. */
export function venueTypeOf(name: string): VenueType {
  const lower = name.toLowerCase();
  const named = NAMED_AFTER.find(([, words]) => words.some((word) => lower.includes(word)));
  return named?.[0] ?? 'standard';
}

export interface MappingTemplate {
  readonly templateId: string;
  readonly name: string;
  readonly venueType: VenueType;
  readonly mappings: readonly FieldMapping[];
  /** Taken where no template of the venue's type is there. */
  readonly isDefault: boolean;
}

const pairs = (fields: Readonly<Record<string, string>>): readonly FieldMapping[] =>
  Object.entries(fields).map(([source, target]) => ({ source, target }));

const template = (
  templateId: string,
  name: string,
  venueType: VenueType,
  fields: Readonly<Record<string, string>>,
): MappingTemplate => ({
  ...{ templateId, name, venueType, mappings: pairs(fields) },
  isDefault: venueType === 'standard',
});

const SQUARE = {
  'event.name': 'item.name',
  'event.description': 'item.description',
  'customer.email': 'customer.email_address',
  'customer.name': 'customer.given_name',
};
/** A seat or a pass has a price of its own, whatever the event costs. */
const SQUARE_TICKETS = { ...SQUARE, 'ticket.price': 'item.variation.price' };

/** Templates that every shop has. */
export const BUILT_IN: Readonly<Record<MappedProvider, readonly MappingTemplate[]>> = {
  square: [
    template('square-comedy-club', 'Comedy club', 'comedy_club', SQUARE_TICKETS),
    template('square-music-venue', 'Music venue', 'music_venue', SQUARE_TICKETS),
    template('square-theater', 'Theater', 'theater', SQUARE_TICKETS),
    template('square-festival', 'Festival', 'festival', SQUARE_TICKETS),
    template('square-standard', 'Standard', 'standard', {
      ...SQUARE,
      'event.price': 'item.variation.price',
    }),
  ],
  stripe: [
    template('stripe-standard', 'Standard', 'standard', {
      'event.name': 'product.name',
      'event.price': 'price.unit_amount',
      'customer.email': 'customer.email',
    }),
  ],
  mailchimp: [
    template('mailchimp-standard', 'Standard', 'standard', {
      'customer.email': 'email_address',
      'customer.firstName': 'merge_fields.FNAME',
      'customer.lastName': 'merge_fields.LNAME',
      'customer.tags': 'tags',
    }),
  ],
  quickbooks: [
    template('quickbooks-standard', 'Standard', 'standard', {
      'event.name': 'Item.Name',
      'event.price': 'Item.UnitPrice',
      'customer.name': 'Customer.DisplayName',
      'customer.email': 'Customer.PrimaryEmailAddr.Address',
      'transaction.amount': 'Invoice.Line.Amount',
    }),
  ],
};

export interface UsedTemplate extends MappingTemplate {
  readonly usageCount: number;
}

/**
 * The template for a type of venue: of those for it the most used one, else the most used default.
 * Between equals the first is taken.
 */
export function chooseTemplate(
  templates: readonly UsedTemplate[],
  venueType: VenueType,
): UsedTemplate | undefined {
  const ofType = templates.filter((each) => each.venueType === venueType);
  const candidates = ofType.length > 0 ? ofType : templates.filter((each) => each.isDefault);
  const mostUsed = Math.max(...candidates.map(({ usageCount }) => usageCount));
  return candidates.find(({ usageCount }) => usageCount === mostUsed);
}
