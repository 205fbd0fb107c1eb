#!/bin/sh
# Plantwatch's program on a device: finds out what the device is, and installs, keeps, undoes, removes or checks the exporter.
#
# It is never stored on the device. The app sends it over SSH on the standard input of a small bootstrap (see
# app/services/enrolment/program.py), behind a header that sets these variables, each quoted:
#   PW_MODE     facts | identity | root_facts | request | install | keep | undo | remove | check
#   PW_NONCE    marks the lines that are ours, whatever profiles and motd print beside them
#   PW_PORT     the exporter's port
#   PW_SOCKETS  extended regular expression: the local addresses in /proc/net/tcp that are in the exporter's way
#   PW_THEN PW_KNOWN   (identity) "check", to check at once a device with this hashed machine-id, or of which none is known
#   PW_INNER_PAD PW_OUTER_PAD   HMAC's padded keys as octal escapes, for the machine-id
#   PW_VERSION PW_ARCHITECTURE PW_SHA256   the exporter build
#   PW_SIZE     bytes of it that follow this text on standard input; 0: the device has it already
#   PW_UNIT     text of the unit
#   PW_WEB PW_SERIAL PW_CERTIFICATE PW_CLIENTS   (install) text of the exporter's web configuration; the certificate's number, which names its
#               files; the certificate; the authorities whose clients are let in
#   PW_KEY      (install) its private key; empty: the one that `request` made here
#   PW_RECEIPT  (remove) what the inventory knows of, for a device that lost its own receipt
#
# Answers are lines "@NONCE KEY VALUE"; the last is "done" or "failed CODE TEXT". Only POSIX sh, and tools that BusyBox has too.
#
# How it can be undone exactly: a plan of all changes is written to a journal, and flushed, before the first of them is made. Undoing
# goes through the journal backwards and takes away what is there; it may be repeated at any point. `keep` turns the journal into the
# receipt, which `remove` undoes in the same way. A journal found by any later run belongs to one that was interrupted.

PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin
LC_ALL=C
export PATH LC_ALL
umask 022

account=plantwatch-exporter
unit=plantwatch-node-exporter.service
library=/usr/local/lib/plantwatch
binary=$library/node_exporter
units=/etc/systemd/system
unit_file=$units/$unit
wants=$units/multi-user.target.wants
certificates=$library/tls
web_file=$library/web.yml
state=/var/lib/plantwatch
journal=$state/journal
receipt=$state/receipt
accounts=$state/accounts
requested_key=$state/requested.key
# Suffixes of files in the making and of files that were replaced, beside the file itself so that a rename is enough.
fresh=.plantwatch-new
former=.plantwatch-old
lock=/run/plantwatch.lock
locked=no
to_undo=no
start_seconds=15

say() { printf '@%s %s\n' "$PW_NONCE" "$*" 2>/dev/null || :; }

# fail CODE TEXT: undo what this run did, then say why it ended.
fail() {
    if [ "$to_undo" = yes ]; then
        to_undo=no
        undo_journal
    fi
    release_lock
    say failed "$@"
    exit 1
}

finish() {
    to_undo=no
    release_lock
    say "done"
    exit 0
}

make_state() { mkdir -p "${state%/*}" && { [ -d $state ] || mkdir -m 700 $state; }; }

nap() { sleep "$1" 2>/dev/null || sleep 1; }

# sums_of FILE...: "SUM  FILE" a line. OpenSSL, where it is, has the processor's own instructions for it: 20 ms for the exporter instead of 43.
sums_of() {
    found_sums=$(openssl dgst -sha256 -r "$@" 2>/dev/null | sed 's/ \*/  /')
    if [ -n "$found_sums" ]; then printf '%s\n' "$found_sums"; else sha256sum "$@" 2>/dev/null; fi
}

sum_of() {
    sum_line=$(sums_of "$1") || sum_line=
    printf '%s' "${sum_line%% *}"
}

