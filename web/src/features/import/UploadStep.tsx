import { InboxOutlined } from '@ant-design/icons'
import { Button, Flex, Progress, Typography, Upload } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Failure } from '@/components/ui/Faces'
import { useLeaveGuard } from '@/components/ui/LeaveGuard'

import { type Import, maxBytes, upload } from './api'
import { formatBytes } from './words'

/** Takes a file by choosing or dropping and sends it, with progress. */
export function UploadStep({ onUploaded }: { onUploaded: (made: Import) => void }) {
  const { t, i18n } = useTranslation()
  const [file, setFile] = useState<File>()
  const [part, setPart] = useState(0)
  const [error, setError] = useState<unknown>()
  const [wrong, setWrong] = useState('')
  const call = useRef<AbortController>(undefined)
  const pass = useLeaveGuard(file !== undefined)
  useEffect(() => () => call.current?.abort(), [])

  const send = (chosen: File) => {
    setError(undefined)
    setWrong('')
    if (!/\.(csv|txt|xlsx)$/i.test(chosen.name)) {
      setWrong(t('imports.wrongKind', { name: chosen.name }))
      return
    }
    if (chosen.size > maxBytes) {
      setWrong(t('imports.tooLarge', { max: formatBytes(maxBytes, i18n.language) }))
      return
    }
    setFile(chosen)
    setPart(0)
    const controller = new AbortController()
    call.current = controller
    upload(chosen, setPart, controller.signal)
      .then((made) => {
        pass()
        onUploaded(made)
      })
      .catch((e: unknown) => {
        setFile(undefined)
        if (!(e instanceof DOMException)) setError(e)
      })
  }

  if (file)
    return (
      <Flex vertical gap={12} style={{ maxWidth: 560 }}>
        <div role="status">
          {part < 1
            ? t('imports.uploading', { name: file.name, size: formatBytes(file.size, i18n.language) })
            : t('imports.reading', { name: file.name })}
        </div>
        <Progress percent={Math.floor(part * 100)} aria-label={t('imports.uploadProgress')} />
        <span>
          <Button onClick={() => call.current?.abort()}>{t('imports.stopUpload')}</Button>
        </span>
      </Flex>
    )
  return (
    <Flex vertical gap={12}>
      <Upload.Dragger
        accept=".csv,.txt,.xlsx"
        multiple={false}
        showUploadList={false}
        beforeUpload={(chosen) => {
          send(chosen)
          return Upload.LIST_IGNORE
        }}
      >
        <p className="ant-upload-drag-icon">
          <InboxOutlined />
        </p>
        <p className="ant-upload-text">{t('imports.drop')}</p>
        <p className="ant-upload-hint">{t('imports.dropHint', { max: formatBytes(maxBytes, i18n.language) })}</p>
      </Upload.Dragger>
      {wrong && (
        <Typography.Text type="danger" role="alert">
          {wrong}
        </Typography.Text>
      )}
      {error !== undefined && <Failure error={error} />}
    </Flex>
  )
}
