import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'

const Port = (port: number, description: string) =>
  Type.Integer({ minimum: 0, maximum: 65_535, default: port, description })
const Switch = (description: string, byDefault: boolean) =>
  Type.Boolean({ default: byDefault, description })
const Limit = (what: string) =>
  Type.Integer({
    minimum: 0,
    default: 0,
    description: `${what}; 0 for no limit. An administrator may set another for a bearer.`
  })

/**
 * Every setting of the server with its meaning and default. This schema is the check at start, the type of
 * `Config`, and the table in the README.
 */
export const Environment = Type.Object({
  PORT: Port(3000, 'Port that the server listens on.'),
  HOST: Type.String({ default: '127.0.0.1', description: 'Address that the server listens on.' }),
  PUBLIC_URL: Type.String({
    default: 'http://127.0.0.1:3000',
    pattern: '^https?://[^/]+$',
    description:
      'How providers reach this server; their signatures are checked against it. No path.'
  }),
  DATABASE_URL: Type.String({
    default: 'sqlite:data/common-services.sqlite',
    pattern: '^(sqlite:|postgres(ql)?://)',
    description: '`sqlite:<file>` or `postgresql://…`.'
  }),
  DATABASE_POOL: Type.Integer({
    minimum: 2,
    default: 12,
    description: 'PostgreSQL connections of one process.'
  }),
  SQLITE_SYNCHRONOUS: Type.Union([Type.Literal('NORMAL'), Type.Literal('FULL')], {
    default: 'NORMAL',
    description: 'NORMAL survives a crash of the process; FULL also a loss of power.'
  }),
  WORKERS: Type.Union([Type.Literal('internal'), Type.Literal('external')], {
    default: 'internal',
    description:
      '`internal`: the server consumes the lanes itself; `external`: `server/worker.ts` does (PostgreSQL only).'
  }),
  LOG_LEVEL: Type.Union(
    ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'].map(level =>
      Type.Literal(level)
    ),
    { default: 'info', description: 'How much is logged.' }
  ),
  SECRET_KEY: Type.String({
    default: '',
    description:
      'Encrypts callback passwords and signing secrets: 32 bytes in base64. Several, comma-separated, rotate: the first encrypts, all decrypt. Required in live mode.'
  }),
  TWILIO_MODE: Type.Union([Type.Literal('mock'), Type.Literal('live')], {
    default: 'mock',
    description: '`mock` talks to mock-twilio only; `live` to Twilio.'
  }),
  TWILIO_BASE_URL: Type.String({
    default: 'http://127.0.0.1:4010',
    pattern: '^https?://[^/]+$',
    description: 'Where mock-twilio listens (mock mode).'
  }),
  TWILIO_ACCOUNT_SID: Type.String({
    default: 'AC00000000000000000000000000000001',
    pattern: '^AC[0-9a-fA-F]{32}$',
    description: 'The account.'
  }),
  TWILIO_AUTH_TOKEN: Type.String({
    default: 'mock-auth-token-00000000000000001',
    minLength: 1,
    description: 'Checks the signatures of provider callbacks.'
  }),
  TWILIO_API_KEY: Type.String({
    default: 'SK00000000000000000000000000000001',
    pattern: '^SK[0-9a-fA-F]{32}$',
    description: 'API key for requests to the provider.'
  }),
  TWILIO_API_SECRET: Type.String({
    default: 'mock-api-secret-0000000000000001',
    minLength: 1,
    description: 'Secret of that API key.'
  }),
  ZOOM_MODE: Type.Union([Type.Literal('mock'), Type.Literal('live'), Type.Literal('off')], {
    default: 'mock',
    description:
      '`mock` talks to mock-zoom only; `live` to Zoom; `off` serves no video calls. As TWILIO_MODE, or off.'
  }),
  ZOOM_BASE_URL: Type.String({
    default: 'http://127.0.0.1:4020',
    pattern: '^https?://[^/]+$',
    description: 'Where mock-zoom listens (mock mode).'
  }),
  ZOOM_SDK_KEY: Type.String({
    default: 'mock-sdk-key-0001',
    minLength: 1,
    description: 'Key of the Video SDK app; named in the tokens of participants.'
  }),
  ZOOM_SDK_SECRET: Type.String({
    default: 'mock-sdk-secret-00000000000000001',
    minLength: 1,
    description: 'Secret of that key; signs the tokens of participants.'
  }),
  ZOOM_API_KEY: Type.String({
    default: 'mock-api-key-0001',
    minLength: 1,
    description: 'API key for requests to Zoom.'
  }),
  ZOOM_API_SECRET: Type.String({
    default: 'mock-api-secret-00000000000000001',
    minLength: 1,
    description: 'Secret of that API key.'
  }),
  ZOOM_WEBHOOK_SECRET: Type.String({
    default: 'mock_webhook_secret_0001',
    minLength: 1,
    description: "The app's secret token: checks the signatures of Zoom's events."
  }),
  ZOOM_WEBHOOK_WINDOW_SECONDS: Type.Integer({
    minimum: 1,
    default: 300,
    description: 'How old, or how far ahead, the signature of an event may be.'
  }),
  ZOOM_RECORDINGS: Type.Union(
    [Type.Literal('keep'), Type.Literal('trash'), Type.Literal('delete')],
    {
      default: 'keep',
      description:
        "What becomes of Zoom's copy of a recording once ours is stored; `trash` can be undone for 30 days."
    }
  ),
  VIDEO_CALL_MINUTES: Type.Integer({
    minimum: 1,
    maximum: 2_880,
    default: 240,
    description: 'Longest length of a video call whose request names none.'
  }),
  VIDEO_TOKEN_MINUTES: Type.Integer({
    minimum: 30,
    maximum: 2_880,
    default: 1_440,
    description: 'How long a token to join a video call is good, before the call has started.'
  }),
  VIDEO_REJOIN_SECONDS: Type.Integer({
    minimum: 0,
    default: 60,
    description: 'How long an empty video call waits for those who dropped out, before it is over.'
  }),
  VIDEO_CHECK_AFTER_MS: Type.Integer({
    minimum: 500,
    default: 600_000,
    description: 'How often Zoom is asked about sessions, for what its events did not tell.'
  }),
  STORAGE_URL: Type.String({
    default: 'file:data/recordings',
    pattern: '^(file:.+|s3://[a-z0-9][a-z0-9.-]+.*)$',
    description:
      'Where recordings are kept: `file:<folder>`, or `s3://<bucket>/<prefix>?region=…&endpoint=…&path_style=true` for any store that speaks S3.'
  }),
  STORAGE_ACCESS_KEY_ID: Type.String({
    default: '',
    description:
      "Key for the S3 store; the AWS SDK's usual sources when empty. A role's links end with its session, so links of 12 and 24 hours need a lasting key."
  }),
  STORAGE_SECRET_ACCESS_KEY: Type.String({ default: '', description: 'Secret of that key.' }),
  TWILIO_TWIML_APP_SID: Type.String({
    default: 'AP00000000000000000000000000000001',
    pattern: '^AP[0-9a-fA-F]{32}$',
    description:
      'The application at the provider whose voice URL is `/api/v1/sdk_calls/voice_response`: calls from browsers go through it.'
  }),
  VOICE_TOKEN_SECONDS: Type.Integer({
    minimum: 60,
    maximum: 86_400,
    default: 3_600,
    description: "How long a voice token is good, and a staff member's browser can be called."
  }),
  CALL_RING_SECONDS: Type.Integer({
    minimum: 5,
    maximum: 600,
    default: 30,
    description: 'How long a called phone or browser rings.'
  }),
  CALL_CHECK_AFTER_MS: Type.Integer({
    minimum: 500,
    default: 120_000,
    description: 'How long the provider may be silent about a call before it is asked.'
  }),
  RECORD_CALLS: Switch('Record conference calls and calls from and to browsers.', true),
  DELETE_PROVIDER_RECORDINGS: Switch(
    'Delete recordings at the provider once they lie in our storage.',
    false
  ),
  WELCOME_MESSAGE: Type.String({
    default: '',
    maxLength: 1_000,
    description:
      'Read to participants who join a conference call that has no welcome message of its own; empty for none.'
  }),
  VOICEMAIL_SECONDS: Type.Integer({
    minimum: 5,
    maximum: 119,
    default: 115,
    description:
      'The longest voicemail; the provider writes nothing down of one of two minutes or more.'
  }),
  CLOCK_URL: Type.String({
    default: '',
    description:
      'Mock mode, several processes: follow this clock, e.g. `http://127.0.0.1:4010/_mock/clock`.'
  }),
  SMS_TO_MMS_RULE: Type.Union([Type.Literal('characters'), Type.Literal('segments')], {
    default: 'characters',
    description: 'A text becomes MMS over 160 characters, or when it needs more than one segment.'
  }),
  LOOKUP_BEFORE_FIRST_SMS: Switch('Look the line type up before the first SMS to a number.', false),
  ALLOW_PRIVATE_CALLBACKS: Switch(
    'Client events may go to private and loopback addresses (offline work).',
    false
  ),
  SENDING_RATES: Type.String({
    default: 'long_code=1,toll_free=3,short_code=100',
    pattern:
      '^(long_code|toll_free|short_code)=\\d+(\\.\\d+)?(,(long_code|toll_free|short_code)=\\d+(\\.\\d+)?)*$',
    description:
      'Segments a second that an announcement number sends, by its kind; a number may have a rate of its own.'
  }),
  ANNOUNCEMENT_REPLY: Type.String({
    default: 'This number only sends announcements. Reply STOP to receive no more of them.',
    maxLength: 1_600,
    description: 'The answer to a text to an announcement number; empty for none.'
  }),
  ANNOUNCEMENT_CALL_RETRIES: Type.String({
    default: '10m,30m',
    pattern: '^(none|\\d+(s|m|h)(,\\d+(s|m|h))*)$',
    description:
      'Waits before an announcement calls once more where the line was busy or nobody picked up; `none` for one attempt.'
  }),
  ANNOUNCEMENT_PRICES: Type.String({
    default: 'sms=0.0079,mms=0.02,voice=0.014',
    pattern: '^sms=\\d+(\\.\\d+)?,mms=\\d+(\\.\\d+)?,voice=\\d+(\\.\\d+)?$',
    description: 'Dollars a segment, a picture message and a call; for estimates alone.'
  }),
  CLIENT_EVENT_RETRY_SCHEDULE: Type.String({
    default: '5s,30s,2m,10m,30m,1h,2h,4h,8h,8h',
    pattern: '^\\d+(ms|s|m|h)(,\\d+(ms|s|m|h))*$',
    description:
      'Waits between the attempts of a client event, before jitter; then it is a dead letter.'
  }),
  CLIENT_EVENT_TIMEOUT_MS: Type.Integer({
    minimum: 100,
    default: 15_000,
    description: 'How long a client may take to answer an event.'
  }),
  LEASE_MS: Type.Integer({
    minimum: 500,
    default: 60_000,
    description: 'How long a worker keeps an entry before another may take it.'
  }),
  RECONCILE_AFTER_MS: Type.Integer({
    minimum: 0,
    default: 10_000,
    description:
      'After a lost answer of the provider, the wait before it is asked what became of the message.'
  }),
  STATUS_CHECK_AFTER_MS: Type.Integer({
    minimum: 500,
    default: 600_000,
    description: 'How long the provider may be silent about a message before it is asked.'
  }),
  STATUS_LIST_ABOVE: Type.Integer({
    minimum: 1,
    default: 50,
    description:
      "Of one number, more silent messages than this are looked for in the provider's list, a thousand a request; fewer are asked after one by one."
  }),
  NUMBER_SYNC_INTERVAL_MS: Type.Integer({
    minimum: 0,
    default: 3_600_000,
    description: 'How often the numbers are compared with those at the provider; 0 for never.'
  }),
  RATE_LIMIT_PER_MINUTE: Type.Integer({
    minimum: 0,
    default: 60_000,
    description: 'Requests a minute of one token or address; 0 for none.'
  }),
  TEXTS_PER_MINUTE: Limit('Texts a minute of one bearer, but for announcements'),
  TEXTS_PER_DAY: Limit('Texts a day (UTC) of one bearer, announcements too'),
  CALLS_PER_MINUTE: Limit('Calls a minute of one bearer, but for announcements'),
  CALLS_PER_DAY: Limit('Calls a day (UTC) of one bearer, announcements too'),
  BODY_LIMIT_BYTES: Type.Integer({
    minimum: 1_024,
    default: 1_048_576,
    description: 'Largest request body.'
  }),
  MAX_EVENT_LOOP_DELAY_MS: Type.Integer({
    minimum: 0,
    default: 1_000,
    description: 'Above this event-loop delay requests are shed with 503; 0 for never.'
  }),
  TOKEN_CACHE_MS: Type.Integer({
    minimum: 0,
    maximum: 1_000,
    default: 900,
    description:
      'How long a token is believed before the database is asked again: the longest that a key deleted on another process still works.'
  }),
  SHUTDOWN_GRACE_MS: Type.Integer({
    minimum: 0,
    default: 10_000,
    description: 'How long work in flight may take to finish at shutdown.'
  })
})

