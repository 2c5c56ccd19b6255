import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { apiDocument } from './api-document.ts'

/**
 * Writes the API document, made from the running app, to contracts/openapi.json.
 *
 *   npm run openapi               writes it
 *   npm run openapi -- --check    fails when the committed file differs
 */
const file = fileURLToPath(new URL('../contracts/openapi.json', import.meta.url))
const text = await apiDocument()

if (!process.argv.includes('--check')) {
  writeFileSync(file, text)
  process.stdout.write('contracts/openapi.json is written.\n')
} else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
  process.stderr.write(
    'contracts/openapi.json is not what the app says: run `npm run openapi` and commit it.\n'
  )
  process.exitCode = 1
}
