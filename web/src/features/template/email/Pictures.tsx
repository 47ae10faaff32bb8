import { DeleteOutlined, UploadOutlined } from '@ant-design/icons'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Flex, Form, Input, Modal, Typography } from 'antd'
import { useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useCan } from '@/api/session'
import { useConfirm } from '@/components/ui/confirm'
import { Failure, Loading, Nothing } from '@/components/ui/Faces'

import { type Asset, assetsQuery, removeAsset, upload } from './api'
import { formatBytes } from './words'

interface Props {
  open: boolean
  close: () => void
  pick: (picture: { src: string; alt?: string }) => void
}

/** Chooses a picture: one of the workspace's, a new one, or one at another address. */
export function Pictures({ open, close, pick }: Props) {
  const { t } = useTranslation()
  return (
    <Modal
      open={open}
      onCancel={close}
      title={t('emailEditor.pictures.title')}
      footer={null}
      width={720}
      destroyOnHidden
    >
      <Gallery pick={pick} />
    </Modal>
  )
}

function Gallery({ pick }: { pick: Props['pick'] }) {
  const { t, i18n } = useTranslation()
  const queries = useQueryClient()
  const confirm = useConfirm()
  const may = useCan()('marketer')
  const file = useRef<HTMLInputElement>(null)
  const address = useId()
  const [url, setURL] = useState('')
  const list = useQuery(assetsQuery)
  const add = useMutation({
    mutationFn: upload,
    onSuccess: (asset) => {
      void queries.invalidateQueries({ queryKey: ['assets'] })
      pick({ src: asset.url })
    },
  })
  const sure = /^https?:\/\/\S+$/.test(url)
  const remove = (asset: Asset) => {
    confirm({
      title: t('emailEditor.pictures.removeTitle'),
      text: t('emailEditor.pictures.removeText'),
      ok: t('emailEditor.pictures.removeOk'),
      danger: true,
      action: async () => {
        await removeAsset(asset.hash)
        await queries.invalidateQueries({ queryKey: ['assets'] })
      },
    })
  }
  return (
    <Flex vertical gap={12}>
      <Flex gap={8} align="center" wrap>
        <input
          ref={file}
          type="file"
          accept="image/png,image/jpeg,image/gif"
          hidden
          aria-label={t('emailEditor.pictures.upload')}
          onChange={(e) => {
            const chosen = e.target.files?.[0]
            if (chosen) add.mutate(chosen)
            e.target.value = ''
          }}
        />
        <Button
          type="primary"
          icon={<UploadOutlined />}
          loading={add.isPending}
          disabled={!may}
          onClick={() => file.current?.click()}
        >
          {t('emailEditor.pictures.upload')}
        </Button>
        <Typography.Text type="secondary">{t('emailEditor.pictures.hint')}</Typography.Text>
      </Flex>
      {add.error && <Failure error={add.error} />}
      {list.isPending ? (
        <Loading />
      ) : list.error ? (
        <Failure error={list.error} retry={() => void list.refetch()} />
      ) : list.data.length === 0 ? (
        <Nothing text={t('emailEditor.pictures.empty')} />
      ) : (
        <ul className="mail-pictures">
          {list.data.map((asset) => (
            <li key={asset.hash}>
              <button
                type="button"
                aria-label={t('emailEditor.pictures.pick', { name: asset.name || asset.hash.slice(0, 8) })}
                onClick={() => {
                  pick({ src: asset.url })
                }}
              >
                <img src={asset.path} alt="" loading="lazy" />
              </button>
              <Flex justify="space-between" align="center" gap={4}>
                <small>
                  {t('emailEditor.pictures.size', {
                    width: asset.width,
                    height: asset.height,
                    size: formatBytes(asset.size, i18n.language),
                  })}
                </small>
                <Button
                  type="text"
                  size="small"
                  icon={<DeleteOutlined />}
                  disabled={!may}
                  aria-label={t('emailEditor.pictures.remove', { name: asset.name || asset.hash.slice(0, 8) })}
                  onClick={() => {
                    remove(asset)
                  }}
                />
              </Flex>
            </li>
          ))}
        </ul>
      )}
      <Form.Item label={t('emailEditor.pictures.url')} htmlFor={address} layout="vertical" style={{ marginBottom: 0 }}>
        <Flex gap={8}>
          <Input
            id={address}
            type="url"
            placeholder="https://"
            value={url}
            onChange={(e) => {
              setURL(e.target.value.trim())
            }}
          />
          <Button
            disabled={!sure}
            onClick={() => {
              pick({ src: url })
            }}
          >
            {t('emailEditor.pictures.use')}
          </Button>
        </Flex>
      </Form.Item>
    </Flex>
  )
}
