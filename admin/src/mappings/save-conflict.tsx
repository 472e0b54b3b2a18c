import { type Integration, isApiError } from '@crosswalk/client'
import { Alert, Text } from '@mantine/core'
import { AppLink } from '../elements/app-link.tsx'
import { ErrorNotice } from '../elements/error-notice.tsx'
import { fieldErrorOf, fieldErrorsIn } from '../elements/field-errors.ts'
import { paths } from '../paths.ts'
import { useHolder } from './use-holder.ts'

type SaveFailureProps = { error: unknown; orgId: string; integration: Integration; externalOrgId: string }

/** Why a mapping was not saved, where no field of the form says it: what is in the way, and the way to it. */
export function SaveFailure({ error, orgId, integration, externalOrgId }: SaveFailureProps) {
  if (isApiError(error, 'mapping_exists')) {
    const mappingId = typeof error.details.mapping_id === 'string' ? error.details.mapping_id : undefined
    return (
      <Alert color="orange" variant="light" role="alert" title="This organization has this mapping already">
        <Text size="sm">{error.message}</Text>
        {mappingId && (
          <AppLink to={paths.organizationMappings(orgId, { mapping: mappingId })} fz="sm">
            Open the mapping that is there
          </AppLink>
        )}
      </Alert>
    )
  }
  if (isApiError(error, 'external_org_taken')) {
    return <TakenNotice message={error.message} orgId={orgId} integration={integration} externalOrgId={externalOrgId} />
  }
  const isShownAtField =
    Object.keys(fieldErrorsIn(error, 'mapping_data')).length > 0 ||
    fieldErrorOf(error, 'external_org_id') ||
    fieldErrorOf(error, 'external_org_name')
  if (isShownAtField) {
    return (
      <Alert color="red" variant="light" role="alert" title="Not saved">
        Correct the marked fields above.
      </Alert>
    )
  }
  return <ErrorNotice error={error} title="The mapping was not saved" />
}

/** The refusal names nobody. Who has it is looked up, as far as the person may see it. */
function TakenNotice({ message, orgId, integration, externalOrgId }: Omit<SaveFailureProps, 'error'> & { message: string }) {
  const holder = useHolder(integration, externalOrgId, orgId)
  return (
    <Alert color="orange" variant="light" role="alert" title="Another organization has it">
      <Text size="sm">
        {holder ? `It is mapped to ${holder.org_name}.` : message} Choose another one, or{' '}
        {holder ? (
          <AppLink to={paths.organizationMappings(holder.org_id, { mapping: holder.mapping_id })}>
            open that mapping and deactivate it
          </AppLink>
        ) : (
          'deactivate that mapping'
        )}{' '}
        first.
      </Text>
    </Alert>
  )
}
