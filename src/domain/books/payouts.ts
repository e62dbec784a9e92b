import type { PayoutContent } from '../deliveries/index.ts';
import type { Parked } from './document.ts';
import { type BooksMapping, createLookup } from './mapping.ts';
import { amountOf } from './quickbooks.ts';
import { mismatch, obstacleOf, parked } from './receipts.ts';

type Json = Readonly<Record<string, unknown>>;

/** A payout as the books have it: what came to the bank. */
export interface BooksDeposit {
  readonly outcome: 'deposit';
  readonly day: string;
  readonly totalMinor: number;
  /** Names the payout; by it the deposit is found again. */
  readonly note: string;
  /** In the form of QuickBooks Online. */
  readonly body: Json;
}

/** What the note of a deposit names its payout by. */
export const payoutMark = (payoutId: string): string => `square:payout=${payoutId}.`;

/**
 * What a payout of the provider of payments becomes in the books: a deposit at the bank. What was
 * sold and refunded leaves the account where it waited, and the fees are an expense, so that
 * nothing of it is left there.
 */
export function translatePayout(
  payout: PayoutContent,
  mapping: BooksMapping,
): BooksDeposit | Parked {
  const { payoutId, day, currency, grossMinor, feeMinor, otherMinor, totalMinor } = payout;
  const lookup = createLookup(mapping);
  const obstacle = obstacleOf(currency, lookup);
  if (obstacle) return obstacle;
  const [clearing, bank, fees] = [
    lookup.role('deposit_account'),
    lookup.role('bank_account'),
    lookup.role('fee_account'),
  ];
  if (clearing === undefined || bank === undefined || fees === undefined) {
    const text =
      'A payout needs three accounts: map the roles deposit_account, bank_account and fee_account.';
    return parked('payout_accounts_not_mapped', text, lookup);
  }
  const foundMinor = grossMinor - feeMinor + otherMinor;
  if (foundMinor !== totalMinor) return mismatch(totalMinor, foundMinor, lookup);
  const line = (Description: string, minor: number, account: string) =>
    minor === 0
      ? []
      : [
          {
            ...{ Amount: amountOf(minor, currency), Description, DetailType: 'DepositLineDetail' },
            DepositLineDetail: { AccountRef: { value: account } },
          },
        ];
  const note = `Payout ${payoutId}. ${payoutMark(payoutId)}`;
  return {
    ...{ outcome: 'deposit', day, totalMinor, note },
    body: {
      ...{ TxnDate: day, CurrencyRef: { value: currency }, PrivateNote: note },
      DepositToAccountRef: { value: bank },
      Line: [
        ...line('Sales less refunds', grossMinor, clearing),
        ...line('Fees', -feeMinor, fees),
        ...line('Adjustments', otherMinor, fees),
      ],
    },
  };
}
