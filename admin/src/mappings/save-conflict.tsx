import { type Integration, isApiError, type Mapping } from '@crosswalk/client'
import { Alert, Text } from '@mantine/core'
import { AppLink } from '../elements/app-link.tsx'
import { ChangedMeanwhile, differencesOf } from '../elements/changed-meanwhile.tsx'
import { ErrorNotice } from '../elements/error-notice.tsx'
import { fieldErrorOf, fieldErrorsIn } from '../elements/field-errors.ts'
import { isChangedMeanwhile } from '../elements/use-meanwhile.ts'
import { paths } from '../paths.ts'
import { useHolder } from './use-holder.ts'

type Refused = { error: unknown; orgId: string; integration: Integration; externalOrgId: string }

type SaveFailureProps = Refused & {
  /** The mapping as the form was opened with it, and as it is now where somebody else has changed it. */
  opened: Mapping | undefined
  theirs: Mapping | undefined
  isSaving: boolean
  onTakeTheirs: (theirs: Mapping) => void
  onSaveMine: (base: Mapping) => void
}

/** Why a mapping was not saved, where no field of the form says it: what is in the way, and the way to it. */
export function SaveFailure({ error, orgId, integration, externalOrgId, ...meanwhile }: SaveFailureProps) {
  if (isChangedMeanwhile(error)) return <Meanwhile error={error} {...meanwhile} />
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

function Meanwhile({
  error,
  opened,
  theirs,
  isSaving,
  onTakeTheirs,
  onSaveMine,
}: Omit<SaveFailureProps, keyof Refused> & { error: unknown }) {
  const fields = [
    ['External organization id', 'external_org_id'],
    ['External organization name', 'external_org_name'],
    ['Mapping data', 'mapping_data'],
    ['Active', 'is_active'],
  ] as const
  return (
    <ChangedMeanwhile
      error={error}
      differences={theirs && differencesOf(fields.map(([label, field]) => ({ label, before: opened?.[field], now: theirs[field] })))}
      isSaving={isSaving}
      onTakeTheirs={() => theirs && onTakeTheirs(theirs)}
      onSaveMine={() => theirs && onSaveMine(theirs)}
    />
  )
}

/** The refusal names nobody. Who has it is looked up, as far as the person may see it. */
function TakenNotice({ message, orgId, integration, externalOrgId }: Omit<Refused, 'error'> & { message: string }) {
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