flush() { sync "$1" 2>/dev/null || sync; }

# ---------------------------------------------------------------------------------------------------------------- facts

os_release() {
    for release_file in /etc/os-release /usr/lib/os-release; do
        [ -r "$release_file" ] || continue
        while IFS= read -r release_line; do
            case $release_line in
            ID=* | VERSION_ID=* | PRETTY_NAME=*) say os_release "$release_line" ;;
            esac
        done <"$release_file"
        return
    done
}

init_system() {
    if [ -d /run/systemd/system ]; then
        say init systemd
    elif [ -d /run/openrc ] || [ -x /sbin/openrc-run ]; then
        say init openrc
    elif [ -f /etc/inittab ] && [ -d /etc/init.d ]; then
        say init sysv
    fi
}

# The head of the shell's own program tells the userland's width, byte order and machine, which the kernel's name for it does not.
elf_head() {
    elf=$(od -An -v -tx1 -N20 /bin/sh 2>/dev/null) || elf=$(hexdump -n 20 -v -e '1/1 "%02x"' /bin/sh 2>/dev/null) || elf=
    # shellcheck disable=SC2086 # the blanks are to be squeezed
    say elf $elf
}

hardware() {
    set -- /sys/devices/system/cpu/cpu[0-9]*
    [ -e "$1" ] && say cpus $#
    while read -r memory_key memory_value memory_rest; do
        : "$memory_rest"
        [ "$memory_key" = MemTotal: ] && say memory_kib "$memory_value" && break
    done 2>/dev/null </proc/meminfo
}

free_space() {
    place=$library
    while [ ! -d "$place" ]; do place=${place%/*}; done
    # shellcheck disable=SC2046 # df's fields are wanted one by one
    set -- $(df -P -k "${place:-/}" 2>/dev/null | tail -n 1)
    [ $# -ge 6 ] && say free_kib "$4"
}

# The machine-id, hashed with Plantwatch's own key: HMAC-SHA256(pads, id) from what every device has. One that systemd made up for this boot
# only, which lies on a tmpfs over the file, is no identity.
machine_id() {
    id=
    mac=
    grep -q ' /etc/machine-id .* - tmpfs ' /proc/self/mountinfo 2>/dev/null && return
    for id_file in /etc/machine-id /var/lib/dbus/machine-id; do
        [ -r "$id_file" ] && read -r id <"$id_file"
        [ -n "$id" ] && break
    done
    case $id in *[!0-9a-f]*) return ;; esac
    [ ${#id} -eq 32 ] || return
    # shellcheck disable=SC2059 # the pads are escapes
    inner=$({ printf "$PW_INNER_PAD" && printf '%s' "$id"; } | sha256sum)
    inner=${inner%% *}
    bytes=
    while [ -n "$inner" ]; do
        bytes="$bytes 0x${inner%"${inner#??}"}"
        inner=${inner#??}
    done
    # One printf for all bytes: one for each took 15 ms.
    # shellcheck disable=SC2086 # one word a byte
    digest=$(printf '\\%03o' $bytes)
    # shellcheck disable=SC2059
    mac=$(printf "$PW_OUTER_PAD$digest" | sha256sum)
    mac=${mac%% *}
    say machine_id "$mac"
}

# The device's addresses as the kernel's tables have them, those of IPv6 as 32 digits: ip is not everywhere.
addresses() {
    awk '$1 == "|--" { leaf = $2 } $1 == "/32" && $3 == "LOCAL" { print leaf }' /proc/net/fib_trie 2>/dev/null | sort -u |
        while read -r address; do say address "$address"; done
    while read -r address _; do say address "$address"; done 2>/dev/null </proc/net/if_inet6
}

# Inode and user number of each socket that listens where the exporter shall, "INODE/UID", from the kernel's own table: ss is not everywhere.
listening() {
    port_hex=$(printf '%04X' "$PW_PORT")
    grep -hE "^ *[0-9]+: ($PW_SOCKETS):$port_hex [0-9A-F]*:[0-9A-F]* 0A " /proc/net/tcp /proc/net/tcp6 2>/dev/null |
        while read -r _ _ _ _ _ _ _ uid _ inode _; do printf '%s/%s\n' "$inode" "$uid"; done
}

# Says who listens on the port: "port_free", "port_ours" or "port_holder NAME". Only root sees the processes of others, and in a container
# not even root sees all.
port_state() {
    sockets=$(listening)
    if [ -z "$sockets" ]; then
        say port_free
        return
    fi
    for socket in $sockets; do
        owner=$(sed -n "s/^\([^:]*\):[^:]*:${socket#*/}:.*/\1/p" /etc/passwd)
        if [ "$owner" = $account ]; then
            say port_ours
            return
        fi
        # shellcheck disable=SC2012 # the listing's own form is wanted: which process holds which socket
        holder=$(ls -l /proc/[0-9]*/fd 2>/dev/null |
            awk -v wanted="socket:[${socket%/*}]" '/^\/proc\// { where = $1 } $NF == wanted { print where; exit }')
        holder=${holder#/proc/}
        holder=${holder%%/*}
        if [ -n "$holder" ]; then
            say port_holder "$(cat "/proc/$holder/comm" 2>/dev/null)"
        else
            say port_holder "a program of the user ${owner:-${socket#*/}}"
        fi
        return
    done
}

