/* SPDX-License-Identifier: MIT
 *
 * Every number that stops an attacker, one line each, with its reason or RFC section. A room that
 * needs a cap adds it here, under its own heading, and tests it. Sizes are octets unless named. */
#ifndef INKAN_BASE_LIMITS_H
#define INKAN_BASE_LIMITS_H

/* clang-format off */

/* base/inflate */
#define LIMIT_INFLATE_RATIO 100 /* octets out of gzip for one in (attacks E122) */

/* mail/message */
#define LIMIT_MESSAGE_SIZE (64u << 20) /* larger messages are refused whole: memory per worker */
#define LIMIT_HEADER_SIZE (10u << 20)  /* header block; beyond it "too-large" (attacks A37) */
#define LIMIT_FIELD_SIZE                                                                           \
    (1u << 20)             /* one field; longer ones are indexed but flagged, never parsed */
#define LIMIT_FIELDS 10000 /* header fields indexed; the rest sets MESSAGE_TOO_MANY_FIELDS */

/* mail/header */
#define LIMIT_TEXT (64u << 10) /* octets of decoded text kept of one field (attacks A31) */

/* mail/address, mail/author */
#define LIMIT_ADDRESS_VALUE (256u << 10) /* octets of one address field that are parsed */
#define LIMIT_WORD_TOKEN 1024 /* octets of an encoded word read as one token (RFC 2047 §2: 75) */
#define LIMIT_MAILBOXES 1000             /* mailboxes kept of one field (attacks A8) */
#define LIMIT_COMMENT_DEPTH 16 /* nested comments; deeper is a syntax error (attacks B53) */
#define LIMIT_DOMAIN 253       /* RFC 1035 §2.3.4, presentation form without the root dot */
#define LIMIT_LABEL 63         /* RFC 1035 §2.3.4 */
#define LIMIT_LOCAL_PART 64    /* RFC 5321 §4.5.3.1.1; longer: address unusable, still shown */

/* mail/pdf_active */
#define LIMIT_PDF_SIZE (15u << 20)       /* octets of a PDF that is previewed; has to fit into LIMIT_JOB_REQUEST */
#define LIMIT_PDF_OBJECTS 500000         /* objects of one; the PDF of a book has some 50,000 */
#define LIMIT_PDF_NESTING 64             /* dictionaries and arrays within each other; readers stop there too */
#define LIMIT_PDF_NAME 32                /* octets of a name that are compared; the longest looked for has 11 */
#define LIMIT_PDF_INFLATED (64u << 20)   /* octets of all its object streams, unpacked */
#define LIMIT_PDF_STREAMS 10000          /* object streams of one; most hold 100 objects */
#define LIMIT_PDF_OPENERS 16             /* /OpenAction entries that point elsewhere; one a revision */

/* mail/unsubscribe */
#define LIMIT_UNSUBSCRIBE_URIS 16  /* of one List-Unsubscribe; real ones hold two */
#define LIMIT_UNSUBSCRIBE_URI 2048 /* octets of one; real ones reach 1,000 */

/* mail/received */
#define LIMIT_HOPS 100 /* RFC 5321 §6.3 suggests 100 as a loop limit */

/* auth/authres */
#define LIMIT_AR_FIELDS 64        /* Authentication-Results fields parsed a message */
#define LIMIT_AR_SIZE (64u << 10) /* octets of one field */
#define LIMIT_AR_RESULTS 64       /* results a field */
#define LIMIT_AR_PROPERTIES 32    /* properties a result */

/* auth/dkim */
#define LIMIT_DKIM_SIGNATURES 8     /* verified a message, could-align first (verdict rule 7) */
#define LIMIT_DKIM_FIELDS 200       /* DKIM-Signature fields parsed at all */
#define LIMIT_DKIM_SIZE (16u << 10) /* octets of one DKIM-Signature field */
#define LIMIT_DKIM_TAGS 64          /* tags of a tag-list */
#define LIMIT_DKIM_H 500            /* names in h= */
#define LIMIT_KEY_RECORD (8u << 10) /* octets of a key record's joined TXT */
#define LIMIT_DKIM_KEYS 512         /* parsed public keys kept, about 4 KB each */
#define LIMIT_DKIM_SKEW 300         /* seconds a signer's clock (t=) may be ahead of the receiver's */
#define LIMIT_RSA_MIN_BITS 1024     /* RFC 8301 §3.2 */
#define LIMIT_RSA_MAX_BITS                                                                         \
    4096 /* RFC 8301 §3.2: must be supported up to here; more is refused for its cost */

