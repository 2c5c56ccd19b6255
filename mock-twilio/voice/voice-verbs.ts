import { Type, type Static } from '@sinclair/typebox'

import type { VerbHandler } from './stage.ts'
import { Dial, dial } from './verbs/dial.ts'
import { Gather, gather } from './verbs/gather.ts'
import { Hangup, hangup } from './verbs/hangup.ts'
import { Pause, Play, prompts, Say } from './verbs/prompts.ts'
import { Record as RecordVerb, record } from './verbs/record.ts'
import { Redirect, redirect } from './verbs/redirect.ts'
import { Reject, reject } from './verbs/reject.ts'

/*
 * What an application wants to happen in a call, as plain data: each verb with how far it has come, so that a call
 * in the middle of a document can be written to a file and taken up again.
 * https://www.twilio.com/docs/voice/twiml
 */

export const VoiceVerb = Type.Union([
  Say,
  Play,
  Pause,
  Gather,
  RecordVerb,
  Dial,
  Redirect,
  Hangup,
  Reject
])

export type VoiceVerb = Static<typeof VoiceVerb>

type Name = VoiceVerb['verb']
type Named<N extends Name> = Extract<VoiceVerb, { verb: N }>

const handlers: { readonly [N in Name]: VerbHandler<Named<N>> } = {
  Say: prompts,
  Play: prompts,
  Pause: prompts,
  Gather: gather,
  Record: record,
  Dial: dial,
  Redirect: redirect,
  Hangup: hangup,
  Reject: reject
}

export function handlerOf<N extends Name>(verb: { verb: N }): VerbHandler<Named<N>> {
  return handlers[verb.verb]
}
