// Package secret knows which values are secret by their names, and takes secrets out of lines of text.
//
// It is the one place for the names: those of NetworkManager's settings (libnm-core, the properties with the flag
// NM_SETTING_PARAM_SECRET), of wpa_supplicant's network blocks and credentials (wpa_supplicant/config.c), of VPN plugins
// and of whatever a newer daemon calls alike.
package secret
