import { parseArgs } from 'node:util'
import { type Group, groups } from './ledger.ts'

/** What a run is told. */
export interface ContractOptions {
  /** Of the server, without a path. */
  url: string
  token: string
  /** Further processes of the same server, which must agree with the first. */
  replicas: readonly string[]
  /** How providers reach the server, as it signs for: its PUBLIC_URL. */
  publicUrl: string
  eventsHost: string
  eventsPort: number
  /** How the server reaches the harness; the address that it listens on when absent. */
  eventsUrl: string | undefined
  /** mock-twilio's address; without it nothing is driven from the provider's side. */
  mockTwilio: string | undefined
  /** What the provider signs callbacks with. */
  signingToken: string | undefined
  /** mock-zoom's address; without it nobody joins a video session. */
  mockZoom: string | undefined
  /** What Zoom signs its events with. */
  zoomSecret: string | undefined
  /** The process of the server, which may be held up to see how it sheds load. */
  serverPid: number | undefined
  /** Requests that are made at most to find the rate limit; 0 to leave it alone. */
  rateProbe: number
  /** Numbers that the server may send from. */
  senders: readonly string[]
  /** A customer with a messaging service. */
  customer: string
  /** Waits between the attempts of an event, in milliseconds. */
  retryScheduleMs: readonly number[]
  /** How long something is waited for that should come by itself, in real time. */
  patienceMs: number
  /** How long a client may take to answer an event. */
  eventTimeoutMs: number
  /** How long a voice token is good. */
  voiceTokenSeconds: number
  seed: string
  /** Part of every name that the run makes up, so that no two runs meet. */
  runId: string
  only: readonly Group[]
  /** Of operation ids; all when absent. */
  operations: RegExp | undefined
  prism: boolean
}

/** How the command is to be run. */
export interface Command {
  /** Start the offline stack and judge that. */
  start: boolean
  runs: number
  /** Where the reports go. */
  report: string
  mutants: boolean
  /** Of mutant ids, with `--mutants`. */
  mutant: string[]
  atOnce: number
  values: Omit<ContractOptions, 'runId'>
}

/** How the command is used, as `--help` tells it. */
export const usage = `
  npm run contract -- --start                                     the offline stack, started for the run
  npm run contract -- --url http://127.0.0.1:3000 --token csk_…   a server that runs

  --only shape,access        these groups: ${groups.join(', ')}
  --operations messages      only operations whose id matches
  --seed text  --runs 20     the same names and orders again; several runs with seeds of their own, each
                             with --start at a stack of its own
  --report folder            where report.html, report.json and junit.xml go (data/contract)
  --events-port 4040  --events-host 127.0.0.1  --events-url https://…   where events are taken
  --mock-twilio http://127.0.0.1:4010   drives provider, people and clock; its token signs callbacks
  --signing-token text  --public-url http://…    for callbacks without mock-twilio
  --mock-zoom http://127.0.0.1:4020     people in video sessions; its secret signs Zoom's events
  --zoom-secret text         for Zoom's events without mock-zoom
  --server-pid 4711          holds the process up for a moment: does it shed load
  --replica http://…         another process of the same server; may be given several times
  --rate-probe 70000         requests made at most to meet the rate limit; 0 leaves it alone
  --sender +1601…  --customer local-district  --retry-schedule 5s,30s,2m  --event-timeout-ms 15000
  --voice-token-seconds 3600            how long a voice token is good
  --patience-ms 8000         how long something is waited for that should come by itself
  --no-prism                 without the second judge
  --mutants [--mutant id]    grades the harness: every seeded fault of the server must be found
`

