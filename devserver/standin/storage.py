"""A storage of objects below a folder, which dtoolcore takes for S3."""

import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dtoolcore
from dtoolcore.storagebroker import DiskStorageBroker
from dtoolcore.utils import generate_identifier


class ObjectStorageBroker(DiskStorageBroker):  # type: ignore[misc]
    """Store datasets like dtool-s3, as far as users see it: items by identifier, URIs by UUID."""

    key = "s3"
    folder: Path
    """Where the buckets are."""

    def __init__(self, uri: str, config_path: str | None = None) -> None:
        super().__init__(str(self.path(uri)), config_path)

    @classmethod
    def path(cls, uri: str) -> Path:
        """Return the folder of a dataset."""
        _, bucket, path, *_ = urlsplit(uri)
        relative = Path(bucket, path.lstrip("/"))
        if ".." in relative.parts:
            raise ValueError(f"{uri} is outside of the storage")
        return cls.folder / relative

    @classmethod
    def generate_uri(cls, name: str, uuid: str, base_uri: str) -> str:
        return f"{base_uri}/{uuid}"

    def _create_structure(self) -> None:
        # Unlike a folder, a bucket accepts what is there already: it is overwritten.
        for folder in self._essential_subdirectories:
            Path(folder).mkdir(parents=True, exist_ok=True)

    def put_item(self, fpath: str, relpath: str) -> str:
        shutil.copyfile(fpath, self.get_item_key(generate_identifier(relpath)))
        return relpath

    def get_item_key(self, identifier: str) -> str:
        """Return the path of an item."""
        return str(Path(self._data_abspath, identifier))

    def get_item_abspath(self, identifier: str) -> str:
        return self.get_item_key(identifier)

    def has_item(self, identifier: str) -> bool:
        """Return whether an item has been uploaded."""
        return Path(self.get_item_key(identifier)).exists()

    def list_annotation_names(self) -> list[str]:
        # dtool-s3, too, takes what is before the first dot for the name.
        return [each.name.split(".")[0] for each in Path(self._annotations_abspath).iterdir()]

    def list_overlay_names(self) -> list[str]:
        return [each.name.split(".")[0] for each in Path(self._overlays_abspath).iterdir()]

    def list_tags(self) -> list[str]:
        return sorted(super().list_tags())


def install(folder: Path) -> None:
    """Let dtoolcore find ``s3://`` below a folder."""
    ObjectStorageBroker.folder = folder
    brokers = dtoolcore._generate_storage_broker_lookup() | {"s3": ObjectStorageBroker}
    dtoolcore._generate_storage_broker_lookup = lambda: brokers


def replace(uri: str, name: str, value: Any) -> None:
    """Replace the README, the annotations or the tags of a dataset in its storage.

    All that is there is deleted first, whether or not the index knows of it. If one of the new
    names is invalid, nothing takes its place.

    Args:
        uri: URI of the dataset.
        name: ``readme``, ``annotations`` or ``tags``.
        value: What shall be there.
    """
    dataset = dtoolcore.DataSet.from_uri(uri)
    if name == "readme":
        dataset.put_readme(value)
        return
    names, delete = {
        "annotations": (dataset.list_annotation_names(), dataset.delete_annotation),
        "tags": (dataset.list_tags(), dataset.delete_tag),
    }[name]
    for each in names:
        delete(each)
    if not all(map(dtoolcore.utils.name_is_valid, value)):
        raise dtoolcore.DtoolCoreInvalidNameError
    for each in value:
        if name == "tags":
            dataset.put_tag(each)
        else:
            dataset.put_annotation(each, value[each])
