import { totalCents } from '../../../simulators/quickbooks/totals.ts';
import type { IntegrationProvider } from '../../../src/domain/integrations/index.ts';
import { exponentOf } from '../../../src/domain/kernel/money.ts';
import type {
  BookedDocument,
  KeptDocument,
  KeptPage,
  ProviderFailure,
  ProviderResult,
} from '../../../src/ports/provider-client.ts';
import type { Prng } from '../world/prng.ts';

/** Share of the documents whose answer comes too late, whatever the way to the provider does. */
const LATE = 0.2;

/** A document as the accounting system keeps it. */
export interface SimDocument extends KeptDocument {
  readonly account: string;
}

/** The books of shops at an accounting system, outside of all nodes. */
export interface SimLedger {
  readonly documents: readonly SimDocument[];
  /** Those that somebody deleted there by hand. */
  readonly deleted: readonly SimDocument[];
  /** Somebody deletes it there by hand. */
  deleteByHand(document: SimDocument): void;
  find(
    account: string,
    token: string,
    entity: string,
    number: string,
  ): Promise<ProviderResult<BookedDocument | undefined>>;
  create(
    account: string,
    token: string,
    entity: string,
    body: object,
    key: string,
  ): Promise<ProviderResult<BookedDocument>>;
  /** Those of an entity that are so. */
  kept(
    account: string,
    token: string,
    entity: string,
    isSo: (document: SimDocument) => boolean,
  ): Promise<ProviderResult<readonly KeptDocument[]>>;
}

/** All are on one page. */
export const onePage = (
  result: ProviderResult<readonly KeptDocument[]>,
): ProviderResult<KeptPage> =>
  result.kind === 'ok' ? { kind: 'ok', value: { documents: result.value } } : result;

type Refusal = (
  provider: IntegrationProvider,
  account: string,
  token: string,
) => ProviderFailure | undefined;

/** It takes documents of one number several times, but each key once, as such a system can. */
export function createSimLedger(rnd: Prng, refusal: Refusal): SimLedger {
  const documents: SimDocument[] = [];
  const deleted: SimDocument[] = [];
  let made = 0;
  const byKey = new Map<string, SimDocument>();
  const shown = ({ id, totalMinor }: SimDocument): BookedDocument => ({ id, totalMinor });

  return {
    ...{ documents, deleted },
    deleteByHand(document) {
      deleted.push(...documents.splice(documents.indexOf(document), 1));
    },
    find(account, token, entity, number) {
      const refused = refusal('quickbooks', account, token);
      if (refused) return Promise.resolve(refused);
      const found = documents.find(
        (each) => each.account === account && each.entity === entity && each.number === number,
      );
      // A copy of the provider can lag behind.
      const value = found && !rnd.chance(0.1) ? shown(found) : undefined;
      return Promise.resolve({ kind: 'ok', value });
    },
    kept(account, token, entity, isSo) {
      const refused = refusal('quickbooks', account, token);
      if (refused) return Promise.resolve(refused);
      const found = documents.filter(
        (each) => each.account === account && each.entity === entity && isSo(each),
      );
      return Promise.resolve({ kind: 'ok', value: found });
    },
    create(account, token, entity, body, key) {
      const refused = refusal('quickbooks', account, token);
      if (refused) return Promise.resolve(refused);
      const known = byKey.get(`${account} ${key}`);
      if (known) return Promise.resolve({ kind: 'ok', value: shown(known) });
      const { DocNumber, PrivateNote, CurrencyRef, TxnDate } = body as Record<string, unknown>;
      const { value: currency } = CurrencyRef as { readonly value: string };
      // Its totals are of two decimals; all currencies of the world have so many.
      const totalMinor = totalCents(body as Record<string, unknown>);
      if (totalMinor === undefined || exponentOf(currency) !== 2) {
        return Promise.resolve({ kind: 'permanent', code: '6070' });
      }
      const document: SimDocument = {
        ...{ account, entity, totalMinor, id: String((made += 1)) },
        ...{ number: String(DocNumber), note: String(PrivateNote), day: String(TxnDate) },
        ...{ tipMinor: 0, byItem: {}, version: '0', isEdited: false },
      };
      documents.push(document);
      byKey.set(`${account} ${key}`, document);
      // It is kept, and its answer comes too late.
      if (rnd.chance(LATE))
        return Promise.resolve({ kind: 'retry', code: 'timeout', isUnknown: true });
      return Promise.resolve({ kind: 'ok', value: shown(document) });
    },
  };
}
