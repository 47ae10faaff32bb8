import { Alert, Button, Card, Col, Flex, Form, Input, Radio, Row } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Problem } from '@/api/problem'
import {
  asCondition,
  type Condition,
  ConditionBuilder,
  ConditionPreview,
  everybody,
  isConditionProblem,
  useConditionProblems,
} from '@/components/condition'
import { Failure } from '@/components/ui/Faces'
import { useFormProblems } from '@/components/ui/form'
import { useLeaveGuard } from '@/components/ui/LeaveGuard'

import { type Segment, type SegmentForm, useSaveSegment } from './api'
import './segment.css'

interface SegmentEditorProps {
  /** The segment that is changed; absent = a new one. */
  segment?: Segment
  /** What a new one begins with. */
  start?: { name: string; description: string; condition: unknown }
  onSaved: (segment: Segment) => void
  onCancel: () => void
}

/** Edits name, description and rule of a segment, and shows meanwhile whom the rule takes. */
export function SegmentEditor({ segment, start, onSaved, onCancel }: SegmentEditorProps) {
  const { t } = useTranslation()
  const [form] = Form.useForm<SegmentForm>()
  const first = segment ?? start
  const [condition, setCondition] = useState<Condition>(() => (first ? asCondition(first.condition) : everybody))
  const [dirty, setDirty] = useState(false)
  const [kind, setKind] = useState<'rule' | 'list'>(segment?.kind ?? 'rule')
  const byRule = kind === 'rule'
  const save = useSaveSegment(segment?.id)
  const pass = useLeaveGuard(dirty)
  const live = useConditionProblems(condition)
  const left = useFormProblems(form, save.error)
  const refused = save.error instanceof Problem ? save.error.errors.filter(isConditionProblem) : []
  const shownAtRules = refused.length > 0 && left instanceof Problem && left.errors.every(isConditionProblem)
  return (
    <Form<SegmentForm>
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={{ name: first?.name ?? '', description: first?.description ?? '' }}
      onValuesChange={() => {
        setDirty(true)
      }}
      onFinish={(values) => {
        save.mutate(byRule ? { ...values, condition } : { ...values, kind }, {
          onSuccess: (saved) => {
            pass()
            onSaved(saved)
          },
        })
      }}
    >
      <Row gutter={[16, 16]}>
        <Col xs={24} lg={16}>
          <Flex vertical gap={12}>
            <div>
              <Form.Item
                name="name"
                label={t('segments.name')}
                rules={[{ required: true, whitespace: true, message: t('common.required') }]}
              >
                <Input maxLength={200} placeholder={t('segments.namePlaceholder')} />
              </Form.Item>
              <Form.Item name="description" label={`${t('segments.description')} (${t('common.optional')})`}>
                <Input.TextArea maxLength={2000} autoSize={{ minRows: 1, maxRows: 6 }} />
              </Form.Item>
            </div>
            {!segment && (
              <Radio.Group
                aria-label={t('segments.kind')}
                value={kind}
                options={[
                  { value: 'rule', label: t('segments.kindRule') },
                  { value: 'list', label: t('segments.kindList') },
                ]}
                onChange={(e) => {
                  setKind(e.target.value as 'rule' | 'list')
                  setDirty(true)
                }}
              />
            )}
            {byRule ? (
              <Card size="small" title={<h2 className="card-title">{t('segments.rule')}</h2>}>
                <ConditionBuilder
                  value={condition}
                  segment={segment?.id}
                  problems={refused.length > 0 ? refused : live}
                  onChange={(next) => {
                    setCondition(next)
                    setDirty(true)
                    save.reset()
                  }}
                />
              </Card>
            ) : (
              <Alert type="info" showIcon title={t('segments.listHint')} />
            )}
          </Flex>
        </Col>
        <Col xs={24} lg={8}>
          <div className="sticky">{byRule && <ConditionPreview condition={condition} />}</div>
        </Col>
      </Row>
      <Flex vertical gap={12} style={{ marginTop: 16 }}>
        {shownAtRules ? (
          <Alert type="error" showIcon role="alert" title={(save.error as Problem).detail} />
        ) : (
          left !== undefined && <Failure error={left} />
        )}
        <Flex gap={8}>
          <Button type="primary" htmlType="submit" loading={save.isPending}>
            {t(segment ? 'common.save' : 'segments.create')}
          </Button>
          <Button onClick={onCancel}>{t('segments.back')}</Button>
        </Flex>
      </Flex>
    </Form>
  )
}
