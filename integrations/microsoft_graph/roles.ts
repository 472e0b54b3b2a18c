/** Entra roles that a GDAP relationship may give, by their template ids, which are the same in every tenant. */
const roleNames: Record<string, string> = {
  '62e90394-69f5-4237-9190-012177145e10': 'Global Administrator',
  'f2ef992c-3afb-46b9-b7cf-a126ee74c451': 'Global Reader',
  '88d8e3e3-8f55-4a1e-953a-9b9898b8876b': 'Directory Readers',
  '9360feb5-f418-4baa-8175-e2a00bac4301': 'Directory Writers',
  'fe930be7-5e62-47db-91af-98c3a49a38b1': 'User Administrator',
  '4d6ac14f-3453-41d0-bef9-a3e0c569773a': 'License Administrator',
  'fdd7a751-b60b-444a-984c-02652fe8fa1c': 'Groups Administrator',
  '729827e3-9c14-49f7-bb1b-9608f156bbb8': 'Helpdesk Administrator',
  'c4e39bd9-1100-46d3-8c65-fb160da0071f': 'Authentication Administrator',
  '7be44c8a-adaf-4e2a-84d6-ab2649e08a13': 'Privileged Authentication Administrator',
  '8329153b-31d0-4727-b945-745eb3bc5f31': 'Domain Name Administrator',
  '7698a772-787b-4ac8-901f-60d6b08affd2': 'Cloud Device Administrator',
  '3a2c62db-5318-420d-8d74-23affee5d9d5': 'Intune Administrator',
  '29232cdf-9323-42fd-ade2-1d097af3e4de': 'Exchange Administrator',
  'f28a1f50-f6e7-4571-818b-6a12f2af6b6c': 'SharePoint Administrator',
  '69091246-20e8-4a56-aa4d-066075b2a7a8': 'Teams Administrator',
  '194ae4cb-b126-40b2-bd5b-6091b380977d': 'Security Administrator',
  '5d6b6bb7-de71-4623-b4af-96380a352509': 'Security Reader',
  'f023fd81-a637-4b56-95fd-791ac0226033': 'Service Support Administrator',
  '158c047a-c907-4556-b7ef-446551a6b5f7': 'Cloud Application Administrator',
  'b0f54661-2d74-4c50-afa3-1ec803f12efe': 'Billing Administrator',
}

export function roleName(templateId: string): string {
  return roleNames[templateId.toLowerCase()] ?? templateId
}

/** What the integration does, and the roles of which one is enough for it; the first is the one to ask for. */
const needs: readonly { act: string; roles: readonly string[] }[] = [
  {
    act: 'read users, groups and devices',
    roles: ['Directory Readers', 'Global Reader', 'Directory Writers', 'User Administrator', 'Global Administrator'],
  },
  { act: 'create, change and disable users', roles: ['User Administrator', 'Global Administrator'] },
  { act: 'assign licenses', roles: ['License Administrator', 'User Administrator', 'Global Administrator'] },
  { act: 'change the members of groups', roles: ['Groups Administrator', 'User Administrator', 'Global Administrator'] },
  {
    act: 'reset passwords',
    roles: [
      'Helpdesk Administrator',
      'Authentication Administrator',
      'User Administrator',
      'Privileged Authentication Administrator',
      'Global Administrator',
    ],
  },
]

/** The roles to ask for, so that the partner's user may do all that the integration does. */
export function missingRoles(names: Iterable<string>): { role: string; act: string }[] {
  const held = new Set(names)
  return needs.flatMap(({ act, roles: [role = '', ...others] }) => ([role, ...others].some((one) => held.has(one)) ? [] : [{ role, act }]))
}
