import { subscribe } from 'node:diagnostics_channel'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'

import { Type, type Static } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

import { answeredRequests } from '../../simulator/http-connections.ts'
import { journalEntries } from '../../simulator/journal.ts'

/*
 * What the tests have seen the mock do. Each process of a test run that is told an EVIDENCE_FOLDER writes one
 * file there when it ends: the answers of each operation, the requests it made to the application, and the
 * codes that came later. What a property tries out at random is left out, so that every run gives the same.
 */

const Text = Type.String()
const Texts = Type.Array(Text)

const ProcessEvidence = Type.Object({
  /** The test file, from the root of the project. */
  suite: Text,
  passed: Type.Boolean(),
  /** By product, method and path: `messaging GET /v1/Services`. */
  answers: Type.Record(
    Text,
    Type.Object({
      statuses: Type.Array(Type.Integer()),
      /** Sent with requests that succeeded. */
      parameters: Texts,
      /** Looked at by the operation, sent or not. */
      reads: Texts,
      refusals: Texts
    })
  ),
  /** The names of the parameters, by what is told. */
  callbacks: Type.Record(Text, Texts),
  messageErrors: Type.Array(Type.Integer()),
  alerts: Type.Array(Type.Integer())
})

export type ProcessEvidence = Static<typeof ProcessEvidence>

/** Refusals that any operation may give, also because a fault says so. */
const ofTheHouse: ReadonlySet<number> = new Set([20003, 20004, 20429, 20500, 20503])

interface Seen {
  statuses: Set<number>
  parameters: Set<string>
  reads: Set<string>
  refusals: Set<string>
}

/** Twilio's words for a route of the mock. */
type Documented = (route: string) => { product: string; path: string }

const folder = process.env['EVIDENCE_FOLDER']
const collect = folder === undefined ? undefined : await startCollecting(folder)

/** Does nothing unless this run is asked for evidence. Call it before the app is ready. */
export function collectEvidence(app: FastifyInstance, documented: Documented): void {
  collect?.(app, documented)
}

/** What a run has left behind, one entry for each of its processes. */
export function readEvidence(from: string): ProcessEvidence[] {
  return readdirSync(from)
    .filter(name => name.endsWith('.json'))
    .toSorted()
    .map(name => Value.Parse(ProcessEvidence, JSON.parse(readFileSync(join(from, name), 'utf8'))))
}

async function startCollecting(into: string): Promise<typeof collectEvidence> {
  const answers = new Map<string, Seen>()
  const callbacks = new Map<string, Set<string>>()
  const messageErrors = new Set<number>()
  const alerts = new Set<number>()
  const chance = await noteProperties()

  subscribe(journalEntries.name, entry => {
    if (chance.isAtWork || !isRecord(entry) || typeof entry['code'] !== 'number') return
    if (entry['kind'] === 'message.status') messageErrors.add(entry['code'])
    if (entry['kind'] === 'alert') alerts.add(entry['code'])
  })
  watchCallbacks(({ kind, names }) => {
    if (chance.isAtWork) return
    const known = callbacks.get(kind) ?? new Set()
    for (const name of names) known.add(name)
    callbacks.set(kind, known)
  })

  process.on('exit', exitCode => {
    const evidence: ProcessEvidence = {
      suite: relative(process.cwd(), process.argv[1] ?? ''),
      passed: exitCode === 0,
      answers: Object.fromEntries(
        Array.from(answers, ([operation, { statuses, parameters, reads, refusals }]) => [
          operation,
          {
            statuses: [...statuses],
            parameters: [...parameters],
            reads: [...reads],
            refusals: [...refusals]
          }
        ])
      ),
      callbacks: Object.fromEntries(Array.from(callbacks, ([kind, names]) => [kind, [...names]])),
      messageErrors: [...messageErrors],
      alerts: [...alerts]
    }
    mkdirSync(into, { recursive: true })
    writeFileSync(join(into, `${process.pid}.json`), JSON.stringify(evidence))
  })

  const seenOf = (key: string): Seen => {
    const seen = answers.get(key) ?? {
      statuses: new Set(),
      parameters: new Set(),
      reads: new Set(),
      refusals: new Set()
    }
    answers.set(key, seen)
    return seen
  }

  return (app, documented) => {
    const lookedUp = new WeakMap<FastifyRequest, Set<string>>()
    app.addHook('preHandler', (request, _reply, done) => {
      if (isControl(request)) {
        done()
        return
      }
      const reads = new Set<string>()
      lookedUp.set(request, reads)
      request.body = noteReads(request.body, reads)
      request.query = noteReads(request.query, reads)
      done()
    })
    app.addHook('onSend', (request, reply, payload, done) => {
      const route = request.routeOptions.url
      if (!chance.isAtWork && route !== undefined && !isControl(request) && isOfTheMock(reply)) {
        const { product, path } = documented(route)
        const seen = seenOf(`${product} ${request.method} ${path}`)
        for (const name of lookedUp.get(request) ?? []) seen.reads.add(name)
        if (reply.statusCode < 400) {
          seen.statuses.add(reply.statusCode)
          for (const name of namesIn(request.query, request.body)) seen.parameters.add(name)
        } else {
          const code = refusedWith(payload)
          if (code !== undefined) seen.refusals.add(`${reply.statusCode} ${code}`)
        }
      }
      done(null, payload)
    })
  }
}

/** No operation of Twilio's; and a body that it keeps must be plain. */
function isControl({ routeOptions: { url } }: FastifyRequest): boolean {
  return url === undefined || url.startsWith('/_mock/')
}

