import { Type, type TSchema } from '@sinclair/typebox'

/** What the records of calls are made of, checked when a snapshot brings them back. */

export const Text = Type.String()
export const Count = Type.Integer({ minimum: 0 })
export const Ms = Type.Number({ minimum: 0, maximum: 8_640_000_000_000_000 })
export const Instant = Type.Number({
  minimum: -8_640_000_000_000_000,
  maximum: 8_640_000_000_000_000
})
export const Method = Type.Union([Type.Literal('GET'), Type.Literal('POST')])

export const CallProgressEvent = Type.Union([
  Type.Literal('initiated'),
  Type.Literal('ringing'),
  Type.Literal('answered'),
  Type.Literal('completed')
])

export const MachineDetection = Type.Object({
  mode: Type.Union([Type.Literal('Enable'), Type.Literal('DetectMessageEnd')]),
  timeoutMs: Ms,
  speechMs: Type.Number({ minimum: 0, description: 'who speaks for longer is a machine' }),
  speechEndMs: Type.Number({ minimum: 0, description: 'the silence that ends what is spoken' }),
  silenceMs: Type.Number({ minimum: 0, description: 'nobody speaks for so long: unknown' }),
  isAsync: Type.Boolean({
    description: 'the document is asked for at once, and the finding told to the address below'
  }),
  statusCallback: nullable(Text),
  statusCallbackMethod: Method
})

/** What is to be recorded, and whom to tell. */
export const RecordingWish = Type.Object({
  channels: Type.Union([Type.Literal(1), Type.Literal(2)]),
  track: Type.Union([Type.Literal('inbound'), Type.Literal('outbound'), Type.Literal('both')]),
  trims: Type.Boolean(),
  statusCallback: nullable(Text),
  statusCallbackMethod: Method,
  statusCallbackEvents: Type.Array(
    Type.Union([Type.Literal('in-progress'), Type.Literal('completed'), Type.Literal('absent')])
  )
})

export function nullable<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()])
}
