import { DomainError } from '../kernel/errors.ts';
import { assertWithinMaximum, isCurrency } from '../kernel/money.ts';
import type { ModifierGroup, ProductFields } from './events.ts';

/** The error of a malformed product. It is not a decision. */
function invalid(field: string, expected: string, found: unknown): DomainError {
  return new DomainError(
    'invalid_request',
    `expected ${field} to be ${expected}, found ${JSON.stringify(found) ?? 'none'}`,
    { field, found },
  );
}

/**
 * Checks what a schema cannot say about a product.
 * @throws DomainError unknown_currency, amount_out_of_range, invalid_request.
 */
export function assertProduct(product: ProductFields): void {
  const { name, currency, priceMinor, taxClass, branchPrices, modifierGroups, allergens } = product;
  if (!isCurrency(currency)) {
    throw new DomainError('unknown_currency', `expected an ISO 4217 code, found ${currency}`, {
      found: currency,
    });
  }
  assertNotBlank(name, 'name');
  if (taxClass !== undefined) assertNotBlank(taxClass, 'taxClass');
  assertWithinMaximum(priceMinor, 'priceMinor');
  for (const [place, { priceMinor: there }] of branchPrices.entries()) {
    assertWithinMaximum(there, `branchPrices[${place}].priceMinor`);
  }
  assertUnique(
    branchPrices.map(({ branchId }) => branchId),
    'branchPrices',
    'branches',
  );
  assertUnique(allergens, 'allergens', 'allergens');
  assertGroups(modifierGroups);
}

function assertGroups(groups: readonly ModifierGroup[]): void {
  assertUnique(
    groups.map(({ groupId }) => groupId),
    'modifierGroups',
    'groups',
  );
  const options = groups.flatMap((group) => group.options);
  assertUnique(
    options.map(({ modifierId }) => modifierId),
    'modifierGroups',
    'options',
  );
  for (const [place, { name, min, max, required }] of groups.entries()) {
    const field = `modifierGroups[${place}]`;
    assertNotBlank(name, `${field}.name`);
    if (max < 1 || min > max) throw invalid(`${field}.max`, 'at least 1 and at least min', max);
    if (required !== min > 0)
      throw invalid(`${field}.required`, `${min > 0} with min ${min}`, required);
  }
  for (const { name, priceMinor } of options) {
    assertNotBlank(name, 'modifierGroups.options.name');
    assertWithinMaximum(priceMinor, 'modifierGroups.options.priceMinor');
  }
}

function assertNotBlank(text: string, field: string): void {
  if (text.trim() === '') throw invalid(field, 'not blank', text.slice(0, 50));
}

function assertUnique(ids: readonly string[], field: string, what: string): void {
  const seen = new Set<string>();
  for (const id of ids) {
    if (seen.has(id)) throw invalid(field, `a list of different ${what}`, id);
    seen.add(id);
  }
}
