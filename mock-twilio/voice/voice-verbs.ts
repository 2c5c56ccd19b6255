import { Type, type Static } from '@sinclair/typebox'

/*
 * What an application wants to happen in a call, as plain data: so that a call in the middle of a document can be
 * written to a file and taken up again.
 * https://www.twilio.com/docs/voice/twiml
 */

const Method = Type.Union([Type.Literal('GET'), Type.Literal('POST')])
const Count = Type.Integer({ minimum: 0 })

const Prompt = Type.Union([
  Type.Object({ verb: Type.Literal('Say'), text: Type.String(), loop: Count }),
  Type.Object({
    verb: Type.Literal('Play'),
    url: Type.String(),
    digits: Type.String(),
    loop: Count
  }),
  Type.Object({ verb: Type.Literal('Pause'), ms: Type.Number({ minimum: 0 }) })
])

const Gather = Type.Object({
  verb: Type.Literal('Gather'),
  action: Type.Union([Type.String(), Type.Null()], { description: 'null: the document itself' }),
  method: Method,
  timeoutMs: Type.Number({ minimum: 0 }),
  numDigits: Type.Integer({ minimum: 0, description: '0: as many as come' }),
  finishOnKey: Type.String(),
  actionOnEmptyResult: Type.Boolean(),
  prompts: Type.Array(Prompt)
})

export const VoiceVerb = Type.Union([
  Prompt,
  Gather,
  Type.Object({ verb: Type.Literal('Redirect'), url: Type.String(), method: Method }),
  Type.Object({ verb: Type.Literal('Hangup') }),
  Type.Object({
    verb: Type.Literal('Reject'),
    reason: Type.Union([Type.Literal('rejected'), Type.Literal('busy')])
  })
])

export type PromptVerb = Static<typeof Prompt>
export type GatherVerb = Static<typeof Gather>
export type VoiceVerb = Static<typeof VoiceVerb>