#define LIMIT_RSA_SMALL_FACTOR 752 /* divisors tried; what is left has no factor by accident */
#define LIMIT_FERMAT_STEPS 100     /* between close primes; the flawed module needs one */

/* auth/arc, auth/domainkeys */
#define LIMIT_ARC_SETS 50               /* RFC 8617 §4.2.1 */
#define LIMIT_ARC_FIELD (16u << 10)     /* octets of one field of a set: every seal hashes them all */
#define LIMIT_ARC_OLDER_KEYS 8          /* keys asked for oldest-pass that no seal uses */
#define LIMIT_DOMAINKEYS_SIZE (16u << 10) /* octets of a DomainKey-Signature field */
#define LIMIT_DOMAINKEYS_MIN_BITS 512   /* RFC 4870 §3.2.3: information only, whatever its length */

/* auth/dmarc */
#define LIMIT_DMARC_WALK 8            /* RFC 9989 §4.10: questions of one tree walk */
#define LIMIT_DMARC_RECORD (8u << 10) /* octets of a policy record's joined TXT */

/* auth/spf */
#define LIMIT_SPF_TERMS 10           /* RFC 7208 §4.6.4: terms that ask DNS, of one check */
#define LIMIT_SPF_VOIDS 2            /* RFC 7208 §4.6.4: terms whose look-up finds nothing */
#define LIMIT_SPF_MX 10              /* RFC 7208 §4.6.4: names of one "mx"; more is a permerror */
#define LIMIT_SPF_PTR 10             /* RFC 7208 §4.6.4: names of the client; more are ignored */
#define LIMIT_SPF_RECORD (16u << 10) /* octets of one record's joined TXT */
#define LIMIT_SPF_PATH 1024          /* octets of MAIL FROM or HELO; RFC 5321 §4.5.3.1.3 has 256 */
#define LIMIT_SPF_EXPLANATION 2048   /* octets of an expanded explanation; longer: none */
#define LIMIT_SPF_WIDEST_4 8         /* prefix: a wider network is open to anyone (verdict rule 4) */
#define LIMIT_SPF_WIDEST_6 19        /* … the same for IPv6 */

/* brand/markcert, brand/mark_roots, brand/logotype */
#define LIMIT_MARKCERT_SIZE (128u << 10)  /* octets of a PEM text (attacks E123) */
#define LIMIT_MARKCERT_CERTIFICATES 8     /* certificates of it: two or three are usual */
#define LIMIT_MARKCERT_EXTENSIONS 64      /* of one certificate: they are compared pairwise */
#define LIMIT_MARKCERT_RSA_BITS 8192      /* a longer key is refused for its cost; 4096 is usual */
#define LIMIT_MARKCERT_NAMES 100          /* dNSNames told; all are compared */
#define LIMIT_MARKCERT_DAYS 398           /* Mark Certificate Requirements §6.3.2 */
#define LIMIT_MARKCERT_CRLS 8             /* addresses of CRLs told, one path */
#define LIMIT_CRL_SIZE (2u << 20)         /* octets of one CRL: some 50,000 entries */
#define LIMIT_CRL_AGE (7 * 86400)         /* seconds since it was fetched (requirements §4.9.6) */
#define LIMIT_MARK_ROOTS 64               /* roots of one set */
#define LIMIT_MARK_ROOTS_SIZE (1u << 20)  /* octets of one file of roots */
#define LIMIT_LOGO_SIZE (256u << 10)      /* octets of an unpacked SVG (attacks E122); 32 KB is asked for */

