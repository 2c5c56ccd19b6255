import { Accounts } from './accounts.ts'
import { balanced } from './announce.ts'
import { latenciesOf } from './latencies.ts'
import { numberAt } from './recipients.ts'
import { figure, nothingMeasured, type RunResult } from './result.ts'

/** A run that nobody measured, for the tests of the gate and of the report. */
export function aRun({
  ratio = 0.5,
  doubledAtProvider = 0,
  failure
}: { ratio?: number; doubledAtProvider?: number; failure?: string } = {}): RunResult {
  const count = 50
  const accounts = new Accounts([
    { name: 'recipients', first: 0, count, startedAt: 0, intervalMs: 0 }
  ])
  for (let place = 0; place < count; place++) {
    const number = numberAt(place)
    accounts.reached(number)
    accounts.heard({ number, status: 'sent', eventId: `s${place}` })
    accounts.heard({ number, status: 'delivered', eventId: `d${place}` })
  }
  for (let again = 0; again < doubledAtProvider; again++) accounts.reached(numberAt(again))
  const books = { accounts: accounts.accounts(), strangers: accounts.strangers }
  const times = Array.from({ length: 2_000 }, (_, place) => 5 + (place % 97) ** 1.5)
  const seconds = Array.from({ length: 40 }, (_, place) => place)
  return {
    date: '2026-11-23T12:00:00.000Z',
    commit: '0123456789ab',
    machine: { cpus: 2, model: 'A <processor>', memoryGb: 8, node: 'v26.0.0', system: 'linux' },
    database: 'sqlite',
    processes: 'one',
    quick: false,
    scenarios: [
      {
        ...nothingMeasured(),
        scenario: 'fan-out-1k',
        promise: 'Each of 1,000 recipients is reached once',
        seconds: 12,
        parameters: { recipients: count },
        figures: [figure('accepted within', 40, 'ms')],
        ratios: [
          {
            name: 'recipients a second',
            value: ratio,
            measured: ratio * 1_000,
            floor: 1_000,
            unit: '/s',
            target: 0.5,
            tolerance: 0.3
          }
        ],
        promises: balanced(books),
        books: books.accounts,
        latencies: [
          { name: 'to the provider', latencies: latenciesOf(times) },
          { name: "to the client's receipt", latencies: latenciesOf(times.map(ms => ms * 2)) }
        ],
        vitals: ['server', 'outside world'].map((process, shift) => ({
          process,
          vitals: seconds.map(at => ({
            at: at * 250,
            cpuMs: at * (200 - shift * 80) + (at % 5) * 20,
            rssMb: 150 + shift * 40 + at,
            stallMs: (at * 7) % 31,
            ownStallMs: (at * 7) % 13,
            computingMs: (at * 7) % 11
          }))
        })),
        progress: seconds.map(at => ({ at: at * 250, atProvider: at * 25, told: at * 20 })),
        ...(failure !== undefined && { failure })
      }
    ]
  }
}
