import { Type, type Static } from '@sinclair/typebox'

/*
 * The words in which a test says what goes wrong. A rule says what it applies to (`match`), when (`from`,
 * `until`, `after`, `for`, `curve`), how often (`skip`, `every`, `count`, `probability`), and what happens
 * then (`effect`).
 */

const strict = { additionalProperties: false }

const Duration = Type.Union([Type.Integer({ minimum: 0 }), Type.String()], {
  description: 'milliseconds, or words: PT3M, 3 min'
})
const Time = Type.Union([Type.Integer({ minimum: 0 }), Type.String({ format: 'date-time' })], {
  description: 'virtual time: milliseconds of the epoch, or ISO 8601'
})
const Probability = Type.Number({ minimum: 0, maximum: 1 })

const FaultMatch = Type.Object(
  {
    operation: Type.Optional(Type.String({ description: 'name of an operation: create-message' })),
    method: Type.Optional(Type.String({ description: 'GET, POST, DELETE' })),
    path: Type.Optional(
      Type.String({ description: "as the provider's host sees it; a * at the end stands for more" })
    ),
    to: Type.Optional(Type.String()),
    from: Type.Optional(Type.String()),
    to_prefix: Type.Optional(Type.String()),
    to_suffix: Type.Optional(Type.String()),
    service_sid: Type.Optional(Type.String()),
    status: Type.Optional(Type.String()),
    body_contains: Type.Optional(Type.String())
  },
  strict
)

export const Milliseconds = Type.Union([
  Type.Integer({ minimum: 0 }),
  Type.Tuple([Type.Integer({ minimum: 0 }), Type.Integer({ minimum: 0 })])
])

const OutcomeEffect = Type.Object(
  {
    type: Type.Literal('outcome'),
    status: Type.String({ description: 'where it ends: delivered, undelivered, failed, sent' }),
    error_code: Type.Optional(Type.Integer())
  },
  strict
)

const DelayEffect = Type.Object(
  { type: Type.Literal('delay'), ms: Milliseconds },
  { ...strict, description: 'the provider or the carrier takes this much longer, in virtual time' }
)

const HttpEffect = Type.Object(
  {
    type: Type.Literal('http'),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    code: Type.Optional(Type.Integer()),
    retry_after: Type.Optional(Type.Integer({ minimum: 0, description: 'seconds' }))
  },
  { ...strict, description: "the request is not processed and gets the provider's error body" }
)

const ConcurrencyEffect = Type.Object(
  { type: Type.Literal('concurrency'), limit: Type.Integer({ minimum: 0 }) },
  {
    ...strict,
    description: '429 while more than so many requests of the world are in flight, this one counted'
  }
)

const LatencyEffect = Type.Object(
  {
    type: Type.Literal('latency'),
    ms: Milliseconds,
    real: Type.Optional(
      Type.Boolean({ description: "of the wall's time, not of virtual time; at most 60000" })
    )
  },
  { ...strict, description: 'the request is processed, and its answer held back' }
)

const ConnectionEffect = Type.Object(
  {
    type: Type.Literal('connection'),
    fault: Type.Union([Type.Literal('reset'), Type.Literal('answer_lost')])
  },
  {
    ...strict,
    description: 'reset: cut before anything is done. answer_lost: done, but the answer never comes'
  }
)

const ResponseEffect = Type.Object(
  {
    type: Type.Literal('response'),
    fault: Type.Union([
      Type.Literal('truncated_json'),
      Type.Literal('invalid_json'),
      Type.Literal('empty_body'),
      Type.Literal('wrong_content_type'),
      Type.Literal('html'),
      Type.Literal('slow_body')
    ]),
    status: Type.Optional(
      Type.Integer({ minimum: 200, maximum: 599, description: 'html: 502 when absent' })
    ),
    processed: Type.Optional(
      Type.Boolean({
        description: 'whether the request is carried out; html: false when absent, else true'
      })
    ),
    ms: Type.Optional(Milliseconds),
    real: Type.Optional(Type.Boolean({ description: 'slow_body: dribbled in real time' }))
  },
  { ...strict, description: 'the answer arrives, and is not what it ought to be' }
)

const CallbackEffect = Type.Object(
  {
    type: Type.Literal('callback'),
    fault: Type.Union([
      Type.Literal('drop'),
      Type.Literal('duplicate'),
      Type.Literal('reorder'),
      Type.Literal('delay'),
      Type.Literal('wrong_signature'),
      Type.Literal('missing_parameter'),
      Type.Literal('extra_parameter'),
      Type.Literal('wrong_method')
    ]),
    status: Type.Optional(Type.String({ description: 'only callbacks that tell this status' })),
    ms: Type.Optional(Milliseconds),
    times: Type.Optional(
      Type.Integer({ minimum: 2, maximum: 100, description: 'duplicate: how often in all' })
    ),
    parameter: Type.Optional(
      Type.String({ minLength: 1, description: 'the one that is missing or surplus' })
    ),
    value: Type.Optional(Type.String({ description: 'of the surplus one' }))
  },
  strict
)

export const FaultEffect = Type.Union([
  OutcomeEffect,
  DelayEffect,
  HttpEffect,
  ConcurrencyEffect,
  LatencyEffect,
  ConnectionEffect,
  ResponseEffect,
  CallbackEffect
])

export const NewFault = Type.Object(
  {
    match: Type.Optional(FaultMatch),
    effect: FaultEffect,
    skip: Type.Optional(Type.Integer({ minimum: 0, description: 'the first so many pass' })),
    every: Type.Optional(Type.Integer({ minimum: 1, description: 'each so-manieth, after skip' })),
    count: Type.Optional(
      Type.Integer({ minimum: 1, description: 'takes effect so often, then ends' })
    ),
    probability: Type.Optional(Probability),
    from: Type.Optional(Time),
    until: Type.Optional(Time),
    after: Type.Optional(Duration),
    for: Type.Optional(Duration),
    curve: Type.Optional(
      Type.Array(Type.Object({ at: Duration, probability: Probability }, strict), {
        minItems: 1,
        maxItems: 100,
        description:
          'the probability over time since the rule was added, straight between the points: a brown-out and its end'
      })
    )
  },
  strict
)

export type FaultMatch = Static<typeof FaultMatch>
export type FaultEffect = Static<typeof FaultEffect>
export type NewFault = Static<typeof NewFault>
export type EffectOf<T extends FaultEffect['type']> = Extract<FaultEffect, { type: T }>