/* net/resolver */
#define LIMIT_QUESTIONS 150          /* distinct DNS questions a message, all mechanisms; of these are kept */
#define LIMIT_QUESTIONS_DKIM 8       /* … for DKIM: a key each (LIMIT_DKIM_SIGNATURES) */
#define LIMIT_QUESTIONS_DMARC 18     /* … for DMARC: the author's walk, its existence, 9 more of the signers' walks */
#define LIMIT_QUESTIONS_SPF 112      /* … for MAIL FROM: RFC 7208 §4.6.4 allows 1 + 10 + 10 · 10, and "exp=" */
#define LIMIT_QUESTIONS_ARC 4        /* … for ARC, what most chains need; 51 and more where SPF asks less */
#define LIMIT_QUESTIONS_REPUTATION 4 /* … for the first lists of the operator's; the others when SPF has settled */
#define LIMIT_QUESTIONS_INFORMATION 4 /* … for the first question of HELO and Sender ID, and two of DomainKeys */
#define LIMIT_QUESTION_MS 20000      /* DNS time a message, all mechanisms together */
#define LIMIT_ANSWER_MS 5000         /* one question: own deadline, libunbound's takes 17-22 s */
#define LIMIT_DNS_RECORDS 100        /* records kept of one answer */
#define LIMIT_DNS_ANSWER (64u << 10) /* octets kept of one answer */
#define LIMIT_DNS_CACHE 20000        /* answers kept in memory … */
#define LIMIT_DNS_CACHE_OCTETS (32u << 20) /* … and their octets: names and answers are an attacker's */
#define LIMIT_TTL_MIN 60             /* seconds an answer is kept at least (attacks L213) */
#define LIMIT_TTL_MAX 86400          /* … and at most */
#define LIMIT_TTL_ERROR 5 /* seconds a failure is kept: short, so that it is asked again soon */

/* net/https */
#define LIMIT_HTTPS_URL 2048            /* octets of a URL that is fetched */
#define LIMIT_HTTPS_BODY (3u << 20)     /* octets of any answer: an animated picture; callers ask for less (attacks L211) */
#define LIMIT_HTTPS_HEADER (16u << 10)  /* octets of its header lines together */
#define LIMIT_HTTPS_ETAG 200            /* octets of an entity tag, and of a media type */
#define LIMIT_HTTPS_MS 5000             /* one fetch from connect to last octet: ends a slow drip */
#define LIMIT_HTTPS_CONNECT_MS 3000     /* … of which TCP and TLS may take so long */
#define LIMIT_HTTPS_ADDRESSES 4         /* addresses of a host that are tried */
#define LIMIT_HTTPS_HOST_FETCHES 30     /* fetches from one host … */
#define LIMIT_HTTPS_HOST_SECONDS 60     /* … in this time */
#define LIMIT_HTTPS_HOSTS 10000         /* hosts counted at once: 2 MB */

/* brand/bimi */
#define LIMIT_BIMI_RECORD (4u << 10)    /* octets of an assertion record's joined TXT: two URLs and more */
#define LIMIT_BIMI_SELECTOR_FIELD 200   /* octets of a BIMI-Selector field (attacks E112) */
#define LIMIT_BIMI_PREFIXES 16          /* prefixes of lps= */

/* trust/ */
#define LIMIT_RECEIPT_AGE (72 * 3600)    /* seconds: older mail does not turn red (verdict rule 6) */
#define LIMIT_REASON_TEXT 1000           /* octets of one parameter of a reason */
#define LIMIT_EVIDENCE_TEXT (160u << 10) /* octets in a record of believed Authentication-Results, and of the others */
#define LIMIT_EVIDENCE_VALUE 1000        /* octets of one text kept that nothing is compared with */
#define LIMIT_EVIDENCE_NAME 253          /* … of one name: the longest of DNS (RFC 1035 §2.3.4) */
#define LIMIT_EVIDENCE_OTHERS 32         /* signatures kept that were not checked, and of those that could align */
#define LIMIT_EVIDENCE_H 64              /* names of h= kept of one signature … */
#define LIMIT_EVIDENCE_H_ALL 1000        /* … and of all; 200 signatures of 500 names would be 100,000 */
#define LIMIT_EVIDENCE_H_NAME 100        /* octets of one of them; the longest registered has 46 */
#define LIMIT_RECORD_SIZE (1u << 20)     /* octets of one stored record */
#define LIMIT_RECORD_ITEMS 10000         /* items of one array of a record */

/* mail/mime */
#define LIMIT_MIME_DEPTH 100   /* nested multiparts and attached messages (attacks N243) */
#define LIMIT_MIME_PARTS 10000 /* parts a message */
#define LIMIT_HTML_SIZE                                                                            \
    (5u << 20)                     /* octets of HTML given to the cleaner; more is shown as text   \
                                    */
