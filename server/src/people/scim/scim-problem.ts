import { type DomainError, defineErrors } from '../../platform/errors.ts'

export const scimError = defineErrors({
  scim_filter_refused: {
    status: 400,
    message: 'This filter is not taken. Compare attributes with eq, joined by and: userName eq "ada@example.com".',
  },
  scim_path_refused: { status: 400, message: 'This path of a change leads nowhere. Name an attribute, such as name.givenName.' },
  scim_value_refused: { status: 400, message: 'An attribute has a value that is not taken.' },
  scim_group_not_found: { status: 404, message: 'There is no such group. It may have been removed meanwhile.' },
  scim_group_exists: { status: 409, message: 'A group of this name is here already. Rename one of them at the identity provider.' },
})

const scimTypes: Readonly<Record<string, string>> = {
  scim_filter_refused: 'invalidFilter',
  scim_path_refused: 'invalidPath',
  scim_value_refused: 'invalidValue',
  scim_group_exists: 'uniqueness',
  person_exists: 'uniqueness',
  validation_failed: 'invalidSyntax',
  malformed_json: 'invalidSyntax',
}

export const scimMediaType = 'application/scim+json; charset=utf-8'
export const isScimPath = (url: string): boolean => url.startsWith('/api/scim/')

/** A failure as RFC 7644 has it (3.12), together with what our errors have everywhere. */
export function scimProblemOf(failure: DomainError, requestId: string): string {
  const scimType = scimTypes[failure.code]
  return JSON.stringify({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: String(failure.status),
    ...(scimType === undefined ? {} : { scimType }),
    detail: failure.message,
    error: failure.code,
    message: failure.message,
    details: failure.details,
    request_id: requestId,
  })
}
