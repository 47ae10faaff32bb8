package simulator

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

var timeLayouts = []string{"15:04:05", "15:04", "15:04:05 02/01/2006", "15:04 02/01/2006", "02/01/2006", "01/2006"}

// validKind checks a value against ZBS's parameter type. Types that are plain text take anything.
func validKind(kind, v string) bool {
	switch kind {
	case "2": // phone
		return strings.Trim(v, "0123456789+ .-()") == ""
	case "11": // time
		for _, l := range timeLayouts {
			if _, err := time.Parse(l, v); err == nil {
				return true
			}
		}
		return false
	case "13": // link
		u, err := url.Parse(v)
		return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
	case "14": // money: a positive whole number
		n, err := strconv.ParseInt(v, 10, 64)
		return err == nil && n > 0
	case "15": // bank transfer note
		return !strings.ContainsAny(v, "<>&\"'%$#@!*")
	}
	return true
}

func appProof(secret, token string) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(token))
	return hex.EncodeToString(m.Sum(nil))
}

// zaloTake is the end of the provider's order, quota, balance, account, opt-outs, in one step with taking what the message costs: two calls cannot share the last unit.
func (s *Server) zaloTake(in *zaloSend, price int64) (left, quota int64, code int) {
	person := s.zaloPerson(in.recipient)
	s.zalo.oaMu.Lock()
	defer s.zalo.oaMu.Unlock()
	o := s.zalo.oas[in.token.oa]
	if o == nil {
		return 0, 0, -125
	}
	o.turn(in.now)
	promo := in.tpl.Tag == "PROMOTION"
	switch {
	case o.UsedToday >= o.DailyQuota && in.SendingMode != "3":
		return 0, 0, -144
	case in.tpl.DailyQuota > 0 && o.templatesOfADay[in.tpl.ID] >= in.tpl.DailyQuota:
		return 0, 0, -147
	case promo && o.PromoThisMonth >= o.MonthlyPromo && in.SendingMode != "3":
		return 0, 0, -1441
	case promo && o.PromoUserMonth > 0 && o.promoMonth[in.recipient] >= o.PromoUserMonth:
		return 0, 0, -1471
	case promo && o.PromoUserDay > 0 && o.promoDay[in.recipient] >= o.PromoUserDay:
		return 0, 0, -1472
	case o.Balance-o.PendingVND < in.tpl.PriceSDT:
		return 0, 0, -115
	case person != 0:
		return 0, 0, person
	}
	o.PendingVND += price
	if in.SendingMode != "3" {
		o.UsedToday++
	}
	if in.tpl.DailyQuota > 0 {
		o.templatesOfADay[in.tpl.ID]++
	}
	if promo {
		o.PromoThisMonth++
		if o.PromoUserMonth > 0 {
			o.promoMonth[in.recipient]++
		}
		if o.PromoUserDay > 0 {
			o.promoDay[in.recipient]++
		}
	}
	return o.DailyQuota - o.UsedToday, o.DailyQuota, 0
}

// turn starts a new day or month in Vietnam's time. oaMu is held.
func (o *ZaloOA) turn(now time.Time) {
	t := now.In(vietnam)
	if d := t.Year()*1000 + t.YearDay(); d != o.oaDay {
		o.oaDay, o.UsedToday = d, 0
		clear(o.promoDay)
		clear(o.templatesOfADay)
	}
	if m := t.Year()*100 + int(t.Month()); m != o.oaMonth {
		o.oaMonth, o.PromoThisMonth = m, 0
		clear(o.promoMonth)
	}
}

// zaloPerson is what Zalo says about a person: 0, or the refusal.
func (s *Server) zaloPerson(phone string) int {
	phone = s.zalo.phones.numberOf(phone)
	if s.tune.Load().Magic {
		switch magicEnding(phone) {
		case "0002", "0118":
			return -118
		case "0119":
			return -119
		case "0139":
			return -139
		case "0141":
			return -141
		case "0110":
			return -110
		case "0000", "0001", "0003", "0004", "0005", "0006", "0408":
			return 0
		}
	}
	if len(phone) != 64 && !strings.ContainsRune("35789", rune(phone[2])) {
		return -118 // a land line has no Zalo account
	}
	share := s.behave[zalo].Load().RefuseRecipient
	if share <= 0 || roll(s.opts.Seed, "person", phone) >= share {
		return 0
	}
	reasons := [...]int{-118, -118, -118, -118, -118, -119, -110, -114, -139, -141}
	return reasons[hash64(s.opts.Seed, "reason", phone)%uint64(len(reasons))]
}

