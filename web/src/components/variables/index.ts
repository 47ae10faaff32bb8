export { bare, type Expression, read, write } from './expression'
export { VariableInput } from './VariableInput'
export { VariablePicker } from './VariablePicker'
export { attributesQuery, useVariables, type Variable } from './words'
