"""Where a lab keeps its things and how they are named.

Everything that a lab leaves on the machine (bridges, networks, containers, firewall rules) carries its identity, so that two labs never
touch each other and `down` removes its own things only.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

_DEFAULT_STATE = Path("/var/tmp/plantwatch-lab")


@dataclass(frozen=True)
class Places:
    """Directories and names of one lab. `state` disappears at `down`; `cache` stays and is shared by all labs."""

    state: Path
    cache: Path

    @classmethod
    def from_environment(cls) -> "Places":
        """PLANTWATCH_LAB_DIR and PLANTWATCH_LAB_CACHE, or their defaults."""
        state = os.environ.get("PLANTWATCH_LAB_DIR")
        cache = os.environ.get("PLANTWATCH_LAB_CACHE")
        return cls(
            state=Path(state).resolve() if state else _DEFAULT_STATE,
            cache=Path(cache).resolve() if cache else Path.home() / ".cache" / "plantwatch-lab",
        )

    @property
    def id(self) -> str:
        """Six hexadecimal digits that tell this lab's things from another's."""
        return hashlib.sha256(str(self.state).encode()).hexdigest()[:6]

    @property
    def name(self) -> str:
        """`plantwatch-lab`, with the identity appended unless the lab is the default one."""
        return "plantwatch-lab" if self.state == _DEFAULT_STATE else f"plantwatch-lab-{self.id}"

    @property
    def plant_network(self) -> str:
        """The Docker network that the devices are on."""
        return f"{self.name}-plant"

    @property
    def engine_bridge(self) -> str:
        """The private engine's default bridge (interface names hold 15 characters)."""
        return f"pwlab-{self.id}"

    @property
    def plant_bridge(self) -> str:
        """The interface of the plant network."""
        return f"pwplant-{self.id}"

    @property
    def lifecycle_lock(self) -> Path:
        """Held while the lab is being started or ended. Beside `state`, because that directory goes away."""
        return self.state.with_name(self.state.name + ".lock")

    @property
    def use_lock(self) -> Path:
        """Held shared by every process that needs the lab running."""
        return self.state.with_name(self.state.name + ".use")

    @property
    def document(self) -> Path:
        """The JSON document of the running lab."""
        return self.state / "lab.json"

    @property
    def device_key(self) -> Path:
        """The private key that opens user `iiot` on every device."""
        return self.state / "device_ed25519"
