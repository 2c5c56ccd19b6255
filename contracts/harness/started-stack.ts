import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { request } from 'undici'
import { developmentToken } from '../../server/seed.ts'
import { freePort } from '../../simulator/free-port.ts'
import { simulatorToken, simulatorZoomSecret } from './options.ts'

/** The offline stack in a process of its own, as `npm start` has it. */
export interface StartedStack {
  url: string
  token: string
  mockTwilio: string
  mockZoom: string
  pid: number
  /** Its last words. */
  output(): string
  stop(): Promise<void>
}

/** What a run is told of a stack: where everything is, and what its providers sign with. */
export const optionsFor = ({ url, token, mockTwilio, mockZoom }: StartedStack) => ({
  url,
  publicUrl: url,
  token,
  mockTwilio,
  signingToken: simulatorToken,
  mockZoom,
  zoomSecret: simulatorZoomSecret
})

const root = fileURLToPath(new URL('../../', import.meta.url))

/**
 * Starts the stack on free ports with a database of its own.
 *
 * @param more.environment settings of the server
 * @param more.preload modules that are loaded before it
 */
export async function startStackProcess(
  more: { environment?: Record<string, string>; preload?: readonly string[] } = {}
): Promise<StartedStack> {
  const folder = await mkdtemp(join(tmpdir(), 'contract-'))
  const [port, twilioPort, zoomPort, appPort] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort()
  ]
  const url = `http://127.0.0.1:${port}`
  const preload = more.preload ?? ['tsx']
  const child: ChildProcess = spawn(
    process.execPath,
    [...preload.flatMap(module => ['--import', module]), 'scripts/start.ts'],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'] ?? '',
        LOG_LEVEL: 'error',
        DATABASE_URL: `sqlite:${join(folder, 'contract.sqlite')}`,
        STORAGE_URL: `file:${join(folder, 'recordings')}`,
        ...more.environment,
        PORT: String(port),
        MOCK_TWILIO_PORT: String(twilioPort),
        MOCK_ZOOM_PORT: String(zoomPort),
        CLIENT_APP_PORT: String(appPort)
      }
    }
  )
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', part => (output = (output + String(part)).slice(-8_000)))
  const exited = once(child, 'exit')
  const killWithUs = (): boolean => child.kill('SIGKILL')
  process.once('exit', killWithUs)

  const stop = async (): Promise<void> => {
    process.off('exit', killWithUs)
    child.kill('SIGCONT')
    child.kill('SIGKILL')
    await exited
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await untilItAnswers(url, child, () => output)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    url,
    token: developmentToken,
    mockTwilio: `http://127.0.0.1:${twilioPort}`,
    mockZoom: `http://127.0.0.1:${zoomPort}`,
    pid: child.pid ?? 0,
    output: () => output,
    stop
  }
}

async function untilItAnswers(
  url: string,
  child: ChildProcess,
  output: () => string
): Promise<void> {
  const deadline = performance.now() + 30_000
  while (performance.now() < deadline) {
    if (child.exitCode !== null) break
    const status = await request(`${url}/api/v1/status`)
      .then(async answer => {
        await answer.body.dump()
        return answer.statusCode
      })
      .catch(() => 0)
    if (status === 200) return
    await new Promise(resolve => setTimeout(resolve, 25))
  }
  throw new Error(`The stack did not start. It said:\n${output()}`)
}
