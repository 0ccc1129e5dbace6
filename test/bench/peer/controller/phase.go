package controller

import (
	"crypto/sha256"
	"math/rand/v2"
	"time"

	"k8s.io/apimachinery/pkg/types"
)

// nextInstant is the next one, not before now, of an object's own rhythm: phase = hash(uid) mod interval. It depends
// on nothing but the clock, so that a restart changes nothing and objects are spread evenly.
func nextInstant(uid types.UID, interval time.Duration, now time.Time) time.Time {
	digest := sha256.Sum256([]byte(uid))
	var number int64
	for _, octet := range digest[:6] {
		number = number<<8 | int64(octet)
	}
	period, at := interval.Milliseconds(), now.UnixMilli()
	since := ((at-number%period)%period + period) % period
	if since == 0 {
		return now
	}
	return time.UnixMilli(at + period - since)
}

// jittered spreads retries by ±20 %, so that servers which failed together do not come back together.
func jittered(delay time.Duration) time.Duration {
	return time.Duration(float64(delay) * (0.8 + 0.4*rand.Float64()))
}