#define LIMIT_HTML_PARTS 50        /* parts of HTML shown as one; each is cleaned by itself, more are shown as text */
#define LIMIT_HTML_NODES 50000     /* nodes of the cleaned tree (attacks N251) */
#define LIMIT_HTML_DEPTH 256       /* nesting of the cleaned tree */
#define LIMIT_HTML_MEMORY (256u << 20) /* octets one parse may take: some 40 times the largest text */
#define LIMIT_HTML_CPU_MS 1500     /* processor time of one parse: unclosed elements cost a square */
#define LIMIT_CID_IMAGE (1u << 20) /* one inlined image … */
#define LIMIT_CID_TOTAL (5u << 20) /* … and all of a message */
#define LIMIT_IMAGES_ELSEWHERE 200 /* pictures that lie elsewhere, shown of one part of HTML */
#define LIMIT_BOUNDARY 998         /* RFC 2046 §5.1.1 allows 70; a line holds no more (RFC 5322 §2.1.1) */
#define LIMIT_PARAMETERS 64        /* of one Content-Type or -Disposition (attacks N244) */
#define LIMIT_PARAMETER_FIELD (32u << 10) /* octets of such a field that are read */
#define LIMIT_FILE_NAME 200               /* octets; file systems allow 255, "(1)" must fit */
#define LIMIT_LINKS 2000                  /* links of one message that are numbered */
#define LIMIT_LINK_URL 8192               /* octets of one URL; longer ones stay text */
#define LIMIT_LINK_MARKUP (128u << 10)    /* octets of HTML in which links are compared with their text */
#define LIMIT_LINK_TEXT 500               /* octets of a link's text in the list */
#define LIMIT_CSS 16384                   /* octets of one style attribute */
#define LIMIT_QUOTE_DEPTH 10              /* nested quotes drawn in a text mail */
#define LIMIT_TEXT_SIZE (2u << 20)        /* octets of text shown; more is cut and said so */
#define LIMIT_CALENDAR (256u << 10)       /* octets of an invitation in which its organizer is looked for */
#define LIMIT_PREVIEW 240                 /* octets of a list row's preview */
#define LIMIT_PREVIEW_SOURCE 8192         /* octets of a body read for it; 4,096 are fetched */

/* brand/svg */
#define LIMIT_SVG_SIZE 32768       /* octets of a picture (draft-svg-tiny-ps-abrotman §2.4) … */
#define LIMIT_SVG_READ (256u << 10) /* … and of a document that is read at all, to say what else is wrong */
#define LIMIT_SVG_DEPTH 64         /* nested elements: an honest logo has a dozen */
#define LIMIT_SVG_DRAWN 5000       /* elements drawn, each <use> counted with what it draws (attacks E120) */
#define LIMIT_SVG_FINDINGS 50      /* findings of one report */
#define LIMIT_SVG_DETAIL 200       /* octets of the document repeated in one of them */
#define LIMIT_SVG_SIDE 256         /* pixels of the smallest drawn copy; the largest has four times that */
#define LIMIT_SVG_MS 3000          /* wall clock of checking and drawing one; an honest one takes 20 ms */

/* sign/ */
#define LIMIT_SIGNED_PARTS 8 /* signatures looked at a message; the outermost decides anyway */
#define LIMIT_BER_DEPTH 32   /* nested elements of a CMS structure (attacks F143); honest ones have 20 */
#define LIMIT_BER_ELEMENTS 200000       /* … and how many: 64 MB in segments of 1 KB, with their heads */
#define LIMIT_SMIME_OVERHEAD (256u << 10) /* octets of a signature beside the content it holds */
#define LIMIT_SMIME_CERTIFICATES 32     /* certificates of one signature (attacks F143) … */
#define LIMIT_SMIME_CERTIFICATE (64u << 10) /* … and octets of each */
#define LIMIT_SMIME_SIGNERS 8           /* signers of one signature, each with a chain */
#define LIMIT_SMIME_CHAIN 8             /* intermediates between signer and anchor */
#define LIMIT_SMIME_ADDRESSES 64        /* addresses kept of one certificate */
#define LIMIT_SMIME_RSA_MIN_BITS 2048   /* RFC 8551 §4.2: shorter is historic */
#define LIMIT_SMIME_RSA_MAX_BITS 8192   /* more is refused for its cost */
#define LIMIT_SMIME_CHAINS 512          /* verified chains kept, about 10 KB each */
#define LIMIT_SMIME_OCSP 8              /* OCSP responses of one signature (RFC 5940), each with a signature */
#define LIMIT_SMIME_OCSP_STATEMENTS 32  /* certificates one response tells of; each may cost that signature again */
#define LIMIT_SMIME_OCSP_AGE 86400      /* seconds a response without nextUpdate counts (RFC 6960 §4.2.2.1) */
#define LIMIT_SMIME_OCSP_SKEW 300       /* seconds a responder's clock may be off */
#define LIMIT_SMIME_DECODED 512         /* decoded certificates kept, about 10 KB each … */
#define LIMIT_SMIME_DECODED_SIZE (8u << 10) /* … of at most so many octets; others are decoded anew */
#define LIMIT_SMIME_SKEW 86400          /* seconds between signingTime and receipt worth a word (F135) */

