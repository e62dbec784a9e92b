export { ageing, isOverdue, type Ageing, type AgeingDebt } from './ageing.ts';
export * from './commands.ts';
export { accountDecider } from './decide.ts';
export * from './events.ts';
export {
  balanceMinor,
  owedMinor,
  type AccountDebt,
  type AccountState,
  type OpenAccountState,
} from './state.ts';