installed() {
    [ -f "$journal" ] && say unfinished
    [ -f "$receipt" ] || return 0
    while read -r receipt_key receipt_value _; do
        [ "$receipt_key" = version ] && say installed_version "$receipt_value"
    done <"$receipt"
    [ -f "$binary" ] && say installed_sha256 "$(sum_of "$binary")"
}

root_facts() {
    [ "$(id -u)" = 0 ] || fail privilege "the program does not run as root"
    forget_lecture
    say root
    port_state
    installed
}

has() { command -v "$1" >/dev/null 2>&1; }

# The text goes by a pipe: as an argument it would fill the device's log, where sudo and doas write every command.
as_root() {
    as_mode=$1
    shift
    # shellcheck disable=SC2016 # for the shell that is started
    printf '%s\n' "${program:?}" | "$@" sh -c 'program=$(cat); eval "$program"' plantwatch "$as_mode" 2>/dev/null
}

# Whether doas would let the user, if only it could ask for a password. To others it says "Operation not permitted".
doas_asks() { doas -n true 2>&1 </dev/null | grep -qi 'required'; }

facts() {
    say protocol 1
    # shellcheck disable=SC2046 # one word each: node name, release, machine
    say uname $(uname -nrm)
    os_release
    elf_head
    init_system
    hardware
    free_space
    addresses
    machine_id
    if [ "$(id -u)" = 0 ]; then
        say privilege root
        root_facts
    elif has sudo && as_root root_facts sudo -k -n; then
        say privilege sudo
    elif has doas && as_root root_facts doas -n; then
        say privilege doas
    else
        privilege_with_password
        port_state
    fi
    # Last, so that the answer's travel is all there is between this clock and the app's.
    say clock "$(date +%s)"
}

privilege_with_password() {
    if has sudo; then
        say privilege sudo_password
    elif has doas && doas_asks; then
        say privilege doas_password
    else
        say privilege none
    fi
}

# Who it is, and how to become root: all that is asked of a device that is known. Where root needs no password, the check comes in the same
# run. Not on a device that turns out to be another one.
identity() {
    say protocol 1
    machine_id
    then_as_root=am_root
    if [ "${PW_THEN:-}" = check ]; then
        if [ -z "$PW_KNOWN" ] || [ -z "$mac" ] || [ "$PW_KNOWN" = "$mac" ]; then then_as_root=root_check; fi
    fi
    if [ "$(id -u)" = 0 ]; then
        say privilege root
        [ $then_as_root = am_root ] || root_check
    elif has sudo && as_root $then_as_root sudo -k -n; then
        say privilege sudo
    elif has doas && as_root $then_as_root doas -n; then
        say privilege doas
    else
        privilege_with_password
    fi
}