/* sign/openpgp */
#define LIMIT_OPENPGP_SIGNATURES 8      /* signature packets judged of one signed part */
#define LIMIT_OPENPGP_SIGNATURE (64u << 10) /* octets of one signature part, armoured or not */
#define LIMIT_OPENPGP_PARTS 8           /* signed parts and clear-signed texts judged a message */
#define LIMIT_OPENPGP_TEXT (1u << 20)   /* octets of a text part in which clear-signed text is looked for */
#define LIMIT_OPENPGP_ARMOR_HEADERS 16  /* header lines of one armoured block */
#define LIMIT_OPENPGP_SUBPACKETS 200    /* subpackets of one signature (attacks G160) */
#define LIMIT_OPENPGP_KEYS 1000         /* keys taken from one import … */
#define LIMIT_OPENPGP_KEY_FILE (8u << 20) /* … and its octets */
#define LIMIT_OPENPGP_KEY (256u << 10)  /* octets of one key with its certifications … */
#define LIMIT_OPENPGP_KEY_PACKETS 1000  /* … and its packets: 100,000 certifications are an attack (G160) */
#define LIMIT_OPENPGP_USER_IDS 32       /* user IDs told of one key */
#define LIMIT_OPENPGP_USER_ID 512       /* octets of one; longer ones are left out */
#define LIMIT_OPENPGP_KEYRING 10000     /* keys of one keyring */
#define LIMIT_OPENPGP_IMPORTED 500      /* keys one user may import */
#define LIMIT_OPENPGP_ACCOUNTS 1000     /* accounts whose imported keys are held in memory */
#define LIMIT_OPENPGP_CANDIDATES 4      /* keys tried for one signature part: key IDs can be made to collide (G153) */
#define LIMIT_OPENPGP_SEEN 4            /* keys looked at that came with a message */
#define LIMIT_OPENPGP_RSA_MIN_BITS 2048 /* RFC 9580 §12.4: shorter RSA and DSA keys are weak */
#define LIMIT_WKD_LOCAL 64              /* octets of a local part that is looked up (RFC 5321 §4.5.3.1.1) */
#define LIMIT_WKD_REPLY (64u << 10)     /* octets of what a Web Key Directory answers */
#define LIMIT_WKD_KEYS 4                /* keys taken from one answer */
#define LIMIT_WKD_AGE 86400             /* seconds an answer, "none" too, is remembered … */
#define LIMIT_WKD_RETRY 3600            /* … and a failure that may pass */
#define LIMIT_OPENPGP_SKEW 300          /* seconds a signer may be ahead of the receiver */

/* repute/ */
#define LIMIT_LOOKALIKE_TEXT 256   /* octets of a name or label that are compared; a label has 63 characters */
#define LIMIT_LOOKALIKE_NAMES 10000 /* names of one list of brands */
#define LIMIT_LOOKALIKE_LINE 2000  /* octets of one line of such a list */

