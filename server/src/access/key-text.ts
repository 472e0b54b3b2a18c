/** How each key begins, so that secret scanners and people know what they have found. */
export const keyPrefix = 'cwk_'
