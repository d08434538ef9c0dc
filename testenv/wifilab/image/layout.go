package image

// Where things are in the virtual machine; the agent relies on it.
const (
	EarlyModules = "/modules" // in the initramfs: the modules that lead to the file system, and their order
	EarlyFiles   = "/files"   // in the initramfs: files that are laid over the file system
	Agent        = "/run/agent"
	Port         = "nmdebug.agent" // the name of the agent's serial port
	RootSize     = "1G"            // of the file system
)
