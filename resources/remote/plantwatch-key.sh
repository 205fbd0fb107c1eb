#!/bin/sh
# Plantwatch's own key on a device: one line of the login user's authorized_keys, put in and taken out with that user's own rights.
#
# Sent as plantwatch.sh is, and never stored on the device either. The header before it sets, each quoted:
#   PW_MODE   key_look | key_add | key_remove
#   PW_NONCE  marks the lines that are ours
#   PW_TAG    the word of the comment by which the line is known; small letters, digits and : / - only
#   PW_LINE   (key_add) the line
#
# The line itself tells what taking it out has to undo: its last word is "made:" with those of folder, file and newline that were not there
# before. So there is no journal that could get lost, and each change is one rename, which is there or is not.

PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin
LC_ALL=C
export PATH LC_ALL
umask 077
locked=no

say() { printf '@%s %s\n' "$PW_NONCE" "$*" 2>/dev/null || :; }

fail() {
    release_lock
    say failed "$@"
    exit 1
}

finish() {
    release_lock
    say "done"
    exit 0
}

nap() { sleep "$1" 2>/dev/null || sleep 1; }

flush() { sync "$1" 2>/dev/null || sync; }

# As sshd finds it: by the name that logged in, which it tells, and not by what a profile has made of HOME.
find_places() {
    name=${LOGNAME:-$(id -un)}
    home=$({ getent passwd "$name" || grep "^$name:" /etc/passwd; } 2>/dev/null | head -n 1 | cut -d : -f 6)
    home=${home:-$HOME}
    folder=$home/.ssh
    file=$folder/authorized_keys
    # In the making: beside what they become, for a rename to be enough.
    fresh=$file.plantwatch-new
    fresh_folder=$folder.plantwatch-new
}

owner_of() {
    # shellcheck disable=SC2012 # the listing's own form is wanted: stat is not everywhere
    ls -ldn "$1" | awk '{ print $3 }'
}

# A link may lead anywhere, and what belongs to another user is not ours to change, even where root could.
check_places() {
    [ -d "$home" ] || fail change "$home"
    for place in "$folder" "$file"; do
        [ -L "$place" ] && fail key_place "$place is a link"
        [ -e "$place" ] || continue
        [ "$(owner_of "$place")" = "$(id -u)" ] || fail key_place "$place belongs to another user"
    done
    if [ -e "$folder" ] && [ ! -d "$folder" ]; then fail key_place "$folder is not a folder"; fi
    if [ -e "$file" ] && [ ! -f "$file" ]; then fail key_place "$file is not a file"; fi
}

ours() { sed -n "\\, $PW_TAG ,p" "$file" 2>/dev/null; }

# The file without our line. Another one of Plantwatch's inherits what was made, for whoever goes last; the line end before ours, only if
# it comes next.
without_ours() {
    inherit="s/\\( plantwatch:[a-z0-9-]*\\/[0-9]* endpoint .* made:\\)\\([a-z,]*\\)\$/\\1$made,\\2/"
    case $made in
    '') sed "\\, $PW_TAG ,d" "$file" ;;
    newline*) sed "\\, $PW_TAG ,{
\$d
N
s/^.*\\n//
$inherit
}" "$file" ;;
    *) sed -e "\\, $PW_TAG ,d" -e "$inherit" "$file" ;;
    esac
}

label() { if command -v restorecon >/dev/null 2>&1; then restorecon "$@" >/dev/null 2>&1; fi; }

key_look() {
    writable=$home
    [ -d "$folder" ] && writable=$folder
    [ -w "$writable" ] || fail change "$writable"
    say client "${SSH_CONNECTION%% *}"
    ours | tail -n 1 | while IFS= read -r line; do say line "$line"; done
}

# For a change: no signal ends it half-way, and what an earlier run began it has ended, even if nobody waited for that.
begin() {
    trap '' HUP PIPE INT TERM
    [ -w /tmp ] || return 0
    lock=/tmp/plantwatch-key-$(id -u).lock
    tries=50 # 10 seconds
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
    locked=yes
    printf '%s\n' $$ >"$lock/pid"
}

release_lock() {
    [ "$locked" = yes ] && rm -rf "$lock"
    locked=no
}

key_add() {
    begin
    take_out
    if [ ! -d "$folder" ]; then
        { mkdir -m 700 "$fresh_folder" && printf '%s made:folder,file\n' "$PW_LINE" >"$fresh_folder/authorized_keys"; } ||
            give_up "$folder"
        flush "$fresh_folder/authorized_keys"
        mv "$fresh_folder" "$folder" || give_up "$folder"
        label "$folder"
    elif [ ! -e "$file" ]; then
        printf '%s made:file\n' "$PW_LINE" >"$fresh" || give_up "$file"
        put_in_place
    else
        { cp -p "$file" "$fresh" && add_line >>"$fresh"; } || give_up "$file"
        put_in_place
    fi
    label "$file"
}

add_line() {
    if [ -n "$(tail -c 1 "$file")" ]; then
        printf '\n%s made:newline\n' "$PW_LINE"
    else
        printf '%s made:\n' "$PW_LINE"
    fi
}

put_in_place() {
    flush "$fresh"
    mv -f "$fresh" "$file" || give_up "$file"
}

give_up() {
    drop_unfinished
    fail change "$1"
}

drop_unfinished() { rm -rf "$fresh" "$fresh_folder"; }

take_out() {
    drop_unfinished
    [ -n "$(ours)" ] || return 0
    made=$(ours | sed -n 's/.* made:\([a-z,]*\)$/\1/p' | tail -n 1)
    { cp -p "$file" "$fresh" && rest >"$fresh"; } || give_up "$file"
    case ,$made, in
    *,file,*) if [ ! -s "$fresh" ]; then
        rm -f "$fresh"
        take_file_away
        return
    fi ;;
    esac
    put_in_place
    label "$file"
}

# What the file has beside our line: to the byte, if nobody has added a line behind ours.
rest() {
    case $made:$(tail -n 1 "$file") in
    newline*:*" $PW_TAG "*) printf '%s' "$(without_ours)" ;;
    *) without_ours ;;
    esac
}

take_file_away() {
    case ,$made, in
    *,folder,*) if [ "$(ls -A "$folder")" = authorized_keys ]; then
        mv "$folder" "$fresh_folder" || fail change "$folder"
        drop_unfinished
        return
    fi ;;
    esac
    rm -f "$file" || fail change "$file"
}

find_places
check_places
case $PW_MODE in
key_look) key_look ;;
key_add) key_add ;;
key_remove)
    begin
    take_out
    ;;
*) fail mode "$PW_MODE" ;;
esac
finish
