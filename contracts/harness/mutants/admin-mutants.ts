import { type Mutant, mutant } from './mutant.ts'

const services = 'features/messaging-services/read-services.ts'
const jobs = 'features/messaging-services/number-jobs.ts'
const ofServices = { operations: 'messaging_services|number_jobs|compliance' }
const optOuts = { operations: 'opt_outs' }
const letters = { operations: 'dead_letters' }

export const adminMutants: readonly Mutant[] = [
  mutant(
    'services-of-others',
    'everybody sees every messaging service',
    [services, "bearer.type === 'Admin' ? sql`true`", "bearer.type !== '' ? sql`true`"],
    ['access', 'state'],
    ofServices
  ),
  mutant(
    'administrator-sees-its-own',
    'an administrator finds its own messaging services only',
    [services, "bearer.type === 'Admin' ? sql`true`", "bearer.type === '' ? sql`true`"],
    ['state'],
    ofServices
  ),
  mutant(
    'any-service-id',
    'a messaging service at Twilio may have any id',
    [
      'features/messaging-services/check-service.ts',
      'else if (isTwilio) mustBeSid(',
      "else if (isTwilio && providerName === '') mustBeSid("
    ],
    ['refusals', 'state'],
    ofServices
  ),
  mutant(
    'number-in-two-services',
    'a number is taken from the service that has it',
    [
      'features/messaging-services/write-service.ts',
      '  if (foreign)\n    throw',
      "  if (foreign?.number === '')\n    throw"
    ],
    ['state'],
    ofServices
  ),
  mutant(
    'destroyed-number-stays',
    'a number that is destroyed stays',
    [
      'features/messaging-services/write-service.ts',
      'const leaving = numbers.filter(({ leaves }) => leaves)',
      'const leaving = numbers.filter(({ leaves }) => leaves && numbers.length > 2)'
    ],
    ['state'],
    ofServices
  ),
  mutant(
    'all-numbers-moved',
    'a migration of one number moves all',
    [
      jobs,
      'const chosen = wanted === undefined ?',
      'const chosen = wanted === undefined || wanted.length > 0 ?'
    ],
    ['state'],
    ofServices
  ),
  mutant(
    'jobs-of-other-services',
    'the filter of number jobs is ignored',
    [jobs, 'sql`(s.uuid = ${serviceUuid} or t.uuid = ${serviceUuid})`', 'sql`true`'],
    ['pages'],
    ofServices
  ),
  mutant(
    'job-twice',
    'a migration of numbers that are on the move is taken',
    [jobs, 'owned.get(number)?.moving !== null', 'owned.get(number)?.number === null'],
    ['shape'],
    ofServices
  ),
  mutant(
    'unsigned-review',
    'a review that the provider did not sign is believed',
    [
      'features/compliance/routes.ts',
      'isSignedByTwilio(token, signature, url, decodeForm(raw))',
      "isSignedByTwilio(token, signature, url, decodeForm(raw)) || signature !== ''"
    ],
    ['state', 'providers'],
    ofServices
  ),
  mutant(
    'digest-is-not-compared',
    'news of brands is believed whatever its body is',
    [
      'providers/twilio/body-signature.ts',
      'twilio.validateRequestWithBody(authToken, signature, url, body)',
      'twilio.validateRequest(authToken, signature, url, {})'
    ],
    ['providers'],
    ofServices
  ),
  mutant(
    'late-review-counts',
    'an earlier status of a review undoes an approval',
    [
      'features/compliance/record-reviews.ts',
      "'twilio-approved': ['twilio-rejected']",
      "'twilio-approved': ['twilio-rejected', 'in-review']"
    ],
    ['state'],
    ofServices
  ),
  mutant(
    'late-news-counts',
    'older news of a brand undoes newer',
    [
      'features/compliance/record-reviews.ts',
      'and coalesce(brand_told_at, 0) < ${at}',
      'and coalesce(brand_told_at, 0) <> ${at}'
    ],
    ['state'],
    ofServices
  ),
  mutant(
    'one-text-more',
    'a limit lets one text more pass',
    [
      'features/usage-limits/usage-guard.ts',
      'Math.max(0, limit - row.count)',
      'Math.max(0, limit + 1 - row.count)'
    ],
    ['state'],
    { operations: 'limits' }
  ),
  mutant(
    'limits-of-the-administrator',
    'a bearer is told the limits of another',
    ['features/usage-limits/routes.ts', '({ bearer }) => limitsOf(bearer.id)', '() => limitsOf(1)'],
    ['state'],
    { operations: 'limits' }
  ),
  mutant(
    'unlogged-deletion',
    'what administrators delete is not written down',
    [
      'features/audit-log/record-actions.ts',
      "new Set(['GET', 'HEAD', 'OPTIONS'])",
      "new Set(['GET', 'HEAD', 'OPTIONS', 'DELETE'])"
    ],
    ['state'],
    { operations: 'audit_log' }
  ),
  mutant(
    'logged-secret',
    'the audit log holds passwords',
    ['features/audit-log/record-actions.ts', '/password|secret|token', '/passphrase|secret|token'],
    ['state'],
    { operations: 'audit_log' }
  ),
  mutant(
    'replay-of-everybody',
    'a replay of one bearer’s events replays everybody’s',
    [
      'features/client-events/routes.ts',
      "const { limit = 1_000, status = 'dead', ...filter } = body",
      "const { limit = 1_000, status = 'dead', bearer_id: _, ...filter } = body"
    ],
    ['state'],
    { operations: 'webhooks' }
  ),
  mutant(
    'replay-of-the-newest',
    'a replay begins with the newest events',
    [
      'features/client-events/replay-events.ts',
      'order by id limit ${room}',
      'order by id desc limit ${room}'
    ],
    ['state'],
    { operations: 'webhooks' }
  ),
  mutant(
    'import-drops-a-line',
    'the last line of an import is lost',
    [
      'features/opt-outs/import-opt-outs.ts',
      'if (chunk.length > 0) await store()',
      'if (chunk.splice(-1).length > 0) await store()'
    ],
    ['state'],
    optOuts
  ),
  mutant(
    'import-undoes',
    'an import undoes what a person said since',
    [
      'features/opt-outs/import-opt-outs.ts',
      '          > coalesce(opt_outs.opted_in_at',
      '          <> coalesce(opt_outs.opted_in_at'
    ],
    ['state'],
    optOuts
  ),
  mutant(
    'export-of-everybody',
    'an export holds opt-outs from every sender',
    [
      'features/opt-outs/find-opt-outs.ts',
      'where ${condition} and id > ${after}',
      'where id > ${after}'
    ],
    ['state'],
    optOuts
  ),
  mutant(
    'import-over-a-connection',
    'a stream is taken for a value',
    [
      'features/opt-outs/routes.ts',
      'readonly #stream: Readable\n\n  constructor(stream: Readable) {\n    this.#stream = stream',
      'readonly #stream: Readable\n  readonly given: unknown\n\n  constructor(stream: Readable) {\n    this.#stream = stream\n    this.given = stream'
    ],
    ['shape'],
    optOuts
  ),
  mutant(
    'letter-stays',
    'a dead letter that is retried stays',
    [
      'platform/dead-letters.ts',
      'delete from dead_letters where ${chosen} returning *',
      'update dead_letters set attempts = attempts where ${chosen} returning *'
    ],
    ['state'],
    letters
  ),
  mutant(
    'letters-of-others',
    'the bearer of dead letters is ignored',
    ['features/dead-letters/routes.ts', 'sql`and fairness_key = ${query.bearer_id}`', 'sql``'],
    ['state', 'pages'],
    letters
  ),
  mutant(
    'stats-of-the-day-before',
    'what was made today is counted for yesterday',
    [
      'features/stats/count-days.ts',
      'new Date(startsAt).toISOString()',
      'new Date(startsAt - dayMs).toISOString()'
    ],
    ['state'],
    { operations: 'stats' }
  ),
  mutant(
    'stats-of-everybody',
    'counts of one bearer hold everybody’s',
    [
      'features/stats/routes.ts',
      'query.bearer_id !== undefined && bearerId !== query.bearer_id',
      'query.bearer_id !== undefined && bearerId === undefined'
    ],
    ['state'],
    { operations: 'stats' }
  )
]
