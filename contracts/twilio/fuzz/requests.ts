import { developmentAccount } from '../../../mock-twilio/development-account.ts'
import { operations } from '../../../mock-twilio/operations.ts'
import type { Random } from '../../../simulator/random.ts'
import { fuzzedOperation, type FuzzedOperation, type Parameter } from './parameters.ts'
import { nastyJson, nastyText, pick } from './values.ts'

export interface FuzzRequest {
  method: string
  path: string
  /** `name=value`, encoded or deliberately not. */
  query: readonly string[]
  headers: Readonly<Record<string, string>>
  /** The parts of a form, or one part that is any other body. */
  body: readonly string[]
  /** The operation that it is meant for, if any. */
  route: string | undefined
}

const { accountSid, authToken, apiKeySid, apiKeySecret, messagingServiceSid, phoneNumbers } =
  developmentAccount
export const authorization = basic(accountSid, authToken)
/** Worlds that may be broken: the development account is the one that the rest needs. */
const otherWorlds = ['ACfffffffffffffffffffffffffffffff1', 'ACfffffffffffffffffffffffffffffff2']
const formType = 'application/x-www-form-urlencoded'

/** Makes requests of which some are in order, some are nearly so, and some are no requests at all. */
export class RequestMaker {
  readonly #random: Random
  readonly #operations: readonly FuzzedOperation[]
  /** Most of the others need what this one makes. */
  readonly #createMessage: FuzzedOperation
  readonly #sids = new Map<string, string[]>()
  readonly #tokens: string[] = []
  /** Each with the message that it belongs to. */
  readonly #media: { message: string; media: string }[] = []

  constructor(random: Random) {
    this.#random = random
    this.#operations = operations.map(fuzzedOperation)
    const [first] = this.#operations
    const create = this.#operations.find(({ operation }) => operation.name === 'create-message')
    if (first === undefined) throw new Error('no operations')
    this.#createMessage = create ?? first
    for (const sid of [accountSid, apiKeySid, messagingServiceSid]) this.#remember(sid)
  }

