import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { Config } from '../../config.ts'
import type { Database } from '../../platform/database.ts'
import { ErrorBody } from '../../platform/errors.ts'
import type { GroupCommit } from '../../platform/group-commit.ts'
import { storable } from '../../platform/storable.ts'
import { keywordOf } from '../../telephony/opt-out-keywords.ts'
import { messageTwiml } from '../../telephony/twiml.ts'
import { answerCall } from '../announcements/answer-calls.ts'
import type { ReceivedCallback } from './receive-callbacks.ts'
import { acceptSignedForms, textIn } from './signed-forms.ts'
import { signedForm } from './signed-samples.ts'

const delivered = { MessageSid: 'SM00000000000000000000000000000001', MessageStatus: 'delivered' }
const parentsText = {
  MessageSid: 'SM00000000000000000000000000000002',
  From: '+16015550142',
  To: '+16015550100',
  Body: 'Thank you, we will stay at home.'
}

const emptyTwiml = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

/** https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks */
const MessageStatusForm = Type.Object(
  {
    MessageSid: Type.String(),
    MessageStatus: Type.String({ examples: ['delivered'] }),
    ErrorCode: Type.Optional(Type.String({ description: 'Why it failed.' }))
  },
  { title: 'MessageStatusForm', description: 'Among other fields of Twilio.' }
)

/** https://www.twilio.com/docs/messaging/guides/webhook-request */
const InboundTextForm = Type.Object(
  {
    MessageSid: Type.String(),
    From: Type.String({ description: 'Who wrote, E.164.' }),
    To: Type.String({ description: 'Our number, E.164.' }),
    Body: Type.String(),
    NumMedia: Type.Optional(
      Type.String({ description: 'How many media follow, as `MediaUrl0` and so on.' })
    )
  },
  { title: 'InboundTextForm', description: 'Among other fields of Twilio.' }
)

/** Of a text as above, of a call https://www.twilio.com/docs/voice/api/call-resource#statuscallback */
const AnnouncementStatusForm = Type.Object(
  {
    MessageSid: Type.Optional(Type.String()),
    MessageStatus: Type.Optional(Type.String({ examples: ['delivered'] })),
    ErrorCode: Type.Optional(Type.String({ description: 'Why it failed.' })),
    CallSid: Type.Optional(Type.String({ description: 'Of a call, instead.' })),
    CallStatus: Type.Optional(Type.String({ examples: ['completed'] })),
    AnsweredBy: Type.Optional(Type.String({ description: 'A person, or what kind of machine.' }))
  },
  { title: 'AnnouncementStatusForm', description: 'Among other fields of Twilio.' }
)

/** https://www.twilio.com/docs/voice/twiml#request-parameters */
const CallForm = Type.Object(
  {
    CallSid: Type.String(),
    CallStatus: Type.String({ examples: ['in-progress'] }),
    From: Type.String({ description: 'Who calls, E.164.' }),
    To: Type.String({ description: 'Who is called, E.164.' }),
    AnsweredBy: Type.Optional(Type.String({ description: 'A person, or what kind of machine.' })),
    Digits: Type.Optional(Type.String({ description: 'What was pressed.' }))
  },
  { title: 'CallForm', description: 'Among other fields of Twilio.' }
)

