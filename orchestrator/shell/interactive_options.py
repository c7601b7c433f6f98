"""Long options of common tools, for Tab behind a `-`. A table: asking each tool would mean to run it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SINGLE_DASH = frozenset(("find",))
"""Tools whose long options have one dash."""


def options_of(name: str) -> list[str]:
    """Return the options of a tool, none if it is not known."""
    text = OPTIONS.get(name)
    if text is None:
        return []
    dash = "-" if name in SINGLE_DASH else "--"
    return [f"{dash}{option}" for option in [*text.split(), *([] if dash == "-" else COMMON)]]


COMMON = ("help", "version")
OPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "base64": ("decode ignore-garbage wrap"),
        "basename": ("multiple suffix zero"),
        "cat": (
            "number number-nonblank show-all show-ends show-nonprinting show-tabs squeeze-blank"
        ),
        "chmod": (
            "changes no-preserve-root preserve-root quiet recursive reference silent verbose"
        ),
        "comm": ("check-order nocheck-order output-delimiter total zero-terminated"),
        "cp": (
            "archive attributes-only backup context copy-contents dereference force "
            "interactive link no-clobber no-dereference no-preserve no-target-directory "
            "one-file-system parents preserve recursive reflink remove-destination sparse "
            "strip-trailing-slashes suffix symbolic-link target-directory update verbose"
        ),
        "cut": (
            "bytes characters complement delimiter fields only-delimited output-delimiter "
            "zero-terminated"
        ),
        "date": (
            "date debug file iso-8601 reference resolution rfc-3339 rfc-email set universal utc"
        ),
        "df": (
            "all block-size exclude-type human-readable inodes local no-sync output "
            "portability print-type si sync total type"
        ),
        "diff": (
            "brief color context ed exclude exclude-from expand-tabs from-file horizon-lines "
            "ifdef ignore-all-space ignore-blank-lines ignore-case ignore-file-name-case "
            "ignore-matching-lines ignore-space-change ignore-tab-expansion "
            "ignore-trailing-space initial-tab label left-column line-format minimal new-file "
            "no-dereference no-ignore-file-name-case normal paginate palette rcs recursive "
            "report-identical-files show-c-function show-function-line side-by-side "
            "speed-large-files starting-file strip-trailing-cr suppress-blank-empty "
            "suppress-common-lines tabsize text to-file unidirectional-new-file unified width"
        ),
        "du": (
            "all apparent-size block-size bytes count-links dereference dereference-args "
            "exclude exclude-from files0-from human-readable inodes max-depth no-dereference "
            "null one-file-system separate-dirs si summarize threshold time time-style total"
        ),
        "env": (
            "block-signal chdir debug default-signal ignore-environment ignore-signal "
            "list-signal-handling null split-string unset"
        ),
        "file": (
            "apple brief checking-printout compile debug dereference exclude exclude-quiet "
            "extension files-from keep-going list magic-file mime mime-encoding mime-type "
            "no-buffer no-dereference no-pad no-sandbox parameter preserve-date print0 raw "
            "separator special-files uncompress uncompress-noreport"
        ),
        "find": (
            "name iname path type size mtime newer maxdepth mindepth exec print print0 delete "
            "empty perm user regex prune not"
        ),
        "fold": ("bytes spaces width"),
        "grep": (
            "after-context basic-regexp before-context binary binary-files byte-offset color "
            "colour context count dereference-recursive devices directories exclude "
            "exclude-dir exclude-from extended-regexp file files-with-matches "
            "files-without-match fixed-strings group-separator ignore-case include "
            "initial-tab invert-match label line-buffered line-number line-regexp max-count "
            "no-filename no-group-separator no-ignore-case no-messages null null-data "
            "only-matching perl-regexp quiet recursive regexp silent text with-filename "
            "word-regexp"
        ),
        "gzip": (
            "best decompress fast force keep license list name no-name quiet recursive "
            "rsyncable stdout suffix synchronous test verbose"
        ),
        "head": ("bytes lines quiet silent verbose zero-terminated"),
        "join": ("check-order header ignore-case nocheck-order zero-terminated"),
        "jq": (
            "arg argjson args jsonargs rawfile slurpfile tab raw-output compact-output "
            "null-input slurp sort-keys exit-status raw-input indent color-output "
            "monochrome-output"
        ),
        "less": (
            "auto-buffers buffers chop-long-lines clear-screen color dumb file-size "
            "follow-name force hilite-search hilite-unread ignore-case incsearch jump-target "
            "lesskey-file line-num-width line-numbers log-file long-prompt max-back-scroll "
            "max-forw-scroll mouse no-histdups no-init no-keypad no-lessopen pattern prompt "
            "quiet quit-at-eof quit-on-intr quotes rscroll save-marks shift silent "
            "status-column tabs tag tag-file"
        ),
        "ln": (
            "backup directory force interactive logical no-dereference no-target-directory "
            "physical relative suffix symbolic target-directory verbose"
        ),
        "ls": (
            "all almost-all author block-size classify color context dereference "
            "dereference-command-line dereference-command-line-symlink-to-dir directory dired "
            "escape file-type format full-time group-directories-first hide "
            "hide-control-chars human-readable hyperlink ignore ignore-backups "
            "indicator-style inode kibibytes literal no-group numeric-uid-gid quote-name "
            "quoting-style recursive reverse show-control-chars si size sort tabsize time "
            "time-style width zero"
        ),
        "mkdir": ("context mode parents verbose"),
        "mktemp": ("directory dry-run quiet suffix tmpdir"),
        "mv": (
            "backup context force interactive no-clobber no-target-directory "
            "strip-trailing-slashes suffix target-directory update verbose"
        ),
        "nl": (
            "body-numbering footer-numbering header-numbering join-blank-lines line-increment "
            "no-renumber number-format number-separator number-width section-delimiter "
            "starting-line-number"
        ),
        "od": (
            "address-radix endian format output-duplicates read-bytes skip-bytes strings "
            "traditional width"
        ),
        "paste": ("delimiters serial zero-terminated"),
        "readlink": (
            "canonicalize canonicalize-existing canonicalize-missing no-newline quiet silent "
            "verbose zero"
        ),
        "realpath": (
            "canonicalize-existing canonicalize-missing logical no-symlinks physical quiet "
            "relative-base relative-to strip zero"
        ),
        "rg": (
            "after-context auto-hybrid-regex before-context binary block-buffered byte-offset "
            "case-sensitive color colors column context context-separator count count-matches "
            "crlf debug dfa-size-limit encoding engine field-context-separator "
            "field-match-separator file files files-with-matches files-without-match "
            "fixed-strings follow glob glob-case-insensitive heading hidden iglob ignore "
            "ignore-case ignore-dot ignore-exclude ignore-file ignore-file-case-insensitive "
            "ignore-files ignore-global ignore-messages ignore-parent ignore-vcs include-zero "
            "invert-match json line-buffered line-number line-regexp max-columns "
            "max-columns-preview max-count max-depth max-filesize messages mmap multiline "
            "multiline-dotall null null-data one-file-system only-matching passthru "
            "path-separator pcre2 pcre2-unicode pcre2-version pre pre-glob pretty print0 "
            "quiet regex-size-limit regexp replace require-git search-zip smart-case sort "
            "sortr stats text threads trace trim type type-add type-clear type-list type-not "
            "unicode unrestricted vimgrep with-filename word-regexp"
        ),
        "rm": (
            "dir force interactive no-preserve-root one-file-system preserve-root recursive verbose"
        ),
        "rmdir": ("ignore-fail-on-non-empty parents verbose"),
        "sed": (
            "debug expression file follow-symlinks in-place line-length null-data posix quiet "
            "regexp-extended sandbox separate silent unbuffered"
        ),
        "seq": ("equal-width format separator"),
        "sha256sum": ("binary check ignore-missing quiet status strict tag text warn zero"),
        "sort": (
            "batch-size buffer-size check compress-program debug dictionary-order "
            "field-separator files0-from general-numeric-sort human-numeric-sort ignore-case "
            "ignore-leading-blanks ignore-nonprinting key merge month-sort numeric-sort "
            "output parallel random-sort random-source reverse sort stable "
            "temporary-directory unique version-sort zero-terminated"
        ),
        "split": (
            "additional-suffix bytes elide-empty-files filter hex-suffixes line-bytes lines "
            "number numeric-suffixes separator suffix-length unbuffered verbose"
        ),
        "stat": ("cached dereference file-system format printf terse"),
        "tac": ("before regex separator"),
        "tail": (
            "bytes follow lines max-unchanged-stats pid quiet retry silent sleep-interval "
            "verbose zero-terminated"
        ),
        "tar": (
            "create extract list file gzip directory verbose append exclude strip-components "
            "bzip2 xz update"
        ),
        "tee": ("append ignore-interrupts output-error"),
        "timeout": ("foreground kill-after preserve-status signal verbose"),
        "touch": ("date no-create no-dereference reference time"),
        "tr": ("complement delete squeeze-repeats truncate-set1"),
        "tree": (
            "charset device dirsfirst du fflinks filelimit filesfirst fromfile gitfile "
            "gitignore hintro houtro ignore-case info infofile inodes matchdirs metafirst "
            "nolinks noreport prune si sort timefmt"
        ),
        "uniq": (
            "all-repeated check-chars count group ignore-case repeated skip-chars skip-fields "
            "unique zero-terminated"
        ),
        "wc": ("bytes chars files0-from lines max-line-length words"),
        "xargs": (
            "arg-file delimiter eof exit interactive max-args max-chars max-lines max-procs "
            "no-run-if-empty null open-tty process-slot-var replace show-limits verbose"
        ),
    }
)
