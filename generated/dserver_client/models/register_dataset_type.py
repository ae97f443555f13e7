from typing import Literal

RegisterDatasetType = Literal["dataset"]

REGISTER_DATASET_TYPE_VALUES: set[RegisterDatasetType] = {
    "dataset",
}


def check_register_dataset_type(value: str) -> RegisterDatasetType:
    if value in REGISTER_DATASET_TYPE_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {REGISTER_DATASET_TYPE_VALUES!r}"
    )
