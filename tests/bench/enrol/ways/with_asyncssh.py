"""asyncssh as its documentation has it, 32 devices at a time: `python with_asyncssh.py FILE`."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import asyncssh

_AT_A_TIME = 32


async def _enrol(site: dict[str, Any], device: dict[str, str], gate: asyncio.Semaphore) -> None:
    async with (
        gate,
        asyncssh.connect(
            device["address"],
            username="root",
            client_keys=[site["key"]],
            known_hosts=site["known_hosts"],
            config=None,
            agent_path=None,
        ) as connection,
    ):
        await connection.run(f"mkdir -p {site['folder']}", check=True)
        async with connection.start_sftp_client() as sftp:
            for source, place in site["files"]:
                await sftp.put(source, place)
        done = await connection.run(site["finish"], check=True)
        assert str(done.stdout).startswith("node_exporter, version"), done


async def _main() -> None:
    site = json.loads(Path(sys.argv[1]).read_text())
    gate = asyncio.Semaphore(_AT_A_TIME)
    await asyncio.gather(*(_enrol(site, device, gate) for device in site["devices"]))


if __name__ == "__main__":
    asyncio.run(_main())
