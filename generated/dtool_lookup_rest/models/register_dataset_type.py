from typing import Literal, cast

RegisterDatasetType = Literal["dataset"]

REGISTER_DATASET_TYPE_VALUES: set[RegisterDatasetType] = {
    "dataset",
}


def check_register_dataset_type(value: str) -> RegisterDatasetType:
    """Accept any value, as a newer server may send one that the document lacks"""
    return cast("RegisterDatasetType", value)
