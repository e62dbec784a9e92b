import { blockOf, blocksOf, type NumberCommand, numberDecider } from '../../domain/fiscal/index.ts';
import { dispatch, type Sequence, stepId } from '../../engine/commands/sequence.ts';

type Decision = Extract<NumberCommand, { type: 'DecideNumbers' }>['data'];

/**
 * A manager says what became of numbers that no device accounts for.
 * @throws DomainError fiscal_number_in_use for a number that its device may still use; blocks of
 * numbers before it are decided by then.
 */
export async function decideNumbers(sequence: Sequence, decision: Decision): Promise<void> {
  const { seriesId } = decision;
  for (const part of blocksOf(decision)) {
    await dispatch(
      sequence,
      stepId(sequence, `numbers ${part.from}`),
      numberDecider,
      blockOf(seriesId, part.from),
      { type: 'DecideNumbers', data: { ...decision, ...part } },
    );
  }
}
