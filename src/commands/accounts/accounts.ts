/** The rules of customer accounts, for those who give commands. */
export {
  ACCOUNT_EVENT_TYPES,
  ACCOUNT_PAYMENT_METHODS,
  accountDecider,
  ageing,
  balanceMinor,
  owedMinor,
} from '../../domain/accounts/index.ts';
export type {
  AccountCommand,
  AccountEvent,
  AccountState,
  Ageing,
  OpenAccountState,
} from '../../domain/accounts/index.ts';
