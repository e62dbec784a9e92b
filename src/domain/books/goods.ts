import {
  formatQuantity,
  parseQuantity,
  QUANTITY_SCALE,
  storedQuantity,
} from '../kernel/quantity.ts';
import type { PricedLine, PricedModifier } from '../orders/index.ts';
import { conflictOf } from './conflicts.ts';
import type { BooksLine } from './document.ts';
import { type BooksMapping, mappingKey, type TargetLookup } from './mapping.ts';

const MAX_DESCRIPTION = 4_000;
/** Providers refuse longer documents; beyond it, modifiers are part of their line. */
export const MAX_BOOKS_LINES = 700;

/** The lines of what was sold. Inclusive tax has left the amounts: it is in the line of the tax. */
export function goodsLines(
  lines: readonly PricedLine[],
  mapping: BooksMapping,
  lookup: TargetLookup,
): BooksLine[] {
  const sold = lines.filter(({ voided }) => !voided);
  const count = sold.reduce((sum, line) => sum + 1 + line.modifiers.length, 0);
  const isFolded = mapping.modifiers === 'folded' || count > MAX_BOOKS_LINES;
  return sold.flatMap((line) => {
    const own = modifiersMinor(line);
    // What a provider says of modifiers can be more than the line: then it is not their price.
    if (isFolded || own > line.grossMinor) return [foldedLine(line, lookup)];
    return linesOf(line, mapping, lookup);
  });
}

const chosen = ({ modifiers }: PricedLine) => modifiers.filter(({ quantity }) => quantity > 0);
const modifiersMinor = (line: PricedLine) =>
  chosen(line).reduce((sum, { totalMinor }) => sum + totalMinor, 0);

const nameOf = ({ name, variation }: PricedLine) =>
  variation === undefined || variation === name ? name : `${name}, ${variation}`;

const itemOf = ({ productId, name }: PricedLine, lookup: TargetLookup) =>
  lookup.item('product', productId ?? name, name);

const modifierKey = ({ modifierId, name }: PricedModifier) => modifierId ?? name;

function foldedLine(line: PricedLine, lookup: TargetLookup): BooksLine {
  const names = chosen(line).map(({ name }) => ` + ${name}`);
  const description = `${nameOf(line)}${names.join('')}`;
  return {
    ...{ itemId: itemOf(line, lookup), description: description.slice(0, MAX_DESCRIPTION) },
    amountMinor: line.grossMinor - line.inclusiveTaxMinor,
    quantity: line.quantity,
  };
}

function linesOf(line: PricedLine, mapping: BooksMapping, lookup: TargetLookup): BooksLine[] {
  const { quantity, unitPriceMinor, grossMinor } = line;
  const modifiers = chosen(line);
  const baseMinor = grossMinor - modifiersMinor(line);
  let taxLeft = line.inclusiveTaxMinor;
  const withoutTax = (amountMinor: number): number => {
    const taken = Math.min(taxLeft, amountMinor);
    taxLeft -= taken;
    return amountMinor - taken;
  };
  const base: BooksLine = {
    ...{ itemId: itemOf(line, lookup), description: nameOf(line).slice(0, MAX_DESCRIPTION) },
    ...priced(withoutTax(baseMinor), quantity, unitPriceMinor),
  };
  const ownItem = (modifier: PricedModifier) =>
    mapping.targets[mappingKey('modifier', modifierKey(modifier))];
  return [
    base,
    ...modifiers.map((modifier, i): BooksLine => {
      const conflict = conflictOf(modifier, modifiers.slice(0, i), ownItem);
      const { name, quantity: each, unitPriceMinor: price, totalMinor } = modifier;
      return {
        itemId: lookup.item('modifier', modifierKey(modifier), name, 'modifier'),
        description: describe(name, conflict).slice(0, MAX_DESCRIPTION),
        ...priced(withoutTax(totalMinor), timesText(quantity, each), price),
      };
    }),
  ];
}

const describe = (name: string, conflict: string | undefined) =>
  conflict === undefined
    ? `Modifier: + ${name}`
    : `Modifier: + ${name} (Conflict Resolution: kept beside ${conflict})`;

/** The quantity of a modifier in the whole line; undefined when it is too long for a quantity. */
function timesText(quantity: string, each: number): string | undefined {
  if (each === 1) return quantity;
  const text = formatQuantity(parseQuantity(quantity) * BigInt(each));
  return storedQuantity(text) === undefined ? undefined : text;
}

/** Providers multiply themselves, so a price is only given where the product is the amount. */
function priced(amountMinor: number, quantity: string | undefined, unitPriceMinor: number) {
  if (quantity === undefined) return { amountMinor };
  const isExact =
    parseQuantity(quantity) * BigInt(unitPriceMinor) === BigInt(amountMinor) * QUANTITY_SCALE;
  return { amountMinor, quantity, ...(isExact && { unitPriceMinor }) };
}
