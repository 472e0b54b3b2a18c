import type { DefinitionProblem, PublishedDefinition } from '../protocol/channel.ts'

export type DefinitionKind = PublishedDefinition['kind']
/** A definition as it was last published. With a time, it does not load or is switched off since then: it is shown, and cannot be run. */
export type Known<Definition extends PublishedDefinition> = Definition & { missingSince?: Date; switchedOffSince?: Date }
export type DefinitionOf<Kind extends DefinitionKind> = Known<Extract<PublishedDefinition, { kind: Kind }>>
/** A problem, and since when its file has had one. */
export type KnownProblem = DefinitionProblem & { isWarning: boolean; since: Date }
export type IntegrationDefinition = DefinitionOf<'integration'>
export type WorkflowDefinition = DefinitionOf<'workflow'>
export type DataProviderDefinition = DefinitionOf<'data_provider'>
