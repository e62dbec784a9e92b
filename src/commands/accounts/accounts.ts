/** The rules of customer accounts, for those who give commands. */
export { accountDecider, ageing } from '../../domain/accounts/index.ts';
export type {
  AccountCommand,
  AccountEvent,
  AccountState,
  Ageing,
} from '../../domain/accounts/index.ts';
