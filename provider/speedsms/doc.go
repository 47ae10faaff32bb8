// Package speedsms sends text messages through SpeedSMS.vn.
//
// Source: speedsms.vn/sms-api, "SMS API": authentication, user/info, sms/send, sms/status, webhook of delivery reports, error codes, rate limit.
//
// A send answers with tranId; nothing removes a repeated send, so a lost answer is unknown and stays so until a report comes or a person decides.
package speedsms
