package keyfile

import (
	"crypto/md5"
	"fmt"
	"strings"
)

// plugin is the directory in whose files NetworkManager keeps profiles. Its name is part of the UUID of every profile
// that has none in its file, wherever that file is.
const plugin = "/etc/NetworkManager/system-connections/"

// Name gives the profile what NetworkManager makes of the name of its file, without the directory, where the file does
// not say it: the id and the UUID (nms-keyfile-reader.c).
func (f File) Name(file string) {
	if f.Profile.ID() == "" {
		f.Profile.Set("connection", "id", strings.TrimSuffix(file, ".nmconnection"))
	}
	if f.Profile.UUID() == "" {
		f.Profile.Set("connection", "uuid", uuid("keyfile", plugin+file))
	}
}

// uuid is one of version 3 in a namespace of NetworkManager's own (nm-uuid.c, nm_uuid_ns_1).
func uuid(words ...string) string {
	const namespace = "\xb4\x25\xe9\xfb\x75\x98\x44\xb4\x9e\x3b\x5a\x2e\x3a\xaa\x49\x05"
	id := md5.Sum([]byte(namespace + strings.Join(words, "\x00") + "\x00"))
	id[6] = id[6]&0x0f | 0x30
	id[8] = id[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}
