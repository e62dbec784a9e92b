import type { PricedModifier } from '../orders/index.ts';

/** The last word of a name of several: what a choice is of, such as `Size` in `Small Size`. */
function choiceOf(name: string): string | undefined {
  const words = name.trim().toLowerCase().split(/\s+/);
  return words.length > 1 ? words.at(-1) : undefined;
}

/**
 * The name of an earlier modifier of the line with which one conflicts: of the same name, of
 * another choice of the same, or with the same item. Both are kept, since both were sold.
 * @param itemOf the item that a modifier has of its own.
 */
export function conflictOf(
  modifier: PricedModifier,
  earlier: readonly PricedModifier[],
  itemOf: (modifier: PricedModifier) => string | undefined,
): string | undefined {
  const name = modifier.name.trim().toLowerCase();
  const [choice, item] = [choiceOf(name), itemOf(modifier)];
  return earlier.find((other) => {
    const isSame = other.name.trim().toLowerCase() === name;
    const isOtherChoice = choice !== undefined && choiceOf(other.name) === choice;
    return isSame || isOtherChoice || (item !== undefined && itemOf(other) === item);
  })?.name;
}