// settle moves a delivered message's price from pending to spent.
func (s *Server) settle(oaID string, price int64) {
	s.zalo.oaMu.Lock()
	defer s.zalo.oaMu.Unlock()
	if o := s.zalo.oas[oaID]; o != nil {
		o.PendingVND -= price
		o.Balance -= price
	}
}

// zaloRefuse puts a refusal on record and answers with it. Calls without a valid token are on record too: they are calls.
func (s *Server) zaloRefuse(w http.ResponseWriter, in *zaloSend, code int) {
	note := string(in.TemplateID)
	if in.tpl == nil {
		note = "" // names from outside must not fill the table of known ones
	}
	key := in.TrackingID
	s.Ledger().add(entryIn{provider: zalo, account: in.token.oa, key: string(key), rcpt: in.recipient, at: in.now.UnixMilli(), code: strconv.Itoa(code), note: note})
	zaloError(w, code)
}

// refuseTransport puts a 429 or 503 on record and answers with it.
func (s *Server) refuseTransport(w http.ResponseWriter, p uint8, status int, account, key, rcpt string, now time.Time) {
	s.Ledger().add(entryIn{provider: p, account: account, key: key, rcpt: rcpt, at: now.UnixMilli(), code: "http " + strconv.Itoa(status)})
	if status == http.StatusTooManyRequests && !s.behave[p].Load().NoHint {
		w.Header().Set("Retry-After", "1")
	}
	http.Error(w, http.StatusText(status), status)
}

// zaloTexts are the short English texts where they are known (developers.zalo.me, ZBS Template Message, "Bảng mã lỗi"); the others are ours.
var zaloTexts = map[int]string{
	-100: "Unknown error", -101: "Application invalid", -102: "Application not existed", -103: "Application not activated", -104: "App secret key invalid",
	-105: "Application not link to any OA", -106: "Method unsupported", -107: "Message ID invalid", -108: "Phone number invalid", -109: "Template ID invalid",
	-1091: "Template can not be edited", -110: "Zalo version unsupported", -111: "Template data empty", -112: "Template data invalid",
	-1121: "Template data is longer than allowed", -1122: "Template data is missing a parameter", -1123: "QR code can not be generated", -1124: "Template data has wrong format",
	-113: "Button invalid", -1131: "Button link invalid", -1132: "Template needs a button",
	-114: "User is inactive, or reject the message, or using an outdated Zalo version, or other internal errors", -115: "Out of quota", -116: "Text invalid",
	-117: "OA or App does not have permission to access this template", -118: "Zalo account not existed", -119: "Account can not receive message",
	-120: "OA has no permission for this feature", -1201: "OA can not create promotion templates", -1202: "OA can not use media", -121: "Body is empty", -122: "Body is not JSON",
	-123: "RSA decode failed", -124: "Access token invalid", -1241: "appsecret_proof invalid", -125: "OA ID invalid", -126: "Development wallet is empty",
	-127: "Test message can only be sent to admins", -128: "Key is absent", -129: "RSA key is not generated", -130: "Body exceeds 100,000 characters", -131: "Template not approved",
	-132: "Parameter invalid", -133: "Message can not be sent at night", -134: "User has not opted in", -135: "OA does not have permission to send", -1351: "OA is blocked",
	-136: "OA must be linked to a ZBS account", -137: "Charge failed", -138: "App does not have permission", -1381: "Extension permission is missing",
	-139: "User refused this kind of message", -140: "User is not eligible under the delivery policy", -141: "User refused messages of this OA", -142: "RSA key does not exist",
	-143: "RSA key exists", -144: "OA exceeds daily quota", -1441: "OA exceeds monthly promotion quota", -145: "OA can not send this kind of message",
	-146: "Template disabled for low quality", -147: "Template exceeds daily quota", -1471: "OA exceeds monthly quota of this user",
	-1472: "OA exceeds daily promotion quota of this user", -148: "Journey token is absent", -149: "Journey token invalid", -1491: "Journey token has wrong type",
	-150: "Journey token expired", -151: "Template is not E2EE", -152: "E2EE key is not fetched", -153: "Data does not follow the specification", -158: "Upload is too large",
	-159: "Upload has wrong format", -160: "Exceeds daily limit of template calls", -161: "sending_mode invalid", -162: "sending_mode 3 is not allowed for this template",
	-249: "Template does not support send via UID",
}

func zaloError(w http.ResponseWriter, code int) {
	b := append(make([]byte, 0, 128), `{"error":`...)
	b = strconv.AppendInt(b, int64(code), 10)
	b = append(b, `,"message":"`...)
	b = append(b, zaloTexts[code]...)
	answer(w, append(b, `"}`...))
}
