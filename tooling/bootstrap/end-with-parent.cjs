'use strict'

// Loaded before the program that the bootstrap runs: when the bootstrap is gone, end in order.
if (process.channel !== undefined) {
  process.channel.unref()
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
}
