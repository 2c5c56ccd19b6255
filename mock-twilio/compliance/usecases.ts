import type { BrandRecord } from '../resources/brand.ts'

/** What a campaign may be for. https://www.twilio.com/docs/messaging/api/usapptoperson-usecase-resource */
interface Usecase {
  readonly code: string
  readonly name: string
  readonly description: string
  /** Carriers look at these once more. */
  readonly post_approval_required: boolean
}

const standardUsecases: readonly Usecase[] = [
  usecase('2FA', 'Two-Factor authentication (2FA)', 'One-time passwords and password resets'),
  usecase('ACCOUNT_NOTIFICATION', 'Account Notification', 'Reminders, alerts and notifications'),
  usecase('AGENTS_FRANCHISES', 'Agents and Franchises', 'Local numbers of many branches', true),
  usecase('CHARITY', 'Charity', 'Charities under 501(c)(3), other than religious ones'),
  usecase('PROXY', 'Proxy', 'Conversations between people over pooled numbers', true),
  usecase('CUSTOMER_CARE', 'Customer Care', 'Support, and the care of accounts'),
  usecase('DELIVERY_NOTIFICATION', 'Delivery Notification', 'How a delivery goes'),
  usecase('EMERGENCY', 'Emergency', 'Public safety in an emergency', true),
  usecase('FRAUD_ALERT', 'Fraud Alert Messaging', 'Warnings of fraud'),
  usecase('HIGHER_EDUCATION', 'Higher Education', 'Colleges, universities and school districts'),
  usecase('K12_EDUCATION', 'K-12 Education', 'Platforms of schools from grades K to 12', true),
  usecase('LOW_VOLUME', 'Low Volume Mixed', 'Little traffic, for any mixture of purposes'),
  usecase('MARKETING', 'Marketing', 'Anything promotional'),
  usecase('MIXED', 'Mixed', 'Several purposes of one service'),
  usecase('POLITICAL', 'Political', 'Organized efforts to influence a decision'),
  usecase('POLLING_VOTING', 'Polling and voting', 'Polls and votes'),
  usecase('PUBLIC_SERVICE_ANNOUNCEMENT', 'Public Service Announcement', 'To raise awareness'),
  usecase('SECURITY_ALERT', 'Security Alert', 'That a system has been compromised'),
  usecase('SOCIAL', 'Social', 'Communication within closed communities', true),
  usecase('SWEEPSTAKE', 'Sweepstake', 'Sweepstakes', true)
]

const soleProprietorUsecases: readonly Usecase[] = [
  usecase('SOLE_PROPRIETOR', 'Sole Proprietor', 'Little traffic of a person without a tax id')
]

/** A sole proprietor has one use case, and nobody else has it. */
export function usecasesOf(brand: BrandRecord | undefined): readonly Usecase[] {
  return brand?.brandType === 'SOLE_PROPRIETOR' ? soleProprietorUsecases : standardUsecases
}

export function isUsecase(code: string): boolean {
  return [...standardUsecases, ...soleProprietorUsecases].some(known => known.code === code)
}

function usecase(code: string, name: string, description: string, isPostApproved = false): Usecase {
  return { code, name, description, post_approval_required: isPostApproved }
}
