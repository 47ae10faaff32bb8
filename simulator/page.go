package simulator

import (
	"bytes"
	_ "embed" // the page
	"html/template"
	"net/http"
	"time"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"hour": func(ms int64) string { return time.UnixMilli(ms).In(vietnam).Format("15:04:05 02/01") },
}).Parse(pageText))

// home is GET /: what this is, how it stands, whom to write to.
func (s *Server) home(w http.ResponseWriter, _ *http.Request) {
	var b bytes.Buffer
	err := page.Execute(&b, object{
		"Zalo": s.ZaloURL(), "OAuth": s.ZaloOAuthURL(), "ESMS": s.ESMSURL(), "SMTP": s.SMTPAddr(), "Overview": s.Overview(), "Magic": MagicRecipients, "ESMSMagic": s.tune.Load().ESMSMagic,
		"Inbox": s.inbox.list(), "AppID": DefaultAppID, "AppSecret": DefaultAppSecret, "WebhookSecret": DefaultWebhookSecret, "OAID": DefaultOAID, "Access": DefaultAccessToken,
		"Refresh": DefaultRefreshToken, "Key": DefaultESMSKey, "Secret": DefaultESMSSecret, "Brandname": DefaultBrandname,
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	_, _ = w.Write(b.Bytes()) // the reader is gone: nothing to do about it
}
