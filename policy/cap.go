package policy

import "github.com/loa-project/loa/channel"

// DailyCap is how many adverts one person may get in 24 hours on this kind of channel, and which channels are counted together. Source: Decree 91/2020/ND-CP, articles 13 and 17:
// three messages, three e-mails, one call. Zalo and Messenger are not named there; they are counted with the messages.
func DailyCap(c channel.Channel) (together channel.Set, limit int) {
	switch c {
	case channel.Email:
		return channel.Of(channel.Email), 3
	case channel.AICall:
		return channel.Of(channel.AICall), 1
	}
	return channel.Of(channel.SMS, channel.ZNS, channel.ZaloOA, channel.Messenger), 3
}