/** The environment after its check: typed, complete and frozen. */
export type Config = Readonly<Static<typeof Environment>>

/** The prefix that every credential of mock-twilio's accounts bears, and no real one does. */
const mockAccount = /^AC0{24}/

/** Thrown when the environment does not describe a server that can run. Names every wrong variable. */
export class ConfigError extends Error {}

/**
 * Reads and checks the environment once.
 *
 * @throws ConfigError naming each wrong variable with what was expected
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const known = Object.fromEntries(
    Object.keys(Environment.properties)
      .map(name => [name, environment[name]] as const)
      .filter(([, value]) => value !== undefined && value !== '')
  )
  const config = Value.Convert(Environment, Value.Default(Environment, { ...known }))
  const problems = [...Value.Errors(Environment, config)].map(
    error => `${error.path.slice(1)}: ${error.message}, got ${JSON.stringify(error.value)}`
  )
  if (problems.length > 0)
    throw new ConfigError(`The configuration is wrong. ${problems.join('; ')}`)
  const checked = Value.Decode(Environment, config)
  const contradiction = contradictionIn(checked, known)
  if (contradiction) throw new ConfigError(contradiction)
  return Object.freeze(checked)
}

function contradictionIn(config: Config, given: Record<string, unknown>): string | undefined {
  if (config.WORKERS === 'external' && config.DATABASE_URL.startsWith('sqlite:'))
    return 'WORKERS=external needs PostgreSQL in DATABASE_URL: a SQLite file is written by one process.'
  if ((config.STORAGE_ACCESS_KEY_ID === '') !== (config.STORAGE_SECRET_ACCESS_KEY === ''))
    return 'STORAGE_ACCESS_KEY_ID and STORAGE_SECRET_ACCESS_KEY go together: set both or neither.'
  const ofZoom = zoomContradictionIn(config, given)
  if (ofZoom !== undefined) return ofZoom
  if (config.TWILIO_MODE === 'mock') {
    if (
      !mockAccount.test(config.TWILIO_ACCOUNT_SID) ||
      !config.TWILIO_AUTH_TOKEN.startsWith('mock-')
    )
      return 'TWILIO_MODE=mock refuses credentials that look live: the account starts with AC000000 and the token with "mock-".'
    if (!isLoopbackOrPrivate(config.TWILIO_BASE_URL))
      return 'TWILIO_MODE=mock never leaves the machine: TWILIO_BASE_URL must not be a Twilio address.'
    return undefined
  }
  const missing = [
    'TWILIO_ACCOUNT_SID',
    'TWILIO_AUTH_TOKEN',
    'TWILIO_API_KEY',
    'TWILIO_API_SECRET',
    'TWILIO_TWIML_APP_SID',
    'SECRET_KEY',
    'PUBLIC_URL'
  ].filter(name => given[name] === undefined)
  if (missing.length > 0) return `TWILIO_MODE=live needs ${missing.join(', ')}.`
  if (config.CLOCK_URL !== '') return 'TWILIO_MODE=live runs on the system clock: remove CLOCK_URL.'
  return undefined
}

/** Secrets that everybody knows would open a live server, and the other way round. */
function zoomContradictionIn(config: Config, given: Record<string, unknown>): string | undefined {
  if (config.ZOOM_MODE === 'off') return undefined
  if (config.ZOOM_MODE !== config.TWILIO_MODE)
    return `ZOOM_MODE=${config.ZOOM_MODE} does not go with TWILIO_MODE=${config.TWILIO_MODE}: make them alike, or set ZOOM_MODE=off.`
  if (config.ZOOM_MODE === 'live') {
    const missing = zoomCredentials.filter(name => given[name] === undefined)
    if (missing.length > 0) return `ZOOM_MODE=live needs ${missing.join(', ')}.`
    const mocked = zoomCredentials.filter(name => isMocked(config[name]))
    return mocked.length > 0
      ? `ZOOM_MODE=live refuses the credentials of mock-zoom: ${mocked.join(', ')}.`
      : undefined
  }
  if (!zoomCredentials.every(name => isMocked(config[name])))
    return 'ZOOM_MODE=mock refuses credentials that look live: each begins with "mock".'
  if (/(^|\.)zoom\.(us|com)$/.test(new URL(config.ZOOM_BASE_URL).hostname))
    return 'ZOOM_MODE=mock never leaves the machine: ZOOM_BASE_URL must not be a Zoom address.'
  return undefined
}

const zoomCredentials = [
  'ZOOM_SDK_KEY',
  'ZOOM_SDK_SECRET',
  'ZOOM_API_KEY',
  'ZOOM_API_SECRET',
  'ZOOM_WEBHOOK_SECRET'
] as const

const isMocked = (credential: string): boolean => /^mock[-_]/.test(credential)

const isLoopbackOrPrivate = (url: string): boolean =>
  !/(^|\.)twilio\.com$/.test(new URL(url).hostname)

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const

/** Like a schedule; `none` is an empty one. */
export const parseRetries = (text: string): number[] => (text === 'none' ? [] : parseSchedule(text))

/** `5s,2m,1h` as milliseconds. */
export function parseSchedule(text: string): number[] {
  return text.split(',').map(part => {
    const [, amount = '0', unit = 'ms'] = /^(\d+)(ms|s|m|h)$/.exec(part) ?? []
    return Number(amount) * unitMs[unit as keyof typeof unitMs]
  })
}
