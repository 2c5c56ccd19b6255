import { type Static, Type } from '@sinclair/typebox'
import { Nullable, PageQuery, Timestamp } from '../../platform/schemas.ts'

const OptOutClassName = Type.Union(
  [Type.Literal('messages'), Type.Literal('announcements'), Type.Literal('calls')],
  { description: 'What was opted out of: texts, announcements by text, or announcements by call.' }
)

export const OptOutRecord = Type.Object(
  {
    id: Type.Integer(),
    recipient_number: Type.String(),
    sender_key: Type.String({
      description: 'The messaging service (its SID) or the number that was opted out from.'
    }),
    class: OptOutClassName,
    keyword: Type.String({ description: 'The word that did it.' }),
    opted_out_at: Timestamp,
    opted_in_at: Nullable(Timestamp)
  },
  { $id: 'OptOut', title: 'OptOut' }
)
export type OptOutRecord = Static<typeof OptOutRecord>

const OptOutFilter = {
  recipient_number: Type.Optional(
    Type.String({
      maxLength: 20,
      description: 'E.164; a plus in a URL is written %2B.',
      examples: ['+16015550142']
    })
  ),
  sender_key: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 64,
      description: 'A messaging service SID or a number.'
    })
  ),
  class: Type.Optional(OptOutClassName),
  active: Type.Optional(
    Type.Union([Type.Literal('true'), Type.Literal('false')], {
      description: '`true`: opted out now; `false`: opted in again.'
    })
  )
}

export const ListOptOuts = Type.Object({ ...OptOutFilter, ...PageQuery })

export const ExportOptOuts = Type.Object({
  ...OptOutFilter,
  format: Type.Optional(
    Type.Union([Type.Literal('ndjson'), Type.Literal('csv')], {
      description: '`ndjson` when absent.'
    })
  )
})

/** A line of an import, as an export has it. */
export const ImportedOptOut = Type.Object(
  {
    id: Type.Optional(Type.Integer({ description: 'Of an export; not looked at.' })),
    recipient_number: Type.String({ description: 'E.164.', examples: ['+16015550142'] }),
    sender_key: Type.String({
      description: 'A messaging service SID or a number.',
      examples: ['MG00000000000000000000000000000001']
    }),
    class: Type.Optional(OptOutClassName),
    keyword: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    opted_out_at: Type.Optional(
      Type.String({ description: 'ISO 8601 with a time zone; now when absent.' })
    ),
    opted_in_at: Type.Optional(
      Type.Union([
        Type.String({ description: 'ISO 8601 with a time zone: opted in again then.' }),
        Type.Null()
      ])
    )
  },
  {
    title: 'ImportedOptOut',
    examples: [
      {
        recipient_number: '+16015550142',
        sender_key: 'MG00000000000000000000000000000001',
        class: 'messages',
        opted_out_at: '2026-11-23T10:34:00Z'
      }
    ]
  }
)

export const OptOutImport = Type.Object(
  {
    imported: Type.Integer({ description: 'Lines that said something new.' }),
    unchanged: Type.Integer({ description: 'Lines that said what was known, or is out of date.' }),
    rejected_count: Type.Integer(),
    rejected: Type.Array(Type.Object({ line: Type.Integer(), message: Type.String() }), {
      description: 'The first thousand; nothing of these lines was taken over.'
    })
  },
  { $id: 'OptOutImport', title: 'OptOutImport' }
)
export type OptOutImport = Static<typeof OptOutImport>
