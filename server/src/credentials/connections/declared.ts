import type { DeclaredConnection } from '@crosswalk/sdk'
import { getDefinition, type IntegrationDefinition } from '../../definitions/definitions.ts'
import type { Database } from '../../platform/database/database.ts'
import { platformError } from '../../platform/errors.ts'
import type { CredentialReading } from '../credential-values.ts'
import type { TextValue } from '../http-spec.ts'
import { type Destination, destinationOf } from '../secret-hosts.ts'
import { isOfOrganizationConfig, parsedUrl } from '../wanted-tokens.ts'
import { connectionError } from './connection-errors.ts'
import type { ConnectionOwner } from './connections.queries.ts'

export type FoundDeclaration = { definition: IntegrationDefinition; declared: DeclaredConnection }

/** @throws integration_not_found, connection_not_declared */
export async function getDeclared(db: Database, integrationName: string, name: string): Promise<FoundDeclaration> {
  const definition = await getDefinition(db, 'integration', integrationName)
  const declared = definition.connections?.find((one) => one.name === name)
  if (declared) return { definition, declared }
  const available = definition.connections?.map((one) => one.name) ?? []
  throw connectionError('connection_not_declared', { integration_name: integrationName, connection_name: name, available })
}

/** Whose a connection is must be as it is declared: nothing stands in for anything else. @throws validation_failed */
export function requireOwner({ owner }: DeclaredConnection, { organizationId, mappingId }: ConnectionOwner): void {
  const problems: Record<string, string[]> = {}
  if ((organizationId !== null) !== (owner !== 'global'))
    problems.org_id = [
      owner === 'global'
        ? 'must be left out: this connection is one for all'
        : `is needed: this connection is one for each ${owner === 'mapping' ? 'mapping of an organization' : 'organization'}`,
    ]
  if ((mappingId !== null) !== (owner === 'mapping'))
    problems.mapping_id = [
      owner === 'mapping' ? 'is needed: this connection is one for each mapping' : 'must be left out: this connection is not of a mapping',
    ]
  const [problem] = Object.entries(problems)
  if (problem) throw platformError('validation_failed', problems, `${problem[0]} ${problem[1].join()}.`)
}

/** What requests about a connection's tokens are made of, and where they go. */
type ClientValues = { url: URL; destination: Destination; clientId: string; clientSecret: string | undefined }
export type ConnectionValues = Omit<ClientValues, 'url'> & { tokenUrl: URL }

/** For tokens. @throws secret_not_found, secret_not_for_host, validation_failed */
export async function readValues(reading: CredentialReading, declared: DeclaredConnection): Promise<ConnectionValues> {
  const { url: tokenUrl, ...values } = await readClient(reading, declared, 'tokenUrl', declared.tokenUrl)
  return { tokenUrl, ...values }
}

/** For the request to an address that the declaration names under that option. @throws secret_not_found, secret_not_for_host, validation_failed */
export async function readClient(
  reading: CredentialReading,
  declared: DeclaredConnection,
  option: 'tokenUrl' | 'revokeUrl',
  given: TextValue,
): Promise<ClientValues> {
  const written = await reading.text(option, given)
  const url = parsedUrl(written, option)
  const destination = destinationOf(url, isOfOrganizationConfig(written))
  const clientId = await reading.credential('clientId', declared.clientId, destination)
  const clientSecret = declared.clientSecret && (await reading.credential('clientSecret', declared.clientSecret, destination))
  return { url, destination, clientId: clientId.text, clientSecret: clientSecret?.text }
}
