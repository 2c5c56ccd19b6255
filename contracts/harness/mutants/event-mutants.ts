import { type Mutant, mutant } from './mutant.ts'

const sender = 'features/client-events/event-sender.ts'
const delivery = 'features/client-events/deliver-events.ts'
const lifecycle = 'features/messages/lifecycle.ts'
const reports = 'features/messages/apply-status-updates.ts'

export const eventMutants: readonly Mutant[] = [
  mutant(
    'signed-with-another-time',
    'an event’s signature does not match',
    [
      sender,
      "'webhook-signature': sign(request, timestamp)",
      "'webhook-signature': sign(request, 0)"
    ],
    ['events']
  ),
  mutant(
    'signature-without-the-body',
    'an event’s signature does not cover it',
    [sender, '`${eventId}.${timestamp}.${payload}`', '`${eventId}.${timestamp}.{}`'],
    ['events']
  ),
  mutant(
    'no-password',
    'events lack the password',
    [sender, '${request.username}:${request.password}', '${request.username}:'],
    ['events']
  ),
  mutant(
    'time-in-milliseconds',
    'an event’s time is in milliseconds',
    [sender, 'Math.floor(request.at / 1_000)', 'request.at'],
    ['events']
  ),
  mutant(
    'new-id-for-each-attempt',
    'each attempt has an id of its own',
    [sender, "'webhook-id': request.eventId", "'webhook-id': `${request.eventId}-${request.at}`"],
    ['events']
  ),
  mutant(
    'failure-is-delivery',
    'an answer of 400 counts as delivered',
    [delivery, 'statusCode < 300', 'statusCode < 500'],
    ['events']
  ),
  mutant(
    'gone-is-asked-again',
    'a client that is gone is called again',
    [delivery, ' || answer.statusCode === 410', ''],
    ['events']
  ),
  mutant(
    'no-patience',
    'Retry-After is ignored',
    [delivery, 'Math.min(answer.retryAfterMs ?? 0, longestRetryAfterMs)', '0'],
    ['events']
  ),
  mutant(
    'wild-jitter',
    'retries come whenever',
    ['platform/backoff.ts', '(0.8 + 0.4 * random())', '(0.3 + 1.6 * random())'],
    ['events']
  ),
  mutant(
    'schedule-skips',
    'the first wait of the schedule is left out',
    [delivery, 'deps.retryScheduleMs[attempt - 1]', 'deps.retryScheduleMs[attempt]'],
    ['events']
  ),
  mutant(
    'dead-too-soon',
    'an event is dead after its first failure',
    [delivery, 'if (waitMs === undefined ||', 'if (waitMs === undefined || attempt >= 1 ||'],
    ['events']
  ),
  mutant(
    'attempts-not-kept',
    'attempts are not logged',
    [
      delivery,
      '      events.map(({ id, attempt, at, answer }) => ({',
      '      events.slice(1).map(({ id, attempt, at, answer }) => ({'
    ],
    ['events']
  ),
  mutant(
    'newest-event-first',
    'a later event overtakes an earlier one',
    [delivery, 'order by e.id`', 'order by e.id desc`'],
    ['events']
  ),
  mutant(
    'address-of-the-conversation',
    'the conversation’s address goes before the request’s',
    [
      'features/messages/message-news.ts',
      'row.callback_url ?? row.conversation_callback_url ?? null',
      'row.conversation_callback_url ?? row.callback_url ?? null'
    ],
    ['events']
  ),
  mutant(
    'address-of-the-bearer',
    'the conversation’s address is forgotten',
    [
      'features/messages/message-news.ts',
      'row.callback_url ?? row.conversation_callback_url ?? null',
      'row.callback_url ?? null'
    ],
    ['events']
  ),
  mutant(
    'event-without-its-time',
    'an event does not tell when it happened',
    ['features/client-events/emit-events.ts', '          occurred_at: isoTime(now),\n', ''],
    ['events']
  ),
  mutant(
    'cancellation-is-not-told',
    'a cancellation is not told',
    [
      'features/messages/cancel-message.ts',
      "statusNews({ ...row, internal_status: 'canceled', updated_at: now })",
      '[]'
    ],
    ['events']
  ),
  mutant(
    'delivery-is-not-told',
    'that a text arrived is not told',
    [
      reports,
      'if (told.newsworthy) news',
      "if (told.newsworthy && row.internal_status !== 'delivered') news"
    ],
    ['events', 'providers']
  ),
  mutant(
    'sent-is-not-told',
    'that a text was sent is not told',
    [lifecycle, "'queued', 'sending'])", "'queued', 'sending', 'sent'])"],
    ['events']
  ),
  mutant(
    'event-tells-the-old-status',
    'an event shows the status before',
    [
      reports,
      '  row.internal_status = step.to\n',
      "  row.internal_status = step.to === 'delivered' ? 'sent' : step.to\n"
    ],
    ['events', 'providers']
  ),
  mutant(
    'reply-to-nobody',
    'a reply does not find its conversation',
    [
      'features/messages/receive-inbound-texts.ts',
      'coalesce(p.bearer_id, s.bearer_id)',
      's.bearer_id'
    ],
    ['events']
  ),
  mutant(
    'reply-without-conversation',
    'a reply has lost its conversation',
    [
      'features/messages/receive-inbound-texts.ts',
      '    conversation_id: route?.conversation_id ?? null,',
      '    conversation_id: null,'
    ],
    ['events']
  ),
  mutant(
    'picture-is-a-text',
    'a picture message is told as a text',
    [
      'features/messages/receive-inbound-texts.ts',
      "row.message_type === 'mms' ? 'messages.message.inbound_mms'",
      "row.message_type === 'sms' ? 'messages.message.inbound_mms'"
    ],
    ['events']
  ),
  mutant(
    'stop-with-spaces',
    'STOP with a space is no STOP',
    ['telephony/opt-out-keywords.ts', 'body.trim().toUpperCase()', 'body.toUpperCase()'],
    ['events']
  ),
  mutant(
    'stop-is-not-told',
    'an opt-out is not told',
    [
      'features/messages/receive-inbound-texts.ts',
      "if (keyword?.action !== 'opt_out') return arrivalNews(row)",
      "if (keyword?.action !== 'help') return arrivalNews(row)"
    ],
    ['events']
  ),
  mutant(
    'stop-is-ignored',
    'who said STOP is written to',
    [
      'features/opt-outs/registry.ts',
      'return new Set(rows.map(row => row.place))',
      'return new Set(rows.slice(1).map(row => row.place))'
    ],
    ['events']
  ),
  mutant(
    'start-is-ignored',
    'START does not undo STOP',
    ['telephony/opt-out-keywords.ts', "  ['START', 'opt_in'],\n", ''],
    ['events']
  ),
  mutant(
    'media-copies-not-told',
    'stored copies are not told',
    [
      'features/messages/store-media-copies.ts',
      "messageNews(row, 'messages.message.images_lambda', sha256(row.media_file_urls))",
      '[]'
    ],
    ['events']
  ),

  mutant(
    'signature-unchecked',
    'anybody may speak for the provider',
    [
      'features/provider-callbacks/signed-forms.ts',
      'if (!isSigned) throw',
      'if (!isSigned && signature === undefined) throw'
    ],
    ['providers']
  ),
  mutant(
    'form-unsigned',
    'the provider’s signature does not cover the form',
    [
      'features/provider-callbacks/signed-forms.ts',
      '        url,\n        form?.values ?? {}\n      )',
      '        url,\n        form?.values ?? {}\n      ) || (signature !== undefined && form !== undefined && request.headers["content-length"] !== undefined && signature.length === 28)'
    ],
    ['providers']
  ),
  mutant(
    'backwards',
    'a late report moves a text backwards',
    [lifecycle, 'if (progress[to] <= progress[from])', 'if (progress[to] === progress[from])'],
    ['providers', 'state']
  ),
  mutant(
    'second-ending',
    'a text that was delivered becomes undelivered',
    [lifecycle, '  undelivered: 4,', '  undelivered: 5 as never,'],
    ['state']
  ),
  mutant(
    'steps-are-not-skipped',
    'a report is lost when an earlier one did not come',
    [
      lifecycle,
      'if (progress[to] <= progress[from])',
      'if (progress[to] <= progress[from] || progress[to] - progress[from] > 2)'
    ],
    ['providers', 'state']
  ),
  mutant(
    'error-code-lost',
    'why a text failed is forgotten',
    [reports, '    row.error_code = update.errorCode\n', ''],
    ['providers']
  ),
  mutant(
    'word-misunderstood',
    'an undelivered text is told as failed',
    [lifecycle, "undelivered: 'undelivered',", "undelivered: 'failed',"],
    ['providers']
  ),
  mutant(
    'provider-id-not-learned',
    'the provider’s id of a text is not kept',
    [reports, 'if (learnedSid) row.message_sid = update.sid\n', ''],
    ['providers']
  )
]