  /** Sids and page tokens of an answer, to be asked for later. */
  learnFrom(body: string): void {
    let found = 0
    for (const [, sid = ''] of body.matchAll(/"(?:sid|parent_sid)":"([A-Z]{2}[0-9a-f]{32})"/g)) {
      this.#remember(sid)
      if (++found > 20) break
    }
    const [, message, media] = /Messages\/(\w{34})\/Media\/(\w{34})/.exec(body) ?? []
    if (message !== undefined && media !== undefined) {
      this.#media.push({ message, media })
      if (this.#media.length > 20) this.#media.shift()
    }
    const [, token] = /PageToken=(PA[0-9a-f]{32})/.exec(body) ?? []
    if (token !== undefined) {
      this.#tokens.push(token)
      if (this.#tokens.length > 50) this.#tokens.shift()
    }
  }

  next(): FuzzRequest {
    const random = this.#random
    const kind = random.fraction()
    if (kind < 0.1) return this.#control()
    if (kind < 0.14) return this.#oddPath()
    const chosen = random.chance(0.15) ? this.#createMessage : pick(this.#operations, random)
    const request = this.#inOrder(chosen)
    return random.chance(0.35) ? request : this.#spoil(request)
  }

  #remember(sid: string): void {
    const prefix = sid.slice(0, 2)
    const known = this.#sids.get(prefix) ?? []
    known.push(sid)
    if (known.length > 40) known.shift()
    this.#sids.set(prefix, known)
  }

  #inOrder({ operation, parameters }: FuzzedOperation): FuzzRequest {
    const random = this.#random
    const known = this.#media.length > 0 ? pick(this.#media, random) : undefined
    const pattern =
      known !== undefined && operation.path.includes('/Media/:')
        ? operation.path
            .replace(':MessageSid', known.message)
            .replace(/\/Media\/:\w+/, `/Media/${known.media}`)
        : operation.path
    const path = pattern.replace(/:(\w+)/g, (_, name: string) => {
      const parameter = parameters.find(other => other.in === 'path' && other.name === name)
      return encode(this.#pathValue(name, parameter))
    })
    // Of many settings a few are given; where there are only two, mostly one of them.
    const likelihood = parameters.length > 8 ? 0.05 : 0.3
    const parts = (place: 'query' | 'form'): string[] =>
      parameters
        .filter(
          ({ in: where, isRequired }) =>
            where === place && random.chance(isRequired ? 0.97 : likelihood)
        )
        .flatMap(parameter => this.#partsOf(parameter))
    const isPost = operation.method === 'POST'
    const form = isPost ? parts('form') : []
    // Nothing is sent without them, and the files do not call them required.
    if (operation.name === 'create-message') this.#completeMessage(form)
    return {
      method: operation.method,
      path: addressed(path, random),
      query: parts('query'),
      headers: {
        authorization: random.chance(0.95) ? authorization : basic(apiKeySid, apiKeySecret),
        ...(isPost ? { 'content-type': formType } : {})
      },
      body: form,
      route: operation.path
    }
  }

  #completeMessage(form: string[]): void {
    const random = this.#random
    // A service of one's own has no numbers, mostly.
    const sender = form.findIndex(part => part.startsWith('MessagingServiceSid='))
    if (sender !== -1) form[sender] = `MessagingServiceSid=${messagingServiceSid}`
    const has = (name: string) => form.some(part => part.startsWith(`${name}=`))
    if (!has('From') && !has('MessagingServiceSid')) {
      const sender = random.chance(0.5)
        ? `From=${encode(pick(phoneNumbers, random))}`
        : `MessagingServiceSid=${messagingServiceSid}`
      form.push(sender)
    }
    if (!has('Body')) form.push('Body=Your+bus+is+late')
    if (random.chance(0.2)) form.push(`MediaUrl=${encode('https://example.org/a.jpg')}`)
  }

  #pathValue(name: string, parameter: Parameter | undefined): string {
    const random = this.#random
    if (name === 'AccountSid' || parameter?.sidPrefixes[0] === 'AC') {
      return random.chance(0.97) ? accountSid : this.#sid(['AC'])
    }
    if (name === 'PhoneNumber') return aPhoneNumber(random)
    return this.#sid(parameter?.sidPrefixes ?? [])
  }

  #sid(prefixes: readonly string[]): string {
    const random = this.#random
    const candidates = prefixes.length > 0 ? prefixes : [...this.#sids.keys()]
    const known = this.#sids.get(pick(candidates, random)) ?? []
    if (known.length > 0 && random.chance(0.9)) return pick(known, random)
    return pick(candidates, random) + random.hex(32)
  }

