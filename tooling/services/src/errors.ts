/** A service that development or tests need could not be found, started or used. */
export class ServiceError extends Error {
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.code = code
  }
}

/** The data folder was made by another major version of PostgreSQL. */
export class DataFolderVersionMismatch extends ServiceError {
  constructor(facts: { dataDir: string; found: string; wanted: number }) {
    super(
      'services.data_folder_version_mismatch',
      `The data folder ${facts.dataDir} belongs to PostgreSQL ${facts.found}, this version of gramkit ` +
        `runs PostgreSQL ${facts.wanted}. Move the folder away to start anew, or go back to the ` +
        'gramkit version that made it.',
    )
  }
}

/** Another running program uses the data folder. */
export class DataFolderInUse extends ServiceError {
  constructor(facts: { dataDir: string; pid: number }) {
    super(
      'services.data_folder_in_use',
      `The data folder ${facts.dataDir} is in use by process ${facts.pid}. Stop that one first, or ` +
        'name another folder.',
    )
  }
}

/** The folder holds something that is not a PostgreSQL cluster, so nothing is written there. */
export class DataFolderUnusable extends ServiceError {
  constructor(facts: { dataDir: string; reason: string }) {
    super(
      'services.data_folder_unusable',
      `The data folder ${facts.dataDir} cannot be used: ${facts.reason}.`,
    )
  }
}

/** PostgreSQL ended before it accepted connections, or did not accept them in time. */
export class PostgresDidNotStart extends ServiceError {
  constructor(facts: { reason: string; log: string }, options?: ErrorOptions) {
    super(
      'services.postgres_did_not_start',
      `PostgreSQL did not start: ${facts.reason}\n${facts.log}`.trimEnd(),
      options,
    )
  }
}

/** A program that must be on PATH is not there. */
export class ProgramNotFound extends ServiceError {
  constructor(facts: { program: string; install: string }) {
    super(
      'services.program_not_found',
      `${facts.program} was not found on PATH. Install it: ${facts.install}`,
    )
  }
}