/** What Twilio calls: signed, stored as it came, answered at once, and processed from the lane. */
export const providerCallbackRoutes: FastifyPluginAsyncTypebox<{
  config: Pick<Config, 'PUBLIC_URL' | 'TWILIO_AUTH_TOKEN' | 'ANNOUNCEMENT_REPLY'>
  receipt: GroupCommit<ReceivedCallback, undefined>
  database: Database
}> = async (app, { config, receipt, database }) => {
  app.removeAllContentTypeParsers()
  const { receive } = acceptSignedForms(app, { config, receipt })

  const reports = [
    [
      '/twilio_requests/webhook_message_updates',
      'twilio.message_status',
      'Status of an outbound message',
      MessageStatusForm
    ],
    [
      '/twilio_announcements/status',
      'twilio.announcement_status',
      "Status of an announcement's text or call",
      AnnouncementStatusForm
    ]
  ] as const
  for (const [path, kind, summary, form] of reports) {
    app.post(
      path,
      {
        config: { access: 'provider', form, codeSample: signedForm({ form: delivered }) },
        schema: {
          summary,
          description: 'Called by Twilio for each status. Signed; stored and answered at once.',
          tags: ['Provider callbacks'],
          consumes: ['application/x-www-form-urlencoded'],
          querystring: Type.Object({
            message_uuid: Type.Optional(Type.String({ description: 'Our id of the message.' }))
          }),
          response: { 204: Type.Null({ description: 'Stored.' }), 403: ErrorBody }
        }
      },
      async (request, reply) => {
        await receive(kind, request)
        return reply.code(204).send(null)
      }
    )
  }

  app.post(
    '/twilio_requests/inbound',
    {
      config: {
        access: 'provider',
        form: InboundTextForm,
        codeSample: signedForm({ form: parentsText })
      },
      schema: {
        summary: 'A text to one of our numbers',
        description:
          'Called by Twilio when a person writes. Signed; stored and answered at once, with no reply.',
        tags: ['Provider callbacks'],
        consumes: ['application/x-www-form-urlencoded'],
        response: {
          200: { description: 'Empty TwiML.', content: { 'text/xml': { schema: Type.String() } } },
          403: ErrorBody
        }
      }
    },
    async (request, reply) => {
      await receive('twilio.inbound_message', request)
      return reply.type('text/xml; charset=utf-8').send(emptyTwiml)
    }
  )

  app.post(
    '/twilio_announcements/voice',
    {
      config: {
        access: 'provider',
        form: CallForm,
        codeSample: signedForm({
          form: {
            CallSid: 'CA00000000000000000000000000000001',
            CallStatus: 'ringing',
            From: '+16015550142',
            To: '+16015550100'
          }
        })
      },
      schema: {
        summary: 'What is to happen in a call',
        description:
          'Called by Twilio when somebody has picked up, when they press a key, and when somebody calls an announcement number. The message is read out or played; 1 repeats it, 9 opts out of announcements. A voicemail hears it once.',
        tags: ['Provider callbacks'],
        consumes: ['application/x-www-form-urlencoded'],
        querystring: Type.Object({
          message_uuid: Type.Optional(
            Type.String({ description: 'Our id of the message; absent when a person calls.' })
          )
        }),
        response: {
          200: { description: 'TwiML.', content: { 'text/xml': { schema: Type.String() } } },
          403: ErrorBody
        }
      }
    },
    async (request, reply) => {
      const form = await receive('twilio.announcement_call', request)
      const field = (name: string): string => storable(textIn(form[name]))
      const twiml = await answerCall(
        { database, publicUrl: config.PUBLIC_URL },
        {
          messageUuid: request.query.message_uuid,
          from: field('From'),
          to: field('To'),
          digits: field('Digits'),
          answeredBy: field('AnsweredBy')
        }
      )
      return reply.type('text/xml; charset=utf-8').send(twiml)
    }
  )

  app.post(
    '/twilio_announcements/inbound',
    {
      config: {
        access: 'provider',
        form: InboundTextForm,
        codeSample: signedForm({ form: parentsText })
      },
      schema: {
        summary: 'A text to one of the announcement numbers',
        description:
          'Called by Twilio when a person writes to a number that sends announcements. STOP and START block and unblock announcements; anything else gets the configured reply.',
        tags: ['Provider callbacks'],
        consumes: ['application/x-www-form-urlencoded'],
        response: {
          200: { description: 'TwiML.', content: { 'text/xml': { schema: Type.String() } } },
          403: ErrorBody
        }
      }
    },
    async (request, reply) => {
      const { Body: text } = await receive('twilio.announcement_reply', request)
      const isKeyword = keywordOf(typeof text === 'string' ? text : '') !== undefined
      const twiml =
        isKeyword || config.ANNOUNCEMENT_REPLY === ''
          ? emptyTwiml
          : messageTwiml(config.ANNOUNCEMENT_REPLY)
      return reply.type('text/xml; charset=utf-8').send(twiml)
    }
  )
}
