/** What a person does about a failure, where that is known. */
export type RemedyKind = 'map' | 'choose-mapping' | 'credentials' | 'address' | 'secret'

type Failure = {
  code: unknown
  failureKind: unknown
  integrationName: unknown
  /** Given where a mapping was named that is not there. */
  mappingId: unknown
}

/**
 * What to offer beside a failure, by its code first: only what is wrong with the credentials leads to the credentials.
 *
 * @returns undefined where nothing that the interface has would mend it
 */
export function remedyOf({ code, failureKind, integrationName, mappingId }: Failure): RemedyKind | undefined {
  const isOfIntegration = typeof integrationName === 'string'
  if (code === 'mapping_not_found' && isOfIntegration) return typeof mappingId === 'string' ? 'choose-mapping' : 'map'
  if (code === 'multiple_mappings') return isOfIntegration ? 'choose-mapping' : undefined
  if (code === 'secret_not_found') return isOfIntegration ? 'credentials' : 'secret'
  if (!isOfIntegration) return undefined
  if (failureKind === 'credentials' || failureKind === 'secret_missing') return 'credentials'
  return failureKind === 'network' ? 'address' : undefined
}
