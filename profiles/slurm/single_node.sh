#!/usr/bin/env bash
# A SLURM of one node on this machine, to try the profile beside this file without a cluster.
#
#   single_node.sh install   install Debian's packages (as root)
#   single_node.sh up        start it: partitions cpu and gpu, two GPUs that are none
#   single_node.sh status    what runs
#   single_node.sh down      stop what was started here, and remove its files
#
# Needs Debian or Ubuntu and root; neither systemd, cgroups, a database nor a GPU. QLOC_SLURM names
# the folder of its state (/var/tmp/qloc-slurm), QLOC_SLURM_CPUS and QLOC_SLURM_MEMORY what the node
# says it has: as many cores as there are, and 200,000 MB, so that the profile's requests fit. Only
# processes that this script started are stopped, and only files that it wrote are removed: a
# SLURM that is configured already is left alone.
set -euo pipefail

folder=${QLOC_SLURM:-/var/tmp/qloc-slurm}
cpus=${QLOC_SLURM_CPUS:-$(nproc)}
memory=${QLOC_SLURM_MEMORY:-200000}
n_gpus=2

# SLURM looks for its files here: the executor's inner srun knows no other place.
configuration=/etc/slurm
mark="# Written by profiles/slurm/single_node.sh"
host=$(hostname -s)
daemons=(slurmd slurmctld munged)

fail() {
    echo "single_node.sh: $*" >&2
    exit 1
}

# until_true SECONDS COMMAND...: whether the command succeeds within so many seconds.
until_true() {
    local end=$((SECONDS + $1))
    shift
    until timeout 5 "$@" &> /dev/null; do
        ((SECONDS < end)) || return 1
        sleep 0.1
    done
}

# Whether the daemon of this name that was started here is alive.
lives() {
    local process
    process=$(cat "$folder/run/$1.pid" 2> /dev/null) || return 1
    [[ -n $process && $(cat "/proc/$process/comm" 2> /dev/null) == "$1" ]]
}

install_packages() {
    ((EUID == 0)) || fail "installing needs root."
    local policy=/usr/sbin/policy-rc.d is_new=
    if [[ ! -e $policy ]]; then # packages must not start daemons of their own
        printf '#!/bin/sh\nexit 101\n' > "$policy"
        chmod +x "$policy"
        is_new=yes
    fi
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        slurm-wlm munge > /dev/null
    [[ -z $is_new ]] || rm "$policy"
}

write_configuration() {
    local name
    for name in slurm gres cgroup; do
        local file=$configuration/$name.conf
        if [[ -e $file ]] && ! grep -qF "$mark" "$file"; then
            fail "$file is there and not of this script: this machine has a SLURM of its own."
        fi
    done
    install -d "$configuration" "$folder"/{run,log,state,spool,gpus}
    install -d -m 700 "$folder/munge"
    if [[ ! -s $folder/munge/key ]]; then
        (umask 377 && head -c 1024 /dev/urandom > "$folder/munge/key")
    fi
    for ((number = 0; number < n_gpus; number++)); do
        # A device where one can be made (that of /dev/null), so that jobs get CUDA_VISIBLE_DEVICES.
        rm -f "$folder/gpus/gpu$number"
        mknod "$folder/gpus/gpu$number" c 1 3 2> /dev/null || touch "$folder/gpus/gpu$number"
    done
    cat > "$configuration/gres.conf" << END
$mark
AutoDetect=off
NodeName=$host Name=gpu Type=fake File=$folder/gpus/gpu[0-$((n_gpus - 1))]
END
    cat > "$configuration/cgroup.conf" << END
$mark
CgroupPlugin=cgroup/v1
ConstrainCores=no
ConstrainDevices=no
ConstrainRAMSpace=no
END
    cat > "$configuration/slurm.conf" << END
$mark
ClusterName=single
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=26817
SlurmdPort=26818
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/run/munge.socket
CredType=cred/munge
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/run/slurmctld.pid
SlurmdPidFile=$folder/run/slurmd.pid
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/slurmd.log
# Without cgroups: processes are found in /proc, and memory is sampled every two seconds.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=2
JobAcctGatherParams=OverMemoryKill
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
# The node has what is said below, not what is found.
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=5,bf_interval=5,batch_sched_delay=0,sched_min_interval=100000
# What exceeds a partition's limits is refused; without it, it would wait for ever.
EnforcePartLimits=ALL
ReturnToService=2
SwitchType=switch/none
MpiDefault=none
# Finished jobs stay in squeue for an hour, which is where Snakemake looks.
MinJobAge=3600
KillWait=3
SlurmctldTimeout=30
SlurmdTimeout=60
UnkillableStepTimeout=30
GresTypes=gpu
AccountingStorageType=accounting_storage/none
NodeName=$host NodeAddr=127.0.0.1 CPUs=$cpus RealMemory=$memory Gres=gpu:fake:$n_gpus State=UNKNOWN
PartitionName=cpu Nodes=$host Default=YES MaxTime=INFINITE State=UP DefMemPerCPU=200
PartitionName=gpu Nodes=$host MaxTime=12:00:00 State=UP DefMemPerCPU=200
END
}

start() {
    ((EUID == 0)) || fail "starting needs root."
    command -v slurmctld munged > /dev/null ||
        fail "SLURM is not installed. '$0 install' installs it from Debian's packages."
    write_configuration
    local socket=$folder/run/munge.socket
    if ! lives munged; then
        rm -f "$socket"
        munged --force --key-file="$folder/munge/key" --socket="$socket" \
            --pid-file="$folder/run/munged.pid" --log-file="$folder/log/munged.log" \
            --seed-file="$folder/munge/seed"
    fi
    until_true 10 munge --socket="$socket" --no-input || fail "munged does not answer."
    lives slurmctld || slurmctld -c
    until_true 15 scontrol ping || fail "slurmctld does not answer: $folder/log/slurmctld.log"
    lives slurmd || slurmd -N "$host"
    until_true 20 srun --ntasks=1 --mem=50 true ||
        fail "the node runs nothing: $folder/log/slurmd.log"
    sinfo --format "%P %a %D %T %c cores %m MB %G"
}

stop() {
    local name process
    if lives slurmctld; then
        scancel --quiet --full --state=PENDING || true
        scancel --quiet --full --state=RUNNING || true
    fi
    for name in "${daemons[@]}"; do
        if lives "$name"; then
            process=$(cat "$folder/run/$name.pid")
            kill "$process"
            until_true 15 test ! -e "/proc/$process" || kill -9 "$process"
        fi
    done
    for name in slurm gres cgroup; do
        local file=$configuration/$name.conf
        if [[ -e $file ]] && grep -qF "$mark" "$file"; then
            rm "$file"
        fi
    done
    rm -rf "$folder"/{run,log,state,spool,gpus,munge}
    rmdir "$folder" 2> /dev/null || true
}

status() {
    local name
    for name in "${daemons[@]}"; do
        if lives "$name"; then
            echo "$name: process $(cat "$folder/run/$name.pid")"
        else
            echo "$name: not running"
        fi
    done
    if lives slurmctld; then
        sinfo
        squeue
    fi
}

case ${1:-} in
    install) install_packages ;;
    up) start ;;
    down) stop ;;
    status) status ;;
    *)
        sed -n 2,13p "$0"
        exit 2
        ;;
esac
