import type { Command } from '../command.ts'

/** `gramkit dev` */
export const devCommand: Command = {
  name: 'dev',
  summary: 'Runs the whole product here: PostgreSQL, the sandbox and every app on one address.',
  environment: {
    PORT: 'Port to listen on. [8080]',
    GRAMKIT_HOME: 'Folder that keeps all data. [.gramkit]',
  },
  async run({ env }) {
    // Brings the servers along, which no other command needs.
    const { runDev } = await import('./dev.ts')
    return runDev(env)
  },
}
