#!/bin/bash
# Runs inside the guest: every scenario in turn, each with virtual controllers of its own. The results lie in /run/out:
# NAME.out and NAME.err are what a run of l2scope printed, NAME.code is its exit code, NAME.btsnoop what it recorded.
# PYTHON, ROOT and BLUEZ come from the test: the interpreter, the folder of l2scope and that of BlueZ's tools.
cd /run/out && . ./environment
export PATH=$BLUEZ/usr/bin:$BLUEZ/bin:$PATH PYTHONPATH=$ROOT PYTHONDONTWRITEBYTECODE=1
L2SCOPE=("$PYTHON" -m l2scope)
PEER=00:AA:01:01:00:01
SEND=(l2test -s -i hci0 -V le_public -P 129 -I 512)

begin() { echo "GUEST $1 at $(cut -d' ' -f1 /proc/uptime)"; }

wait_for() {  # wait_for COMMAND...: until it succeeds, 20 s at most
  for _ in $(seq 200); do "$@" 2>/dev/null && return; sleep 0.1; done
  echo "GUEST waited in vain: $*"
}

run() {  # run NAME COMMAND...
  "${@:2}" >"$1.out" 2>"$1.err" & echo $! >"$1.pid"
  wait $!; echo $? >"$1.code"
}

begin_run() {  # begin_run NAME COMMAND...: in the background, until end_run; returns when NAME.btsnoop has the adapters
  run "$@" & background=$!
  wait_for recorded "$1.btsnoop"
}

end_run() {  # end_run NAME SIGNAL
  kill "-$2" "$(cat "$1.pid")"; wait "$background"
}

recorded() { test -s "$1" && test "$(stat -c %s "$1")" -gt 100; }

controllers() {  # controllers COUNT: virtual ones, switched on, each with LE; the last one advertises
  btvirt "-l$1" >/dev/null & virtual=$!
  wait_for test -e "/sys/class/bluetooth/hci$(($1 - 1))"; sleep 0.5
  for ((i = 0; i < $1; i++)); do
    for setting in "power off" "le on" "connectable on" "power on"; do btmgmt -i "hci$i" $setting >/dev/null; done
  done
  btmgmt -i "hci$(($1 - 1))" advertising on >/dev/null
}

unplug() { kill "$virtual"; wait "$virtual"; wait_for test ! -e /sys/class/bluetooth/hci0; }

receive() { l2test -d -i hci1 -V le_public -P 129 -I 512 >/dev/null 2>&1 & receiver=$!; sleep 0.4; }

begin refusals
run absent "${L2SCOPE[@]}" monitor hci7
controllers 2
run other "${L2SCOPE[@]}" monitor hci7
run unprivileged setpriv --bounding-set=-net_raw,-net_admin --inh-caps=-all "${L2SCOPE[@]}" monitor hci0
run namespace unshare -n "${L2SCOPE[@]}" monitor hci0

begin smoke
receive
run smoke "${L2SCOPE[@]}" record all -w smoke.btsnoop -- "${SEND[@]}" -b 500 -N 20 $PEER
kill $receiver; unplug

begin bulk
controllers 2
btmon -w btmon.btsnoop >/dev/null 2>&1 & btmon=$!
begin_run bulk "${L2SCOPE[@]}" monitor all --headless -w bulk.btsnoop --fail-on never
wait_for recorded btmon.btsnoop
receive
timeout 60 "${SEND[@]}" -b 500 -N 2000 $PEER >/dev/null 2>&1
sleep 1; end_run bulk TERM; kill $btmon $receiver; wait $btmon; unplug

begin stall
controllers 2
begin_run stall "${L2SCOPE[@]}" monitor hci0 --headless -w stall.btsnoop
receive; kill -STOP $receiver  # the kernel takes the connection, and as many SDUs as the socket holds
timeout 60 "${SEND[@]}" -b 300 -N 1000 $PEER >/dev/null 2>&1 & sender=$!
sleep 4; kill -CONT $receiver
wait $sender; sleep 0.5; end_run stall INT; kill $receiver; unplug

begin standing
controllers 2
receive
l2test -n -i hci0 -V le_public -P 129 -I 512 $PEER >/dev/null 2>&1 & sender=$!
sleep 2
run standing "${L2SCOPE[@]}" monitor hci0 --headless --for 1s
kill $sender $receiver; unplug

begin gone
controllers 1
btvirt -l1 >/dev/null & goes=$!
wait_for test -e /sys/class/bluetooth/hci1
begin_run gone "${L2SCOPE[@]}" monitor all --headless -w gone.btsnoop
kill $goes; wait $goes; wait_for test ! -e /sys/class/bluetooth/hci1
btmgmt -i hci0 power off >/dev/null; btmgmt -i hci0 power on >/dev/null
sleep 0.5; end_run gone TERM; unplug

begin end
