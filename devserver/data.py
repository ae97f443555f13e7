"""The data of the server: users, the documented example, and datasets of invented studies."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

Readme = dict[str, Any]

PASSWORDS = {
    "testuser": "test_password",
    "researcher": "researcher_password",
    "admin": "admin_password",
}
ADMINISTRATORS = {"admin"}

EXAMPLE_SEARCHERS = ["testuser", "researcher", "admin"]
EXAMPLE_REGISTRARS = {
    "smb://test-share": ["admin"],
    "s3://test-bucket": ["admin", "researcher"],
}
STUDIES_USERS = ["researcher", "admin"]

EXAMPLE_README: Readme = {
    "project": "testing project",
    "description": "testing description",
    "owners": [
        {
            "name": "Testing User",
            "email": "testing@test.edu",
            "username": "testing_user",
            "orcid": "testing_orcid",
        }
    ],
    "funders": [
        {
            "organization": "testing_organization",
            "program": "testing_program",
            "code": "testing_code",
        }
    ],
    "creation_date": "2020-11-08",
    "expiration_date": "2022-11-08",
}
EXAMPLE = {
    "uuid": "1a1f9fad-8589-413e-9602-5bbd66bfe675",
    "name": "simple_test_dataset",
    "type": "dataset",
    "creator_username": "jotelha",
    "created_at": 1604860720.736269,
    "frozen_at": 1604921621.719575,
    "dtoolcore_version": "3.17.0",
    "manifest": {
        "dtoolcore_version": "3.17.0",
        "hash_function": "md5sum_hexdigest",
        "items": {
            "eb58eb70ebcddf630feeea28834f5256c207edfd": {
                "hash": "2f7d9c3e0cfd47e8fcab0c12447b2bf0",
                "relpath": "simple_text_file.txt",
                "size_in_bytes": 17,
                "utc_timestamp": 1605027357.284966,
            }
        },
    },
    "annotations": {},
    "tags": [],
    "number_of_items": 1,
    "size_in_bytes": 17,
}
ADMIN_METADATA = (
    "uuid",
    "name",
    "type",
    "creator_username",
    "created_at",
    "frozen_at",
    "dtoolcore_version",
)
EXAMPLE_ITEMS = {"simple_text_file.txt": "Some test content"}


@dataclass(frozen=True)
class Dataset:
    """Describe a dataset to make: its items by path, and its sources by name."""

    name: str
    creator: str
    created: date
    readme: Readme
    items: dict[str, str]
    tags: list[str]
    annotations: dict[str, Any] = field(default_factory=dict)
    sources: list[str] = field(default_factory=list)


def studies() -> Iterator[Dataset]:
    """Yield the forty datasets, sources before what derives from them."""
    yield from _friction()
    yield from _leaves()
    yield from _viscosity()
    yield from _microscopy()
    yield from _river()


def _readme(project: str, description: str, owner: str, **more: Any) -> Readme:
    name = {"operator1": "Operator One", "operator2": "Operator Two", "analysis": "Analysis Group"}
    return {
        "project": project,
        "description": description,
        "owners": [{"name": name[owner], "email": f"{owner}@test.edu", "username": owner}],
        **more,
    }


def _friction() -> Iterator[Dataset]:
    """Yield a chain, each derived from the one before."""
    steps = [
        ("force-field", "operator1", "parameters of the force field", "field.prm"),
        ("equilibration", "operator1", "film brought to room temperature", "trajectory.xyz"),
        ("compression", "operator1", "film under normal load", "trajectory.xyz"),
        ("shear", "operator2", "walls sliding at constant speed", "trajectory.xyz"),
        ("statistics", "analysis", "friction coefficient with its error", "friction.csv"),
        ("figure", "analysis", "friction over load, as published", "figure.svg"),
    ]
    source: list[str] = []
    for number, (step, creator, description, item) in enumerate(steps, start=1):
        name = f"friction-{number}-{step}"
        readme = _readme(
            "Reibung dünner Schmierfilme",
            f"Molecular dynamics of a lubricant: {description}",
            creator,
            funders=[{"organization": "Testing Foundation", "program": "friction", "code": "TF-1"}],
        )
        yield Dataset(
            name=name,
            creator=creator,
            created=date(2021, number, 15),
            readme=readme,
            items={item: f"{description}\n", "log.txt": f"step {number} of {len(steps)}\n"},
            tags=["simulation", "friction"],
            annotations={"step": number, "finished": True},
            sources=source,
        )
        source = [name]


def _leaves() -> Iterator[Dataset]:
    """Yield a dataset with two sources, and one derived from it."""
    project = "Leaf shape and genotype"
    yield Dataset(
        name="leaf-images",
        creator="operator2",
        created=date(2020, 6, 2),
        readme=_readme(project, "Scanned leaves of twelve plants", "operator2"),
        items={f"scans/plant_{plant:02}.pgm": f"P2 1 1 9 {plant}\n" for plant in (1, 2, 3)},
        tags=["leaf", "images"],
        annotations={"resolution_dpi": 600, "scanner": "flatbed"},
    )
    yield Dataset(
        name="leaf-genotypes",
        creator="operator1",
        created=date(2020, 6, 9),
        readme=_readme(project, "Genotypes of the same plants", "operator1"),
        items={"genotypes.csv": "plant,allele\n1,A\n2,B\n3,A\n"},
        tags=["leaf", "genotypes"],
        annotations={"reference": None},
    )
    yield Dataset(
        name="leaf-traits",
        creator="analysis",
        created=date(2020, 7, 1),
        readme=_readme(project, "Outline measured and joined with the genotype", "analysis"),
        items={"traits.csv": "plant,allele,area_mm2\n1,A,812\n2,B,640\n3,A,799\n"},
        tags=["leaf", "table"],
        annotations={"method": {"name": "outline", "version": 2}},
        sources=["leaf-images", "leaf-genotypes"],
    )
    yield Dataset(
        name="leaf-report",
        creator="analysis",
        created=date(2020, 8, 20),
        readme=_readme(project, "Report on the area by allele", "analysis"),
        items={"report.md": "# Leaf area\n\nAllele A has the larger leaves.\n"},
        tags=["leaf", "report"],
        sources=["leaf-traits"],
    )


def _viscosity() -> Iterator[Dataset]:
    """Yield a sweep over temperature."""
    for temperature in range(280, 400, 10):
        viscosity = 0.05 * math.exp(1500 / temperature)
        yield Dataset(
            name=f"viscosity-{temperature}K",
            creator="operator1" if temperature < 340 else "operator2",
            created=date(2022, 3, (temperature - 270) // 10),
            readme=_readme(
                "Viscosity of model oils",
                f"Shear viscosity at {temperature} K",
                "operator1",
                parameters={"temperature": temperature, "pressure": 1.0},
            ),
            items={
                "viscosity.csv": f"temperature,viscosity\n{temperature},{viscosity:.3f}\n",
                "input.yml": f"temperature: {temperature}\npressure: 1.0\n",
            },
            tags=["viscosity", "cold" if temperature < 300 else "warm"],
            annotations={"temperature": temperature, "viscosity": round(viscosity, 3)},
        )


def _microscopy() -> Iterator[Dataset]:
    """Yield a series with a growing number of items."""
    for number in range(1, 11):
        yield Dataset(
            name=f"microscopy_{number:02}",
            creator="operator2",
            created=date(2023, number, number),
            readme=_readme(
                "Größenverteilung von Partikeln",
                f"Sample {number}: particles of {number * 5} µm, ∅ ± 10 %",
                "operator2",
                expiration_date=f"20{30 + number}-01-01",
            ),
            items={
                f"image_{image}.txt": f"Größe {number * 5} µm\n" * image
                for image in range(1, 2 + number % 4)
            },
            tags=["microscopy", "particles", f"sample-{number}"],
            annotations={"diameter_um": number * 5},
        )


def _river() -> Iterator[Dataset]:
    """Yield a time series in quarters."""
    for quarter in range(8):
        year, number = 2018 + quarter // 4, 1 + quarter % 4
        level = 2 + math.sin(quarter)
        yield Dataset(
            name=f"river-level-{year}-q{number}",
            creator="jotelha",
            created=date(year, 3 * number, 28),
            readme=_readme(
                "River gauge",
                f"Mean level of quarter {number} of {year}, in metres",
                "operator1",
                funders=[{"organization": "Testing Agency", "program": "water", "code": "W-7"}],
            ),
            items={"level.csv": f"quarter,level\n{year}-q{number},{level:.2f}\n"},
            tags=["river", "time-series", str(year)],
        )