/** @throws with what is wrong with the arguments */
export function readCommand(args: string[]): Command {
  const { values } = parseArgs({
    args,
    allowNegative: true,
    options: {
      start: { type: 'boolean', default: false },
      url: { type: 'string' },
      token: { type: 'string' },
      replica: { type: 'string', multiple: true, default: [] },
      'public-url': { type: 'string' },
      'events-host': { type: 'string', default: '127.0.0.1' },
      'events-port': { type: 'string', default: '0' },
      'events-url': { type: 'string' },
      'mock-twilio': { type: 'string' },
      'signing-token': { type: 'string' },
      'mock-zoom': { type: 'string' },
      'zoom-secret': { type: 'string' },
      'server-pid': { type: 'string' },
      'rate-probe': { type: 'string', default: '70000' },
      sender: { type: 'string', multiple: true, default: ['+16015550100', '+16015550101'] },
      customer: { type: 'string', default: 'local-district' },
      'retry-schedule': { type: 'string', default: '5s,30s,2m,10m,30m,1h,2h,4h,8h,8h' },
      'patience-ms': { type: 'string', default: '8000' },
      'event-timeout-ms': { type: 'string', default: '15000' },
      'voice-token-seconds': { type: 'string', default: '3600' },
      seed: { type: 'string', default: String(Math.trunc(performance.timeOrigin) % 1_000_000) },
      runs: { type: 'string', default: '1' },
      only: { type: 'string', default: groups.join(',') },
      operations: { type: 'string' },
      report: { type: 'string', default: 'data/contract' },
      prism: { type: 'boolean', default: true },
      mutants: { type: 'boolean', default: false },
      mutant: { type: 'string', multiple: true, default: [] },
      'at-once': { type: 'string', default: '2' }
    }
  })
  const isOurs = values.start || values.mutants
  if (!isOurs && (values.url === undefined || values.token === undefined))
    throw new Error(`--url and --token are needed, or --start.\n${usage}`)
  const url = (values.url ?? 'http://127.0.0.1:3000').replace(/\/$/, '')
  const mockTwilio = values['mock-twilio']?.replace(/\/$/, '')
  const mockZoom = values['mock-zoom']?.replace(/\/$/, '')
  return {
    start: values.start,
    runs: wholeNumber('--runs', values.runs),
    report: values.report,
    mutants: values.mutants,
    mutant: values.mutant,
    atOnce: wholeNumber('--at-once', values['at-once']),
    values: {
      url,
      token: values.token ?? '',
      replicas: values.replica.map(each => each.replace(/\/$/, '')),
      publicUrl: values['public-url'] ?? url,
      eventsHost: values['events-host'],
      eventsPort: wholeNumber('--events-port', values['events-port']),
      eventsUrl: values['events-url'],
      mockTwilio,
      signingToken:
        values['signing-token'] ?? (mockTwilio === undefined ? undefined : simulatorToken),
      mockZoom,
      zoomSecret:
        values['zoom-secret'] ?? (mockZoom === undefined ? undefined : simulatorZoomSecret),
      serverPid:
        values['server-pid'] === undefined
          ? undefined
          : wholeNumber('--server-pid', values['server-pid']),
      rateProbe: wholeNumber('--rate-probe', values['rate-probe']),
      senders: values.sender,
      customer: values.customer,
      retryScheduleMs: values['retry-schedule'].split(',').map(durationMs),
      patienceMs: wholeNumber('--patience-ms', values['patience-ms']),
      eventTimeoutMs: wholeNumber('--event-timeout-ms', values['event-timeout-ms']),
      voiceTokenSeconds: wholeNumber('--voice-token-seconds', values['voice-token-seconds']),
      seed: values.seed,
      only: values.only.split(',').map(groupCalled),
      operations: values.operations === undefined ? undefined : new RegExp(values.operations),
      prism: values.prism
    }
  }
}

/** The account that mock-twilio begins with. */
export const simulatorAccount = 'AC00000000000000000000000000000001'

/** The token of the account that mock-twilio begins with: no secret. */
export const simulatorToken = 'mock-auth-token-00000000000000001'

/** The secret with which mock-zoom signs events: none either. */
export const simulatorZoomSecret = 'mock_webhook_secret_0001'

function groupCalled(name: string): Group {
  const group = groups.find(each => each === name.trim())
  if (!group) throw new Error(`--only takes ${groups.join(', ')}, got ${name}`)
  return group
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${name} must be a whole number, got ${text}`)
  return Number(text)
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

function durationMs(text: string): number {
  const [, amount, unit = ''] = /^(\d+)(ms|s|m|h)$/.exec(text) ?? []
  const factor = units[unit]
  if (amount === undefined || factor === undefined)
    throw new Error(`--retry-schedule is written like 5s,2m,1h, got ${text}`)
  return Number(amount) * factor
}
