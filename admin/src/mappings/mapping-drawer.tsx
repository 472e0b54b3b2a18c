import type { Mapping } from '@crosswalk/client'
import { Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { DrawerFooter } from '../elements/drawer-footer.tsx'
import { fieldErrorOf, fieldErrorsIn } from '../elements/field-errors.ts'
import { FormDrawer } from '../elements/form-drawer.tsx'
import { type Changed, useLeaveGuard, useLeaving } from '../elements/use-leaving.ts'
import { ChangedBy } from '../parts/changed-by.tsx'
import type { SchemaFormHandle } from '../parts/schema-form/schema-form.tsx'
import { credentialsObstacle } from '../parts/value-form/requirements.ts'
import { integrationsFor } from '../queries/integrations.ts'
import { ConnectionTestStep, hasPassed, useConnectionTest } from './connection-test.tsx'
import { CredentialsButton } from './credentials-button.tsx'
import { draftOf, emptyDraft, isSameDraft, type MappingDraft, whatIsMissing, withOnlyChoice } from './draft.ts'
import { MappingDataStep, Step } from './drawer-steps.tsx'
import { ExternalOrganizationStep } from './external-organization-step.tsx'
import { IntegrationStep } from './integration-step.tsx'
import { SaveFailure } from './save-conflict.tsx'
import { useSaveMapping } from './use-save-mapping.ts'
import { vendorNameIn } from './vendor-name.tsx'

type MappingDrawerProps = {
  orgId: string
  orgName: string
  isOpen: boolean
  onClose: () => void
  mapping?: Mapping
  /** What a link to the drawer says already of a new mapping. */
  proposed?: Partial<MappingDraft>
}

/** Adds a mapping, or changes the given one. */
export function MappingDrawer({ isOpen, onClose, mapping, proposed, ...rest }: MappingDrawerProps) {
  const initial = mapping ? draftOf(mapping) : { ...emptyDraft, ...proposed }
  const { isChanged, leave, close } = useLeaving(onClose)
  const [isUnderForm, setUnderForm] = useState(false)
  return (
    <FormDrawer
      isOpen={isOpen}
      onClose={close}
      // The key closes the form that lies over the drawer, and that alone.
      closeOnEscape={!isUnderForm}
      title={mapping ? 'Edit integration mapping' : 'Add Integration Mapping'}
    >
      <DrawerForm
        key={mapping?.id ?? 'new'}
        {...rest}
        initial={initial}
        isChanged={isChanged}
        onForm={setUnderForm}
        onClose={close}
        onSaved={leave}
        {...(mapping ? { mapping } : {})}
      />
    </FormDrawer>
  )
}

type FormProps = {
  orgId: string
  orgName: string
  initial: MappingDraft
  mapping?: Mapping
  isChanged: Changed
  /** Told when a form opens over the drawer, and when it closes. */
  onForm: (isOpen: boolean) => void
  onClose: () => void
  onSaved: () => void
}

function DrawerForm({ orgId, orgName, initial, mapping, isChanged, onForm, onClose, onSaved }: FormProps) {
  const [first, setFirst] = useState(initial)
  const [entered, setDraft] = useState(initial)
  const dataForm = useRef<SchemaFormHandle>(null)
  const isSaved = useRef(false)
  const { data } = useQuery(integrationsFor(orgId))
  const draft = withOnlyChoice(entered, data?.integrations ?? [])
  const integration = data?.integrations.find(({ name }) => name === draft.integrationName)
  const testing = useConnectionTest(orgId, ({ externalOrgId }, result) => {
    const vendorName = vendorNameIn(result)
    if (vendorName === undefined) return
    setDraft((now) =>
      now.externalOrgId === externalOrgId && now.externalOrgName.trim() === '' ? { ...now, externalOrgName: vendorName } : now,
    )
  })
  const isDirty = !isSameDraft(first, entered)
  const obstacle = integration && credentialsObstacle(integration)
  const [timesSet, setTimesSet] = useState(0)
  const retryAfterCredentials = () => {
    setTimesSet((times) => times + 1)
    if ((testing.isError || testing.data?.success === false) && whatIsMissing(draft) === undefined) testing.mutate(draft)
  }
  const credentials = integration && (
    <CredentialsButton
      integration={integration}
      organization={{ id: orgId, name: orgName }}
      onForm={onForm}
      onSaved={retryAfterCredentials}
    />
  )
  const { saving, meanwhile } = useSaveMapping(orgId, orgName, mapping, () => {
    isSaved.current = true
    isChanged.current = false
    onSaved()
  })
  isChanged.current = isDirty && !isSaved.current
  useLeaveGuard(isChanged)
  const change = (part: Partial<MappingDraft>) => {
    // What was in the way of one external organization says nothing about another.
    if (saving.isError && part.externalOrgId !== undefined && part.externalOrgId !== draft.externalOrgId) saving.reset()
    setDraft((now) => ({ ...now, ...part }))
  }
  const isOfTest = testing.variables?.externalOrgId === draft.externalOrgId
  const testedIdError = isOfTest ? fieldErrorOf(testing.error, 'external_org_id') : undefined
  const missing = whatIsMissing(draft) ?? (mapping && !isDirty ? 'Nothing is changed yet.' : undefined)
  const save = () => {
    if (dataForm.current?.validate() !== false) saving.mutate({ draft, hasPassed: hasPassed(testing, draft) })
  }
  return (
    <Stack gap="lg" flex={1}>
      {mapping && <ChangedBy type="integration_mapping" id={mapping.id} orgId={orgId} version={mapping.updated_at} />}
      <IntegrationStep
        orgId={orgId}
        value={draft.integrationName}
        isFixed={mapping !== undefined}
        credentials={credentials}
        onChange={(integrationName) => {
          testing.reset()
          saving.reset()
          setDraft({ ...emptyDraft, integrationName })
        }}
      />
      {integration && (
        <>
          <Step title="External organization" description={`Which organization of ${integration.display_name} is ${orgName}?`}>
            <ExternalOrganizationStep
              key={integration.name}
              orgId={orgId}
              integration={integration}
              draft={draft}
              onChange={change}
              idError={fieldErrorOf(saving.error, 'external_org_id') ?? testedIdError}
              nameError={fieldErrorOf(saving.error, 'external_org_name')}
              obstacle={obstacle}
              credentials={credentials}
              timesCredentialsSet={timesSet}
            />
          </Step>
          <MappingDataStep
            integration={integration}
            orgId={orgId}
            draft={draft}
            onChange={change}
            errors={fieldErrorsIn(saving.error, 'mapping_data')}
            form={dataForm}
          />
          <Step title="Test">
            <ConnectionTestStep draft={draft} testing={testing} onChange={change} obstacle={obstacle} credentials={credentials} />
          </Step>
        </>
      )}
      <DrawerFooter
        reason={missing}
        failure={
          saving.error &&
          integration && (
            <SaveFailure
              error={saving.error}
              orgId={orgId}
              integration={integration}
              externalOrgId={draft.externalOrgId}
              opened={meanwhile.base}
              theirs={meanwhile.theirs}
              isSaving={saving.isPending}
              onTakeTheirs={(theirs) => {
                setFirst(draftOf(theirs))
                setDraft(draftOf(theirs))
                meanwhile.accept()
                saving.reset()
              }}
              onSaveMine={(base) => {
                meanwhile.accept()
                saving.mutate({ draft, hasPassed: hasPassed(testing, draft), base })
              }}
            />
          )
        }
        error={saving.error}
        isSaving={saving.isPending}
        onCancel={onClose}
        onSave={save}
      />
    </Stack>
  )
}
