import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type TSchema, Type } from '@sinclair/typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../../config.ts'
import { examples } from '../../examples.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database.ts'
import { ErrorBody } from '../../platform/errors.ts'
import type { GroupCommit } from '../../platform/group-commit.ts'
import { isUuid } from '../../platform/ids.ts'
import { storable } from '../../platform/storable.ts'
import { answerModerator } from '../conference-calls/answer-moderator.ts'
import { answerWelcome } from '../conference-calls/answer-welcome.ts'
import { answerReturnCall } from '../return-calls/answer-return-call.ts'
import { pairingIdIn } from '../return-calls/find-pairing.ts'
import type { CallbackKind, ReceivedCallback } from './receive-callbacks.ts'
import { acceptSignedForms, textIn } from './signed-forms.ts'
import { type FormRequest, signedForm } from './signed-samples.ts'

const ofTwilio = { description: 'Among other fields of Twilio.' }
const text = (description: string, example?: string) =>
  Type.Optional(Type.String({ description, ...(example !== undefined && { examples: [example] }) }))

/** https://www.twilio.com/docs/voice/twiml#request-parameters */
const QuestionForm = Type.Object(
  {
    CallSid: Type.String(),
    CallStatus: text('How far the call is.', 'in-progress'),
    From: text('Who calls, E.164.'),
    To: text('Who is called, E.164.'),
    AnsweredBy: text('A person, or what kind of machine.', 'human'),
    Digits: text('What was pressed.', '1'),
    DialCallStatus: text('What became of the leg that was dialled from the call.', 'completed')
  },
  { title: 'CallQuestionForm', ...ofTwilio }
)

/** https://www.twilio.com/docs/voice/api/call-resource#statuscallback */
const CallStatusForm = Type.Object(
  {
    CallSid: Type.String(),
    CallStatus: Type.String({ examples: ['completed'] }),
    ParentCallSid: text('Of a leg that was dialled from another call.'),
    AnsweredBy: text('A person, or what kind of machine.', 'human')
  },
  { title: 'CallStatusForm', ...ofTwilio }
)

/** https://www.twilio.com/docs/voice/twiml/conference#statuscallback */
const ConferenceForm = Type.Object(
  {
    ConferenceSid: Type.String(),
    FriendlyName: Type.String({ description: 'The uuid of the conference call.' }),
    StatusCallbackEvent: Type.String({ examples: ['participant-join'] }),
    CallSid: text('Who joined or left.'),
    ParticipantLabel: text('Our uuid of that leg.'),
    ParticipantCallStatus: text('How far the leg had come that left.', 'completed')
  },
  { title: 'ConferenceStatusForm', ...ofTwilio }
)

/** https://www.twilio.com/docs/voice/api/recording#recordingstatuscallback */
const RecordingForm = Type.Object(
  {
    RecordingSid: Type.String(),
    RecordingStatus: Type.String({ examples: ['completed'] }),
    RecordingDuration: text('Seconds.', '12'),
    CallSid: text('The call that was recorded.')
  },
  { title: 'RecordingStatusForm', ...ofTwilio }
)

/** https://www.twilio.com/docs/voice/twiml/record#attributes-transcribe-callback */
const TranscriptionForm = Type.Object(
  {
    TranscriptionSid: Type.String(),
    TranscriptionStatus: Type.String({ examples: ['completed'] }),
    TranscriptionText: text('What was said.'),
    RecordingSid: Type.String()
  },
  { title: 'TranscriptionForm', ...ofTwilio }
)

const ours = (description: string) => Type.Optional(Type.String({ description }))
const CallQuery = Type.Object({
  call_uuid: ours('Our id of the call.'),
  conference_uuid: ours('Our id of the conference call.'),
  pairing_id: ours('Our id of the pairing that a return call is about.'),
  step: ours('Where in the call the question comes.')
})

const CallSid = 'CA00000000000000000000000000000001'
const RecordingSid = 'RE00000000000000000000000000000001'
/** A participant of the example's conversation calls back. */
const callIn = { CallSid, CallStatus: 'ringing', From: '+16015550143', To: '+16015550101' }
const ofCall = { call_uuid: examples.callUuid }
const ofConference = { conference_uuid: examples.conferenceCallUuid }

const formType = 'application/x-www-form-urlencoded'
const twimlAnswer = {
  200: { description: 'TwiML.', content: { 'text/xml': { schema: Type.String() } } },
  403: ErrorBody
}

/** What Twilio tells, and a request of its kind. */
interface News {
  path: string
  kind: CallbackKind
  summary: string
  form: TSchema
  sample: FormRequest
}

interface CallRouteOptions {
  config: Config
  database: Database
  clock: Clock
  receipt: GroupCommit<ReceivedCallback, undefined>
}

/**
 * What Twilio tells and asks about calls. Every request is signed and stored as it came; news is processed from
 * the lane, and a question is answered from what is known.
 */
