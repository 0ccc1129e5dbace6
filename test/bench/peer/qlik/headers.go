package qlik

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
)

// User is a Qlik user, as QRS and QPS name it.
type User struct {
	Directory string
	ID        string
}

// ParseUser takes DIRECTORY\user apart.
func ParseUser(account string) User {
	directory, id, _ := strings.Cut(account, `\`)
	return User{directory, id}
}

func (u User) String() string {
	return u.Directory + `\` + u.ID
}

// is compares as Qlik does, without regard to case.
func (u User) is(other User) bool {
	return strings.EqualFold(u.Directory, other.Directory) && strings.EqualFold(u.ID, other.ID)
}

// header is X-Qlik-User, without a space after ";", which some sites take as part of the user id.
func (u User) header() string {
	return "UserDirectory=" + escape(u.Directory) + ";UserId=" + escape(u.ID)
}

// withXrfkey adds 16 letters or digits in the query and the header that must equal them, against request forgery.
func withXrfkey(path string) (string, http.Header) {
	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails
	key := hex.EncodeToString(random[:])
	separator := "?"
	if strings.Contains(path, "?") {
		separator = "&"
	}
	return path + separator + "xrfkey=" + key, http.Header{"X-Qlik-Xrfkey": {key}}
}

// escape percent-encodes; a space must not become "+", which is one only in forms.
func escape(text string) string {
	return strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
}
