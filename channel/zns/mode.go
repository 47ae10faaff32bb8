package zns

// promotion is the tag of the only templates that may go beyond an OA's quota. Source: developers.zalo.me, ZBS Template Message, send API (sending_mode) and table of error codes (-162).
const promotion = "PROMOTION"