/* repute/vcard, repute/contacts, repute/history */
#define LIMIT_VCARD_SIZE (4u << 20)  /* octets of one import: 10,000 cards without pictures */
#define LIMIT_VCARD_LINE 4096        /* octets of one unfolded line that are read; pictures are longer and skipped */
#define LIMIT_VCARD_ADDRESSES 5000   /* addresses of one import */
#define LIMIT_CONTACTS 5000          /* correspondents of an account; beyond, who was written to longest ago goes */
#define LIMIT_CONTACT_ADDRESS 320    /* octets: 64 + "@" + 255 (RFC 3696 erratum 1690: 254 on the wire) */
#define LIMIT_CONTACT_NAME 200       /* octets of a correspondent's name */
#define LIMIT_KNOWN 1000             /* things an account says are known to it */
#define LIMIT_KNOWN_SUBJECT 512      /* octets of one: an address, a List-Id, a domain, a fingerprint */
#define LIMIT_HISTORY_BUCKETS 64     /* parts of an account's history, one row of the store each … */
#define LIMIT_HISTORY_ENTRIES 64     /* … and senders of one: 4,096 an account */
#define LIMIT_HISTORY_DOMAIN 8       /* … of one author domain: nobody fills a part from one domain */
#define LIMIT_HISTORY_CONSTANT 3     /* authenticated messages that make a signature constant */
#define LIMIT_ACQUAINTANCES 1000     /* accounts whose contacts are kept in memory; more are read again */
#define LIMIT_WALK_MESSAGES 2000     /* newest messages of \\Sent, and of the inbox, whose header is read once … */
#define LIMIT_WALK_BATCH 50          /* … so many in one go … */
#define LIMIT_WALK_SECONDS 300       /* … and what is new in them so often at most … */
#define LIMIT_WALK_DELAY_MS 10000    /* … never while the first page is still being made */
#define LIMIT_WALK_RECIPIENTS 100    /* recipients taken from one sent message; more is an announcement */
#define LIMIT_HISTORY_DAYS 1         /* days that lie between the first and the last of them at least */

/* repute/dnsbl */
#define LIMIT_DNSBL_LISTS 8        /* lists that every message asks */
#define LIMIT_DNSBL_CODES 100      /* codes with a meaning of one list */
#define LIMIT_DNSBL_MEANING 100    /* octets of such a meaning */

/* route/ */
#define LIMIT_ROUTE_HOSTS 10 /* mail exchangers looked at of one domain */
#define LIMIT_MTA_STS_POLICY (64u << 10) /* octets of a policy (RFC 8461 §3.3) */
#define LIMIT_MTA_STS_MX 200             /* mx lines of one */
#define LIMIT_MTA_STS_AGE 31557600       /* seconds: the most max_age may say (RFC 8461 §3.2) */
#define LIMIT_TLS_RPT_URI 1000           /* octets of a rua kept */

/* worker */
#define LIMIT_JOB_REQUEST (16u << 20)  /* one job: HTML, images and their names */
#define LIMIT_JOB_REPLY (32u << 20)    /* its answer: base64 images, doubled escapes */
#define LIMIT_JOB_MS 5000              /* wall clock of one job */
#define LIMIT_CHILD_JOBS 64            /* jobs of one child before it is replaced */
#define LIMIT_CHILD_BUSY_MS 5000       /* … or after so long at work: far from where LIMIT_CHILD_CPU would end it, over whoever's job */
#define LIMIT_CHILD_CPU 60             /* seconds of one child's life (RLIMIT_CPU) */
#define LIMIT_CHILD_MEMORY (768u << 20) /* address space of a child (RLIMIT_AS) */

/* account/ */
#define LIMIT_IMAP_COMMAND_MS 30000 /* one verb; connecting and signing in count as one */
/* All lines of one answer without their literals: 250,000 found UIDs, or 20,000 rows of flags. What
 * libetpan builds from them stays under 64 MB. */
#define LIMIT_IMAP_LINES (2u << 20)
#define LIMIT_IMAP_NESTING 32 /* parentheses of a response: libetpan recurses (attacks M240) */
#define LIMIT_IMAP_LITERALS 4 /* literals of a response; a row of a listing has two */
#define LIMIT_IMAP_ANSWER (256u << 20) /* octets of one answer, literals kept or skipped included  \
                                        */
#define LIMIT_IMAP_SERVER_TEXT 300     /* octets of the server's own words within an error */
#define LIMIT_IMAP_NAME 1000       /* mailbox name, user name, keyword */
#define LIMIT_IMAP_SECRET 16000        /* password or token; tokens of RFC 7628 are long */
#define LIMIT_IMAP_MAILBOXES 5000      /* mailboxes listed */
#define LIMIT_IMAP_KEYWORDS 64         /* keywords kept a message */
#define LIMIT_IMAP_FETCH 500           /* messages asked for in one command */
#define LIMIT_IMAP_SEARCH 10000        /* UIDs kept of a search */
#define LIMIT_IMAP_IDLE_MS (25 * 60000) /* one IDLE; servers may end it after 30 min (RFC 2177 §3) */
#define LIMIT_IMAP_POLL_MS 60000       /* between two NOOPs where there is no IDLE */
#define LIMIT_SEARCH_TERMS 10          /* words of one search: each is a scan of the mailbox */
#define LIMIT_SEARCH_TEXT 2000         /* octets of one: all of a query, if its characters have four */
#define LIMIT_IMAP_MAP 1000000         /* messages of a mailbox whose UIDs are remembered: 4 MB */
#define LIMIT_POOL_CONNECTIONS 3       /* in use at once an account: so many commands in flight */
#define LIMIT_POOL_IDLE_MS                                                                         \
    120000 /* an idle connection is closed; servers wait 30 min (RFC 3501 §5.4) */
