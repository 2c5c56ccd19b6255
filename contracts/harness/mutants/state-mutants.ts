import { type Mutant, mutant } from './mutant.ts'

const conversations = 'features/conversations/routes.ts'
const cancel = 'features/messages/cancel-message.ts'
const messages = 'features/messages/routes.ts'
const idempotency = 'platform/idempotency.ts'
const keyed = { operations: 'conversations|messages' }

export const stateMutants: readonly Mutant[] = [
  mutant(
    'absent-fields-are-cleared',
    'an update clears what it does not name',
    [
      conversations,
      'fields.welcome_message ?? conversation.welcomeMessage ?? null',
      'fields.welcome_message ?? null'
    ],
    ['state']
  ),
  mutant(
    'field-is-not-stored',
    'a field of a conversation is forgotten',
    [
      conversations,
      'fields.moderator_id ?? conversation.moderatorId ?? null',
      'conversation.moderatorId ?? null'
    ],
    ['state']
  ),
  mutant(
    'two-fields-exchanged',
    'a conversation’s two ids are exchanged when shown',
    [
      conversations,
      '    global_id: conversation.globalId ?? null,',
      '    global_id: conversation.internalConversationId ?? null,'
    ],
    ['state']
  ),
  mutant(
    'rename-is-forgotten',
    'a bearer keeps its old name',
    ['features/bearers/routes.ts', '  bearer.bearerName = name\n', ''],
    ['state']
  ),
  mutant(
    'deleted-bearer-stays',
    'a deleted bearer stays',
    [
      'features/bearers/routes.ts',
      'await tx.em.remove(await find(tx, params.id)).flush()',
      'await find(tx, params.id)'
    ],
    ['state']
  ),
  mutant(
    'canceled-text-waits-on',
    'a canceled text still waits',
    [
      cancel,
      "set internal_status = 'canceled', updated_at",
      "set internal_status = 'scheduled', updated_at"
    ],
    ['state']
  ),
  mutant(
    'canceled-twice',
    'a text is canceled twice',
    [cancel, "row.internal_status !== 'scheduled'", "row.internal_status === 'delivered'"],
    ['state']
  ),
  mutant(
    'long-text-too-early',
    '160 characters are an MMS',
    [
      'telephony/message-type.ts',
      '  if (text.length <= limit) return false\n',
      '  if (text.length === limit) return true\n  if (text.length <= limit) return false\n'
    ],
    ['state']
  ),
  mutant(
    'characters-are-units',
    'an emoji counts two characters',
    ['telephony/message-type.ts', '  for (const _ of text) count++\n', '  count = text.length\n'],
    ['state']
  ),
  mutant(
    'long-segment',
    'a text of 161 septets is one segment',
    [
      'telephony/segments.ts',
      "'GSM-7': { alone: 160, part: 153 }",
      "'GSM-7': { alone: 162, part: 153 }"
    ],
    ['state']
  ),
  mutant(
    'euro-is-one-septet',
    'a euro counts one septet',
    [
      'telephony/segments.ts',
      'septets[character.charCodeAt(0)] = 2',
      'septets[character.charCodeAt(0)] = 1'
    ],
    ['state']
  ),
  {
    id: 'one-application-for-all',
    what: 'conversations of two applications collide',
    file: conversations,
    edits: [
      {
        find: 'applicationName: fields.application_name ?? bearer.name,\n            createdAt',
        replace: 'applicationName: bearer.name,\n            createdAt'
      },
      {
        find: '    conversation.applicationName = fields.application_name ?? conversation.applicationName\n',
        replace: ''
      }
    ],
    groups: ['state']
  },
  mutant(
    'all-pairings-deactivated',
    'deactivating one pairing deactivates all',
    [
      'features/participants/routes.ts',
      '        participantNumber: fields.participant_number,\n',
      ''
    ],
    ['state']
  ),
  mutant(
    'pairing-stays-inactive',
    'writing again does not reactivate a pairing',
    ['features/participants/use-pairings.ts', ', pairing_deactivated_at = null`', '`'],
    ['state']
  ),
  mutant(
    'receiver-ignored-in-list',
    'a list holds texts to others',
    [messages, ' and m.receiver_number = ${to}', ''],
    ['state'],
    { operations: 'messages|bearer' }
  ),
  mutant(
    'oldest-first',
    'a list is oldest first',
    [messages, 'order by m.id desc limit', 'order by m.id asc limit'],
    ['pages'],
    { operations: 'messages' }
  ),
  mutant(
    'page-repeats',
    'a page begins with the last item of the one before',
    [messages, 'and m.id < ${before}', 'and m.id <= ${before}'],
    ['pages'],
    { operations: 'messages' }
  ),
  mutant(
    'list-ends-early',
    'a list ends after its first page',
    [messages, 'order by m.id desc limit ${limit + 1}', 'order by m.id desc limit ${limit}'],
    ['pages'],
    { operations: 'messages' }
  ),
  mutant(
    'page-too-short',
    'a page leaves its last item out',
    [
      'platform/cursor.ts',
      'const last = page.at(-1)',
      'const last = page.length > 2 ? rows[limit] : page.at(-1)'
    ],
    ['pages'],
    { operations: 'messages' }
  ),
  mutant(
    'strange-cursor',
    'any text passes for a cursor',
    [
      'platform/cursor.ts',
      'if (id === undefined)\n',
      'if (id === undefined && cursor.length > 500)\n'
    ],
    ['pages'],
    { operations: 'messages' }
  ),
  mutant(
    'webhooks-of-others',
    'the filter by bearer is ignored',
    ['features/client-events/find-events.ts', 'sql`bearer_id = ${given.bearer_id}`', 'sql`true`'],
    ['pages'],
    { operations: 'webhooks|messages' }
  ),

  mutant(
    'replay-is-silent',
    'an answer given again does not say so',
    [idempotency, "\n        .header('idempotency-replayed', 'true')", ''],
    ['idempotency'],
    keyed
  ),
  mutant(
    'replay-for-others',
    'a key of one bearer gives its answer to another',
    [idempotency, 'const bearerId = request.bearer.id', 'const bearerId = 1'],
    ['idempotency'],
    keyed
  ),
  mutant(
    'mismatch-passes',
    'another request with the key gets the first answer',
    [idempotency, 'if (known.fingerprint !== fingerprint)', "if (known.fingerprint === '')"],
    ['idempotency'],
    keyed
  ),
  mutant(
    'body-not-compared',
    'the key forgets what was asked for',
    [idempotency, '${JSON.stringify(request.body ?? null)}`', '`'],
    ['idempotency'],
    keyed
  ),
  mutant(
    'key-remembered-too-long',
    'an answer is given again for two days',
    [idempotency, 'rememberedMs = 24 * 3_600_000', 'rememberedMs = 48 * 3_600_000'],
    ['idempotency'],
    keyed
  ),
  mutant(
    'key-forgotten-too-soon',
    'an answer is given again for twelve hours only',
    [idempotency, 'rememberedMs = 24 * 3_600_000', 'rememberedMs = 12 * 3_600_000'],
    ['idempotency'],
    keyed
  ),
  mutant(
    'refusal-keeps-the-key',
    'a corrected request cannot use its key',
    [
      idempotency,
      'if (!idempotency || idempotency.answered) return',
      'if (!idempotency || request.method === "POST") return'
    ],
    ['idempotency'],
    keyed
  ),
  mutant(
    'text-sent-twice',
    'a text with a key is sent twice',
    [
      'features/messages/accept-messages.ts',
      'request ? [{ request, statusCode: 201, body: messages[place] }] : []',
      'request && place < 0 ? [{ request, statusCode: 201, body: messages[place] }] : []'
    ],
    ['idempotency'],
    keyed
  ),
  mutant(
    'replay-with-another-status',
    'an answer given again has another status',
    ['features/messages/accept-messages.ts', 'statusCode: 201', 'statusCode: 200'],
    ['idempotency'],
    keyed
  ),
  mutant(
    'both-do-the-work',
    'two equal requests at one moment both do the work',
    [
      idempotency,
      '      if (known.status_code === null || known.answer_cipher === null)\n        throw new errors.requestInProgress()',
      '      if (known.status_code === null || known.answer_cipher === null)\n        return { rowId: known.id, startedAt: known.started_at, answered: false }'
    ],
    ['idempotency'],
    keyed
  ),
  mutant(
    'key-too-long',
    'a key of 256 characters is taken',
    [idempotency, '{1,255}$/', '{1,300}$/'],
    ['idempotency'],
    keyed
  )
]