# A check whose outcome, whatever it is, is in its answers.
root_check() {
    [ "$(id -u)" = 0 ] || exit 1
    (check)
    say checked
}

# sudo remembers, in a file, whom it has lectured. One that was made a moment ago was made by us.
forget_lecture() {
    lecture=/var/lib/sudo/lectured/${SUDO_USER:-}
    [ -n "${SUDO_USER:-}" ] && [ -f "$lecture" ] && [ ! -s "$lecture" ] || return 0
    [ -n "$(find "$lecture" -mmin -1 2>/dev/null)" ] && rm -f "$lecture"
    return 0
}

# ---------------------------------------------------------------------------------------------------------------- one run at a time

take_lock() {
    [ -d /run ] || lock=/tmp/plantwatch.lock
    tries=100 # 20 seconds: the app waits longer for an answer
    while ! mkdir "$lock" 2>/dev/null; do
        other=$(cat "$lock/pid" 2>/dev/null)
        if [ -n "$other" ] && [ ! -d "/proc/$other" ]; then
            rm -rf "$lock"
            continue
        fi
        tries=$((tries - 1))
        [ $tries -gt 0 ] || fail busy "process ${other:-unknown} holds $lock"
        nap 0.2
    done
    printf '%s\n' $$ >"$lock/pid"
    locked=yes
}

release_lock() {
    [ "$locked" = yes ] && rm -rf "$lock"
    locked=no
}

begin() {
    [ "$(id -u)" = 0 ] || fail privilege "the program does not run as root"
    # A lost connection must not end the program half-way: what it began, it finishes or undoes.
    trap '' HUP PIPE
    trap 'fail interrupted "the program was told to end"' INT TERM
    forget_lecture
    take_lock
}

# ---------------------------------------------------------------------------------------------------------------- accounts

# The sum of an account file without our account.
without_ours() { grep -v "^$account:" "$1" | sha256sum; }

# The account tools keep the former version of each file they change (passwd-, shadow-, and so on). These copies are put back, so that a device
# is as it was to the byte. `accounts` holds them, for root only and only while the tools run.
save_accounts() {
    [ -d "$accounts" ] && return # from a run that was interrupted: older, hence right
    rm -rf "$accounts$fresh"
    { make_state && mkdir -m 700 "$accounts$fresh"; } || fail change "cannot write to $state"
    for file in passwd group shadow gshadow; do
        [ -e "/etc/$file" ] && without_ours "/etc/$file" >"$accounts$fresh/$file.sum"
        [ -e "/etc/$file-" ] && cp -p "/etc/$file-" "$accounts$fresh/$file-"
    done
    [ -e /etc/.pwd.lock ] && : >"$accounts$fresh/lock"
    mv "$accounts$fresh" "$accounts"
}

restore_accounts() {
    [ -d "$accounts" ] || return 0
    for file in passwd group shadow gshadow; do
        [ -e "/etc/$file-" ] || continue
        # Only if nobody else has changed the file meanwhile: without our line it is what it was, or what its main file was.
        now=$(without_ours "/etc/$file-")
        if [ "$now" != "$(cat "$accounts/$file.sum" 2>/dev/null)" ]; then
            [ -e "$accounts/$file-" ] || continue
            [ "$now" = "$(without_ours "$accounts/$file-")" ] || continue
        fi
        if [ -e "$accounts/$file-" ]; then
            cp -p "$accounts/$file-" "/etc/$file-"
        else
            rm -f "/etc/$file-"
        fi
    done
    [ -e "$accounts/lock" ] || rm -f /etc/.pwd.lock
    rm -rf "$accounts"
}

