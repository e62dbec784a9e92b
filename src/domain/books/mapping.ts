/** What of a shop is mapped one by one to what a provider has. */
export const BOOKS_KINDS = [
  ...(['role', 'product', 'modifier', 'service_charge', 'tax'] as const),
  ...(['payment_method', 'customer'] as const),
] as const;
export type BooksKind = (typeof BOOKS_KINDS)[number];

/**
 * What every receipt may need, whatever was sold. `item` is the fallback: without it nothing is
 * posted. Amounts without an item of their own go there, and onto the worklist.
 */
export const BOOKS_ROLES = [
  ...(['item', 'modifier', 'tip', 'service_charge', 'tax', 'rounding'] as const),
  ...(['discount_account', 'deposit_account', 'customer', 'mixed_payment'] as const),
  ...(['department', 'class', 'tax_code', 'bank_account', 'fee_account'] as const),
] as const;
export type BooksRole = (typeof BOOKS_ROLES)[number];

/** Modifiers are lines of their own, or part of the line that they belong to. */
export const MODIFIER_STYLES = ['lines', 'folded'] as const;
export type ModifierStyle = (typeof MODIFIER_STYLES)[number];

/** The mapping of a shop: by `mappingKey`, the id at the provider. */
export interface BooksMapping {
  readonly targets: Readonly<Record<string, string>>;
  readonly modifiers: ModifierStyle;
}

/** Something of the shop that has no target of its own, for the worklist. */
export interface Unmapped {
  readonly kind: BooksKind;
  /** An id of the shop, or a name where there is none. */
  readonly key: string;
  readonly name: string;
}

/** Names at the shop are compared without case and outer spaces. */
export const mappingKey = (kind: BooksKind, key: string): string =>
  `${kind} ${key.trim().toLowerCase()}`;

/** Looks targets up, and notes once what has none. */
export interface TargetLookup {
  readonly unmapped: readonly Unmapped[];
  /** The target of a role; undefined where there is none. */
  role(role: BooksRole): string | undefined;
  /** The target of its own; undefined where there is none, which is then on the worklist. */
  own(kind: BooksKind, key: string, name: string): string | undefined;
  /** The item of its own, else that of the role, else the fallback. */
  item(kind: BooksKind, key: string, name: string, role?: BooksRole): string;
  /** The item of a role, else the fallback. */
  itemOfRole(role: BooksRole): string;
}

export function createLookup({ targets }: BooksMapping): TargetLookup {
  const unmapped = new Map<string, Unmapped>();
  const role = (name: BooksRole) => targets[mappingKey('role', name)];
  const fallback = role('item') ?? '';

  function own(kind: BooksKind, key: string, name: string): string | undefined {
    const target = targets[mappingKey(kind, key)];
    if (target === undefined) unmapped.set(mappingKey(kind, key), { kind, key, name });
    return target;
  }

  return {
    get unmapped() {
      return [...unmapped.values()];
    },
    role,
    own,
    item(kind, key, name, common) {
      const ofRole = common && role(common);
      // Where a role takes all of a kind, one that is not mapped by itself is no work for a person.
      const target = ofRole === undefined ? own(kind, key, name) : targets[mappingKey(kind, key)];
      return target ?? ofRole ?? fallback;
    },
    itemOfRole: (name) => own('role', name, name) ?? fallback,
  };
}
