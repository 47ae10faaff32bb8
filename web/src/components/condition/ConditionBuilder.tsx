import { Alert, Flex } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  QueryBuilder,
  Rule,
  RuleGroup,
  type RuleGroupProps,
  type RuleGroupType,
  type RuleProps,
} from 'react-querybuilder'

import type { FieldProblem } from '@/api/problem'
import { Failure, Loading } from '@/components/ui/Faces'

import { useFields } from './api'
import {
  AddGroup,
  AddRule,
  type BuilderContext,
  Clone,
  CombinatorSelector,
  contextOf,
  FieldSelector,
  NotToggle,
  OperatorSelector,
  Remove,
} from './Controls'
import { type Condition, type ConditionField, isEverybody, isGroup } from './condition'
import { problemMap } from './problems'
import { adapt, operatorsOf } from './shape'
import { fromQuery, type Query, toQuery } from './tree'
import { ValueEditor } from './ValueEditor'
import './condition.css'

export interface ConditionBuilderProps {
  value: Condition
  onChange: (value: Condition) => void
  /** What conditions can test; absent = the builder asks the API itself. */
  fields?: ConditionField[]
  /** The API's field errors of the last save or count; those of the condition are shown at their rules. */
  problems?: readonly FieldProblem[]
  /** The segment that is being edited, which may not contain itself. */
  segment?: number
  disabled?: boolean
  /** What an empty builder means; absent = everybody. */
  emptyText?: string
}

/** Edits a condition tree: groups of "and" or "or" in each other, tests by kind of field, mistakes at their rules. */
export function ConditionBuilder(props: ConditionBuilderProps) {
  const answer = useFields()
  if (!props.fields && answer.isPending) return <Loading />
  if (!props.fields && answer.isError) return <Failure error={answer.error} retry={() => void answer.refetch()} />
  return <Builder {...props} fields={props.fields ?? answer.data?.fields ?? []} events={answer.data?.events ?? []} />
}

const controls = {
  fieldSelector: FieldSelector,
  operatorSelector: OperatorSelector,
  combinatorSelector: CombinatorSelector,
  notToggle: NotToggle,
  valueEditor: ValueEditor,
  addRuleAction: AddRule,
  addGroupAction: AddGroup,
  removeRuleAction: Remove,
  removeGroupAction: Remove,
  cloneRuleAction: Clone,
  cloneGroupAction: Clone,
  rule: RuleWithProblems,
  ruleGroup: GroupWithProblems,
}

function Builder(props: ConditionBuilderProps & { fields: ConditionField[]; events: string[] }) {
  const { value, onChange, fields, events, problems, segment, disabled, emptyText } = props
  const { t } = useTranslation()
  // The builder's own tree has ids that keep the focus while typing; it is made anew only when another tree comes from outside.
  const [own, setOwn] = useState<{ value: Condition; query: Query }>(() => ({ value, query: toQuery(value) }))
  let query = own.query
  if (value !== own.value) {
    if (JSON.stringify(value) !== JSON.stringify(own.value)) query = toQuery(value)
    setOwn({ value, query })
  }
  const context = useMemo<BuilderContext>(
    () => ({ fields, events, problems: problemMap(problems, !isGroup(value)), without: segment }),
    [fields, events, problems, value, segment],
  )
  const options = useMemo(
    () => fields.map((f) => ({ name: f.name, value: f.name, label: f.label, operators: undefined })),
    [fields],
  )
  const find = (name: string) => fields.find((f) => f.name === name)
  return (
    <div
      className="condition-builder"
      onKeyDown={(e) => {
        // Enter in a value ends the typing; it must not send the form around the builder.
        if (e.key === 'Enter' && e.target instanceof HTMLInputElement) e.preventDefault()
      }}
    >
      <QueryBuilder
        query={query}
        onQueryChange={(next: RuleGroupType) => {
          const made = fromQuery(next)
          if (JSON.stringify(made) === JSON.stringify(own.value)) return
          setOwn({ value: made, query: next })
          onChange(made)
        }}
        fields={options}
        context={context}
        controlElements={controls}
        enableMountQueryChange={false}
        showNotToggle
        showCloneButtons
        resetOnFieldChange
        resetOnOperatorChange
        addRuleToNewGroups
        maxLevels={9}
        disabled={disabled}
        getOperators={(name) => {
          const field = find(name)
          return (field?.operators ?? []).map((o) => ({ name: o, value: o, label: o }))
        }}
        getDefaultField={() => (fields.some((f) => f.name === 'tag') ? 'tag' : (fields[0]?.name ?? ''))}
        getDefaultOperator={(name) => operatorsOf(find(name))[0] ?? 'eq'}
        getDefaultValue={(rule) => adapt(rule.value, find(rule.field), rule.operator)}
      />
      {isEverybody(value) && (
        <p className="condition-empty" role="note">
          {emptyText ?? t('condition.everybody')}
        </p>
      )}
    </div>
  )
}

function Problems({ texts }: { texts: string[] | undefined }) {
  if (!texts) return null
  return (
    <Flex vertical gap={2} className="condition-problems">
      {texts.map((text) => (
        <Alert key={text} type="error" showIcon title={text} role="alert" />
      ))}
    </Flex>
  )
}

function RuleWithProblems(props: RuleProps) {
  return (
    <>
      <Rule {...props} />
      <Problems texts={contextOf(props.context).problems.get(props.path.join('.'))} />
    </>
  )
}

function GroupWithProblems(props: RuleGroupProps) {
  const { t } = useTranslation()
  return (
    <div role="group" aria-label={t('condition.groupLabel')}>
      <RuleGroup {...props} />
      <Problems texts={contextOf(props.context).problems.get(props.path.join('.'))} />
    </div>
  )
}
