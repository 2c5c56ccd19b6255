import { numberedSid } from './ids.ts'
import type { AccountSeed } from './seeds.ts'

/** The account that every offline setup starts with. These are not secrets: they open nothing but this mock. */
export const developmentAccount = {
  accountSid: numberedSid('AC', 1),
  authToken: 'mock-auth-token-00000000000000001',
  apiKeySid: numberedSid('SK', 1),
  apiKeySecret: 'mock-api-secret-0000000000000001',
  messagingServiceSid: numberedSid('MG', 1),
  applicationSid: numberedSid('AP', 1),
  phoneNumbers: ['+16015550100', '+16015550101'],
  smsUrl: 'http://127.0.0.1:3000/api/v1/twilio_requests/inbound'
} as const

/** @param smsUrl where texts are told; calls are told to the same server. Empty for nowhere */
export function developmentAccountSeed(smsUrl: string = developmentAccount.smsUrl): AccountSeed {
  const urlOf = (path: string): string => (smsUrl === '' ? '' : new URL(path, smsUrl).href)
  const callStatusUrl = urlOf('/api/v1/twilio_calls/participant_status_changes')
  return {
    account_sid: developmentAccount.accountSid,
    friendly_name: 'Local development',
    auth_token: developmentAccount.authToken,
    api_keys: [{ sid: developmentAccount.apiKeySid, secret: developmentAccount.apiKeySecret }],
    numbers: developmentAccount.phoneNumbers.map(phoneNumber => ({
      phone_number: phoneNumber,
      sms_url: smsUrl,
      voice_url: urlOf('/api/v1/twilio_calls/incoming'),
      status_callback: callStatusUrl
    })),
    applications: [
      {
        sid: developmentAccount.applicationSid,
        friendly_name: 'Calls from browsers',
        voice_url: urlOf('/api/v1/sdk_calls/voice_response'),
        status_callback: callStatusUrl
      }
    ],
    messaging_services: [
      {
        sid: developmentAccount.messagingServiceSid,
        friendly_name: 'Local district',
        use_inbound_webhook_on_number: true,
        phone_numbers: [...developmentAccount.phoneNumbers]
      }
    ]
  }
}
