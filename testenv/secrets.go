package testenv

// The passwords of the lab. They are words that nothing else has in it, so that a test can look for them in what must not
// hold any.
const (
	Password      = "hunter2-of-alice"
	WrongPassword = "hunter3-of-nobody"
	GroupSecret   = "hunter4-of-all"
)

// Passwords lists them all.
func Passwords() []string { return []string{Password, WrongPassword, GroupSecret} }