  #partsOf(parameter: Parameter): string[] {
    const count = parameter.isArray ? this.#random.between(1, 3) : 1
    return Array.from(
      { length: count },
      () => `${encode(parameter.name)}=${encode(this.#valueOf(parameter))}`
    )
  }

  #valueOf({ name, type, format, sidPrefixes, choices }: Parameter): string {
    const random = this.#random
    if (choices.length > 0) return pick(choices, random)
    if (sidPrefixes.length > 0) return this.#sid(sidPrefixes)
    if (name === 'From') return pick(phoneNumbers, random)
    if (name === 'PageToken' && this.#tokens.length > 0) return pick(this.#tokens, random)
    if (type === 'boolean') return random.chance(0.5) ? 'true' : 'false'
    if (type === 'integer' || type === 'number') return String(random.between(0, 100))
    if (format === 'phone-number') return aPhoneNumber(random)
    if (format === 'uri') return `https://app.invalid/${random.hex(8)}`
    if (format === 'http-method') return pick(['GET', 'POST'], random)
    if (format.startsWith('date')) {
      return new Date(fuzzStart + random.between(-1, 40) * 86_400_000).toISOString()
    }
    return pick(['Your bus is late', 'Lincoln Elementary', '601', 'a', '2026-11-23'], random)
  }

  /** One to three things are made wrong. */
  #spoil(request: FuzzRequest): FuzzRequest {
    let spoilt = request
    for (let count = this.#random.between(1, 3); count > 0; count--)
      spoilt = this.#spoilOnce(spoilt)
    return spoilt
  }

  #spoilOnce(request: FuzzRequest): FuzzRequest {
    const random = this.#random
    const place = request.method === 'POST' && random.chance(0.85) ? 'body' : 'query'
    const parts = request[place]
    const at = random.between(0, Math.max(0, parts.length - 1))
    const [name = 'To'] = (parts[at] ?? encode(nastyText(random))).split('=')
    const replaced = (...instead: string[]) => ({
      ...request,
      [place]: [...parts.slice(0, at), ...instead, ...parts.slice(at + 1)]
    })
    switch (random.between(0, 15)) {
      case 0:
      case 1:
      case 2:
        return replaced(`${name}=${encode(nastyText(random))}`)
      case 3:
        return replaced()
      case 4:
        return replaced(parts[at] ?? 'a=b', `${name}=${encode(nastyText(random))}`)
      case 5:
        return replaced(
          `${name}${pick(['[]', '[0]', '[a]', '%5B%5D', '.x', '<', '>'], random)}=${encode(nastyText(random))}`
        )
      case 6:
        return replaced(`${name}=${pick(['%', '%zz', '%ff', '%ED%A0%80', '%00', '+%2'], random)}`)
      case 7:
        return {
          ...request,
          [place]: [...parts, `${encode(nastyText(random))}=${encode(nastyText(random))}`]
        }
      case 8:
        return { ...request, path: this.#spoilPath(request.path) }
      case 9:
        return { ...request, headers: this.#spoilHeaders(request.headers) }
      case 10:
        return {
          ...request,
          method: pick(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'], random)
        }
      case 11:
        return this.#asJson(request)
      case 12:
        return { ...request, query: [...request.query, `PageSize=${encode(nastyText(random))}`] }
      case 13:
        return {
          ...request,
          query: [
            ...request.query,
            `PageToken=${encode(nastyText(random))}`,
            `Page=${encode(nastyText(random))}`
          ]
        }
      case 14:
        return { ...request, body: [nastyText(random)] }
      default:
        return { ...request, query: [...request.query, nastyText(random)] }
    }
  }

  #asJson(request: FuzzRequest): FuzzRequest {
    const random = this.#random
    const body = random.chance(0.7)
      ? Object.fromEntries([
          ...request.body.map(part => [part.split('=')[0] ?? '', 'Your bus is late'] as const),
          ...['To', 'From', 'Body', 'FriendlyName', 'MediaUrl'].map(
            name => [name, nastyJson(random)] as const
          )
        ])
      : nastyJson(random)
    const text = random.chance(0.9) ? stringify(body) : stringify(body).slice(1)
    return {
      ...request,
      headers: { ...request.headers, 'content-type': 'application/json' },
      body: [text]
    }
  }

  #spoilPath(path: string): string {
    const random = this.#random
    const segments = path.split('/')
    const at = random.between(1, segments.length - 1)
    const odd = pick(
      [
        encode(nastyText(random)).slice(0, 300),
        '..',
        '.',
        '',
        '%',
        '%zz',
        '%2e%2e',
        '%2F',
        `${segments[at]}.xml`,
        `${segments[at]};x`,
        segments[at]?.toLowerCase() ?? '',
        segments[at]?.replace('.json', '') ?? '',
        'x'.repeat(250)
      ],
      random
    )
    return [...segments.slice(0, at), odd, ...segments.slice(at + 1)].join('/')
  }

  #spoilHeaders(headers: FuzzRequest['headers']): FuzzRequest['headers'] {
    const random = this.#random
    switch (random.between(0, 4)) {
      case 0:
        return { ...headers, authorization: pick(brokenAuthorizations, random) }
      case 1:
        return { ...headers, 'content-type': pick(contentTypes, random) }
      case 2:
        return {
          ...headers,
          prefer: pick(['code=429', 'code="503"', 'code=200', 'code=999', 'x'], random)
        }
      case 3:
        return {
          ...headers,
          host: pick(['api.twilio.com', 'messaging.twilio.com:1', 'x.twilio.com', ''], random)
        }
      default: {
        const { authorization: _, ...rest } = headers
        return rest
      }
    }
  }

  #oddPath(): FuzzRequest {
    const random = this.#random
    const path = pick(
      [
        '/',
        '//',
        '/2010-04-01',
        '/v1/Services',
        '/v2/PhoneNumbers/',
        '/api.twilio.com',
        '/evil.twilio.com/v1',
        '/messaging/v1/%',
        '/_mock',
        '/_mock/',
        '/_mock/nothing',
        `/${encode(nastyText(random)).slice(0, 500)}`,
        `/2010-04-01/Accounts/${accountSid}/${encode(nastyText(random)).slice(0, 500)}.json`,
        `/2010-04-01/Accounts/${accountSid}/Calls.json`,
        `/2010-04-01/Accounts//Messages.json`,
        `/messaging/v1/Services/${'a/'.repeat(100)}`
      ],
      random
    )
    const method = pick(['GET', 'POST', 'DELETE', 'PUT', 'OPTIONS', 'HEAD'], random)
    return { method, path, query: [], headers: { authorization }, body: [], route: undefined }
  }

  /** The control API is for tests, and tests are written by people, who mistype. */
  #control(): FuzzRequest {
    const random = this.#random
    const [method, path, body] = pick(controlRequests, random)
    const isOwnReset = path === '/_mock/reset'
    const world = isOwnReset || random.chance(0.2) ? pick([...otherWorlds, 'nobody'], random) : ''
    const given = this.#controlBody(body)
    return {
      method: random.chance(0.97) ? method : pick(['GET', 'PUT', 'DELETE', 'POST'], random),
      path: random.chance(0.9) ? path : this.#spoilPath(path),
      query: random.chance(0.2)
        ? [`${pick(journalNames, random)}=${encode(nastyText(random))}`]
        : [],
      headers: {
        ...(world === '' ? {} : { 'x-mock-world': world }),
        ...(given === undefined ? {} : { 'content-type': 'application/json' })
      },
      body: given === undefined ? [] : [given],
      route: undefined
    }
  }

  #controlBody(body: Readonly<Record<string, unknown>> | undefined): string | undefined {
    const random = this.#random
    if (body === undefined) return random.chance(0.05) ? '{' : undefined
    if (random.chance(0.4)) return stringify(body)
    if (random.chance(0.1)) return stringify(nastyJson(random))
    const names = Object.keys(body)
    // Nobody waits for what is never going to happen.
    const name = names.includes('timeout_ms')
      ? 'match'
      : pick([...names, nastyText(random)], random)
    return stringify({ ...body, [name]: nastyJson(random) })
  }
}

