export type ValueKind = 'secret' | 'config'
