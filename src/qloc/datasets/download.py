"""Fetches registered files over the network, once: checked by SHA-256 and kept in a cache.

The cache is the user's (``pooch.os_cache("qloc")``), or the folder that the environment
variable ``QLOC_CACHE`` names; a cached file with the right hash needs no network.
"""

import re

import pooch
import requests

from qloc.datasets.registry import RegisteredFile
from qloc.errors import StudyError

_WITHOUT_NETWORK = (
    " Check the network and run again; or fetch the files elsewhere and set"
    " `source: directory`; or set `source: embedded`."
)


RETRIES = 3


def fetch(file: RegisteredFile, retries: int) -> bytes:
    """The content of a registered file, from the cache or the network.

    Args:
        file: What to fetch.
        retries: How often to try again, after a pause of 1 s, 2 s, and so on.

    Raises:
        StudyError: The network or the server failed, the content is not what was
            registered, or the cache cannot be written.
    """
    cache = pooch.create(
        path=pooch.os_cache("qloc"),
        env="QLOC_CACHE",
        base_url="",
        registry={file.name: f"sha256:{file.sha256}"},
        urls={file.name: file.url},
        retry_if_failed=retries,
    )
    try:
        with open(cache.fetch(file.name), "rb") as content:
            return content.read()
    except requests.HTTPError as error:
        raise StudyError(
            f"{file.url} could not be fetched: the server answered {error.response.status_code}."
            + _WITHOUT_NETWORK
        ) from error
    except requests.RequestException as error:
        raise StudyError(
            f"{file.url} could not be reached ({type(error).__name__})." + _WITHOUT_NETWORK
        ) from error
    except ValueError as error:
        found = re.search(r"but got '?(\w+)", str(error))
        raise StudyError(
            f"{file.url} is not the registered file: its SHA-256 should be {file.sha256}"
            f" and is {found[1] if found else 'another'}. Nothing was kept. Run again; if that does"
            " not help, the file is changed on its way: fetch it elsewhere and set"
            " `source: directory`."
        ) from error
    except OSError as error:
        raise StudyError(
            f"The cache {cache.path} cannot be used ({error})."
            " Set the environment variable QLOC_CACHE to a folder you may write."
        ) from error
