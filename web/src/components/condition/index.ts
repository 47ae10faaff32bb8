export { type ConditionBuilderProps, ConditionBuilder } from './ConditionBuilder'
export { ConditionPreview } from './ConditionPreview'
export { asCondition, type Condition, type ConditionField, everybody, isEverybody } from './condition'
export { isConditionProblem } from './problems'
