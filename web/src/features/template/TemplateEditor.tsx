import { Alert, Button, Card, Col, ConfigProvider, Flex, Form, Input, Row } from 'antd'
import { Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Problem } from '@/api/problem'
import { useCan } from '@/api/session'
import { TestSend } from '@/components/trial/TestSend'
import { Failure, Loading } from '@/components/ui/Faces'
import { pathOf } from '@/components/ui/form'
import { useLeaveGuard } from '@/components/ui/LeaveGuard'
import { isBuiltin } from '@/lib/channels'

import { type Template, useSaveTemplate } from './api'
import { AudienceCheck } from './AudienceCheck'
import { ContactSelect } from './ContactSelect'
import { editorOf } from './editors'
import { UsedBy, Versions } from './History'

interface TemplateEditorProps {
  channel: string
  /** What is changed, or looked at; absent = a new template. */
  template?: Template
  /** The newest version, when an old one is shown. */
  newest?: number
  /** What a new one begins with, when it is not empty. */
  start?: { name: string; content: unknown }
  onSaved: (template: Template, fresh: boolean) => void
  /** Reads the newest version again after somebody else has saved one. */
  onReload: () => void
}

/** The frame around the editors of all channels: name, content, preview, checks, saving, versions and uses. */
export function TemplateEditor({ channel, template, newest, start, onSaved, onReload }: TemplateEditorProps) {
  const { t } = useTranslation()
  const may = useCan()('marketer')
  const kit = editorOf(channel)
  const [name, setName] = useState(template?.name ?? start?.name ?? '')
  const [content, setContent] = useState<unknown>(template?.content ?? start?.content ?? kit?.empty)
  const [contact, setContact] = useState<number>()
  const [dirty, setDirty] = useState(start !== undefined)
  const [named, setNamed] = useState(true)
  const save = useSaveTemplate(template?.id, channel)
  const pass = useLeaveGuard(dirty && may)
  if (!kit) return <Alert type="info" showIcon title={t('templates.unknownChannel')} />
  const { Editor, Preview, same } = kit
  const unfinished = kit.unfinished(content as never)
  const found = problemsOf(save.error)
  const stale = save.error instanceof Problem && save.error.code === 'template.changed'
  const old = newest !== undefined && template !== undefined && template.version !== newest
  const submit = (version: number) => {
    if (!name.trim()) {
      setNamed(false)
      document.getElementById('template-name')?.focus()
      return
    }
    save.mutate(
      { name, content, version },
      {
        onSuccess: (saved) => {
          pass()
          setDirty(false)
          onSaved(saved, template === undefined)
        },
      },
    )
  }
  const nameProblem = named ? found.fields.name : t('common.required')
  const editor = (
    <Suspense fallback={<Loading />}>
      <Editor
        value={content}
        contact={contact}
        problems={found.content}
        onChange={(next: unknown) => {
          setContent(next)
          setDirty(true)
        }}
      />
    </Suspense>
  )
  return (
    <Flex vertical gap={16}>
      {old && (
        <Alert
          type="info"
          showIcon
          title={t('templates.oldVersion', { version: template.version, newest })}
          action={
            may && (
              <Button
                size="small"
                loading={save.isPending}
                onClick={() => {
                  submit(newest)
                }}
              >
                {t('templates.restore')}
              </Button>
            )
          }
        />
      )}
      <ConfigProvider componentDisabled={!may || old}>
        <Form layout="vertical" requiredMark={false} component={false}>
          <Form.Item
            label={t('templates.name')}
            htmlFor="template-name"
            validateStatus={nameProblem ? 'error' : undefined}
            help={nameProblem}
            style={{ maxWidth: 640, marginBottom: 0 }}
          >
            <Input
              id="template-name"
              maxLength={200}
              value={name}
              placeholder={t('templates.namePlaceholder')}
              onChange={(e) => {
                setName(e.target.value)
                setNamed(true)
                setDirty(true)
              }}
            />
          </Form.Item>
          {!same && (
            <div style={{ maxWidth: 420 }}>
              <Form.Item label={t('templates.previewWith')} style={{ marginBottom: 0 }}>
                <ConfigProvider componentDisabled={false}>
                  <ContactSelect value={contact} onChange={setContact} />
                </ConfigProvider>
              </Form.Item>
            </div>
          )}
          {Preview ? (
            <Row gutter={[24, 16]}>
              <Col xs={24} lg={14}>
                {editor}
              </Col>
              <Col xs={24} lg={10}>
                <Card size="small" title={<h2 className="card-title">{t('templates.preview')}</h2>}>
                  <Suspense fallback={<Loading />}>
                    <Preview value={content} contact={contact} onChange={setContent} />
                  </Suspense>
                </Card>
              </Col>
            </Row>
          ) : (
            editor
          )}
        </Form>
      </ConfigProvider>
      {stale && (
        <Alert
          type="warning"
          showIcon
          role="alert"
          title={t('templates.conflict')}
          description={t('templates.conflictHint')}
          action={
            <Flex vertical gap={8}>
              <Button
                size="small"
                onClick={() => {
                  pass()
                  onReload()
                }}
              >
                {t('templates.takeTheirs')}
              </Button>
              <Button
                size="small"
                danger
                onClick={() => {
                  submit(0)
                }}
              >
                {t('templates.keepMine')}
              </Button>
            </Flex>
          }
        />
      )}
      {save.isError && !stale && <Failure error={save.error} />}
      {!old && (
        <Flex gap={8} wrap>
          <Button
            type="primary"
            disabled={!may}
            loading={save.isPending}
            onClick={() => {
              submit(template?.version ?? 0)
            }}
          >
            {t(template ? 'common.save' : 'templates.create')}
          </Button>
          {!isBuiltin(channel) && (
            <TestSend
              template={template?.id}
              channel={channel}
              content={dirty ? content : undefined}
              contact={contact}
            />
          )}
        </Flex>
      )}
      {!same && (
        <Card size="small" title={<h2 className="card-title">{t('templates.audience.title')}</h2>}>
          <AudienceCheck channel={channel} content={content} unfinished={unfinished} />
        </Card>
      )}
      {template && (
        <Row gutter={[16, 16]}>
          <Col xs={24} md={12}>
            <Card size="small" title={<h2 className="card-title">{t('templates.usedBy')}</h2>}>
              <UsedBy id={template.id} />
            </Card>
          </Col>
          <Col xs={24} md={12}>
            <Card size="small" title={<h2 className="card-title">{t('templates.versions')}</h2>}>
              <Versions id={template.id} shown={template.version} />
            </Card>
          </Col>
        </Row>
      )}
    </Flex>
  )
}

/** Sorts what the API found wrong: fields of the template, and fields of its content. */
function problemsOf(error: unknown) {
  const fields: Record<string, string> = {}
  const content: Record<string, string> = {}
  if (error instanceof Problem)
    for (const e of error.errors) {
      const [first, ...rest] = pathOf(e.path)
      if (first === 'content') content[rest.join('.')] = e.detail
      else fields[String(first ?? '')] = e.detail
    }
  return { fields, content }
}
