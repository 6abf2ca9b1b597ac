"""Checkpoints of the Hugging Face hub: fetched once at a pinned commit, then used offline.

The library of the hub retries, resumes and caches; only what transformers needs is fetched:
configuration, tokenizer and safetensors, never a pickle and never code.
"""

import re
from pathlib import Path

from huggingface_hub import constants, snapshot_download
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils.logging import disable_propagation

from qloc.errors import StudyError, is_of_storage, unreadable, unwritable

FETCHED = ["*.json", "model*.safetensors", "tokenizer.model", "*.txt"]
IN_SUBFOLDERS = ["*/*"]

_COMMIT = re.compile(r"[0-9a-f]{40}")


def fetch_checkpoint(hub_name: str, revision: str) -> Path:
    """Fetch a checkpoint into the cache of the hub, and say in which folder it is.

    Raises:
        StudyError: The revision is no commit; the hub cannot be reached; no such repository
            or commit; access is restricted; the cache cannot be written.
    """
    if not _COMMIT.fullmatch(revision):
        raise StudyError(
            f"revision {revision!r} of {hub_name} does not pin a commit. Give the 40 hexadecimal"
            f" digits that https://huggingface.co/{hub_name}/commits/main shows."
        )
    place = f"{hub_name} at {revision}"
    disable_propagation()  # the library prints its own lines; the log would have them twice
    try:
        folder = snapshot_download(
            hub_name, revision=revision, allow_patterns=FETCHED, ignore_patterns=IN_SUBFOLDERS
        )
    except GatedRepoError as error:
        raise StudyError(
            f"{place}: access is restricted. Accept the terms at https://huggingface.co/{hub_name}"
            " and log in with `hf auth login`."
        ) from error
    except RevisionNotFoundError as error:
        raise StudyError(
            f"{place}: the repository has no such commit. Check `revision` against"
            f" https://huggingface.co/{hub_name}/commits/main."
        ) from error
    except (RepositoryNotFoundError, HFValidationError) as error:
        raise StudyError(
            f"{hub_name}: the hub shows no such repository. Check `name`; for a private one log in"
            " with `hf auth login`."
        ) from error
    except (LocalEntryNotFoundError, OfflineModeIsEnabled, HfHubHTTPError, OSError) as error:
        if _is_of_cache(error):
            raise unwritable(Path(constants.HF_HUB_CACHE), error) from error
        reason = str(error).partition("\n")[0]
        raise StudyError(
            f"{place} is not in the cache of this machine, and the hub cannot be reached"
            f" ({reason}). Run again with a network, or give a local folder (in a study:"
            " `source: folder`)."
        ) from error
    return Path(folder)


def cached_checkpoint(hub_name: str, revision: str) -> Path:
    """Where a fetched checkpoint lies on this machine; asks no network.

    Raises:
        StudyError: It is not in the cache, or the cache cannot be read.
    """
    try:
        folder = snapshot_download(
            hub_name,
            revision=revision,
            allow_patterns=FETCHED,
            ignore_patterns=IN_SUBFOLDERS,
            local_files_only=True,
        )
    except LocalEntryNotFoundError as error:
        raise StudyError(
            f"{hub_name} at {revision} is not in the hub's cache on this machine,"
            f" {constants.HF_HUB_CACHE}. Set HF_HOME to the cache it was fetched into. Otherwise:"
            f" {fetch_again(hub_name, revision)}"
        ) from error
    except OSError as error:
        raise unreadable(constants.HF_HUB_CACHE, error) from error
    return Path(folder)


def fetch_again(hub_name: str, revision: str) -> str:
    """How to put a checkpoint back into the cache, so that nothing of a study runs again."""
    files = " ".join(f"--include '{pattern}'" for pattern in FETCHED)
    return (
        "Fetch it again where there is a network, then run again:"
        f" `hf download {hub_name} --revision {revision} {files} --force-download`."
    )


def _is_of_cache(error: Exception) -> bool:
    """Whether it is the folder of the cache that failed, not the network."""
    if isinstance(error, FileExistsError | NotADirectoryError):
        return True
    return isinstance(error, OSError) and is_of_storage(error)
