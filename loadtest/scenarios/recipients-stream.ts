import type { AnnouncementLedger } from '../../server/features/announcements/schemas.ts'
import { announcementOf, askPatiently, ledgerOf, pause, vitalsOf, warmUp } from '../lab/announce.ts'
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
    'Any number of recipients streams in while the server stays small and answers others: at most 128 MB above idle, no stall over 100 ms while they pass, nobody lost from the ledger',
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
    const passing = await vitalsOf(product)
    await askPatiently(product, 'POST', '/announcements/stream/cancel')
    const ledger = await untilNothingIsPending(product)
    await pause(1_000)
    const after = await vitalsOf(product)
    const books = await product.books()
    const [account] = books.accounts
    if (!account) throw new Error('Nobody kept the books')
    const most = (
      field: 'rssMb' | 'stallMs' | 'ownStallMs' | 'computingMs',
      processes: typeof passing
    ): number => Math.max(...(processes[0]?.vitals ?? []).map(vital => vital[field]))
    const highestMb = Math.max(most('rssMb', passing), most('rssMb', after))
    return {
      ...nothingMeasured(),
      parameters: { recipients },
      figures: [
        figure('accepted a second', recipients / (acceptedMs / 1_000), '/s'),
        figure('memory of the idle server', idleMb, 'MB'),
        figure('memory at its highest', highestMb, 'MB'),
        figure('longest stall while they pass', most('stallMs', passing), 'ms'),
        figure(
          'longest computation without a turn of the event loop, while they pass',
          most('computingMs', passing),
          'ms'
        ),
        figure('longest stall while they are canceled and counted', most('ownStallMs', after), 'ms')
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
        within('memory above idle', highestMb - idleMb, 128, 'MB'),
        within(
          'longest stall while they pass, without waiting for a processor',
          most('ownStallMs', passing),
          100,
          'ms'
        )
      ],
      books: books.accounts,
      latencies: [{ name: 'to the provider', latencies: account.toProvider }],
      vitals: passing.map(({ process, vitals }, place) => ({
        process,
        vitals: [...vitals, ...(after[place]?.vitals ?? [])]
      })),
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
async function untilNothingIsPending(
  system: Parameters<typeof ledgerOf>[0]
): Promise<AnnouncementLedger> {
  let last: AnnouncementLedger | undefined
  for (let movedAt = clockMs(); ;) {
    const ledger = await ledgerOf(system, 'stream')
    if (ledger.pending + ledger.waiting === 0 || clockMs() - movedAt > 30_000) return ledger
    if (ledger.pending !== last?.pending || ledger.waiting !== last.waiting) movedAt = clockMs()
    last = ledger
    await pause(500)
  }
}
