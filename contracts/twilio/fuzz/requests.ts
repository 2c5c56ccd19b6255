import { developmentAccount } from '../../../mock-twilio/development-account.ts'
import { operations } from '../../../mock-twilio/operations.ts'
import type { Random } from '../../../simulator/random.ts'
import { controlQueries, controlRequests, fuzzStart } from './control-requests.ts'
import { KnownPaths } from './known-paths.ts'
import { likelyValues } from './likely-values.ts'
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
/** A path with more in it than can be said without knowing what there is. */
const namesSomething = /:(?!AccountSid|CountryCode|PhoneNumber)/
const participants =
  '/api/2010-04-01/Accounts/:AccountSid/Conferences/:ConferenceSid/Participants.json'
const callRecordings = '/api/2010-04-01/Accounts/:AccountSid/Calls/:CallSid/Recordings.json'
const formType = 'application/x-www-form-urlencoded'

/** Makes requests of which some are in order, some are nearly so, and some are no requests at all. */
export class RequestMaker {
  readonly #random: Random
  readonly #operations: readonly FuzzedOperation[]
  /** Most of the others need what this one makes. */
  readonly #createMessage: FuzzedOperation
  /** By the path of the list that they add to. */
  readonly #makers: ReadonlyMap<string, FuzzedOperation>
  readonly #sids = new Map<string, string[]>()
  readonly #tokens: string[] = []
  readonly #paths = new KnownPaths(operations.map(({ path }) => path))
  /** Numbers that a list had for sale, by their kind: Local, TollFree. */
  readonly #forSale = new Map<string, readonly string[]>()
  /** Operations that no request has got through to yet are tried more often. */
  readonly #missing = new Map<string, FuzzedOperation>()

