// What is said where a mapping is refused: in an execution, and in a test of author code.

/** `validation_failed`, of data that the schema does not take. */
export function dataDoesNotFit(integrationName: string, errors: Record<string, string[]>): string {
  const sentences = Object.entries(errors).map(([field, messages]) => `${field} ${messages.join(', ')}`)
  return `The mapping data does not fit the integration '${integrationName}': ${sentences.join('; ')}.`
}

/** `mapping_holds_secret` */
export const mappingHoldsSecret =
  'The mapping holds a secret that this execution has read. A mapping is plain and readable, and so is its audit: store the key of the secret in it, and read its value with getSecret.'

/** `address_not_allowed` */
export const addressNotAllowed = (integrationName: string, host: string, key: string) =>
  `The mapping of '${integrationName}' names the host '${host}', which nobody who may set global values has named, so the global secret '${key}' is not given for it. Add the host to \`static hosts\` of the integration, or to a global config value; or set '${key}' for the organization.`
