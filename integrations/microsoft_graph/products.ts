/**
 * Product names as Microsoft sells them, by part number. From its table "Product names and service plan identifiers for licensing"; those that
 * managed customers have. A part number that is not here is shown as it is.
 */
const productNames: Record<string, string> = {
  AAD_PREMIUM: 'Microsoft Entra ID P1',
  AAD_PREMIUM_P2: 'Microsoft Entra ID P2',
  ATP_ENTERPRISE: 'Microsoft Defender for Office 365 (Plan 1)',
  CCIBOTS_PRIVPREV_VIRAL: 'Microsoft Copilot Studio Viral Trial',
  CRMSTANDARD: 'Microsoft Dynamics CRM Online',
  DEFENDER_ENDPOINT_P1: 'Microsoft Defender for Endpoint P1',
  DESKLESSPACK: 'Office 365 F3',
  DEVELOPERPACK_E5: 'Microsoft 365 E5 Developer',
  DYN365_BUSCENTRAL_ESSENTIAL: 'Dynamics 365 Business Central Essentials',
  EMS: 'Enterprise Mobility + Security E3',
  EMSPREMIUM: 'Enterprise Mobility + Security E5',
  ENTERPRISEPACK: 'Office 365 E3',
  ENTERPRISEPREMIUM: 'Office 365 E5',
  EXCHANGEARCHIVE_ADDON: 'Exchange Online Archiving for Exchange Online',
  EXCHANGEDESKLESS: 'Exchange Online Kiosk',
  EXCHANGEENTERPRISE: 'Exchange Online (Plan 2)',
  EXCHANGESTANDARD: 'Exchange Online (Plan 1)',
  FLOW_FREE: 'Microsoft Power Automate Free',
  IDENTITY_THREAT_PROTECTION: 'Microsoft 365 E5 Security',
  INTUNE_A: 'Intune',
  MCOEV: 'Microsoft Teams Phone Standard',
  MCOMEETADV: 'Microsoft 365 Audio Conferencing',
  MCOPSTN1: 'Microsoft 365 Domestic Calling Plan',
  MDATP_SERVER: 'Microsoft Defender for Endpoint Server',
  Microsoft_365_Copilot: 'Microsoft 365 Copilot',
  Microsoft_Teams_Rooms_Basic: 'Microsoft Teams Rooms Basic',
  Microsoft_Teams_Rooms_Pro: 'Microsoft Teams Rooms Pro',
  O365_BUSINESS: 'Microsoft 365 Apps for business',
  O365_BUSINESS_ESSENTIALS: 'Microsoft 365 Business Basic',
  O365_BUSINESS_PREMIUM: 'Microsoft 365 Business Standard',
  OFFICESUBSCRIPTION: 'Microsoft 365 Apps for enterprise',
  PHONESYSTEM_VIRTUALUSER: 'Microsoft Teams Phone Resource Account',
  POWERAPPS_PER_USER: 'Power Apps Premium',
  POWERAUTOMATE_ATTENDED_RPA: 'Power Automate Premium',
  POWER_BI_PRO: 'Power BI Pro',
  POWER_BI_STANDARD: 'Microsoft Fabric (Free)',
  PROJECTPREMIUM: 'Project Plan 5',
  PROJECTPROFESSIONAL: 'Project Plan 3',
  PROJECT_P1: 'Project Plan 1',
  RIGHTSMANAGEMENT: 'Azure Information Protection Plan 1',
  RIGHTSMANAGEMENT_ADHOC: 'Rights Management Adhoc',
  SHAREPOINTSTANDARD: 'SharePoint (Plan 1)',
  SPB: 'Microsoft 365 Business Premium',
  SPE_E3: 'Microsoft 365 E3',
  SPE_E5: 'Microsoft 365 E5',
  SPE_F1: 'Microsoft 365 F3',
  STANDARDPACK: 'Office 365 E1',
  STREAM: 'Microsoft Stream Trial',
  TEAMS_ESSENTIALS_AAD: 'Microsoft Teams Essentials (AAD Identity)',
  TEAMS_EXPLORATORY: 'Microsoft Teams Exploratory',
  THREAT_INTELLIGENCE: 'Microsoft Defender for Office 365 (Plan 2)',
  VISIOCLIENT: 'Visio Plan 2',
  VISIO_PLAN1_DEPT: 'Visio Plan 1',
  WINDOWS_STORE: 'Windows Store for Business',
  WIN_DEF_ATP: 'Microsoft Defender for Endpoint P2',
  Win10_VDA_E3: 'Windows 10/11 Enterprise E3',
}

/** The name that people know a product by; its part number where we know none. */
export function productName(skuPartNumber: string): string {
  return productNames[skuPartNumber] ?? skuPartNumber
}

/** The products whose names we know. */
export function knownProducts(): { skuPartNumber: string; product: string }[] {
  return Object.entries(productNames).map(([skuPartNumber, product]) => ({ skuPartNumber, product }))
}
