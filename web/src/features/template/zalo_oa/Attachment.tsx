import { UploadOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button, Flex, Form, Select, Upload } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useCan } from '@/api/session'
import { Failure } from '@/components/ui/Faces'

import { connectionsQuery } from '../api'
import { Field } from '../parts/Field'
import { limits } from './content'
import { isUpload, uploadsQuery, useUpload } from './uploads'

interface AttachmentProps {
  kind: 'image' | 'file'
  value: string
  problem?: string
  onChange: (text: string) => void
}

/** A picture or a file: one that Loa keeps, one that is uploaded now, or an address of its own. */
export function Attachment({ kind, value, problem, onChange }: AttachmentProps) {
  const { t } = useTranslation()
  const may = useCan()('marketer')
  const [chosen, setChosen] = useState<number>()
  const accounts = (useQuery(connectionsQuery).data ?? []).filter((c) => c.provider === 'zalo')
  const account = chosen ?? accounts[0]?.id
  const list = useQuery(uploadsQuery(account))
  const send = useUpload(account)
  const kept = (list.data ?? []).filter((f) => f.kind === kind)
  const own = isUpload(value)
  const label = t(kind === 'image' ? 'zaloOAEditor.keptImage' : 'zaloOAEditor.keptFile')
  return (
    <>
      {account !== undefined && (
        <Form.Item label={label} htmlFor={`zalo-oa-kept-${kind}`} extra={t('zaloOAEditor.keptHint')}>
          <Flex gap={8} wrap>
            {accounts.length > 1 && (
              <Select<number>
                aria-label={t('templates.zns.account')}
                style={{ minWidth: 160 }}
                value={account}
                options={accounts.map((c) => ({ value: c.id, label: c.name }))}
                onChange={setChosen}
              />
            )}
            <Select<string>
              id={`zalo-oa-kept-${kind}`}
              aria-label={label}
              style={{ minWidth: 220, flex: 1 }}
              allowClear
              value={own ? value : undefined}
              loading={list.isFetching}
              placeholder={t('zaloOAEditor.choose')}
              notFoundContent={t('zaloOAEditor.noneKept')}
              options={kept.map((f) => ({ value: f.ref, label: f.name }))}
              onChange={(ref: string | undefined) => {
                onChange(ref ?? '')
              }}
            />
            <Upload
              accept={kind === 'image' ? '.jpg,.jpeg,.png' : '.pdf,.doc,.docx'}
              showUploadList={false}
              disabled={!may}
              beforeUpload={(file) => {
                send.mutate(file, {
                  onSuccess: (made) => {
                    onChange(made.ref)
                  },
                })
                return Upload.LIST_IGNORE
              }}
            >
              <Button icon={<UploadOutlined aria-hidden />} disabled={!may} loading={send.isPending}>
                {t('zaloOAEditor.upload')}
              </Button>
            </Upload>
          </Flex>
        </Form.Item>
      )}
      {send.isError && <Failure error={send.error} />}
      {list.isError && <Failure error={list.error} retry={() => void list.refetch()} />}
      {!own && (
        <Field
          path={kind}
          label={t(kind === 'image' ? 'messengerEditor.image' : 'zaloOAEditor.file')}
          value={value}
          max={limits.address}
          hint={t(kind === 'image' ? 'zaloOAEditor.imageHint' : 'zaloOAEditor.fileHint')}
          problem={problem}
          onChange={onChange}
        />
      )}
    </>
  )
}