has_user() { grep -q "^$account:" /etc/passwd; }
has_group() { grep -q "^$account:" /etc/group; }

no_login() {
    for shell in /usr/sbin/nologin /sbin/nologin; do
        [ -x $shell ] && printf '%s' $shell && return
    done
    printf '/bin/false'
}

make_account() {
    save_accounts
    if command -v useradd >/dev/null 2>&1; then
        if has_group; then same="-g $account"; else same=-U; fi
        # shellcheck disable=SC2086 # an option, with its value or without
        problem=$(useradd -r $same -M -d /nonexistent -s "$(no_login)" -c "Plantwatch exporter" $account 2>&1 </dev/null)
    else
        problem=$({ has_group || addgroup -S $account; } 2>&1 </dev/null &&
            adduser -S -D -H -h /nonexistent -s "$(no_login)" -g "Plantwatch exporter" -G $account $account 2>&1 </dev/null)
    fi
    restore_accounts
    has_user || fail account "$problem"
}

delete_account() {
    has_user || has_group || return 0
    save_accounts
    if has_user; then
        if command -v userdel >/dev/null 2>&1; then userdel $account; else deluser $account; fi >/dev/null 2>&1 </dev/null
    fi
    if has_group; then
        if command -v groupdel >/dev/null 2>&1; then groupdel $account; else delgroup $account; fi >/dev/null 2>&1 </dev/null
    fi
    restore_accounts
}

# ---------------------------------------------------------------------------------------------------------------- undo

