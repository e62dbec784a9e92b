export interface Progress {
  show(line: string): void;
  end(): void;
}

/** One line that changes on a terminal; a line each time for files and pipes. */
export function createProgress(write: (text: string) => void, terminal: boolean): Progress {
  let shown = 0;
  return {
    show(line) {
      if (!terminal) {
        write(`${line}\n`);
        return;
      }
      write(`\r${line.padEnd(shown)}`);
      shown = line.length;
    },
    end() {
      if (terminal && shown > 0) write('\n');
    },
  };
}
