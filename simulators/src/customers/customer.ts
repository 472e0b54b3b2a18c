/** The outside systems that have the same customers. */
export type VendorName = 'halopsa' | 'ninjaone' | 'microsoft_graph' | 'huntress'

/** Why a vendor's name of a customer is written as it is. */
export type Spelling = 'plain' | 'legal_form' | 'abbreviation' | 'former_name' | 'typing_error' | 'transliteration' | 'second_entry'

/** How one vendor has one customer. */
export type Listing = {
  /** As the vendor writes it: digits for HaloPSA, NinjaOne and Huntress, the tenant's UUID for Microsoft Graph. */
  readonly id: string
  readonly name: string
  readonly spelling: Spelling
}

/** One customer of the MSP, as it truly is, and how each vendor has it. */
export type Customer = {
  /** 1 for the first. The same customer in every vendor. */
  readonly number: number
  /** Without its legal form. */
  readonly name: string
  /** In full: `Harbour Dental Limited`. */
  readonly legalName: string
  readonly formerName: string | null
  /** Mail domains, the main one first. */
  readonly domains: readonly string[]
  readonly website: string
  readonly town: string
  readonly country: string
  /** One entry each as a rule; none where the vendor does not have it, two where it is there twice or has two tenants. */
  readonly listings: Readonly<Record<VendorName, readonly Listing[]>>
}

export type Site = {
  readonly number: number
  readonly name: string
  readonly street: string
  readonly postcode: string
  readonly town: string
  readonly country: string
  readonly phone: string
}

export type Person = {
  readonly number: number
  readonly firstName: string
  readonly lastName: string
  readonly email: string
  readonly jobTitle: string
  readonly department: string
  readonly phone: string
  /** The person's object id in Microsoft Entra. */
  readonly azureObjectId: string
  readonly isEnabled: boolean
}

export type Device = {
  readonly number: number
  /** Host name: `HAR-LT-004`. Unique within the customer. */
  readonly name: string
  readonly kind: 'laptop' | 'desktop' | 'server' | 'mac'
  readonly serial: string
  readonly maker: string
  readonly model: string
  readonly operatingSystem: string
  /** Number of the person who uses it; null for servers. */
  readonly personNumber: number | null
  /** Whether HaloPSA has it as an asset. A few were never entered there. */
  readonly isInHalo: boolean
}

export type Ticket = {
  readonly number: number
  readonly summary: string
  readonly details: string
  readonly personNumber: number
  readonly isOpen: boolean
  /** Days before the simulator's start. */
  readonly daysAgo: number
}