# undo_one KIND NAME: takes one planned change back, whether it was made or not.
undo_one() {
    # Never out of the places that are ours, whatever a damaged list may say.
    case /$2/ in */../* | */./*) return 0 ;; esac
    case $1 in
    unit)
        case $2 in plantwatch-*) ;; *) return 0 ;; esac
        systemctl stop "$2" >/dev/null 2>&1
        systemctl reset-failed "$2" >/dev/null 2>&1
        reload=yes
        ;;
    link | file)
        case $2 in
        "$library"/* | */plantwatch-*) rm -f "$2" "$2$fresh" "$2$former" ;;
        esac
        ;;
    replace)
        case $2 in "$library"/* | */plantwatch-*) ;; *) return 0 ;; esac
        rm -f "$2$fresh"
        [ -e "$2$former" ] && mv -f "$2$former" "$2"
        [ "$2" = $web_file ] || restart=yes
        ;;
    user | group) delete_account ;;
    directory)
        # Files that a renewed certificate has replaced are in no list any more.
        [ "$2" = $certificates ] && rm -f $certificates/*
        rmdir "$2" 2>/dev/null
        ;;
    esac
    return 0
}

# Undoes the lines on standard input, the last first.
undo_lines() {
    backwards=
    while IFS= read -r undo_line; do
        backwards="$undo_line
$backwards"
    done
    reload=no
    restart=no
    while read -r undo_kind undo_name _; do
        [ -n "$undo_kind" ] && undo_one "$undo_kind" "$undo_name"
    done <<LINES
$backwards
LINES
    if [ $reload = yes ] || [ $restart = yes ]; then systemctl daemon-reload >/dev/null 2>&1; fi
    if [ $restart = yes ]; then systemctl restart $unit >/dev/null 2>&1; fi
    return 0
}

undo_journal() {
    if [ -f "$journal" ]; then
        undo_lines <"$journal"
        restore_accounts
        rm -f "$journal"
        say undone
    fi
    drop_state
}

# The state folder goes when nothing in it is worth keeping. Files in the making have no name of their own yet.
drop_state() {
    rm -f $requested_key
    [ -f "$receipt" ] && return
    rm -f "$journal$fresh" "$receipt$fresh"
    rm -rf "$accounts$fresh"
    rmdir "$state" 2>/dev/null
    return 0
}

# ---------------------------------------------------------------------------------------------------------------- certificate

# Makes a private key that never leaves the device, and asks for a certificate with it: lines "request PEM". None where there is no OpenSSL.
request() {
    begin
    [ -f "$journal" ] && undo_journal
    command -v openssl >/dev/null 2>&1 || finish
    make_state || fail change "cannot make $state"
    rm -f $requested_key
    if (umask 077 && openssl ecparam -name prime256v1 -genkey -noout -out $requested_key) >/dev/null 2>&1 &&
        # A configuration of its own: the device's may be missing, and may ask questions.
        asked=$(printf '[req]\ndistinguished_name=name\n[name]\n' |
            openssl req -new -key $requested_key -subj /CN=plantwatch -sha256 -config /dev/stdin 2>/dev/null); then
        printf '%s\n' "$asked" | while IFS= read -r request_line; do say request "$request_line"; done
    else
        drop_state
    fi
    finish
}

plan_certificate() {
    key_text=${PW_KEY:-$(cat $requested_key 2>/dev/null)}
    [ -n "$key_text" ] || fail gone "$requested_key"
    plan_file "$certificates/$PW_SERIAL.pem" "$(text_sum "$PW_CERTIFICATE")"
    plan_file "$certificates/$PW_SERIAL.key" "$(text_sum "$key_text")"
    plan_file "$certificates/$PW_SERIAL-clients.pem" "$(text_sum "$PW_CLIENTS")"
    # Last: with it the exporter turns to the files above, all at once.
    plan_file $web_file "$(text_sum "$PW_WEB")"
}

text_sum() { printf '%s\n' "$1" | sha256sum | cut -d ' ' -f 1; }

# write_text PATH MODE GROUP TEXT: if the plan says so. The text is an argument of the shell's own functions only, never of a program.
write_text() {
    case $planned in *" $1 "*) ;; *) return 0 ;; esac
    (umask 077 && printf '%s\n' "$4" >"$1$fresh") || fail space "$1"
    put_in_place "$1" "$2" "$3"
}

make_certificate() {
    write_text "$certificates/$PW_SERIAL.pem" 0444 0 "$PW_CERTIFICATE"
    write_text "$certificates/$PW_SERIAL.key" 0440 $account "$key_text"
    write_text "$certificates/$PW_SERIAL-clients.pem" 0444 0 "$PW_CLIENTS"
    write_text $web_file 0444 0 "$PW_WEB"
    rm -f $requested_key
}

# ---------------------------------------------------------------------------------------------------------------- install

plan() { planned="$planned$*
"; }

plan_directory() {
    missing=
    parent=$1
    while [ ! -d "$parent" ]; do
        missing="$parent $missing"
        parent=${parent%/*}
    done
    for each in $missing; do
        case $planned in *"directory $each
"*) ;; *) plan directory "$each" ;; esac
    done
}

in_receipt() { grep -q "^[a-z]* $1\( \|\$\)" "$receipt" 2>/dev/null; }

# plan_file PATH SHA256
plan_file() {
    plan_directory "${1%/*}"
    if [ ! -e "$1" ]; then
        plan file "$1" "$2"
    elif [ "$(sum_of "$1")" != "$2" ]; then
        in_receipt "$1" || fail occupied "$1"
        plan replace "$1" "$2"
    fi
}

plan_all() {
    planned=
    plan_file $binary "$PW_SHA256"
    has_group || plan group $account
    has_user || plan user $account
    plan_certificate
    plan_file $unit_file "$(text_sum "$PW_UNIT")"
    plan_directory $wants
    [ -L "$wants/$unit" ] || plan link "$wants/$unit"
    in_receipt $unit || plan unit $unit
}

write_journal() {
    make_state || fail change "cannot make $state"
    {
        printf 'version %s\narchitecture %s\nport %s\n' "$PW_VERSION" "$PW_ARCHITECTURE" "$PW_PORT"
        printf '%s' "$planned"
    } >"$journal$fresh" || fail change "cannot write to $state"
    flush "$journal$fresh"
    mv "$journal$fresh" "$journal"
}

# put_in_place PATH MODE GROUP: the file in the making becomes the file, in one instant: who reads it finds the old one or the new one.
put_in_place() {
    { chown "0:$3" "$1$fresh" && chmod "$2" "$1$fresh"; } || fail change "$1"
    if [ -e "$1" ] && [ ! -e "$1$former" ]; then
        { ln "$1" "$1$former" 2>/dev/null || cp -p "$1" "$1$former"; } || fail change "$1"
    fi
    mv -f "$1$fresh" "$1" || fail change "$1"
}

receive_binary() {
    case $planned in *" $binary "*) ;; *)
        cat >/dev/null
        return
        ;;
    esac
    [ "$PW_SIZE" -gt 0 ] || fail gone "$binary"
    problem=$(cat 2>&1 >"$binary$fresh") || fail space "$problem"
    size=$(wc -c <"$binary$fresh")
    [ "$size" -eq "$PW_SIZE" ] || fail incomplete "$size of $PW_SIZE bytes"
    found=$(sum_of "$binary$fresh")
    [ "$found" = "$PW_SHA256" ] || fail checksum "$found"
    say verified
    put_in_place $binary 0755 0
}

# In the order of the plan: directories come before what is in them.
make_changes() {
    while read -r change_kind change_name _; do
        case $change_kind in
        directory) [ -d "$change_name" ] || mkdir -m 755 "$change_name" || fail change "$change_name" ;;
        esac
    done <<LINES
$planned
LINES
    receive_binary
    has_user || make_account
    make_certificate
    write_text $unit_file 0644 0 "$PW_UNIT"
    [ -L "$wants/$unit" ] || ln -s "../$unit" "$wants/$unit" || fail change "$wants/$unit"
    problem=$(systemctl daemon-reload 2>&1) || fail systemd "$problem"
    say installed
}

service_log() {
    { journalctl --no-pager -o cat -n 15 --since "@$started_at" -u $unit || systemctl status --no-pager -l $unit; } 2>/dev/null |
        tail -n 15 | cut -c 1-300 | while IFS= read -r log_line; do say log "$log_line"; done
}

start_service() {
    case $planned in *" $binary "* | *" $unit_file "*) verb=restart ;; *) verb=start ;; esac
    started_at=$(date +%s)
    if ! problem=$(systemctl $verb $unit 2>&1); then
        service_log
        fail start "$problem"
    fi
    deadline=$(($(date +%s) + start_seconds))
    while :; do
        # shellcheck disable=SC2046 # one word each
        set -- $(systemctl show -p SubState -p NRestarts $unit)
        case " $* " in
        *" SubState=running "*) [ -n "$(listening)" ] && break ;;
        *" SubState=auto-restart "* | *" SubState=failed "* | *" SubState=dead "*)
            service_log
            fail start "$*"
            ;;
        esac
        if [ "$(date +%s)" -ge $deadline ]; then
            service_log
            fail silent "$*"
        fi
        nap 0.05
    done
    say started
}

tell_changes() {
    say change directory $state
    say change file $receipt
    cat $receipt $journal 2>/dev/null | while read -r tell_kind tell_name tell_sum; do
        case $tell_kind in
        replace) say change file "$tell_name" "$tell_sum" ;;
        directory | file | user | group | link | unit) say change "$tell_kind" "$tell_name" "$tell_sum" ;;
        esac
    done
}

check_port() {
    [ -n "$(listening)" ] || return 0
    systemctl is-active --quiet $unit && return 0
    fail port "$(port_state | sed -n "s/^@$PW_NONCE port_holder *//p")"
}

