/** Invalid input, or a request that the server rejected; the message says what to do. */
export class CliError extends Error {
  /** Of the server's problem, to branch on. */
  readonly code: string | undefined;

  constructor(message: string, options: ErrorOptions & { readonly code?: string } = {}) {
    super(message, options);
    this.code = options.code;
  }
}
