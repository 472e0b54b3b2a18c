import type { Spelling, VendorName } from './customer.ts'
import type { LegalFormName } from './legal-forms.ts'

type Written = readonly [name: string, spelling: Spelling]

/** A customer that is written out, with what is special about it. What is left out is made by rule. */
export type KnownCustomer = {
  readonly name: string
  readonly form: LegalFormName
  readonly town: string
  readonly country: string
  readonly domains: readonly string[]
  readonly formerName?: string
  /** Instead of what the rule gives. An empty list: that vendor does not have it. */
  readonly written?: Partial<Record<VendorName, readonly Written[]>>
}

function customer(
  name: string,
  form: LegalFormName,
  town: string,
  country: string,
  domains: string | readonly string[],
  special: Pick<KnownCustomer, 'formerName' | 'written'> = {},
): KnownCustomer {
  return { name, form, town, country, domains: typeof domains === 'string' ? [domains] : domains, ...special }
}

/**
 * The forty that every simulator starts with. Among them: one with two tenants (7), one twice in NinjaOne (12), one missing in
 * Huntress (10), in NinjaOne (21) and in Microsoft Graph (28), and pairs that look alike and are not the same (2 and 3, 25 and 26).
 */
export const knownCustomers: readonly KnownCustomer[] = [
  customer('Harbour Dental', 'ltd', 'Bristol', 'United Kingdom', 'harbourdental.example'),
  customer('Northgate Legal', 'llp', 'York', 'United Kingdom', 'northgatelegal.example'),
  customer('Northgate Logistics', 'ltd', 'Leeds', 'United Kingdom', 'northgate-logistics.example'),
  customer('Müller & Söhne Maschinenbau', 'gmbh', 'Stuttgart', 'Germany', ['mueller-soehne.example', 'msm.example'], {
    written: {
      ninjaone: [['Mueller und Soehne Maschinenbau', 'transliteration']],
      huntress: [['Muller & Sohne Maschinenbau', 'transliteration']],
    },
  }),
  customer("St. Brigid's Primary School", 'none', 'Cork', 'Ireland', 'stbrigids.example', {
    written: { ninjaone: [['Saint Brigids Primary School', 'plain']], huntress: [['St Brigids PS', 'abbreviation']] },
  }),
  customer('Bluestone Accounting', 'ltd', 'Manchester', 'United Kingdom', ['bluestone.example', 'carterhale.example'], {
    formerName: 'Carter & Hale Accounting',
    written: { ninjaone: [['Carter & Hale Accounting', 'former_name']] },
  }),
  customer('Van der Berg Transport', 'bv', 'Utrecht', 'Netherlands', ['vdbtransport.example', 'vdbcoldchain.example'], {
    written: {
      microsoft_graph: [
        ['Van der Berg Transport B.V.', 'legal_form'],
        ['Van der Berg Cold Chain', 'second_entry'],
      ],
    },
  }),
  customer('Silver Lake Foods', 'inc', 'Madison', 'United States', 'silverlakefoods.example', {
    written: { ninjaone: [['SLF', 'abbreviation']] },
  }),
  customer('Riverside Veterinary Clinic', 'none', 'Norwich', 'United Kingdom', 'riversidevets.example', {
    written: { huntress: [['Riverside Vetinary Clinic', 'typing_error']] },
  }),
  customer('Old Mill Brewery', 'ltd', 'Bath', 'United Kingdom', 'oldmillbrewery.example', { written: { huntress: [] } }),
  customer('Summit Engineering Group', 'plc', 'Sheffield', 'United Kingdom', 'summitengineering.example', {
    written: { huntress: [['Summit Eng. Group', 'abbreviation']] },
  }),
  customer('Greenfield Estates', 'ltd', 'Oxford', 'United Kingdom', 'greenfieldestates.example', {
    written: {
      ninjaone: [
        ['Greenfield Estates', 'plain'],
        ['Greenfield Estates (old)', 'second_entry'],
      ],
    },
  }),
  customer('Maple Leaf Insurance Brokers', 'pty', 'Brisbane', 'Australia', 'mapleleafbrokers.example'),
  customer('Stonebridge Architects', 'llp', 'Edinburgh', 'United Kingdom', 'stonebridge-architects.example'),
  customer('Atelier Moreau', 'sarl', 'Lyon', 'France', 'ateliermoreau.example'),
  customer('Westwood Motors', 'inc', 'Sacramento', 'United States', 'westwoodmotors.example', {
    written: { ninjaone: [['Westwod Motors', 'typing_error']] },
  }),
  customer('Kestrel Aerospace', 'ltd', 'Farnborough', 'United Kingdom', 'kestrel-aero.example'),
  customer('Fernhill Care Homes', 'ltd', 'Exeter', 'United Kingdom', 'fernhillcare.example', {
    written: { microsoft_graph: [['FHCH', 'abbreviation']] },
  }),
  customer('Pacific Rim Imports', 'llc', 'Seattle', 'United States', 'pacificrim.example'),
  customer('Castle & Moat Hotels', 'ltd', 'Durham', 'United Kingdom', 'castleandmoat.example', {
    written: { ninjaone: [['Castle and Moat Hotels', 'plain']] },
  }),
  customer('Lindqvist Timber', 'none', 'Uppsala', 'Sweden', 'lindqvisttimber.example', { written: { ninjaone: [] } }),
  customer('Oakwood Family Practice', 'none', 'Reading', 'United Kingdom', 'oakwoodpractice.example'),
  customer('Beacon Financial Planning', 'ltd', 'Cardiff', 'United Kingdom', 'beaconfp.example', {
    written: { ninjaone: [['Beacon Fin. Planning', 'abbreviation']] },
  }),
  customer('Tidewater Marine Services', 'inc', 'Norfolk', 'United States', 'tidewatermarine.example'),
  customer('Apex Roofing', 'ltd', 'Derby', 'United Kingdom', 'apexroofing.example'),
  customer('Apex Roofing Supplies', 'ltd', 'Nottingham', 'United Kingdom', 'apexsupplies.example'),
  customer('Café Central Betriebs', 'gmbh', 'Vienna', 'Austria', 'cafecentral.example', {
    written: { ninjaone: [['Cafe Central Betriebs GmbH', 'transliteration']] },
  }),
  customer('Juniper Landscaping', 'llc', 'Boulder', 'United States', 'juniperlandscaping.example', { written: { microsoft_graph: [] } }),
  customer('Whitcombe & Daughters', 'ltd', 'Bournemouth', 'United Kingdom', 'whitcombe.example', {
    written: { huntress: [['Witcombe & Daughters', 'typing_error']] },
  }),
  customer('Ironbridge Foundry', 'ltd', 'Telford', 'United Kingdom', 'ironbridgefoundry.example'),
  customer('Sunrise Childcare Centres', 'pty', 'Perth', 'Australia', 'sunrisechildcare.example'),
  customer('Blackwater Solicitors', 'llp', 'Limerick', 'Ireland', 'blackwatersolicitors.example', {
    formerName: 'Hanlon Quirke Solicitors',
    written: { huntress: [['Hanlon Quirke Solicitors', 'former_name']] },
  }),
  customer('De Vries Accountants', 'bv', 'Rotterdam', 'Netherlands', 'devriesaccountants.example'),
  customer('Meridian Clinical Labs', 'inc', 'Austin', 'United States', 'meridianlabs.example'),
  customer('Copperfield Books', 'ltd', 'Canterbury', 'United Kingdom', 'copperfieldbooks.example'),
  customer('Hillcrest Dental Partners', 'llp', 'Leicester', 'United Kingdom', 'hillcrestdental.example'),
  customer('Nordlicht Energie', 'gmbh', 'Kiel', 'Germany', 'nordlicht-energie.example'),
  customer('Pinewood Studios Catering', 'ltd', 'Slough', 'United Kingdom', 'pinewoodcatering.example', {
    written: { ninjaone: [['Pinewood Catering', 'abbreviation']] },
  }),
  customer('Rosewood Jewellers', 'ltd', 'Birmingham', 'United Kingdom', 'rosewoodjewellers.example', {
    written: { ninjaone: [['Rosewood Jewelers', 'typing_error']] },
  }),
  customer('Zenith Print & Packaging', 'ltd', 'Glasgow', 'United Kingdom', 'zenithprint.example'),
]
