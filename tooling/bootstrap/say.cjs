'use strict'

/** One short progress line, on stderr so that nothing else's output is disturbed. */
function say(text) {
  process.stderr.write(`gramkit: ${text}\n`)
}

/** Ends with one clear message and no stack trace. */
class Stop extends Error {}

module.exports = { say, Stop }
