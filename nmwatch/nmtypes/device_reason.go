package nmtypes

// DeviceReason says why a device changed its state: NMDeviceStateReason. What each one means at length, and what else it may
// mean, stands in package lexicon.
type DeviceReason uint32

// The reasons of a device. Some are kept by NetworkManager for old clients only and never sent any more.
const (
	ReasonNone                      DeviceReason = 0  // nothing to say: the usual reason of a step forward
	ReasonUnknown                   DeviceReason = 1  // NetworkManager has no better word
	ReasonNowManaged                DeviceReason = 2  // NetworkManager takes the device on
	ReasonNowUnmanaged              DeviceReason = 3  // NetworkManager lets go of the device
	ReasonConfigFailed              DeviceReason = 4  // the link could not be set up: MAC address, MTU, bring-up, kernel said no
	ReasonIPConfigUnavailable       DeviceReason = 5  // no addresses: no DHCP answer, no router, or a duplicate
	ReasonIPConfigExpired           DeviceReason = 6  // the lease ran out
	ReasonNoSecrets                 DeviceReason = 7  // a password is missing – or was believed to be wrong
	ReasonSupplicantDisconnect      DeviceReason = 8  // wpa_supplicant lost or refused the association
	ReasonSupplicantConfigFailed    DeviceReason = 9  // the profile could not be turned into a configuration for wpa_supplicant
	ReasonSupplicantFailed          DeviceReason = 10 // wpa_supplicant is gone or does not take the interface
	ReasonSupplicantTimeout         DeviceReason = 11 // authentication took too long
	ReasonPPPStartFailed            DeviceReason = 12 // pppd could not be started
	ReasonPPPDisconnect             DeviceReason = 13 // the PPP session ended
	ReasonPPPFailed                 DeviceReason = 14 // the PPP session did not come about
	ReasonDHCPStartFailed           DeviceReason = 15 // the DHCP client could not be started
	ReasonDHCPError                 DeviceReason = 16 // the DHCP client met an error
	ReasonDHCPFailed                DeviceReason = 17 // the DHCP client ended
	ReasonSharedStartFailed         DeviceReason = 18 // sharing could not be started
	ReasonSharedFailed              DeviceReason = 19 // sharing failed
	ReasonAutoIPStartFailed         DeviceReason = 20 // the IPv4 link-local address could not be sought
	ReasonAutoIPError               DeviceReason = 21 // the search for an IPv4 link-local address met an error
	ReasonAutoIPFailed              DeviceReason = 22 // no IPv4 link-local address was free
	ReasonModemBusy                 DeviceReason = 23 // the line is busy
	ReasonModemNoDialTone           DeviceReason = 24 // no dial tone
	ReasonModemNoCarrier            DeviceReason = 25 // the modem's connection ended or did not come about
	ReasonModemDialTimeout          DeviceReason = 26 // dialling took too long
	ReasonModemDialFailed           DeviceReason = 27 // dialling failed
	ReasonModemInitFailed           DeviceReason = 28 // the modem could not be initialised
	ReasonGSMAPNFailed              DeviceReason = 29 // the access point name was refused or is missing
	ReasonGSMRegistrationIdle       DeviceReason = 30 // the modem does not look for networks
	ReasonGSMRegistrationDenied     DeviceReason = 31 // the mobile network refused the registration
	ReasonGSMRegistrationTimeout    DeviceReason = 32 // the registration took too long
	ReasonGSMRegistrationFailed     DeviceReason = 33 // the wanted mobile network could not be joined
	ReasonGSMPINCheckFailed         DeviceReason = 34 // the PIN could not be checked
	ReasonFirmwareMissing           DeviceReason = 35 // the kernel could not load the card's firmware
	ReasonRemoved                   DeviceReason = 36 // the device is gone
	ReasonSleeping                  DeviceReason = 37 // the system goes to sleep, or networking was switched off
	ReasonConnectionRemoved         DeviceReason = 38 // the profile or the active connection is gone
	ReasonUserRequested             DeviceReason = 39 // a user or client asked for it
	ReasonCarrier                   DeviceReason = 40 // the carrier came or went
	ReasonConnectionAssumed         DeviceReason = 41 // NetworkManager took over what it found configured
	ReasonSupplicantAvailable       DeviceReason = 42 // wpa_supplicant is there now
	ReasonModemNotFound             DeviceReason = 43 // the modem behind the Bluetooth phone did not show up
	ReasonBTFailed                  DeviceReason = 44 // the Bluetooth connection failed or timed out
	ReasonGSMSIMNotInserted         DeviceReason = 45 // there is no SIM
	ReasonGSMSIMPINRequired         DeviceReason = 46 // the SIM wants its PIN
	ReasonGSMSIMPUKRequired         DeviceReason = 47 // the SIM wants its PUK
	ReasonGSMSIMWrong               DeviceReason = 48 // the SIM cannot be used in this modem
	ReasonInfiniBandMode            DeviceReason = 49 // the card does not know connected mode
	ReasonDependencyFailed          DeviceReason = 50 // the controller or the parent failed first
	ReasonBR2684Failed              DeviceReason = 51 // the ATM bridge could not be made
	ReasonModemManagerUnavailable   DeviceReason = 52 // ModemManager does not run
	ReasonSSIDNotFound              DeviceReason = 53 // the network was not seen in a scan – or never let us near
	ReasonSecondaryConnectionFailed DeviceReason = 54 // a VPN that has to start with the connection failed
	ReasonDCBFCoEFailed             DeviceReason = 55 // data centre bridging could not be set up
	ReasonTeamdControlFailed        DeviceReason = 56 // teamd did not start or answer
	ReasonModemFailed               DeviceReason = 57 // the modem failed or is not ready
	ReasonModemAvailable            DeviceReason = 58 // the modem is ready
	ReasonSIMPINIncorrect           DeviceReason = 59 // the PIN was wrong: a few more and the SIM wants its PUK
	ReasonNewActivation             DeviceReason = 60 // another activation takes the device's place
	ReasonParentChanged             DeviceReason = 61 // the device below is another one now
	ReasonParentManagedChanged      DeviceReason = 62 // the device below is managed now, or no longer
	ReasonOVSDBFailed               DeviceReason = 63 // Open vSwitch's database does not answer or refused
	ReasonIPAddressDuplicate        DeviceReason = 64 // another host has the address
	ReasonIPMethodUnsupported       DeviceReason = 65 // the modem cannot do what the profile's IP method asks
	ReasonSRIOVConfigurationFailed  DeviceReason = 66 // the virtual functions could not be set up
	ReasonPeerNotFound              DeviceReason = 67 // the Wi-Fi peer was not found
	ReasonDeviceHandlerFailed       DeviceReason = 68 // the dispatcher's device handler failed; since 1.46
	ReasonUnmanagedByDefault        DeviceReason = 69 // this kind is left alone unless asked for; since 1.48, as are those to 77
	ReasonUnmanagedExternalDown     DeviceReason = 70 // made by others and not configured by them yet
	ReasonUnmanagedLinkNotInit      DeviceReason = 71 // udev has not finished with it
	ReasonUnmanagedQuitting         DeviceReason = 72 // NetworkManager is ending
	ReasonUnmanagedManagerDisabled  DeviceReason = 73 // networking is off, or the system sleeps
	ReasonUnmanagedUserConf         DeviceReason = 74 // NetworkManager.conf says so, in a [device] section
	ReasonUnmanagedUserExplicit     DeviceReason = 75 // a user said so, with nmcli device set … managed no
	ReasonUnmanagedUserSettings     DeviceReason = 76 // unmanaged-devices in [keyfile] says so
	ReasonUnmanagedUserUdev         DeviceReason = 77 // a udev rule says so (NM_UNMANAGED)
	ReasonNetworkingOff             DeviceReason = 78 // networking was switched off; since 1.56
	ReasonModemNoOperatorCode       DeviceReason = 79 // the operator is unknown, so its settings could not be found; since 1.56
)

