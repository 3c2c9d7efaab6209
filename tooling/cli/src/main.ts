#!/usr/bin/env -S node -C gramkit-source --
/**
 * The command line of gramkit.
 *
 * @module
 */
import { runCommandLine } from './command-line.ts'

process.exitCode = await runCommandLine(process.argv.slice(2), {
  env: process.env,
  say: (line) => void process.stdout.write(`${line}\n`),
  tell: (line) => void process.stderr.write(`${line}\n`),
})
