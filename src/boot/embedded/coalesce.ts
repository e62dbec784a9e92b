/**
 * Runs a task for its triggers, at most once at a time: triggers during a run are answered by one
 * more run after it. The task must not reject.
 */
export function coalesce(task: () => Promise<unknown>): () => void {
  let running = false;
  let again = false;

  async function runAll(): Promise<void> {
    while (again) {
      again = false;
      await task();
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