  constructor(random: Random) {
    this.#random = random
    this.#operations = operations.map(fuzzedOperation)
    const [first] = this.#operations
    const create = this.#operations.find(({ operation }) => operation.name === 'create-message')
    if (first === undefined) throw new Error('no operations')
    this.#createMessage = create ?? first
    this.#makers = new Map(
      this.#operations
        .filter(
          ({ operation: { method, name } }) => method === 'POST' && name.startsWith('create-')
        )
        .map(fuzzed => [fuzzed.operation.path, fuzzed])
    )
    for (const fuzzed of this.#operations) {
      this.#missing.set(`${fuzzed.operation.method} ${fuzzed.operation.path}`, fuzzed)
    }
    this.forget()
  }

  /** The world has begun anew: nothing is known of it but what it begins with. */
  forget(): void {
    this.#sids.clear()
    this.#paths.clear()
    for (const sid of [accountSid, apiKeySid, messagingServiceSid]) this.#remember(sid)
  }

  /** A request got through to its operation, or it went to what is not there any more. */
  learn({ method, route, path }: FuzzRequest, { status, body }: { status: number; body: string }) {
    if (route === undefined) return
    const inside = path.replace(/^\/(\w+)\.twilio\.com\//, '/$1/')
    if (status === 404 || (status === 204 && method === 'DELETE')) this.#paths.forget(inside)
    if (status < 200 || status > 399) return
    this.#missing.delete(`${method} ${route}`)
    this.learnFrom(body)
    if (status !== 204) this.#paths.add(route, inside)
    const [, kind] = /AvailablePhoneNumbers\/[^/]+\/(\w+)\.json$/.exec(path) ?? []
    if (kind === undefined) return
    const numbers = Array.from(
      body.matchAll(/"phone_number":"(\+\d+)"/g),
      ([, number = '']) => number
    )
    if (numbers.length > 0) this.#forSale.set(kind, numbers.slice(0, 20))
  }

  /** Sids, addresses and page tokens of an answer, to be asked for later. */
  learnFrom(body: string): void {
    let found = 0
    for (const [, sid = ''] of body.matchAll(/"(?:sid|parent_sid)":"([A-Z]{2}[0-9a-f]{32})"/g)) {
      this.#remember(sid)
      if (++found > 20) break
    }
    this.#paths.learnFrom(body)
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
    if (kind < 0.24 && this.#missing.size > 0) {
      return this.#inOrder(this.#firstStepTo(pick([...this.#missing.values()], random)))
    }
    const chosen = random.chance(0.15) ? this.#createMessage : pick(this.#operations, random)
    const request = this.#inOrder(random.chance(0.7) ? this.#firstStepTo(chosen) : chosen)
    return random.chance(0.35) ? request : this.#spoil(request)
  }

  /** What nobody has made yet is made first, and before it whatever it is to be in. */
  #firstStepTo(wanted: FuzzedOperation): FuzzedOperation {
    let step = wanted
    for (;;) {
      const { path } = step.operation
      if (!namesSomething.test(path) || this.#paths.has(path)) return step
      const maker = this.#makerFor(path)
      if (maker === undefined || maker === step) return step
      step = maker
    }
  }

  #makerFor(route: string): FuzzedOperation | undefined {
    const own = this.#makers.get(route)
    if (own !== undefined && route.includes('/Overrides/')) return own
    // Nobody makes a conference, or a recording, where it is listed.
    if (route.includes('/Conferences/')) return this.#makers.get(participants)
    if (/\/Recordings\//.test(route)) return this.#makers.get(callRecordings)
    const segments = route.split('/')
    while (segments.length > 3) {
      segments.pop()
      const collection = segments.join('/')
      const maker = this.#makers.get(collection) ?? this.#makers.get(`${collection}.json`)
      if (maker !== undefined) return maker
    }
    return undefined
  }

  #remember(sid: string): void {
    const prefix = sid.slice(0, 2)
    const known = this.#sids.get(prefix) ?? []
    if (known.includes(sid)) return
    known.push(sid)
    if (known.length > 40) known.shift()
    this.#sids.set(prefix, known)
  }

  #inOrder({ operation, parameters, isJson }: FuzzedOperation): FuzzRequest {
    const random = this.#random
    const known = random.chance(0.9) ? this.#paths.find(operation.path, random) : undefined
    const path =
      known ??
      operation.path.replace(/:(\w+)/g, (_, name: string) => {
        const parameter = parameters.find(other => other.in === 'path' && other.name === name)
        return encode(this.#pathValue(operation.name, name, parameter))
      })
    // Of many settings a few are given; where there are only two, mostly one of them.
    const likelihood = parameters.length > 8 ? 0.05 : 0.3
    const parts = (place: 'query' | 'form'): string[] =>
      parameters
        .filter(
          ({ in: where, isRequired }) =>
            where === place && random.chance(isRequired ? 0.97 : likelihood)
        )
        .flatMap(parameter => this.#partsOf(operation.name, operation.path, parameter))
    const isPost = operation.method === 'POST' || operation.method === 'PUT'
    const form = isPost ? (isJson ? [this.#jsonOf(operation.name, parameters)] : parts('form')) : []
    // Nothing is sent without them, and the files do not call them required.
    if (operation.name === 'create-message') this.#completeMessage(form)
    if (operation.name === 'create-call' || operation.name === 'create-participant') {
      this.#completeCall(form)
    }
    return {
      method: operation.method,
      path: addressed(path, random),
      query: parts('query'),
      headers: {
        authorization: random.chance(0.95) ? authorization : basic(apiKeySid, apiKeySecret),
        ...(isPost ? { 'content-type': isJson ? 'application/json' : formType } : {})
      },
      body: form,
      route: operation.path
    }
  }

  #jsonOf(operation: string, parameters: readonly Parameter[]): string {
    const random = this.#random
    const query = {
      phone_number: aPhoneNumber(random),
      fields: ['line_type_intelligence'],
      correlation_id: 'a'
    }
    const fields = parameters
      .filter(({ in: where }) => where === 'form')
      .map(
        ({ name }) =>
          [
            name,
            name === 'phone_numbers'
              ? Array.from({ length: random.between(1, 3) }, () => query)
              : pick(likelyValues(operation, name)?.choices ?? ['a'], random)
          ] as const
      )
    return JSON.stringify(Object.fromEntries(fields))
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

  /** Somebody who can be called, by a number of the account; a participant takes no document, and none harms it. */
  #completeCall(form: string[]): void {
    const random = this.#random
    const named = form.filter(part => !/^(?:To|From|Url|ApplicationSid|Twiml)=/.test(part))
    form.splice(0, form.length, ...named)
    form.push(
      `To=${encode(aPhoneNumber(random))}`,
      `From=${encode(pick(phoneNumbers, random))}`,
      `Twiml=${encode('<Response><Pause length="600"/></Response>')}`
    )
  }

  #pathValue(operation: string, name: string, parameter: Parameter | undefined): string {
    const random = this.#random
    const likely = likelyValues(operation, name)
    if (likely !== undefined) return pick(likely.choices, random)
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

  #partsOf(operation: string, route: string, parameter: Parameter): string[] {
    const random = this.#random
    const name = encode(parameter.name)
    const likely = random.chance(0.95) ? likelyValues(operation, parameter.name) : undefined
    if (likely?.isList) return likely.choices.map(value => `${name}=${encode(value)}`)
    if (likely !== undefined) return [`${name}=${encode(pick(likely.choices, random))}`]
    const [, kind = 'Local'] = /IncomingPhoneNumbers\/(\w+)\.json$/.exec(route) ?? []
    const numbers = this.#forSale.get(kind) ?? []
    if (operation.startsWith('create-') && parameter.name === 'PhoneNumber' && numbers.length > 0) {
      if (random.chance(0.8)) return [`PhoneNumber=${encode(pick(numbers, random))}`]
    }
    const count = parameter.isArray ? random.between(1, 3) : 1
    return Array.from({ length: count }, () => `${name}=${encode(this.#valueOf(parameter))}`)
  }

  #valueOf({ name, type, format, sidPrefixes, choices }: Parameter): string {
    const random = this.#random
    if (choices.length > 0) return pick(choices, random)
    if (sidPrefixes.length > 0) return this.#sid(sidPrefixes)
    if (name === 'ObjectSid') return this.#sid(['IT', 'RD', 'BU', 'AD'])
    if (name === 'ChannelEndpointSid') return this.#sid(['PN'])
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
    if (request.headers['content-type'] === 'application/json' && random.chance(0.7)) {
      return { ...request, body: [spoilJson(request.body.join(''), random)] }
    }
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
    const [method, template, body] = pick(controlRequests, random)
    const sid = pick(this.#sids.get('SM') ?? ['SM1'], random)
    const path = template.replace('SID', sid)
    const isOwnReset = path === '/_mock/reset'
    const world = isOwnReset || random.chance(0.2) ? pick([...otherWorlds, 'nobody'], random) : ''
    const given = this.#controlBody(body?.['sid'] === 'SID' ? { ...body, sid } : body)
    return {
      method: random.chance(0.97) ? method : pick(['GET', 'PUT', 'DELETE', 'POST'], random),
      path: random.chance(0.9) ? path : this.#spoilPath(path),
      query: this.#controlQuery(),
      headers: {
        ...(world === '' ? {} : { 'x-mock-world': world }),
        ...(given === undefined ? {} : { 'content-type': 'application/json' })
      },
      body: given === undefined ? [] : [given],
      route: undefined
    }
  }

  #controlQuery(): string[] {
    const random = this.#random
    if (random.chance(0.6)) return []
    return Array.from({ length: random.between(1, 3) }, () => {
      const [name, values] = pick(controlQueries, random)
      const value = random.chance(0.6) ? pick(values, random) : nastyText(random)
      return `${name}=${encode(value)}`
    })
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
  if (random.chance(0.1))
    return pick(['+16015530003', '+15005550004', '+16015550199', '+14155552671'], random)
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

/** One field of it is another one. */
function spoilJson(text: string, random: Random): string {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return stringify(nastyJson(random))
    const name = pick([...Object.keys(value), 'a'], random)
    return stringify({ ...value, [name]: nastyJson(random) })
  } catch {
    return stringify(nastyJson(random))
  }
}

function stringify(value: unknown): string {
  return JSON.stringify(value) ?? 'null'
}
