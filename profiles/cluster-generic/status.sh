#!/bin/sh
# What has become of a job, in the words of Snakemake: running, success or failed.
#
#   status.sh NUMBER
#
# squeue forgets a job some time after its end (MinJobAge); Snakemake asks oftener than that.
state=$(squeue --noheader --states=all --format=%T --jobs="$1") || exit 1
case $state in
    COMPLETED) echo success ;;
    PENDING | CONFIGURING | RUNNING | SUSPENDED | COMPLETING | REQUEUED) echo running ;;
    *) echo failed ;;
esac
