package pcapng

// The block types of section 4 of the draft.
const (
	blockSection   = 0x0a0d0d0a
	blockInterface = 1
	blockPacket    = 6
	blockJournal   = 9
)

const (
	byteOrderMagic = 0x1a2b3c4d
	blockOverhead  = 12 // type, length, and length again
	maxBlock       = 1<<27 + 1<<16
)

// The options that are written or read.
const (
	optEnd        = 0
	optUserAppl   = 4  // of a section
	optName       = 2  // of an interface
	optDesc       = 3  // of an interface
	optResolution = 9  // of an interface
	optOffset     = 14 // of an interface
	optFlags      = 2  // of a packet
)

// The directions in epb_flags.
const (
	inbound  = 1
	outbound = 2
)

// The link types of https://www.tcpdump.org/linktypes.html.
const (
	linkDBus    = 231
	linkNetlink = 253
	linkCooked  = 276 // LINKTYPE_LINUX_SLL2
)

// The cooked header of LINKTYPE_NETLINK: sixteen bytes in network byte order, of which these matter.
const (
	cookedLength   = 16
	cookedHardware = 2  // where ARPHRD_NETLINK is
	cookedFamily   = 14 // where the netlink family is

	hardwareNetlink = 824
	familyRoute     = 0
	familyGeneric   = 16

	netlinkHeader = 16 // the length of struct nlmsghdr
	typeControl   = 16 // GENL_ID_CTRL: the type of messages about families
)

// application is how the section of a Writer begins to name its maker.
const application = "nmdebug"

// The names of the Writer's interfaces, in the order of their numbers.
const (
	nameOwn     = "own"
	nameMonitor = "monitor"
	nameNetlink = "netlink"
	namePackets = "packets"
)

const (
	ifaceOwn = iota
	ifaceMonitor
	ifaceNetlink
	ifacePackets
)

// The fields of our own journal entries.
const (
	fieldKind    = "NMDEBUG_KIND"
	fieldTime    = "NMDEBUG_REALTIME_NSEC"
	fieldBoot    = "NMDEBUG_BOOTTIME_NSEC"
	fieldRaw     = "NMDEBUG_RAW"
	fieldMessage = "MESSAGE"

	fieldJournalTime = "__REALTIME_TIMESTAMP" // microseconds
	kindClock        = "clock"
)
