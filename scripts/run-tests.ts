import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** npm test with these arguments, in a process of its own. Gives its exit code. */
export async function runTests(args: string[], environment: object = {}): Promise<number> {
  const script = fileURLToPath(new URL('test.ts', import.meta.url))
  const running = spawn(process.execPath, ['--import', 'tsx', script, ...args], {
    stdio: 'inherit',
    env: { ...process.env, ...environment }
  })
  const [code] = await once(running, 'close')
  return typeof code === 'number' ? code : 1
}
