import { developmentToken } from '../server/seed.ts'
import { verifyLedger } from './ledger/verify-ledger.ts'

/**
 * Prints where every recipient of an announcement is, and holds that against what the mock has seen.
 *
 *   npm run ledger -- <client_announcement_id>
 *
 *   API_URL     http://127.0.0.1:3000
 *   API_TOKEN   the development token
 *   MOCK_URL    http://127.0.0.1:4010
 */
const { env } = process
const [clientAnnouncementId] = process.argv.slice(2)
if (clientAnnouncementId === undefined) {
  process.stderr.write('Which announcement? npm run ledger -- <client_announcement_id>\n')
  process.exit(2)
}

const { ledger, findings } = await verifyLedger(clientAnnouncementId, {
  apiUrl: env['API_URL'] ?? 'http://127.0.0.1:3000',
  token: env['API_TOKEN'] ?? developmentToken,
  mockUrl: env['MOCK_URL'] ?? 'http://127.0.0.1:4010'
})
console.table(ledger)
if (findings.length === 0)
  process.stdout.write('The mock has each of them once, and nobody else.\n')
for (const finding of findings.slice(0, 100)) process.stdout.write(`${finding}\n`)
process.exitCode = findings.length === 0 ? 0 : 1
