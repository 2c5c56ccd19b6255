import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { tmpdir } from 'node:os'
import { freePort } from '../../simulator/free-port.ts'
import { serveQuestions } from '../target-process.ts'

// Prism mocking Twilio's own OpenAPI document, as its users start it; with OPERATIONS=one, a document that was
// cut down to the operation that is asked for. In this process, so that its CPU can be asked for.
const operation = '/2010-04-01/Accounts/{AccountSid}/Messages.json'
const { resolve } = createRequire(import.meta.url)
const whole = join(
  dirname(resolve('@twilio/cli-core/package.json')),
  'src/services/twilio-api/twilio_api_v2010.json'
)

function withOneOperation(): string {
  const document = JSON.parse(readFileSync(whole, 'utf8'))
  const { servers, post } = document.paths[operation]
  document.paths = { [operation]: { servers, post } }
  document.components.schemas = Object.fromEntries(
    Object.entries(document.components.schemas).filter(
      ([name]) => name === 'api.v2010.account.message' || name.startsWith('message_enum')
    )
  )
  const folder = mkdtempSync(join(tmpdir(), 'prism-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const reduced = join(folder, 'openapi.json')
  writeFileSync(reduced, JSON.stringify(document))
  return reduced
}

const document = process.env['OPERATIONS'] === 'one' ? withOneOperation() : whole
const port = await freePort()
const address = ['--host', '127.0.0.1', '--port', String(port)]
const alone = ['--multiprocess', 'false', '--verboseLevel', 'error']
process.argv = [process.execPath, 'prism', 'mock', document, ...address, ...alone]
await import('@stoplight/prism-cli/dist/index.js')

const url = `http://127.0.0.1:${port}`
for (const deadline = performance.now() + 60_000; ;) {
  const isThere = await fetch(url).then(
    () => true,
    () => false
  )
  if (isThere) break
  if (performance.now() > deadline) throw new Error('Prism does not listen')
  await new Promise(resolve => setTimeout(resolve, 50))
}
serveQuestions(url)