export const callCallbackRoutes: FastifyPluginAsyncTypebox<CallRouteOptions> = async (
  app,
  { config, database, clock, receipt }
) => {
  app.removeAllContentTypeParsers()
  const { receive } = acceptSignedForms(app, { config, receipt })

  const news: News[] = [
    {
      path: '/twilio_calls/participant_status_changes',
      kind: 'twilio.call_status',
      summary: 'Status of a call, or of a leg',
      form: CallStatusForm,
      sample: { form: { CallSid, CallStatus: 'completed' }, query: ofCall }
    },
    {
      path: '/twilio_calls/conference_status_changes',
      kind: 'twilio.conference_status',
      summary: 'Who joined and left a conference',
      form: ConferenceForm,
      sample: {
        form: {
          ConferenceSid: 'CF00000000000000000000000000000001',
          FriendlyName: examples.conferenceCallUuid,
          StatusCallbackEvent: 'conference-end'
        },
        query: ofConference
      }
    },
    {
      path: '/twilio_calls/recordings',
      kind: 'twilio.recording',
      summary: 'Recording of a call or a conference',
      form: RecordingForm,
      sample: { form: { RecordingSid, RecordingStatus: 'in-progress' }, query: ofCall }
    },
    {
      path: '/twilio_calls/create_voicemail',
      kind: 'twilio.voicemail',
      summary: 'What a caller left after the tone',
      form: RecordingForm,
      sample: { form: { RecordingSid, RecordingStatus: 'in-progress', CallSid } }
    },
    {
      path: '/twilio_calls/transcriptions',
      kind: 'twilio.transcription',
      summary: 'What was said in a recording',
      form: TranscriptionForm,
      sample: {
        form: {
          TranscriptionSid: 'TR00000000000000000000000000000001',
          TranscriptionStatus: 'completed',
          TranscriptionText: 'Anna is ill today.',
          RecordingSid
        }
      }
    }
  ]
  for (const { path, kind, summary, form, sample } of news) {
    app.post(
      path,
      {
        config: { access: 'provider', form, codeSample: signedForm(sample) },
        schema: {
          summary,
          description: 'Called by Twilio. Signed; stored and answered at once.',
          tags: ['Provider callbacks'],
          consumes: [formType],
          querystring: CallQuery,
          response: { 204: Type.Null({ description: 'Stored.' }), 403: ErrorBody }
        }
      },
      async (request, reply) => {
        await receive(kind, request)
        return reply.code(204).send(null)
      }
    )
  }

  const question = (summary: string, description: string, sample: FormRequest) => ({
    config: { access: 'provider' as const, form: QuestionForm, codeSample: signedForm(sample) },
    schema: {
      summary,
      description: `Called by Twilio. ${description}`,
      tags: ['Provider callbacks'],
      consumes: [formType],
      querystring: CallQuery,
      response: twimlAnswer
    }
  })

  app.post(
    '/twilio_calls/voice_responses',
    question(
      'What is to happen in a call of ours',
      'The moderator of a conference joins it, and a machine is hung up on; whoever comes out of a conference or a conversation is hung up on.',
      {
        form: { CallSid, CallStatus: 'in-progress', AnsweredBy: 'human' },
        query: { ...ofConference, ...ofCall }
      }
    ),
    async (request, reply) => {
      const form = await receive('twilio.call_question', request)
      const { conference_uuid, call_uuid, step } = request.query
      const twiml = await answerModerator(
        { database, config },
        {
          conferenceUuid: uuidIn(conference_uuid),
          callUuid: uuidIn(call_uuid),
          isOver: step === 'over',
          answeredBy: textIn(form['AnsweredBy'])
        }
      )
      return sendTwiml(reply, twiml)
    }
  )

  const menuPaths = [
    [
      '/twilio_calls/incoming',
      'twilio.incoming_call',
      'Somebody calls one of our numbers',
      'Whom a pairing knows hears a menu: 1 connects to the staff member, 2 takes a message, 3 opts out of calls. Anybody else hears that they are not known.',
      callIn
    ],
    [
      '/twilio_calls/menu',
      'twilio.call_menu',
      'What a caller chose',
      'Also asked when the staff member did not pick up, and when a message was left.',
      { ...callIn, CallStatus: 'in-progress', Digits: '2' }
    ]
  ] as const
  for (const [path, kind, summary, description, sample] of menuPaths) {
    app.post(path, question(summary, description, { form: sample }), async (request, reply) => {
      const form = await receive(kind, request)
      const field = (name: string): string => storable(textIn(form[name]))
      const { step = '' } = request.query
      const twiml = await answerReturnCall(
        { database, config, now: clock.now() },
        {
          from: field('From'),
          to: field('To'),
          pairingId: pairingIdIn(new URLSearchParams(request.url.split('?')[1])),
          step: kind === 'twilio.incoming_call' ? '' : step,
          digits: kind === 'twilio.incoming_call' ? '' : field('Digits'),
          dialStatus: field('DialCallStatus')
        }
      )
      return sendTwiml(reply, twiml)
    })
  }

  for (const method of ['GET', 'POST'] as const) {
    app.route({
      method,
      url: '/twilio_calls/:uuid/call_welcome_message',
      exposeHeadRoute: false,
      config: {
        access: 'provider',
        ...(method === 'POST' && { form: QuestionForm }),
        codeSample: signedForm({
          uuid: examples.callUuid,
          ...(method === 'POST' && { form: { CallSid, CallStatus: 'in-progress' } })
        })
      },
      schema: {
        summary: 'What a participant is welcomed with',
        description:
          'Called by Twilio. The message of the request, or else of the conversation, or else the configured one; nothing when there is none.',
        tags: ['Provider callbacks'],
        ...(method === 'POST' && { consumes: [formType] }),
        params: Type.Object({ uuid: Type.String({ description: 'Our id of the leg.' }) }),
        response: { ...twimlAnswer, 422: ErrorBody }
      },
      handler: async (request: FastifyRequest<{ Params: { uuid: string } }>, reply) => {
        await receive('twilio.call_welcome', request)
        return sendTwiml(
          reply,
          await answerWelcome({ database, config }, uuidIn(request.params.uuid))
        )
      }
    })
  }
}

const uuidIn = (text: string | undefined): string | undefined =>
  text !== undefined && isUuid(text) ? text.toLowerCase() : undefined

const sendTwiml = (reply: FastifyReply, twiml: string): FastifyReply =>
  reply.type('text/xml; charset=utf-8').send(twiml)
