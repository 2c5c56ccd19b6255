import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'

import { ControlRefusal } from '../../simulator/control-refusal.ts'
import { callCallback } from '../callbacks/call-callback.ts'
import type { ComplianceCallbacks } from '../callbacks/compliance-callback.ts'
import { conferenceCallback, conferenceEvents } from '../callbacks/conference-callback.ts'
import { recordingCallback, transcriptionCallback } from '../callbacks/recording-callback.ts'
import type { StatusCallback, StatusCallbacks } from '../callbacks/status-callback.ts'
import { tellOfBundle } from '../compliance/bundle-review.ts'
import { brandEventNames, tellOfBrand } from '../compliance/events.ts'
import { bundleStatuses } from '../lifecycles/bundle.ts'
import { callStatuses } from '../lifecycles/call.ts'
import type { BrandRecord } from '../resources/brand.ts'
import type { BundleRecord } from '../resources/bundle.ts'
import type { MessageRecord } from '../resources/message.ts'
import type { CallRecord } from '../voice/call-record.ts'
import { recordingEvents } from '../voice/recording-record.ts'
import type { Recordings } from '../voice/recordings.ts'
import type { World } from '../world.ts'
import { worldNameIn } from './world-header.ts'

const messageStatuses = [
  'accepted',
  'scheduled',
  'queued',
  'sending',
  'sent',
  'delivered',
  'undelivered',
  'failed',
  'canceled'
] as const

const Wanted = Type.Object(
  {
    sid: Type.String({
      description:
        'of a message, a call, a bundle, a brand, a conference, a recording or a transcription'
    }),
    status: Type.Optional(
      Type.String({ description: 'of a brand or a conference, the name of the event' })
    )
  },
  { additionalProperties: false }
)

interface Callbacks {
  callbacks: StatusCallbacks
  complianceCallbacks: ComplianceCallbacks
  recordings: Recordings
}

interface Told {
  sid: string
  status: string
  url: string
}

/** One more callback, now: a late one, a repeated one, or one that contradicts. Nothing but the telling happens. */
export const callbackControl: FastifyPluginCallbackTypebox<
  Callbacks & { world: (accountSid?: string) => World }
> = (app, { world, ...callbacks }, done) => {
  app.post('/_mock/callbacks', { schema: { body: Wanted } }, (request, reply) => {
    const here = world(worldNameIn(request))
    const { sid, status } = request.body
    return reply.code(202).send(tellOnceMore(here, callbacks, sid, status))
  })
  done()
}

function tellOnceMore(world: World, callbacks: Callbacks, sid: string, status?: string): Told {
  const { bundles, brands } = world.compliance
  const message = world.messages.find(sid)
  if (message !== undefined) return tellOfMessage(world, callbacks, message, status)
  const call = world.calls.find(sid)
  if (call !== undefined) return tellOfCall(world, callbacks, call, status)
  const bundle = bundles.get(sid)
  if (bundle !== undefined) return tellOfThisBundle(world, callbacks, bundle, status)
  const brand = brands.get(sid)
  if (brand !== undefined) return tellOfThisBrand(world, callbacks, brand, status)
  const ofCalls = callbackOfCalls(world, callbacks.recordings.mediaBaseUrl, sid, status)
  if (ofCalls !== undefined) {
    callbacks.callbacks.tellOf(world, ofCalls)
    return { sid, status: ofCalls.status, url: ofCalls.url }
  }
  throw new ControlRefusal(
    404,
    `no message, call, bundle, brand, conference, recording or transcription ${sid} in ${world.name}`
  )
}

/** Of a conference, a recording or a transcription. */
function callbackOfCalls(
  world: World,
  mediaBaseUrl: string,
  sid: string,
  wanted?: string
): StatusCallback | undefined {
  const conference = world.conferences.find(sid)
  if (conference !== undefined) {
    const event = oneOf(conferenceEvents, wanted) ?? 'conference-end'
    const { callback, participants } = conference
    if (callback === null) throw silent('conference', sid)
    const [participant] = event.startsWith('participant-') ? participants : []
    // It has the number of the last one, and the next one will have the next.
    const last = { ...conference, told: Math.max(0, conference.told - 1) }
    const reason: [string, string] = ['ReasonConferenceEnded', conference.endReason ?? '']
    const more = event === 'conference-end' && conference.endReason !== null ? [reason] : []
    return conferenceCallback(world, last, event, callback, { participant, more })
  }
  const recording = world.recordings.find(sid)
  if (recording !== undefined) {
    const event = oneOf(recordingEvents, wanted) ?? 'completed'
    const { callback } = recording
    if (callback === null) throw silent('recording', sid)
    return recordingCallback(world, recording, event, callback, mediaBaseUrl)
  }
  const transcription = world.transcriptions.find(sid)
  if (transcription === undefined) return undefined
  const status = oneOf(['completed', 'failed'] as const, wanted) ?? transcription.status
  const { callback } = transcription
  if (callback === null) throw silent('transcription', sid)
  return transcriptionCallback(world, { ...transcription, status }, callback, mediaBaseUrl)
}

function silent(what: string, sid: string): ControlRefusal {
  return new ControlRefusal(409, `${what} ${sid} has no status callback`)
}

function tellOfMessage(
  world: World,
  { callbacks }: Callbacks,
  message: MessageRecord,
  wanted?: string
): Told {
  const { sid, statusCallback: url } = message
  const status = oneOf(messageStatuses, wanted) ?? message.status
  if (url === null) throw new ControlRefusal(409, `message ${sid} has no status callback`)
  callbacks.tell(world, { ...message, status })
  return { sid, status, url }
}

function tellOfCall(
  world: World,
  { callbacks }: Callbacks,
  call: CallRecord,
  wanted?: string
): Told {
  const { sid, settings } = call
  const { statusCallback: url } = settings
  if (url === null) throw new ControlRefusal(409, `call ${sid} has no status callback`)
  const known = oneOf(['initiated', ...callStatuses], wanted) ?? call.status
  const isBeginning = known === 'initiated'
  const told = { ...call, status: isBeginning ? call.status : known }
  const event = isBeginning ? 'initiated' : 'completed'
  callbacks.tellOf(world, callCallback(world, told, event, url))
  return { sid, status: known, url }
}

function tellOfThisBundle(
  world: World,
  { complianceCallbacks }: Callbacks,
  bundle: BundleRecord,
  wanted?: string
): Told {
  const { sid, statusCallback: url } = bundle
  const status = oneOf(bundleStatuses, wanted) ?? bundle.status
  if (url === null) throw new ControlRefusal(409, `bundle ${sid} has no status callback`)
  tellOfBundle(world, { sid, status, statusCallback: url }, complianceCallbacks)
  return { sid, status, url }
}

function tellOfThisBrand(
  world: World,
  { complianceCallbacks }: Callbacks,
  brand: BrandRecord,
  wanted?: string
): Told {
  const status = oneOf(brandEventNames, wanted) ?? 'brand-registered'
  const { event_sink_url: url } = world.origin
  if (url === undefined) throw new ControlRefusal(409, `world ${world.name} has no event_sink_url`)
  tellOfBrand(world, complianceCallbacks, brand, status)
  return { sid: brand.sid, status, url }
}

function oneOf<T extends string>(allowed: readonly T[], wanted?: string): T | undefined {
  if (wanted === undefined) return undefined
  const found = allowed.find(status => status === wanted)
  if (found !== undefined) return found
  throw new ControlRefusal(400, `status is one of ${allowed.join(', ')}, got "${wanted}"`)
}
