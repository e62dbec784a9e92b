import { omitUndefined } from '../../../lib/omit-undefined.ts';
import type { BooksEntry, Case, OwnSale, SquareSale } from './causes.ts';

/** Whose document it is, as its note says. */
export interface NotedOwner {
  readonly orderId: string;
  readonly refundId?: string;
  readonly correctionId?: string;
}

const ORDER = /(?:^|\s)tillstream:order=(\S+?)\.(?:\s|$)/;
const REFUND = /^Refund (\S+): /;
const CORRECTION = /^Correction (r\d+): /;

/** Undefined: the note names no order, as that of a document that others made. */
export function ownerIn(note: string): NotedOwner | undefined {
  const orderId = ORDER.exec(note)?.[1];
  if (orderId === undefined) return undefined;
  const refundId = REFUND.exec(note)?.[1];
  const correctionId = CORRECTION.exec(note)?.[1];
  return { orderId, ...omitUndefined({ refundId, correctionId }) };
}

const nameOf = ({ orderId, refundId, correctionId }: NotedOwner) =>
  `${orderId} ${refundId ?? ''} ${correctionId ?? ''}`;

export interface Matched {
  /** Each sale and refund that is at Square or here, with its documents. */
  readonly cases: readonly Case[];
  /** Documents of sales that were not among those given, such as those of other days. */
  readonly strays: readonly (NotedOwner & { readonly entries: readonly BooksEntry[] })[];
}

/**
 * Brings together what belongs together: by the number of a document, or by the ids in its note,
 * for a number or a note can have been changed. Documents that name no sale are of others.
 * @param entries undefined: the books were not read.
 */
export function match(
  own: readonly OwnSale[],
  square: readonly SquareSale[],
  entries: readonly BooksEntry[] | undefined,
): Matched {
  const nameByNumber = new Map(own.map((sale) => [sale.number, nameOf(sale)]));
  const byName = new Map<string, BooksEntry[]>();
  for (const entry of entries ?? []) {
    const noted = ownerIn(entry.note);
    const name = nameByNumber.get(entry.number) ?? (noted && nameOf(noted));
    if (name === undefined) continue;
    const known = byName.get(name);
    if (known) known.push(entry);
    else byName.set(name, [entry]);
  }
  const squareById = new Map(square.map((sale) => [sale.id, sale]));
  const cases = own.map((sale): Case => {
    const name = nameOf(sale);
    const found = byName.get(name) ?? [];
    byName.delete(name);
    const isSale = sale.refundId === undefined && sale.correctionId === undefined;
    const id = isSale ? sale.squareOrderId : undefined;
    const there = id === undefined ? undefined : squareById.get(id);
    if (there) squareById.delete(there.id);
    return { own: sale, ...(entries && { entries: found }), ...(there && { square: there }) };
  });
  const only = [...squareById.values()].map((sale): Case => ({ square: sale }));
  return { cases: [...cases, ...only], strays: straysOf(byName) };
}

function straysOf(byName: ReadonlyMap<string, readonly BooksEntry[]>): Matched['strays'] {
  return [...byName].map(([name, entries]) => {
    const [orderId = '', refundId = '', correctionId = ''] = name.split(' ');
    return {
      ...{ orderId, entries, ...(refundId !== '' && { refundId }) },
      ...(correctionId !== '' && { correctionId }),
    };
  });
}
