import { startThread } from '../../adapters/system/thread.ts';
import type { Channel } from '../../ports/channel.ts';

const YOUNG_GENERATION_MB = 64;
const WRITER_YOUNG_GENERATION_MB = 32;

/** The threads beside the main one that keep the embedded stores. */
export interface EmbeddedThreads {
  /** To the one that writes the log. */
  readonly writing: Channel;
  /** To the one that keeps the read models. */
  readonly projecting: Channel;
  /** Resolves when one of them died: a bug. */
  readonly failed: Promise<Error>;
  /** Ends them where they are; to be called once they have come to rest. */
  end(): Promise<void>;
}

/**
 * Starts them. They touch no file until they are told to over their channels, so that they can load
 * their code while the main thread loads its own.
 */
export function startEmbeddedThreads(): EmbeddedThreads {
  const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<Error>((resolve) => {
    fail = resolve;
  });
  const start = (name: string, youngGenerationMb: number) => {
    const entry = new URL(`./${name}.${suffix}`, import.meta.url);
    return startThread({ entry, youngGenerationMb, onFailure: fail });
  };
  const projecting = start('projection-thread', YOUNG_GENERATION_MB);
  const writing = start('log-writer-thread', WRITER_YOUNG_GENERATION_MB);
  return {
    writing: writing.channel,
    projecting: projecting.channel,
    failed,
    async end() {
      await Promise.all([projecting.end(), writing.end()]);
    },
  };
}