/** The same form, which tells what is looked up in it. */
function noteReads(form: unknown, reads: Set<string>): unknown {
  if (!isRecord(form)) return form
  return new Proxy(form, {
    get: (target, name, receiver) => {
      if (typeof name === 'string') reads.add(plainName(name))
      return Reflect.get(target, name, receiver)
    }
  })
}

function namesIn(...forms: unknown[]): string[] {
  return forms
    .filter(isRecord)
    .flatMap(form => Object.keys(form))
    .map(plainName)
}

/** MediaUrl for MediaUrl[] and MediaUrl[0] too. */
function plainName(name: string): string {
  return name.replace(/\[\d*\]$/, '')
}

/** Not what a fault or Prefer asked for: that says nothing about the operation. */
function refusedWith(payload: unknown): number | undefined {
  const body: unknown = typeof payload === 'string' ? JSON.parse(payload) : undefined
  if (!isRecord(body) || typeof body['code'] !== 'number') return undefined
  const isForced = /\basked for\b/.test(String(body['message']))
  return isForced || ofTheHouse.has(body['code']) ? undefined : body['code']
}

/** Tests of the judge judge answers of their own making. */
function isOfTheMock(reply: FastifyReply): boolean {
  return (
    (reply.getHeader('Twilio-Request-Id') ?? reply.raw.getHeader('Twilio-Request-Id')) !== undefined
  )
}

/** While fast-check tries something out, `isAtWork`. */
async function noteProperties(): Promise<{ readonly isAtWork: boolean }> {
  const { configureGlobal, readConfigureGlobal } = await import('fast-check')
  const chance = { isAtWork: false }
  configureGlobal({
    ...readConfigureGlobal(),
    beforeEach: () => {
      chance.isAtWork = true
    },
    afterEach: () => {
      chance.isAtWork = false
    }
  })
  return chance
}

interface SentCallback {
  kind: string
  names: string[]
}

/** Every signed request of the mock that was answered, whoever took it. */
function watchCallbacks(tell: (callback: SentCallback) => void): void {
  answeredRequests.subscribe(request => {
    if (!isRecord(request) || !isSigned(request['headers'])) return
    const callback = describeCallback(request)
    // A redirect that is followed by GET has no parameters any more.
    if (callback.names.length > 0) tell(callback)
  })
}

function isSigned(headers: unknown): boolean {
  return isRecord(headers) && 'x-twilio-signature' in headers
}

function describeCallback(request: Record<string, unknown>): SentCallback {
  const body = typeof request['body'] === 'string' ? request['body'] : ''
  if (body.startsWith('[') || body.startsWith('{')) return describeDocument(JSON.parse(body))
  const query = String(request['url']).split('?')[1] ?? ''
  const form = new URLSearchParams(body === '' ? query : body)
  // What the application put into its own URL begins with a small letter, or is nobody's business.
  const names = Array.from(form.keys(), name => name.replace(/\d+$/, 'N')).filter(name =>
    /^[A-Z]/.test(name)
  )
  return { kind: kindOf(form), names }
}

/** An event stream's document is a list of CloudEvents. */
function describeDocument(document: unknown): SentCallback {
  const [first]: unknown[] = Array.isArray(document) ? document : [document]
  const event = isRecord(first) ? first : {}
  const data = isRecord(event['data']) ? Object.keys(event['data']) : []
  return {
    kind:
      typeof event['type'] === 'string'
        ? `event ${event['type'].replace('com.twilio.messaging.compliance.', '')}`
        : 'event without a type',
    names: [...Object.keys(event), ...data.map(name => `data.${name}`)].filter(
      name => name !== 'data'
    )
  }
}

/** Told by what only one kind of request has; a kind that is not known here goes by its parameters. */
function kindOf(form: URLSearchParams): string {
  if (form.has('StatusCallbackEvent') && form.has('ConferenceSid')) return 'event of a conference'
  if (form.has('TranscriptionSid')) return 'transcription of a recording'
  if (form.has('RecordingStatus')) return 'status of a recording'
  if (form.get('EventName') === 'conference-record-end')
    return 'recording of a conference, the old way'
  if (form.has('ConferenceSid')) return 'document for those in a conference'
  if (form.has('CallSid') && form.has('CallbackSource')) return 'progress of a call'
  if (form.has('MachineDetectionDuration')) return 'finding of a machine detection'
  if (form.has('StableSpeechResult')) return 'partial result of a Gather'
  if (form.has('CallSid') && form.has('CallStatus')) return documentKindOf(form)
  if (form.has('BundleSid')) return 'status of a compliance bundle'
  if (form.has('ErrorUrl')) return 'inbound message, to the fallback'
  if (form.get('SmsStatus') === 'received') return 'inbound message'
  if (form.has('MessageStatus') && form.has('SmsStatus')) return 'status of a message'
  if (form.has('MessageStatus')) return 'action of a Message verb'
  return `other: ${[...new Set(form.keys())].toSorted().slice(0, 3).join(', ')}`
}

/** What the application is asked for in a call. */
function documentKindOf(form: URLSearchParams): string {
  if (form.has('ErrorUrl')) return 'document of a call, of the fallback'
  if (form.has('DialCallStatus')) return 'action of a Dial'
  if (form.has('RecordingUrl')) return 'action of a Record'
  if (form.has('SpeechResult')) return 'action of a Gather of speech'
  return form.has('Digits') ? 'action of a Gather of keys' : 'document of a call'
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
