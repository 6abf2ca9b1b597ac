"""
The files of the workflow: the folder they lie in, also where a module names a hosted repository.

Of a hosted repository Snakemake fetches the files of rules only; the package that jobs run and the
facts shipped with it are unpacked beside Snakemake's own copy of the repository.
"""

import os
import tarfile
import tempfile
from pathlib import Path


def unpacked(hosted):
    """The folder of the hosted one in a checkout of its commit, made once in Snakemake's cache."""
    repository = hosted.hosted_repo.repo
    commit = repository.commit(hosted.ref).hexsha
    clone = Path(repository.git_dir)
    folder = clone.with_name(f"{clone.name}-{commit}")
    if not folder.is_dir():
        with tempfile.TemporaryDirectory(dir=clone.parent) as drafts:
            archive, draft = Path(drafts, "files.tar"), Path(drafts, "checkout")
            repository.git.archive(commit, output=archive, format="tar")
            with tarfile.open(archive) as files:
                files.extractall(draft, filter="data")
            try:
                draft.rename(folder)
            except OSError:
                # Another process was quicker, or there is a problem to be told.
                folder.stat()
    return folder / hosted.path


# The folder of this file, two below the checkout.
rule_files = workflow.current_basedir
if not isinstance(rule_files, os.PathLike):
    rule_files = unpacked(rule_files)
checkout = Path(rule_files).parents[1]