export const fuzzStart = Date.UTC(2026, 10, 23, 12)

const handset = '/_mock/handsets/%2B16015550123'
const controlRequests: readonly (readonly [
  string,
  string,
  Readonly<Record<string, unknown>> | undefined
])[] = [
  ['GET', '/_mock/health', undefined],
  ['GET', '/_mock/clock', undefined],
  ['POST', '/_mock/clock', { advance: 'PT1M' }],
  ['POST', '/_mock/clock', { mode: 'frozen', set: fuzzStart }],
  ['POST', '/_mock/clock', { set: '2026-11-23T12:00:00Z', rate: 2 }],
  ['GET', '/_mock/journal', undefined],
  ['POST', '/_mock/await', { match: { kind: 'message.' }, count: 1, timeout_ms: 1, after: 0 }],
  [
    'POST',
    '/_mock/reset',
    { seed: 'a', profile: 'rough', numbers: [{ phone_number: '+16015550177' }] }
  ],
  [
    'POST',
    '/_mock/reset',
    { auth_token: 't', messaging_services: [{ phone_numbers: ['+16015550178'] }] }
  ],
  [
    'POST',
    '/_mock/reset',
    { line_types: [{ phone_number: '+16015550123', type: 'pager' }], api_keys: [] }
  ],
  ['GET', '/_mock/faults', undefined],
  [
    'POST',
    '/_mock/faults',
    { match: { to_suffix: '99' }, effect: { type: 'outcome', status: 'failed' } }
  ],
  [
    'POST',
    '/_mock/faults',
    { effect: { type: 'delay', ms: [1, 60_000] }, probability: 0.1, count: 3 }
  ],
  ['POST', '/_mock/faults', { effect: { type: 'http', status: 503, retry_after: 1 }, count: 1 }],
  ['POST', '/_mock/faults', { effect: { type: 'connection', fault: 'answer_lost' }, count: 1 }],
  ['POST', '/_mock/faults', { effect: { type: 'callback', fault: 'reorder' }, count: 2 }],
  ['DELETE', '/_mock/faults/fault-1', undefined],
  ['GET', '/_mock/alerts', undefined],
  ['GET', '/_mock/snapshot', undefined],
  ['PUT', '/_mock/snapshot', { file: 'snow' }],
  ['POST', '/_mock/snapshot', { file: 'snow', set_clock: true }],
  ['POST', '/_mock/snapshot', { format: 'mock-twilio/world', version: 1, state: { messages: {} } }],
  ['GET', '/_mock/opt-outs', undefined],
  ['DELETE', '/_mock/opt-outs', undefined],
  ['GET', handset, undefined],
  [
    'POST',
    `${handset}/messages`,
    { to: phoneNumbers[0], body: 'STOP', media_urls: ['https://x.invalid'] }
  ],
  ['POST', `${handset}/messages`, { to: phoneNumbers[1], body: 'START' }],
  [
    'POST',
    `${handset}/messages`,
    { to: phoneNumbers[0], media: [{ content_type: 'image/png', base64: 'AAAA' }] }
  ]
]

