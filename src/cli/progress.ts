export interface Progress {
  show(line: string): void;
  end(): void;
}

/** One line that is overwritten on a terminal; one line per update in files and pipes. */
export function createProgress(write: (text: string) => void, terminal: boolean): Progress {
  let shownLength = 0;
  return {
    show(line) {
      if (!terminal) {
        write(`${line}\n`);
        return;
      }
      write(`\r${line.padEnd(shownLength)}`);
      shownLength = line.length;
    },
    end() {
      if (terminal && shownLength > 0) write('\n');
    },
  };
}
