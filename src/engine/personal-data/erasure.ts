import type { Position } from '../../domain/kernel/position.ts';

/** Destroys what makes the personal data of a person readable. */
export interface Erasure {
  /**
   * Call after the erasure was recorded at that position. Destroys the person's key, once the read
   * models have seen the erasure, so that none is folded without the key up to a place before it.
   * @throws UpstreamError when the vault does not respond; repeat it then.
   */
  complete(stream: string, position: Position): Promise<void>;
}
