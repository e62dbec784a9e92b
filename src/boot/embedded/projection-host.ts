import type { ProjectionEngine } from '../../engine/projections/projection-engine.ts';
import { callByName } from '../../engine/projections/projection-operations.ts';
import { FORWARDED, REMOTE, type RemoteState } from './protocol.ts';
import type { Rpc } from './rpc.ts';

type Served = ProjectionEngine;

/** The side of the channel where the projection engine runs. */
export interface ProjectionHost {
  /** To be handed to the engine: somebody at the other side waits for a position. */
  readonly hasWaiters: () => boolean;
  /** To be called by the engine after every step of progress. */
  readonly progress: () => void;
  /** Lets the other side have this engine. */
  serve(engine: ProjectionEngine): void;
}

export function createProjectionHost(rpc: Rpc, names: readonly string[]): ProjectionHost {
  let urgent = false;
  let engine: ProjectionEngine | undefined;
  let telling = false;
  let more = false;

  function stateOf(served: Served): RemoteState {
    return {
      reports: served.report(),
      serving: new Map(names.map((name) => [name, served.serving(name)])),
      counts: new Map(served.counts()),
    };
  }

  /** One telling is under way at a time; steps made meanwhile are told together after it. */
  function progress(): void {
    more = true;
    if (telling || !engine) return;
    telling = true;
    void tell(engine).finally(() => {
      telling = false;
    });
  }

  async function tell(served: ProjectionEngine): Promise<void> {
    while (more) {
      // Let the step that is being made come to its end first.
      await Promise.resolve();
      more = false;
      await tellNow(served);
    }
  }

  /** When the other side is gone, so is who would want to know. */
  function tellNow(served: Served): Promise<unknown> {
    return rpc.call<undefined>(REMOTE.state, stateOf(served)).catch(() => undefined);
  }

  return {
    hasWaiters: () => urgent,
    progress,
    serve(served) {
      rpc.handle(REMOTE.urgent, (on: boolean) => {
        urgent = on;
      });
      rpc.handle(REMOTE.start, async () => {
        await served.start();
        engine = served;
        return stateOf(served);
      });
      rpc.handle(REMOTE.stop, () => served.stop());
      for (const method of FORWARDED) {
        rpc.handle(method, async (...args) => {
          const result = await callByName(served, method, args);
          // Published before the result, so that the caller sees the state that came of it.
          void tellNow(served);
          return result;
        });
      }
    },
  };
}
