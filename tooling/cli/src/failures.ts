/** What the command found or could not do; the message says what and the way out. Ends with 1. */
export class CommandFailed extends Error {}

/** The command was called in a way it does not understand. Ends with 2. */
export class WrongUsage extends Error {}
