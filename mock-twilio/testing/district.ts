/** What a school district says of itself when it registers: complete, so that a test takes away what it is about. */

export const districtInformation = {
  business_name: 'Clearwater County School District',
  business_type: 'Non-profit Corporation',
  business_registration_identifier: 'USA: Employer Identification Number (EIN)',
  business_registration_number: '64-1234567',
  business_identity: 'direct_customer',
  business_industry: 'EDUCATION',
  business_regions_of_operation: 'USA_AND_CANADA',
  website_url: 'https://district.example'
}

export const superintendent = {
  first_name: 'Ada',
  last_name: 'Byron',
  email: 'ada@district.example',
  phone_number: '+16015550199',
  business_title: 'Superintendent',
  job_position: 'CEO'
}

export const busCampaign = {
  Description: 'Tells the parents of a district when the bus of their child is late.',
  MessageFlow: 'Parents give their number and tick a box when they enrol their child at a school.',
  MessageSamples: [
    'Clearwater: bus 7 is ten minutes late.',
    'Clearwater: schools are closed tomorrow. Reply STOP to opt out.'
  ],
  UsAppToPersonUsecase: 'K12_EDUCATION',
  HasEmbeddedLinks: false,
  HasEmbeddedPhone: false
}

export const tollfreeDetails = {
  BusinessName: 'Clearwater County School District',
  BusinessWebsite: 'https://district.example',
  NotificationEmail: 'ada@district.example',
  UseCaseCategories: ['K12'],
  UseCaseSummary: 'Tells parents when the bus is late',
  ProductionMessageSample: 'Bus 7 is ten minutes late.',
  OptInImageUrls: ['https://district.example/form.png'],
  OptInType: 'PAPER_FORM',
  MessageVolume: '1,000'
}

export const policySids = {
  primaryProfile: 'RN6433641899984f951173ef1738c3bdd0',
  secondaryProfile: 'RNdfbf3fae0e1107f8aded0e7cead80bf5',
  starterProfile: 'RN806dd6cd175f314e1f96a9727ee271f4',
  a2pProduct: 'RNb0d4771c2c98518d916a3d4cd70a8f8b',
  soleProprietorProduct: 'RN670d5d2e282a6130ae063b234b6019c8',
  shakenStir: 'RN7a97559effdf62d00f4298208492a5ea'
}
