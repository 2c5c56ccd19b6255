import { type Mutant, mutant } from './mutant.ts'

const errors = 'platform/errors.ts'
const http = 'platform/http.ts'
const conversations = { operations: 'conversations' }
const messages = { operations: 'messages|bearer' }

export const shapeMutants: readonly Mutant[] = [
  mutant(
    'wrong-time-format',
    'a time is a number',
    [
      'features/bearers/routes.ts',
      'created_at: isoTime(bearer.createdAt)',
      'created_at: String(bearer.createdAt)'
    ],
    ['shape'],
    { operations: 'bearer' }
  ),
  mutant(
    'missing-field',
    'a text lacks its encoding',
    ['features/messages/message-row.ts', '    encoding: row.encoding,\n', ''],
    ['shape'],
    messages
  ),
  mutant(
    'null-where-none-may-be',
    'a text has no words but null',
    [
      'features/messages/message-row.ts',
      'message_body: row.message_body',
      'message_body: null as never'
    ],
    ['shape', 'state'],
    messages
  ),
  mutant(
    'undocumented-field',
    'refusals hold a field of which nobody was told',
    [
      errors,
      '      request_id: request.id\n',
      '      request_id: request.id,\n      ...{ hint: request.url }\n'
    ],
    ['shape'],
    conversations
  ),
  mutant(
    'another-request-id',
    'the request id of a refusal is none',
    [errors, '      request_id: request.id\n', `      request_id: 'unknown'\n`],
    ['shape'],
    conversations
  ),
  mutant(
    'no-request-id',
    'answers have no request id',
    [http, `.header('x-request-id', request.id).header(`, '.header('],
    ['shape'],
    conversations
  ),
  mutant(
    'another-success',
    'a text is created with 200',
    ['features/messages/routes.ts', 'reply.code(201)', 'reply.code(200)'],
    ['shape'],
    messages
  ),
  mutant(
    'another-media-type',
    'refusals are text',
    [errors, `.type('application/json; charset=utf-8')`, `.type('text/plain')`],
    ['shape'],
    conversations
  ),
  mutant(
    'bound-too-low',
    'an id of 255 characters is refused',
    [
      'features/conversations/schemas.ts',
      'maxLength: 255, description }',
      'maxLength: 254, description }'
    ],
    ['shape'],
    conversations
  ),
  mutant(
    'text-too-short',
    'a text of 1,600 characters is refused',
    ['features/messages/check-message.ts', 'longestBody = 1_600', 'longestBody = 1_599'],
    ['shape'],
    messages
  ),
  mutant(
    'dry-run-announces',
    'an estimate announces',
    ['features/announcements/routes.ts', `query.dry_run === 'true'`, `query.dry_run === 'false'`],
    ['shape'],
    { operations: 'announcements' }
  ),
  mutant(
    'canceled-is-resumed',
    'a canceled announcement can be resumed',
    [
      'features/announcements/change-announcements.ts',
      `if (known.state === 'canceled' && state !== 'canceled')`,
      'if (known.id < 0)'
    ],
    ['shape'],
    { operations: 'announcements' }
  ),
  mutant(
    'replay-of-the-pending',
    'an event under way can be replayed',
    ['features/client-events/replay-events.ts', "and status <> 'pending' and id >", 'and id >'],
    ['shape'],
    { operations: 'webhooks|bearer|messages' }
  ),
  mutant(
    'self-deletion',
    'an administrator deletes itself',
    [
      'features/bearers/routes.ts',
      'if (params.id === bearer.id) throw',
      'if (params.id < 0) throw'
    ],
    ['shape'],
    { operations: 'delete_admin_bearers' }
  ),
  mutant(
    'no-shedding',
    'a server that is late takes ever more work',
    [
      http,
      "      void reply.header('retry-after', 1)\n      throw new errors.overloaded()",
      '      return'
    ],
    ['shape'],
    { operations: 'get_bearer', holdUp: true }
  ),
  mutant(
    'null-byte',
    'a null byte is taken',
    [
      http,
      'const problem = textProblem(value)',
      'const problem = textProblem(value.replaceAll("\\0", ""))'
    ],
    ['refusals'],
    conversations
  ),
  mutant(
    'half-a-character',
    'half a character is taken',
    [
      http,
      'const problem = textProblem(value)',
      'const problem = textProblem(value.toWellFormed())'
    ],
    ['refusals'],
    conversations
  ),
  mutant(
    'broken-utf8',
    'bytes that are no text become question marks',
    [
      'platform/json-body.ts',
      `new TextDecoder('utf-8', { fatal: true })`,
      `new TextDecoder('utf-8', { fatal: false })`
    ],
    ['refusals'],
    conversations
  ),
  mutant(
    'stack-in-the-answer',
    'a refusal tells where in the code it was made',
    [
      errors,
      '      message,\n      details: details.slice',
      '      message: `${message} ${error.stack}`,\n      details: details.slice'
    ],
    ['refusals'],
    conversations
  ),
  mutant(
    'database-words',
    'a conflict is told in the database’s words',
    [
      'features/conversations/routes.ts',
      "`Another conversation of this application has this ${idName ?? 'id'}.`",
      '`${idName} ${error.message}`'
    ],
    ['shape'],
    conversations
  ),
  mutant(
    'no-details',
    'refusals name no field',
    [errors, 'details: details.slice(0, mostDetails)', 'details: []'],
    ['refusals'],
    conversations
  ),
  mutant(
    'another-spelling',
    'an item of a list is named in other words',
    [errors, '/^\\d+$/.test(part) ? `${text}[${part}]`', '/^\\d+$/.test(part) ? `${text}.${part}`'],
    ['refusals'],
    { operations: 'post_conversations|images_lambda' }
  ),
  mutant(
    'field-without-its-place',
    'a field of a text is named without its place',
    ['features/messages/check-message.ts', 'field: `message.${field}`', 'field'],
    ['refusals'],
    messages
  ),
  mutant(
    'no-allow',
    '405 does not tell what is allowed',
    [errors, `void reply.header('allow', allowed.join(', '))`, 'void reply'],
    ['refusals'],
    conversations
  ),
  mutant(
    'method-not-found',
    'a wrong method is an unknown path',
    [errors, 'if (allowed.length === 0)', 'if (allowed.length >= 0)'],
    ['refusals'],
    conversations
  ),
  mutant(
    'media-type-is-broken-json',
    'a wrong media type is 400',
    [errors, 'return new errors.unsupportedMediaType(', 'return new errors.badRequest('],
    ['refusals'],
    conversations
  ),
  mutant(
    'bound-too-high',
    'an id of 256 characters is taken',
    [
      'features/conversations/schemas.ts',
      'maxLength: 255, description }',
      'maxLength: 256, description }'
    ],
    ['refusals'],
    conversations
  ),
  mutant(
    'text-too-long',
    'a text of 1,601 characters is taken',
    ['features/messages/check-message.ts', 'longestBody = 1_600', 'longestBody = 1_601'],
    ['refusals'],
    messages
  ),
  mutant(
    'media-too-many',
    'eleven media are taken',
    ['features/messages/check-message.ts', 'mostMedia = 10', 'mostMedia = 11'],
    ['refusals'],
    messages
  ),
  mutant(
    'participants-too-many',
    '101 participants are taken',
    ['features/conversations/schemas.ts', 'maxItems: 100,', 'maxItems: 101,'],
    ['refusals'],
    conversations
  ),
  mutant(
    'page-too-long',
    'a page of 1,001 is given',
    ['platform/schemas.ts', 'maximum: 1_000, default: 100', 'maximum: 1_001, default: 100'],
    ['refusals'],
    messages
  ),
  mutant(
    'page-of-none',
    'a page of none is given',
    [
      'platform/schemas.ts',
      'Type.Integer({ minimum: 1, maximum: 1_000,',
      'Type.Integer({ minimum: 0, maximum: 1_000,'
    ],
    ['refusals'],
    messages
  ),
  mutant(
    'impossible-number',
    'a number is taken that no country assigns',
    ['telephony/phone-number.ts', 'if (!parsed?.isPossible())', 'if (!parsed)'],
    ['refusals'],
    messages
  ),
  mutant(
    'text-for-yesterday',
    'a text is planned in the past',
    [
      'features/messages/check-message.ts',
      'sendAt !== null && sendAt <= now',
      'sendAt !== null && sendAt <= 0'
    ],
    ['refusals'],
    messages
  ),
  mutant(
    'any-scheme',
    'events may go to ftp://',
    ['platform/url-check.ts', '!/^https?:\\/\\//i.test(text)', '!/^\\w+:\\/\\//i.test(text)'],
    ['refusals'],
    conversations
  ),
  mutant(
    'password-in-the-url',
    'an address may hold a password',
    ['platform/url-check.ts', "url.username !== '' || url.password !== ''", "url.host === ''"],
    ['refusals'],
    conversations
  ),
  mutant(
    'whole-number-of-nothing',
    'the largest id cannot be asked for',
    ['platform/validation.ts', '/^-?\\d{1,16}$/', '/^-?\\d{1,15}$/'],
    ['shape'],
    conversations
  ),
  mutant(
    'misspelt-dry-run',
    'a misspelt dry_run announces',
    [
      'features/announcements/routes.ts',
      "Type.Union([Type.Literal('true'), Type.Literal('false')], {",
      'Type.String({'
    ],
    ['refusals'],
    { operations: 'announcements' }
  )
]