install() {
    begin
    [ -d /run/systemd/system ] || fail init "no systemd"
    [ -f "$journal" ] && undo_journal
    restore_accounts
    check_port
    plan_all
    to_undo=yes
    if [ -n "$planned" ]; then write_journal; else say unchanged; fi
    make_changes
    start_service
    tell_changes
    finish
}

# ---------------------------------------------------------------------------------------------------------------- afterwards

# Whether the web configuration does not name this file of a certificate any more.
is_outdated() { case $1 in "$certificates"/*) ! grep -q " $1\$" $web_file ;; *) return 1 ;; esac; }

# The journal becomes the receipt, or part of it.
keep() {
    begin
    if [ -f "$journal" ]; then
        {
            [ -f "$receipt" ] && while read -r kept_kind kept_name kept_sum; do
                case $kept_kind in version | architecture | port) continue ;; esac
                is_outdated "$kept_name" && continue
                grep -q "^[a-z]* $kept_name\( \|\$\)" "$journal" || printf '%s\n' "$kept_kind $kept_name $kept_sum"
            done <"$receipt"
            sed 's/^replace /file /' "$journal"
        } >"$receipt$fresh" || fail change "$receipt"
        flush "$receipt$fresh"
        mv -f "$receipt$fresh" "$receipt"
        for each in "$certificates"/*; do if is_outdated "$each"; then rm -f "$each"; fi; done
        rm -f "$journal" "$binary$former" "$unit_file$former" "$web_file$former"
    fi
    finish
}

undo() {
    begin
    undo_journal
    finish
}

remove() {
    begin
    [ -f "$journal" ] && undo_journal
    if [ -f "$receipt" ]; then
        undo_lines <"$receipt"
        rm -f "$receipt"
    elif [ -n "${PW_RECEIPT:-}" ]; then
        undo_lines <<LINES
$PW_RECEIPT
LINES
    fi
    restore_accounts
    drop_state
    tell_left
    finish
}

# What is on the device under our names, and is not in a receipt.
tell_left() {
    for left in $binary $binary$fresh $binary$former $unit_file $unit_file$fresh $unit_file$former $wants/$unit $certificates $web_file \
        $web_file$fresh $web_file$former $state; do
        if [ -e "$left" ] || [ -L "$left" ]; then say left "$left"; fi
    done
    has_user && say left "user $account"
    has_group && say left "group $account"
    return 0
}

check() {
    begin
    if [ -f "$journal" ]; then say unfinished; fi
    if [ ! -f "$receipt" ]; then
        tell_left
        finish
    fi
    # All sums by one program, a line each.
    sums="
$(sed -n 's/^file \([^ ]*\) .*/\1/p' "$receipt" | { set -- && while read -r name; do set -- "$@" "$name"; done && sums_of "$@"; })
"
    while read -r check_kind check_name check_sum; do
        condition=ok
        case $check_kind in
        file)
            if [ ! -e "$check_name" ]; then
                condition=missing
            else
                case $sums in *"
$check_sum  $check_name
"*) ;; *) condition=changed ;; esac
            fi
            ;;
        directory) [ -d "$check_name" ] || condition=missing ;;
        link) [ -L "$check_name" ] || condition=missing ;;
        user) has_user || condition=missing ;;
        group) has_group || condition=missing ;;
        unit) systemctl is-active --quiet "$check_name" || condition=stopped ;;
        *) continue ;;
        esac
        say item "$condition" "$check_kind" "$check_name"
    done <"$receipt"
    finish
}

case ${1:-$PW_MODE} in
facts)
    facts
    finish
    ;;
identity)
    identity
    finish
    ;;
am_root) [ "$(id -u)" = 0 ] || exit 1 ;;
root_check) root_check ;;
root_facts)
    root_facts
    [ "${1:-}" = root_facts ] || finish
    ;;
request) request ;;
install) install ;;
keep) keep ;;
undo) undo ;;
remove) remove ;;
check) check ;;
*) fail mode "${1:-$PW_MODE}" ;;
esac