#define LIMIT_POOL_REST_MS 5000 /* after a failed connect the host is left alone so long */

/* fcgi/ */
#define LIMIT_HTTP_HEADER 16384    /* one request header: more than any browser's cookies */
#define LIMIT_URI 8192             /* path and query: an id is at most 1,400 octets */
#define LIMIT_PATH_SEGMENTS 16     /* the site map needs 4 */
#define LIMIT_QUERY_PAIRS 32       /* parameters of a query */
#define LIMIT_JSON_BODY (64u << 10) /* a JSON request: credentials or flags (attacks L224) */
#define LIMIT_DOCTOR_MESSAGES 200  /* newest messages that `inkan doctor` reads for its proposal */
#define LIMIT_DOCTOR_IDS 20        /* different authserv-ids it tells of: what more there is was forged anyway */
#define LIMIT_MESSAGE_ID 998       /* octets of a message id: what a line can hold */
#define LIMIT_REFERENCES 10        /* ids kept of References: the oldest and the newest nine */
#define LIMIT_FOREST 20000         /* messages of a mailbox that are sorted into conversations */
#define LIMIT_FORESTS 16           /* mailboxes whose conversations are in memory: some 3 MB each */
#define LIMIT_THREAD 100           /* messages that a conversation opens with */
#define LIMIT_ROW_FROM 10          /* mailboxes of From, and of To, shown in a list row */
#define LIMIT_STREAMS 400          /* event streams open at once: less than half of the connections */
#define LIMIT_STREAMS_ACCOUNT 4    /* … of one account; a browser opens six connections a host */
#define LIMIT_STREAM_OCTETS (64u << 10) /* not yet taken by a slow reader: then it is cut off */
#define LIMIT_STREAM_BEAT_MS 15000 /* between two heartbeats; web servers give up after 60–90 s */
#define LIMIT_EVENTS_KEPT 64       /* of an account, for who comes back with Last-Event-ID */
#define LIMIT_WATCH_REST_MS 30000  /* longest rest of a watcher between two attempts to connect */
#define LIMIT_ZIP (128u << 20)     /* octets of all attachments: a message has 64 MB, decoding does not add */
#define LIMIT_ZIP_FILES 1000       /* attachments of one message in a ZIP file */
#define LIMIT_COUNTED_MAILBOXES 30 /* asked for their counts one by one, where LIST-STATUS is missing */
#define LIMIT_SEARCH_QUERY 500     /* characters of a search as typed */
#define LIMIT_BATCH 200            /* messages of one change: what a page can have marked */
#define LIMIT_BATCH_MAILBOXES 10   /* … and mailboxes they lie in: each is selected in turn */
#define LIMIT_PAGE 200             /* rows of one page; the default is 50 */
#define LIMIT_IO_SECONDS 10        /* one read or write of a FastCGI connection, and half a request */
#define LIMIT_REQUEST_SECONDS 60   /* … and a whole request may be on its way in */
#define LIMIT_BODY_MS 2000         /* then a request whose body is still coming counts as slow */
#define LIMIT_FCGI_CONNECTIONS 1000 /* FastCGI connections open at once; more wait in the kernel */
#define LIMIT_FCGI_PARAMS (48u << 10) /* octets of one request's parameters; fits a socket's buffer */
#define LIMIT_FCGI_WINDOW (64u << 10) /* octets looked at before a worker is lent; longer bodies are slow */
#define LIMIT_DRAIN_SECONDS 8      /* after SIGTERM requests may finish so long; with the rest 10 s (house) */
#define LIMIT_SIGN_IN_PAIR 10      /* failed sign-ins an account from one network, a /24 or /64 … (attacks L222) */
#define LIMIT_SIGN_IN_NETWORK 30   /* … a network, whatever the account … */
#define LIMIT_SIGN_IN_ACCOUNT 200  /* … an account, wherever from: loose, since anybody can lock an owner out by it … */
#define LIMIT_SIGN_IN_SECONDS 900  /* … in this time */
#define LIMIT_SIGN_IN_TRACKED 40000 /* counters at once: 8 MB; filling them takes 600 networks */
#define LIMIT_SESSIONS 10000       /* sessions alive at once */
#define LIMIT_CONFIG_SIZE (1u << 20) /* octets of inkan.conf */
#define LIMIT_OUTSIDE_REQUESTS 2   /* requests that wait for a stranger's web server at once */
#define LIMIT_POOL_WAIT_MS 5000    /* a request waits so long for a connection of its account */
#define LIMIT_VERDICT_WAIT_MS 1500 /* opening a message waits so long for its first verdict */
#define LIMIT_RECENT_OCTETS (32u << 20) /* messages just opened, kept for their bodies and parts … */
#define LIMIT_RECENT_MESSAGE (16u << 20) /* … none of them larger, … */
#define LIMIT_RECENT_SESSION 4     /* … so many a session, … */
#define LIMIT_RECENT_SECONDS 120   /* … and so long */
#define LIMIT_SHOWN_MAILBOXES 100  /* of one address field of an opened message */
#define LIMIT_SHOWN_FIELDS 500     /* header fields of an opened message, … */
#define LIMIT_SHOWN_FIELD 16384    /* … and octets of each */
#define LIMIT_VERIFIER_QUEUE 5000  /* messages waiting for a verdict; more are asked for again by the page */
#define LIMIT_VERIFIER_BACKOFF 600 /* seconds between attempts at one message: 1, 2, 4 … up to here */
#define LIMIT_VERIFIER_OCTETS (32u << 20) /* octets of small whole messages kept in the queue; the rest is fetched */
#define LIMIT_KEPT_HEADER (128u << 10) /* octets of a header kept with a verdict; longer ones are fetched when belief rules change */

