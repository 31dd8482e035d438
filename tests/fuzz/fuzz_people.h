/* SPDX-License-Identifier: MIT
 *
 * An authority that vouches for people and tells of their revocation, and one of the people (PEM).
 * The keys were thrown away when the seeds were made: what holds was made then. */
#ifndef INKAN_TESTS_FUZZ_PEOPLE_H
#define INKAN_TESTS_FUZZ_PEOPLE_H

enum { FUZZ_NOW = 1795000000 }; /* the day of the seeds */

static const char fuzz_root[] = "-----BEGIN CERTIFICATE-----\n"
                                "MIIBPjCB5qADAgECAgEhMAoGCCqGSM49BAMCMBYxFDASBgNVBAMMC0Z1enogUm9v\n"
                                "dCAyMCAXDTI2MTAxOTExMDY0MFoYDzIwODYxMTAzMTEwNjQwWjAWMRQwEgYDVQQD\n"
                                "DAtGdXp6IFJvb3QgMjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABMI2UiVc+3bA\n"
                                "6kUGOmFzFZGYpwMNdXoh2U8fRj3ujFZmXI2WCYH1q5oM61GGsS4LH9qzbfSLsL/w\n"
                                "PhIT48Qxb/2jIzAhMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgEGMAoG\n"
                                "CCqGSM49BAMCA0cAMEQCIGmJlODmb122L73Mk5AIsLumYV4Ind0VQEZeWS2evpuE\n"
                                "AiA3vp1X/H+CFA/r7AIcQsnyxwoEcEqWL2ntpAhE+CVZmA==\n"
                                "-----END CERTIFICATE-----\n";

#ifdef FUZZ_ALICE
static const char fuzz_alice[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBNDCB26ADAgECAgEjMAoGCCqGSM49BAMCMBYxFDASBgNVBAMMC0Z1enogUm9v\n"
    "dCAyMCAXDTI2MTAxOTExMDY0MFoYDzIwODYxMTAzMTEwNjQwWjAQMQ4wDAYDVQQD\n"
    "DAVBbGljZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABFYyxylVcwVkCdDA8n0d\n"
    "gIa9pHINo+oCVosbBGD8hdmB7D7/ieJVtcUUeQ9XNprh+qyMppp2Zls34uSYW/wV\n"
    "Dn2jHjAcMBoGA1UdEQQTMBGBD2FsaWNlQGNvcnAudGVzdDAKBggqhkjOPQQDAgNI\n"
    "ADBFAiBdCzo4GXp8eKvV5LJMUS415Cn9lE4EfnuIazIyN55VWQIhAKaW1yX9/BZ2\n"
    "zXatEE+TSS1QV4ZipTVAxe61v45P8gAd\n"
    "-----END CERTIFICATE-----\n";
#endif

#endif