const journalNames = ['kind', 'sid', 'number', 'status', 'after', 'limit', 'handset', '__proto__']

const brokenAuthorizations = [
  '',
  'Basic',
  'Basic ',
  'Basic ====',
  'Basic !!!',
  'Bearer x',
  'Digest username="x"',
  `Basic ${Buffer.from('no colon').toString('base64')}`,
  `Basic ${Buffer.from(`${accountSid}:wrong`).toString('base64')}`,
  `Basic ${Buffer.from('__proto__:x').toString('base64')}`,
  `Basic ${Buffer.from('SK:').toString('base64')}`,
  `Basic ${Buffer.from([0xff, 0x3a, 0xfe]).toString('base64')}`,
  `Basic ${'A'.repeat(10_000)}`
]

const contentTypes = [
  'application/json',
  'application/json; charset=utf-16',
  'text/plain',
  'text/xml',
  'multipart/form-data',
  'multipart/form-data; boundary=x',
  'application/x-www-form-urlencoded; charset=latin1',
  'application/octet-stream',
  '/',
  ';;;'
]

function aPhoneNumber(random: Random): string {
  if (random.chance(0.1)) return pick(['+16015530003', '+15005550004', '+16015550199'], random)
  return `+1601555${String(random.between(100, 160)).padStart(4, '0')}`
}

/** The same thing in one of the spellings that are understood. */
function addressed(path: string, random: Random): string {
  if (random.chance(0.7)) return path
  const end = path.indexOf('/', 1)
  return `/${path.slice(1, end)}.twilio.com${path.slice(end)}`
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

function stringify(value: unknown): string {
  return JSON.stringify(value) ?? 'null'
}