#define LIMIT_BRAND_FRESH 3600     /* seconds in which a fetched file is not asked for again */
#define LIMIT_BRAND_NEGATIVE 1800  /* … and one that the server refused */
#define LIMIT_BRAND_RETRY 120      /* … and one that could not be had for a while */
#define LIMIT_BRAND_KEPT (7 * 86400) /* seconds a file is kept for its ETag, and a logo without a new check */
#define LIMIT_BRAND_CHECK 86400    /* seconds between two checks of a domain's logo … */
#define LIMIT_BRAND_CHECK_NONE 21600 /* … that has none */
#define LIMIT_BRAND_QUEUE 2000     /* domains waiting for a check; more are asked for again by the next list */
#define LIMIT_BRAND_WAITING 8       /* … of one organization: who has a thousand subdomains does not keep the others waiting */
#define LIMIT_BRAND_SIDE 96        /* pixels of a logo's smallest drawing: twice the largest avatar */

#define LIMIT_IMAGE_SIZE (3u << 20)  /* octets of a picture that is fetched for a reader */
#define LIMIT_IMAGE_OCTETS (64u << 20) /* of all that are kept; the oldest go */
#define LIMIT_IMAGE_SECONDS 3600     /* a document's URLs of pictures are good for so long */
#define LIMIT_IMAGE_FRESH 3600       /* seconds a picture is kept … */
#define LIMIT_IMAGE_NEGATIVE 300     /* … and that there is none */
#define LIMIT_IMAGE_HOST_FETCHES 300 /* from one host in LIMIT_HTTPS_HOST_SECONDS: a newsletter or two */
#define LIMIT_IMAGE_DOMAINS 500      /* domains an account shows pictures of without being asked */

/* store/ */
#define LIMIT_STORE_FORGET 1000 /* old verdicts, and rows, deleted in one go: others write too */
#define LIMIT_STORE_BUSY_MS 2000   /* waiting for another writer (house: Processes and threads) */
#define LIMIT_STORE_RETRY 30 /* seconds: when to ask again what could not be written (RFC 9110 §10.2.3) */
#define LIMIT_STORE_PROBE 10 /* seconds from one trial whether it can be written to the next … */
#define LIMIT_STORE_PROBE_OCTETS 16384 /* … of so much: more than what is left of a page */
#define LIMIT_STORE_VALUE (4u << 20) /* one value */

/* clang-format on */

#endif
