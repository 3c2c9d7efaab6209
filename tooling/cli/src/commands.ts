import { backupCommand } from './backup/backup-command.ts'
import { restoreCommand } from './backup/restore-command.ts'
import type { Command } from './command.ts'
import { deliveriesListCommand, deliveriesReplayCommand } from './deliveries-command.ts'
import { devCommand } from './dev/dev-command.ts'
import { doctorCommand } from './doctor/doctor-command.ts'
import { jobsListCommand, jobsRetryCommand } from './jobs-command.ts'
import { migrateCommand } from './migrate-command.ts'
import { peopleEraseCommand, peopleExportCommand } from './people-command.ts'
import { reconcileCommand } from './reconcile-command.ts'

/** All commands, in the order in which the help lists them. */
export const COMMANDS: readonly Command[] = [
  devCommand,
  migrateCommand,
  doctorCommand,
  backupCommand,
  restoreCommand,
  reconcileCommand,
  deliveriesListCommand,
  deliveriesReplayCommand,
  jobsListCommand,
  jobsRetryCommand,
  peopleExportCommand,
  peopleEraseCommand,
]
