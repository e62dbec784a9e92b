/**
 * Runs a task for its triggers, at most once at a time: triggers during a run are answered by one
 * more run after it. The task handles its errors: one that it throws ends the run alone.
 */
export function coalesce(task: () => Promise<unknown>): () => void {
  let running = false;
  let again = false;

  async function runAll(): Promise<void> {
    while (again) {
      again = false;
      try {
        await task();
      } catch {
        // The triggers have no caller to report to.
      }
    }
    running = false;
  }

  return () => {
    again = true;
    if (running) return;
    running = true;
    void runAll();
  };
}
