import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { categoryOf, storeOf } from '../../../src/domain/kernel/names.ts';
import type { CreateChecker, Fail } from './checker.ts';

/** The stock of a product in one place, as the events say, summed without code of the product. */
export interface StockBook {
  onHand: number;
  reserved: number;
  readonly held: Map<string, number>;
}
export type StockBooks = Map<string, StockBook>;

type Data = Readonly<Record<string, unknown>>;
const unitsIn = (data: Data, field: string) => Number(data[field] ?? 0);

/** Books an event of a stock, and says which rule it breaks. */
export function bookStock(books: StockBooks, event: RecordedEvent, fail: Fail): StockBook {
  const { stream, revision } = event;
  const data = event.data as Data;
  const book = books.get(stream) ?? { onHand: 0, reserved: 0, held: new Map<string, number>() };
  books.set(stream, book);
  move(book, event, (message) => fail('stock-adds-up', `${stream} at ${revision} ${message}`));
  for (const field of ['onHand', 'reserved'] as const) {
    if (!(field in data) || data[field] === book[field]) continue;
    const found = String(data[field]);
    fail('stock-adds-up', `${stream} at ${revision}: ${field} ${found}, not ${book[field]}`);
  }
  return book;
}

function move(book: StockBook, event: RecordedEvent, say: (message: string) => void): void {
  const data = event.data as Data;
  const quantity = unitsIn(data, 'quantity');
  const id = String(data['reservationId']);
  switch (event.type) {
    case 'StockReplenished':
    case 'StockTransferredIn':
      book.onHand += quantity;
      break;
    case 'StockTransferredOut':
      book.onHand -= quantity;
      break;
    case 'StockAdjusted':
      book.onHand += unitsIn(data, 'change');
      break;
    case 'StockReserved':
      if (book.held.has(id)) say(`reserves ${id} again`);
      book.held.set(id, quantity);
      book.reserved += quantity;
      break;
    case 'ReservationReleased':
    case 'ReservationConfirmed':
      if (book.held.get(id) !== quantity) say(`ends ${id}, which is not held`);
      book.held.delete(id);
      book.reserved -= quantity;
      if (event.type === 'ReservationConfirmed') book.onHand -= quantity;
      break;
    default:
  }
}

/** Rules of stock and catalogue, from the events alone. */
export const stockRules: CreateChecker = ({ servers }, fail) => {
  const books: StockBooks = new Map();
  const policies = new Map<string, string>();
  const prices = new Map<string, Set<number>>();
  const skus = new Map<string, string>();
  /** Decisions after which less is available than there is: each needs an alert. */
  const owed = new Map<string, string>();
  const moved = new Map<string, { out: number; in: number }>();
  let seen = 0;

  function noteProduct({ stream, data }: RecordedEvent): void {
    const { productId, priceMinor, stockPolicy, sku } = data as Record<string, string & number>;
    const key = `${storeOf(stream)}.${String(productId)}`;
    policies.set(key, String(stockPolicy));
    prices.set(key, (prices.get(key) ?? new Set()).add(Number(priceMinor)));
    if (sku === undefined) return;
    const name = `${storeOf(stream)} ${String(sku).toLowerCase()}`;
    const holder = skus.get(name) ?? key;
    if (holder !== key) fail('sku-unique', `${name} belongs to ${holder} and to ${key}`);
    skus.set(name, key);
  }

  function noteStock(event: RecordedEvent): void {
    const { stream, type, metadata } = event;
    const before = books.get(stream);
    const was = before ? before.onHand - before.reserved : 0;
    const { onHand, reserved } = bookStock(books, event, fail);
    const available = onHand - reserved;
    const data = event.data as Data;
    const product = `${storeOf(stream)}.${String(data['productId'])}`;
    const decision = `${stream} ${metadata.commandId}`;
    if (type === 'StockWentNegative') owed.delete(decision);
    if (type === 'StockTransferredOut' || type === 'StockTransferredIn') noteTransfer(event);
    if (available >= 0 || available >= was) return;
    if (policies.get(product) === 'tracked') fail('no-oversell', `${decision} left ${available}`);
    owed.set(decision, `${decision} left ${available} available and raised no alert`);
  }

  function noteTransfer({ type, data }: RecordedEvent): void {
    const transferId = String((data as Data)['transferId']);
    const sum = moved.get(transferId) ?? { out: 0, in: 0 };
    const quantity = unitsIn(data as Data, 'quantity');
    if (type === 'StockTransferredOut') sum.out += quantity;
    else sum.in += quantity;
    moved.set(transferId, sum);
  }

  /** A line of a product was sold at a price that the catalogue had before. */
  function noteOrder({ stream, data }: RecordedEvent): void {
    for (const line of (data as { lines: Data[] }).lines) {
      const known = prices.get(`${storeOf(stream)}.${String(line['productId'])}`);
      const price = Number(line['listPriceMinor'] ?? line['unitPriceMinor']);
      if (known === undefined || known.has(price)) continue;
      fail('price-captured', `${stream} was sold at ${price}, which the product never cost`);
    }
  }

  function note(event: RecordedEvent): void {
    const { stream, type } = event;
    if (type === 'CommandRefused') return;
    if (categoryOf(stream) === 'product') noteProduct(event);
    if (categoryOf(stream) === 'stock') noteStock(event);
    if (type === 'OrderPlaced') noteOrder(event);
  }

  return {
    onStep() {
      for (; seen < servers.recorded.length; seen++) note(servers.recorded[seen] as RecordedEvent);
    },
    atEnd() {
      for (const message of owed.values()) fail('stock-alert', message);
      for (const [transferId, sum] of moved) {
        if (sum.out === sum.in) continue;
        fail('stock-adds-up', `transfer ${transferId} moved ${sum.out} out and ${sum.in} in`);
      }
    },
  };
};