// String is the word that NetworkManager writes into its log.
func (r DeviceReason) String() string {
	words := [...]string{
		ReasonNone: "none", ReasonUnknown: "unknown", ReasonNowManaged: "managed", ReasonNowUnmanaged: "unmanaged",
		ReasonConfigFailed: "config-failed", ReasonIPConfigUnavailable: "ip-config-unavailable",
		ReasonIPConfigExpired: "ip-config-expired", ReasonNoSecrets: "no-secrets",
		ReasonSupplicantDisconnect: "supplicant-disconnect", ReasonSupplicantConfigFailed: "supplicant-config-failed",
		ReasonSupplicantFailed: "supplicant-failed", ReasonSupplicantTimeout: "supplicant-timeout",
		ReasonPPPStartFailed: "ppp-start-failed", ReasonPPPDisconnect: "ppp-disconnect", ReasonPPPFailed: "ppp-failed",
		ReasonDHCPStartFailed: "dhcp-start-failed", ReasonDHCPError: "dhcp-error", ReasonDHCPFailed: "dhcp-failed",
		ReasonSharedStartFailed: "sharing-start-failed", ReasonSharedFailed: "sharing-failed",
		ReasonAutoIPStartFailed: "autoip-start-failed", ReasonAutoIPError: "autoip-error", ReasonAutoIPFailed: "autoip-failed",
		ReasonModemBusy: "modem-busy", ReasonModemNoDialTone: "modem-no-dialtone", ReasonModemNoCarrier: "modem-no-carrier",
		ReasonModemDialTimeout: "modem-dial-timeout", ReasonModemDialFailed: "modem-dial-failed",
		ReasonModemInitFailed: "modem-init-failed", ReasonGSMAPNFailed: "gsm-apn-failed",
		ReasonGSMRegistrationIdle: "gsm-registration-idle", ReasonGSMRegistrationDenied: "gsm-registration-denied",
		ReasonGSMRegistrationTimeout: "gsm-registration-timeout", ReasonGSMRegistrationFailed: "gsm-registration-failed",
		ReasonGSMPINCheckFailed: "gsm-pin-check-failed", ReasonFirmwareMissing: "firmware-missing", ReasonRemoved: "removed",
		ReasonSleeping: "sleeping", ReasonConnectionRemoved: "connection-removed", ReasonUserRequested: "user-requested",
		ReasonCarrier: "carrier-changed", ReasonConnectionAssumed: "connection-assumed",
		ReasonSupplicantAvailable: "supplicant-available", ReasonModemNotFound: "modem-not-found",
		ReasonBTFailed: "bluetooth-failed", ReasonGSMSIMNotInserted: "gsm-sim-not-inserted",
		ReasonGSMSIMPINRequired: "gsm-sim-pin-required", ReasonGSMSIMPUKRequired: "gsm-sim-puk-required",
		ReasonGSMSIMWrong: "gsm-sim-wrong", ReasonInfiniBandMode: "infiniband-mode",
		ReasonDependencyFailed: "dependency-failed", ReasonBR2684Failed: "br2684-bridge-failed",
		ReasonModemManagerUnavailable: "modem-manager-unavailable", ReasonSSIDNotFound: "ssid-not-found",
		ReasonSecondaryConnectionFailed: "secondary-connection-failed", ReasonDCBFCoEFailed: "dcb-fcoe-failed",
		ReasonTeamdControlFailed: "teamd-control-failed", ReasonModemFailed: "modem-failed",
		ReasonModemAvailable: "modem-available", ReasonSIMPINIncorrect: "sim-pin-incorrect",
		ReasonNewActivation: "new-activation", ReasonParentChanged: "parent-changed",
		ReasonParentManagedChanged: "parent-managed-changed", ReasonOVSDBFailed: "ovsdb-failed",
		ReasonIPAddressDuplicate: "ip-address-duplicate", ReasonIPMethodUnsupported: "ip-method-unsupported",
		ReasonSRIOVConfigurationFailed: "sriov-configuration-failed", ReasonPeerNotFound: "peer-not-found",
		ReasonDeviceHandlerFailed: "device-handler-failed", ReasonUnmanagedByDefault: "unmanaged-by-default",
		ReasonUnmanagedExternalDown: "unmanaged-external-down", ReasonUnmanagedLinkNotInit: "unmanaged-link-not-init",
		ReasonUnmanagedQuitting: "unmanaged-quitting", ReasonUnmanagedManagerDisabled: "unmanaged-nm-disabled",
		ReasonUnmanagedUserConf: "unmanaged-user-conf", ReasonUnmanagedUserExplicit: "unmanaged-user-explicit",
		ReasonUnmanagedUserSettings: "unmanaged-user-settings", ReasonUnmanagedUserUdev: "unmanaged-user-udev",
		ReasonNetworkingOff: "networking-off", ReasonModemNoOperatorCode: "modem-no-operator-code",
	}
	return word(words[:], uint32(r))
}
