import {
  announcementOf,
  askPatiently,
  type Ledger,
  ledgerOf,
  pause,
  vitalsOf,
  warmUp
} from '../lab/announce.ts'
import { clockMs } from '../lab/clock-ms.ts'
import type { Scenario } from '../lab/lab.ts'
import { numberAt } from '../lab/recipients.ts'
import { exactly, figure, nothingMeasured, within } from '../lab/result.ts'

const drainMs = 10_000
const linesPerPiece = 500

/** Accepted while they stream in, sent for a while, and canceled; a million would take long to send. */
export const recipientsStream: Scenario = {
  name: 'recipients-stream',
  promise:
    'Any number of recipients streams in while the server stays small and answers others: at most 128 MB above idle, no stall over 100 ms, nobody lost from the ledger',
  async run(lab) {
    const recipients = lab.recipients ?? (lab.quick ? 20_000 : 100_000)
    const product = await lab.startServer({ MOCK_RETENTION: '10000' })
    await warmUp(product)
    await pause(1_000)
    const idle = await vitalsOf(product)
    const idleMb = Math.max(...(idle[0]?.vitals.map(({ rssMb }) => rssMb) ?? [Number.NaN]))

    const startedAt = clockMs()
    await product.expect([
      { name: 'recipients', first: 0, count: recipients, startedAt, intervalMs: 0 }
    ])
    const reply = await product.request('POST', '/announcements', {
      contentType: 'application/x-ndjson',
      body: streamOf(recipients)
    })
    const acceptedMs = clockMs() - startedAt
    await pause(lab.quick ? 2_000 : drainMs)
    await askPatiently(product, 'POST', '/announcements/stream/cancel')
    const ledger = await untilNothingIsPending(product)
    await pause(1_000)
    const vitals = await vitalsOf(product)
    const books = await product.books()
    const [account] = books.accounts
    if (!account) throw new Error('Nobody kept the books')
    const ofServer = vitals[0]?.vitals ?? []
    const most = (field: 'rssMb' | 'stallMs' | 'ownStallMs' | 'computingMs'): number =>
      Math.max(...ofServer.map(vital => vital[field]))
    return {
      ...nothingMeasured(),
      parameters: { recipients },
      figures: [
        figure('accepted a second', recipients / (acceptedMs / 1_000), '/s'),
        figure('memory of the idle server', idleMb, 'MB'),
        figure('memory at its highest', most('rssMb'), 'MB'),
        figure('longest stall', most('stallMs'), 'ms'),
        figure('longest computation without a turn of the event loop', most('computingMs'), 'ms'),
        figure('longest stall without waiting for a processor', most('ownStallMs'), 'ms')
      ],
      promises: [
        exactly('accepted', Number(reply.body['accepted']), recipients),
        exactly('ledger: accepted', ledger.accepted, recipients),
        exactly('ledger: pending after the cancellation', ledger.pending + ledger.waiting, 0),
        exactly(
          'ledger: the sum of what became of them',
          ledger.sent + ledger.refused + ledger.blocked + ledger.canceled,
          recipients
        ),
        exactly('ledger: sent, as many as the provider has', ledger.sent, account.atProvider),
        exactly('second texts to a recipient', account.doubledAtProvider, 0),
        within('memory above idle', most('rssMb') - idleMb, 128, 'MB'),
        within('longest stall, without waiting for a processor', most('ownStallMs'), 100, 'ms')
      ],
      books: books.accounts,
      latencies: [{ name: 'to the provider', latencies: account.toProvider }],
      vitals,
      progress: books.progress
    }
  }
}

async function* streamOf(recipients: number): AsyncGenerator<Buffer> {
  yield Buffer.from(`${JSON.stringify({ announcement: announcementOf('stream') })}\n`)
  for (let start = 0; start < recipients; start += linesPerPiece) {
    let piece = ''
    const end = Math.min(recipients, start + linesPerPiece)
    for (let place = start; place < end; place++)
      piece += `{"recipient_number":"${numberAt(place)}"}\n`
    yield Buffer.from(piece)
  }
}

/** A million messages are canceled in bounded steps. */
async function untilNothingIsPending(system: Parameters<typeof ledgerOf>[0]): Promise<Ledger> {
  let last: Ledger | undefined
  for (let movedAt = clockMs(); ;) {
    const ledger = await ledgerOf(system, 'stream')
    if (ledger.pending + ledger.waiting === 0 || clockMs() - movedAt > 30_000) return ledger
    if (ledger.pending !== last?.pending || ledger.waiting !== last.waiting) movedAt = clockMs()
    last = ledger
    await pause(500)
  }
}
