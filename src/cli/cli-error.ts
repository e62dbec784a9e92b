/** The input or the server is not as it must be; the message says what to do. */
export class CliError extends Error {}
