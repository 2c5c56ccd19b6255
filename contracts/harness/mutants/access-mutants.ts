import { type Mutant, mutant } from './mutant.ts'

const access = 'platform/access.ts'
const routesOf = (feature: string): string => `features/${feature}/routes.ts`

export const accessMutants: readonly Mutant[] = [
  mutant(
    'admin-for-applications',
    'applications may use the administrator’s operations',
    [access, `bearer.type !== 'Admin')`, `bearer.type === 'User')`],
    ['access'],
    { operations: 'admin' }
  ),
  mutant(
    'admin-for-users',
    'users may use the administrator’s operations',
    [access, `bearer.type !== 'Admin')`, `bearer.type === 'Application')`],
    ['access'],
    { operations: 'admin' }
  ),
  mutant(
    'keys-outlive-deletion',
    'a deleted key is believed for another second',
    [access, 'forget: () => believed.clear()', 'forget: () => undefined'],
    ['access'],
    { operations: 'bearer|api_keys' }
  ),
  mutant(
    'scheme-does-not-matter',
    'a token passes without Bearer',
    [access, '/^Bearer +(\\S+)$/i', '/^(?:Bearer +)?(\\S+)$/i'],
    ['access'],
    { operations: 'get_bearer' }
  ),
  mutant(
    'strangers-get-401',
    'strangers get 401',
    [
      'platform/errors.ts',
      `createError('forbidden', '%s', 403)`,
      `createError('forbidden', '%s', 401)`
    ],
    ['access'],
    { operations: 'bearer' }
  ),
  mutant(
    'message-read-by-anyone',
    'a text can be read by every bearer',
    [
      routesOf('messages'),
      'where m.uuid = ${params.uuid} and m.bearer_id = ${bearer.id}`',
      'where m.uuid = ${params.uuid}`'
    ],
    ['access'],
    { operations: 'messages' }
  ),
  mutant(
    'message-canceled-by-anyone',
    'a text can be canceled by every bearer',
    ['features/messages/cancel-message.ts', 'and m.bearer_id = ${bearerId} ', ''],
    ['access'],
    { operations: 'messages' }
  ),
  mutant(
    'media-reported-by-anyone',
    'media of a text can be set by every bearer',
    [
      'features/messages/store-media-copies.ts',
      "bearer.type === 'Admin' ? sql`true` : sql`m.bearer_id = ${bearer.id}`",
      "bearer.type === 'Admin' ? sql`true` : sql`true`"
    ],
    ['access'],
    { operations: 'messages' }
  ),
  mutant(
    'conversation-changed-by-anyone',
    'a conversation can be changed by every bearer',
    [
      routesOf('conversations'),
      'update({ id: params.id, bearerId: bearer.id }, body.conversation)',
      'update({ id: params.id, bearerId: bearer.id } && ({ id: params.id } as never), body.conversation)'
    ],
    ['access'],
    { operations: 'conversations' }
  ),
  mutant(
    'key-deleted-by-anyone',
    'a key can be deleted by every bearer',
    [
      routesOf('api-keys'),
      'remove({ id: params.id, bearerId: bearer.id })',
      'remove({ id: params.id })'
    ],
    ['access'],
    { operations: 'api_keys' }
  ),
  mutant(
    'pairing-deactivated-by-anyone',
    'a pairing can be deactivated by every bearer',
    [
      routesOf('participants'),
      '        bearerId: bearer.id,\n        participantNumber',
      '        participantNumber'
    ],
    ['access'],
    { operations: 'deactivate|conversations' }
  ),
  {
    id: 'announcement-read-by-anyone',
    what: 'an announcement can be read by every bearer',
    file: 'features/announcements/read-announcement.ts',
    edits: [
      {
        find: 'from announcements\n      where bearer_id = ${bearerId} and client',
        replace: 'from announcements\n      where client'
      },
      {
        find: 'from announcement_batches\n    where bearer_id = ${bearerId} and client_announcement_id = ${clientAnnouncementId}\n    order',
        replace:
          'from announcement_batches\n    where client_announcement_id = ${clientAnnouncementId}\n    order'
      }
    ],
    groups: ['access'],
    operations: 'announcements'
  },
  mutant(
    'others-are-forbidden',
    'another bearer’s text is 403, so that one learns that it exists',
    [
      routesOf('messages'),
      'if (!row) throw new errors.notFound(',
      'if (!row && isUuid(params.uuid) && !params.uuid.endsWith("000000000000")) throw new errors.forbidden('
    ],
    ['access', 'state'],
    { operations: 'messages' }
  ),
  mutant(
    'self-promotion',
    'an application makes itself an administrator',
    [
      routesOf('bearers'),
      '        body.bearer_type !== bearer.type &&',
      '        body.bearer_type === undefined &&'
    ],
    ['access'],
    { operations: 'bearer' }
  ),
  mutant(
    'all-keys-listed',
    'a bearer sees everybody’s keys',
    [routesOf('api-keys'), 'list({ bearerId: bearer.id })', 'list({})'],
    ['state'],
    { operations: 'bearer|api_keys' }
  ),
  mutant(
    'all-texts-listed',
    'a bearer sees everybody’s texts',
    [
      routesOf('messages'),
      'where m.bearer_id = ${bearer.id} and m.announcement_id is null',
      'where m.announcement_id is null'
    ],
    ['state'],
    { operations: 'messages|bearer' }
  )
]
