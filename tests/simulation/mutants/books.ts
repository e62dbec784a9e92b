import { totalCents } from '../../../simulators/quickbooks/totals.ts';
import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { START } from '../../../src/domain/kernel/position.ts';
import type {
  OpenableProcess,
  ProcessServices,
} from '../../../src/engine/processes/process-manager.ts';
import type { ProviderBooks, ProviderClients } from '../../../src/ports/provider-client.ts';
import type { Mutant } from './mutant.ts';

const withBooks =
  (wrong: (books: ProviderBooks) => ProviderBooks) =>
  (clients: ProviderClients): ProviderClients => ({
    open(...args) {
      const client = clients.open(...args);
      return client?.books ? { ...client, books: wrong(client.books) } : client;
    },
  });

/** A document without its first line. */
function shortened(body: Readonly<Record<string, unknown>>) {
  const [, ...rest] = body['Line'] as readonly unknown[];
  return { ...body, Line: rest };
}

type EventsOf = ProcessServices['eventsOf'];

/** The posting of sales, which reads streams wrongly in its reaction to such an event. */
const withReads = (
  wrong: (eventsOf: EventsOf) => EventsOf,
  isWrong: (event: RecordedEvent) => boolean = () => true,
): NonNullable<Mutant['features']> => {
  const changed = (process: OpenableProcess): OpenableProcess => ({
    ...process,
    open(services, stopping) {
      const right = process.open(services, stopping);
      const other = { ...services, eventsOf: wrong(services.eventsOf) };
      const bad = process.open(other, stopping);
      return { ...right, react: (event) => (isWrong(event) ? bad : right).react(event) };
    },
  });
  return (features) =>
    features.map((feature) => ({
      ...feature,
      processes: feature.processes.map((process) =>
        process.name === 'books-posting' && 'open' in process ? changed(process) : process,
      ),
    }));
};

/** Of all connections: each try to post opens one of its own. */
let tries = 0;

/** Bugs of what is posted to the books. */
export const booksMutants: readonly Mutant[] = [
  {
    name: 'posting-key-per-try',
    standsFor: 'each try to post a sale has a key of its own, and no earlier one is looked for',
    providers: withBooks((books) => ({
      ...books,
      find: () => Promise.resolve({ kind: 'ok', value: undefined }),
      create: (entity, body, key) => books.create(entity, body, `${key}-${(tries += 1)}`),
    })),
  },
  {
    name: 'posted-total-not-compared',
    standsFor: 'a receipt lacks a line, and what the provider says that it comes to is not read',
    providers: withBooks((books) => ({
      ...books,
      find: () => Promise.resolve({ kind: 'ok', value: undefined }),
      async create(entity, body, key) {
        const wrong = await books.create(entity, shortened(body), key);
        if (wrong.kind !== 'ok') return wrong;
        return { kind: 'ok', value: { ...wrong.value, totalMinor: totalCents(body) ?? 0 } };
      },
    })),
  },
  {
    name: 'sold-before-connection',
    standsFor: 'a sale from before the connection is posted when something happens to it later',
    features: withReads((eventsOf) => async (stream) => {
      const events = await eventsOf(stream);
      if (!stream.startsWith('integration-')) return events;
      const given = events.findLast(({ type }) => type === 'IntegrationCredentialsGiven');
      return given ? [{ ...given, position: START }] : events;
    }),
  },
  {
    name: 'refund-before-payment-lost',
    standsFor: 'a refund from before its order was paid in full is not posted with the sale',
    features: withReads(
      (eventsOf) => async (stream) => {
        const events = await eventsOf(stream);
        return events.filter(({ type }) => type !== 'OrderRefunded');
      },
      ({ type }) => type !== 'OrderRefunded',
    ),
  },
  {
    name: 'correction-lost',
    standsFor: 'what changes after a sale was sold is not corrected in the books',
    features: withReads(
      (eventsOf) => async (stream) => (stream.startsWith('order-') ? [] : eventsOf(stream)),
      ({ type }) => type === 'OrderTipAdjusted' || type === 'OrderChangedAtProvider',
    ),
  },
  {
    name: 'books-read-in-part',
    standsFor: 'a page of the books lacks a document, and the sale counts as gone',
    providers: withBooks((books) => ({
      ...books,
      async list(...args) {
        const result = await books.list(...args);
        if (result.kind !== 'ok') return result;
        const [, ...documents] = result.value.documents;
        return { ...result, value: { ...result.value, documents } };
      },
    })),
  },
  {
    name: 'posting-not-sent',
    standsFor: 'a sale counts as posted before the provider has it',
    providers: withBooks((books) => ({
      ...books,
      create: (_entity, body) =>
        Promise.resolve({ kind: 'ok', value: { id: 'none', totalMinor: totalCents(body) ?? 0 } }),
    })),
  },
];
