import { lookUpNumber } from '../number-lookup.ts'

/*
 * Where a number says that it is from. Twilio knows the city, state and zip of numbers in North America by
 * their area code and exchange, and writes cities in capitals; here one place stands for an area code. Of what
 * is not listed, and of toll-free numbers, only the country is known, and the rest is empty, as it is there.
 */

export interface Place {
  city: string
  state: string
  zip: string
  country: string
}

type UsPlace = readonly [city: string, state: string, zip: string]

const byAreaCode = new Map<string, UsPlace>([
  ['202', ['WASHINGTON', 'DC', '20001']],
  ['205', ['BIRMINGHAM', 'AL', '35203']],
  ['206', ['SEATTLE', 'WA', '98101']],
  ['208', ['BOISE', 'ID', '83702']],
  ['212', ['NEW YORK', 'NY', '10001']],
  ['213', ['LOS ANGELES', 'CA', '90012']],
  ['214', ['DALLAS', 'TX', '75201']],
  ['215', ['PHILADELPHIA', 'PA', '19102']],
  ['216', ['CLEVELAND', 'OH', '44114']],
  ['225', ['BATON ROUGE', 'LA', '70802']],
  ['228', ['GULFPORT', 'MS', '39501']],
  ['251', ['MOBILE', 'AL', '36602']],
  ['302', ['WILMINGTON', 'DE', '19801']],
  ['303', ['DENVER', 'CO', '80202']],
  ['305', ['MIAMI', 'FL', '33130']],
  ['307', ['CHEYENNE', 'WY', '82001']],
  ['312', ['CHICAGO', 'IL', '60602']],
  ['313', ['DETROIT', 'MI', '48226']],
  ['317', ['INDIANAPOLIS', 'IN', '46204']],
  ['318', ['SHREVEPORT', 'LA', '71101']],
  ['334', ['MONTGOMERY', 'AL', '36104']],
  ['360', ['SILVERDALE', 'WA', '98315']],
  ['402', ['OMAHA', 'NE', '68102']],
  ['404', ['ATLANTA', 'GA', '30303']],
  ['405', ['OKLAHOMA CITY', 'OK', '73102']],
  ['406', ['BILLINGS', 'MT', '59101']],
  ['410', ['BALTIMORE', 'MD', '21202']],
  ['412', ['PITTSBURGH', 'PA', '15222']],
  ['414', ['MILWAUKEE', 'WI', '53202']],
  ['415', ['SAN FRANCISCO', 'CA', '94102']],
  ['501', ['LITTLE ROCK', 'AR', '72201']],
  ['502', ['LOUISVILLE', 'KY', '40202']],
  ['503', ['PORTLAND', 'OR', '97201']],
  ['504', ['NEW ORLEANS', 'LA', '70112']],
  ['505', ['ALBUQUERQUE', 'NM', '87102']],
  ['512', ['AUSTIN', 'TX', '78701']],
  ['515', ['DES MOINES', 'IA', '50309']],
  ['601', ['JACKSON', 'MS', '39201']],
  ['602', ['PHOENIX', 'AZ', '85003']],
  ['605', ['SIOUX FALLS', 'SD', '57104']],
  ['612', ['MINNEAPOLIS', 'MN', '55401']],
  ['614', ['COLUMBUS', 'OH', '43215']],
  ['615', ['NASHVILLE', 'TN', '37201']],
  ['617', ['BOSTON', 'MA', '02108']],
  ['619', ['SAN DIEGO', 'CA', '92101']],
  ['662', ['SARDIS', 'MS', '38666']],
  ['701', ['FARGO', 'ND', '58102']],
  ['702', ['LAS VEGAS', 'NV', '89101']],
  ['704', ['CHARLOTTE', 'NC', '28202']],
  ['713', ['HOUSTON', 'TX', '77002']],
  ['801', ['SALT LAKE CITY', 'UT', '84101']],
  ['802', ['BURLINGTON', 'VT', '05401']],
  ['803', ['COLUMBIA', 'SC', '29201']],
  ['804', ['RICHMOND', 'VA', '23219']],
  ['808', ['HONOLULU', 'HI', '96813']],
  ['816', ['KANSAS CITY', 'MO', '64106']],
  ['850', ['TALLAHASSEE', 'FL', '32301']],
  ['870', ['JONESBORO', 'AR', '72401']],
  ['901', ['MEMPHIS', 'TN', '38103']],
  ['907', ['ANCHORAGE', 'AK', '99501']],
  ['919', ['RALEIGH', 'NC', '27601']]
])

export function placeOf(phoneNumber: string): Place {
  const known = phoneNumber.startsWith('+1') ? byAreaCode.get(phoneNumber.slice(2, 5)) : undefined
  if (known === undefined) {
    return { city: '', state: '', zip: '', country: countryOf(phoneNumber) }
  }
  const [city, state, zip] = known
  return { city, state, zip, country: 'US' }
}

function countryOf(phoneNumber: string): string {
  if (!phoneNumber.startsWith('+')) return ''
  const lookup = lookUpNumber(phoneNumber, 'US')
  const country = lookup.valid ? lookup.number.country : undefined
  return country ?? (phoneNumber.startsWith('+1') ? 'US' : '')
}
